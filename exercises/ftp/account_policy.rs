//! # Exercise: what may this account do? (15 minutes)
//!
//! An FTP server has three kinds of account: a *real* user of the machine, a *guest* in a shared
//! folder, and *anonymous*. Before it does anything, it asks your `is_allowed`.
//!
//! | account | its folder | read | create | overwrite, delete, rename |
//! |---|---|---|---|---|
//! | real | `/home/NAME` | yes | yes | yes |
//! | guest | `/shared` | yes | yes | no |
//! | anonymous | `/public` | yes | no | no |
//!
//! - A path that begins with `/` starts at the root of the server's tree, any other in the account's
//!   folder. (So this server shows everybody its one tree. In `ftp_server_20` each account's own folder
//!   is its `/`, which is the other way to do it.) Its names have a `/` between them. No name at all (as in `a//b`) and `.` change nothing;
//!   `..` leads one folder up, and from the root to the root.
//! - Only where a path ends counts, not its way: it must be the account's folder or be inside it, at
//!   any depth. `../shared/a` ends in `/shared/a`.
//! - The folder itself may be read by its account. Nobody may create, overwrite, delete or rename it.
//! - A path with a NUL byte in it is refused. Nothing else is special: `...`, `%2e%2e` and `a\b` are
//!   names, and `/Shared` is not `/shared`.
//!
//! You will want: `str::split`, `Vec::pop`, and `starts_with` of a slice: `[1, 2, 3].starts_with(&[1,
//! 2])`.
//! Change the body of `is_allowed`; leave its signature and the types.

/// Who has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// A user of this machine. The name is a plain one, such as `ada`: the administrator chose it.
    Real(String),
    /// Somebody with a password, for the shared folder alone.
    Guest,
    /// Anybody.
    Anonymous,
}

/// What the account wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Download a file, or list a folder.
    Read,
    /// Upload a file, or make a folder, where nothing is yet.
    Create,
    /// Upload to a file that is there already.
    Overwrite,
    /// Remove a file or a folder.
    Delete,
    /// Give a file or a folder another name. (The new name is asked for as `Create`.)
    Rename,
}

/// Whether `account` may do `action` at `path`, which is as the client sent it.
pub fn is_allowed(account: &Account, action: Action, path: &str) -> bool {
    todo!("find out where the path ends, and then whether it may do this there")
}

#[cfg(test)]
#[path = "../checks/ftp/account_policy.rs"]
mod check;
