//! # Wrong: nobody may do anything
//!
//! What is refused does no harm.
//!
//! The check says: That is its own, and it may do this

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
    false
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/account_policy.rs"]
mod check;
