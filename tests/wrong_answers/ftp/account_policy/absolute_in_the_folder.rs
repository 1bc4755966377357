//! # Wrong: every path begins in the account's folder
//!
//! As if the folder were the root of its tree. Some servers do it so; the task does not.
//!
//! The check says: do you take the account's folder for its `/`

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
    let path = path
        .strip_prefix(&format!("/{}", folder.join("/")))
        .unwrap_or(path);
    let mut place = folder.clone();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(place.pop()),
            name => place.push(name),
        }
    }
    actions.contains(&action)
        && !path.contains('\0')
        && place.starts_with(&folder)
        && (place.len() > folder.len() || action == Read)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/account_policy.rs"]
mod check;
