//! Who may log in, and what each kind of account may do.
//!
//! The three kinds are not the RFC's: the server wu-ftpd made them known. For anonymous see RFC 1635.

use async_trait::async_trait;
use std::{fmt, path::PathBuf, time::Duration};
use unftp_core::auth::{
    AuthenticationError, Authenticator, Credentials, Principal, UserDetail, UserDetailError,
    UserDetailProvider,
};

/// How long a wrong password has to wait for its answer: so that guessing is slow.
const WRONG_PASSWORD_WAITS: Duration = Duration::from_millis(500);

// ANCHOR: kinds
/// What an account may do in its folder. All three may look around and download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody with a home of their own: may do everything in it.
    Real,
    /// May add files and folders; may not change, rename or delete what is there.
    Guest,
    /// Anybody, with any password: may change nothing.
    Anonymous,
}

impl Kind {
    /// May it make something new: `STOR`, `STOU`, `APPE`, `MKD`?
    pub fn may_add(self) -> bool {
        self != Kind::Anonymous
    }

    /// May it change what is there already: overwrite, append, rename, delete?
    pub fn may_change(self) -> bool {
        self == Kind::Real
    }
}
// ANCHOR_END: kinds

/// Each account: name, password (none: any will do), kind, folder in the root.
pub const ACCOUNTS: [(&str, Option<&str>, Kind, &str); 4] = [
    ("ada", Some("lovelace"), Kind::Real, "home/ada"),
    ("guest", Some("welcome"), Kind::Guest, "shared"),
    ("anonymous", None, Kind::Anonymous, "public"),
    ("ftp", None, Kind::Anonymous, "public"),
];

/// Somebody who has logged in.
#[derive(Clone, Debug)]
pub struct Account {
    name: &'static str,
    /// What it may do.
    pub kind: Kind,
    /// The folder that it sees as `/`.
    pub home: PathBuf,
}

impl fmt::Display for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl UserDetail for Account {}

/// The accounts of one root folder.
#[derive(Debug)]
pub struct Accounts {
    /// The folder that has the folders of all accounts in it.
    pub root: PathBuf,
}

// ANCHOR: authenticate
#[async_trait]
impl Authenticator for Accounts {
    async fn authenticate(
        &self,
        user: &str,
        credentials: &Credentials,
    ) -> Result<Principal, AuthenticationError> {
        // The name alone decides nothing and is not judged alone: who guesses must not learn which names exist.
        let given = credentials.password.as_deref();
        let right = ACCOUNTS.iter().any(|(name, password, ..)| {
            *name == user && (password.is_none() || *password == given)
        });
        if right {
            return Ok(Principal {
                username: user.into(),
            });
        }
        tokio::time::sleep(WRONG_PASSWORD_WAITS).await;
        Err(AuthenticationError::BadPassword)
    }
}
// ANCHOR_END: authenticate

#[async_trait]
impl UserDetailProvider for Accounts {
    type User = Account;

    async fn provide_user_detail(&self, who: &Principal) -> Result<Account, UserDetailError> {
        let account = ACCOUNTS.iter().find(|(name, ..)| *name == who.username);
        account
            .map(|&(name, _, kind, folder)| Account {
                name,
                kind,
                home: self.root.join(folder),
            })
            .ok_or_else(|| UserDetailError::UserNotFound {
                username: who.username.clone(),
            })
    }
}
