//! # Wrong: everybody may do everything
//!
//! It makes about half of the answers right.
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
    true
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/account_policy.rs"]
mod check;
