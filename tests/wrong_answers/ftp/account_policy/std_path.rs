//! # Wrong: `Path::starts_with` is asked alone
//!
//! It compares name by name, which is half of the work: a `..` is a name to it.
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
    let folder = std::path::Path::new("/").join(folder.join("/"));
    let place = folder.join(path);
    actions.contains(&action)
        && !path.contains('\0')
        && place.starts_with(&folder)
        && (place != folder || action == Read)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/account_policy.rs"]
mod check;
