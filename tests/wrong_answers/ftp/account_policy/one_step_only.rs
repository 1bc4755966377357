//! # Wrong: only a `..` at the beginning is looked at
//!
//! It may stand anywhere.
//!
//! The check says: that is outside of the account's folder

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    Real(String),
    Guest,
    Anonymous,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Read,
    Create,
    Overwrite,
    Delete,
    Rename,
}

pub fn is_allowed(account: &Account, action: Action, path: &str) -> bool {
    use Action::*;
    let (folder, actions) = match account {
        Account::Real(name) => (
            vec!["home", name.as_str()],
            &[Read, Create, Overwrite, Delete, Rename][..],
        ),
        Account::Guest => (vec!["shared"], &[Read, Create][..]),
        Account::Anonymous => (vec!["public"], &[Read][..]),
    };
    let mut place = match path.starts_with('/') {
        true => Vec::new(),
        false => folder.clone(),
    };
    let mut names = path.split('/').peekable();
    while names
        .next_if(|name| matches!(*name, "" | "." | ".."))
        .is_some_and(|name| name == ".." || !name.is_empty() || path.starts_with('/'))
    {}
    if path.starts_with("..") {
        place.pop();
    }
    place.extend(names.filter(|name| !matches!(*name, "" | ".")));
    actions.contains(&action)
        && !path.contains('\0')
        && place.starts_with(&folder)
        && (place.len() > folder.len() || action == Read)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/account_policy.rs"]
mod check;
