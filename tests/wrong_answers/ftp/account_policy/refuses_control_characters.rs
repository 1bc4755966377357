//! # Wrong: no control character may be in a name
//!
//! It is a good rule, and not the one that was agreed on: files with a tab in their name are lost.
//!
//! The check says: any other control character is part of a name

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
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(place.pop()),
            name => place.push(name),
        }
    }
    actions.contains(&action)
        && !path.contains(char::is_control)
        && place.starts_with(&folder)
        && (place.len() > folder.len() || action == Read)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/account_policy.rs"]
mod check;
