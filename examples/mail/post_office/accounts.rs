//! Who has a mailbox here, and who may sign in.

use base64::{Engine, prelude::BASE64_STANDARD};
use std::{fmt, iter, thread, time::Duration};

/// How long a wrong password waits for its answer: so that guessing is slow.
const WRONG_PASSWORD_WAITS: Duration = Duration::from_millis(500);

/// Somebody with a mailbox.
#[derive(Clone)]
pub struct Account {
    /// What stands before the @: small letters, digits and underscores, and the name of a folder.
    pub name: String,
    /// The password, as it is.
    pub password: String,
}

impl Account {
    /// An account with this name and password.
    pub fn new(name: &str, password: &str) -> Account {
        Account {
            name: name.to_owned(),
            password: password.to_owned(),
        }
    }
}

/// Without the password, so that it gets into no log.
impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Account")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// All accounts of one domain.
#[derive(Debug)]
pub struct Accounts {
    domain: String,
    accounts: Vec<Account>,
}

impl Accounts {
    /// The accounts of this domain. Letters to `postmaster` are the first one's.
    pub fn new(domain: &str, accounts: Vec<Account>) -> Accounts {
        Accounts {
            domain: domain.to_owned(),
            accounts,
        }
    }

    // ANCHOR: sign_in
    /// The account with this name, or with this address, if the password is its own. A wrong one takes half a second.
    pub fn sign_in(&self, name: &str, password: &str) -> Option<&str> {
        let name = match name.rsplit_once('@') {
            Some((name, domain)) if domain.eq_ignore_ascii_case(&self.domain) => name,
            Some(_) => "",
            None => name,
        };
        // A name that nobody has takes as long as a wrong password: who guesses learns nothing from either.
        let account = self.accounts.iter().find(|account| account.name == name);
        let right = account.filter(|account| same(&account.password, password));
        if right.is_none() {
            thread::sleep(WRONG_PASSWORD_WAITS);
        }
        right.map(|account| account.name.as_str())
    }
    // ANCHOR_END: sign_in

    /// Whose mailbox this address is: `ada@loopback.example`, in small letters or capitals. `None`: nobody's here.
    ///
    /// `postmaster` exists in every domain, and needs no domain (RFC 5321 §4.5.1).
    pub fn owner(&self, address: &str) -> Option<&str> {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let name = &unquoted(local);
        let postmaster = name.eq_ignore_ascii_case("postmaster");
        let ours = domain.eq_ignore_ascii_case(&self.domain) || (postmaster && domain.is_empty());
        let mut accounts = self.accounts.iter();
        let owner = if postmaster {
            accounts.next()
        } else {
            accounts.find(|account| account.name.eq_ignore_ascii_case(name))
        };
        owner.filter(|_| ours).map(|owner| owner.name.as_str())
    }

    /// Is this domain ours?
    pub fn is_local(&self, domain: &str) -> bool {
        domain.eq_ignore_ascii_case(&self.domain)
    }

    /// The address of this account.
    pub fn address(&self, name: &str) -> String {
        format!("{name}@{}", self.domain)
    }

    /// The names of all accounts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(|account| account.name.as_str())
    }
}

/// A local part without quotes, which mean nothing where they are not needed: `"ada"` is `ada` (RFC 5321 §4.1.2).
fn unquoted(local: &str) -> String {
    let inner = local
        .strip_prefix('"')
        .and_then(|local| local.strip_suffix('"'));
    let Some(inner) = inner else {
        return local.to_owned();
    };
    let mut characters = inner.chars();
    let plain = iter::from_fn(|| match characters.next()? {
        '\\' => characters.next(),
        c => Some(c),
    });
    plain.collect()
}

/// Compares all bytes in any case: how long it takes tells nobody how many were right.
fn same(ours: &str, given: &str) -> bool {
    let differences = ours.bytes().zip(given.bytes()).filter(|(a, b)| a != b);
    differences.count() == 0 && ours.len() == given.len()
}

/// What a client sends for `AUTH PLAIN` (RFC 4616 §2): base64 of an identity to act as, NUL, a name, NUL, a password. Gives the
/// name and the password; `None` if it is not that, or if it wants to act as somebody else.
pub fn from_sasl_plain(encoded: &[u8]) -> Option<(String, String)> {
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let mut parts = decoded.split('\0');
    let (act_as, name, password) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = parts.next().is_none() && (act_as.is_empty() || act_as == name);
    fits.then(|| (name.to_owned(), password.to_owned()))
}
