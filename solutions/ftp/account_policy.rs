//! # What may this account do? One way to do it
//!
//! First the path becomes a list of names without `..`, and only then anything is compared, name by
//! name. Nothing that a client writes can get between the two.
//!
//! It is tempting to compare strings: `/shared-secret` begins with `/shared`, and so does
//! `/shared/../home/ada`. It is also tempting to search the path for `..` and refuse it, or to cut it
//! out: `a..b` is a name, and cutting `../` out of `....//` leaves `../`.
//!
//! A server needs one thing more, which no function of a name can give: the folder may hold a symbolic
//! link that leads out of it. Whoever opens the file must ask the system where the path really ends
//! (`Path::canonicalize`), or tell it to follow no link.

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
            // At the root there is nothing to take off, and `pop` leaves it so.
            ".." => drop(place.pop()),
            name => place.push(name),
        }
    }
    actions.contains(&action)
        // A system that ends names at a NUL would open another file than the one that was judged.
        && !path.contains('\0')
        && place.starts_with(&folder)
        && (place.len() > folder.len() || action == Read)
}

#[cfg(test)]
#[path = "../../exercises/checks/ftp/account_policy.rs"]
mod check;
