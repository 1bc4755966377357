//! # Exercise: keep a password to yourself (15 minutes)
//!
//! A mail program needs a password, and must show it to one party alone: the server, over TLS. Most
//! leak theirs by accident, in a debug line, in an error, in a log that somebody attaches to a
//! question. Write a type that cannot leak, and what goes into the log.
//!
//! - `from_environment` asks `variable` for `LOOPBACK_MAIL_PASSWORD` and for nothing else. The
//!   password is kept as it is: a space at its end is a part of it. An error is one line for the
//!   user.
//! - Errors: the variable is not set, is empty, is not UTF-8, or has a NUL in it; then the line names
//!   the variable. Or the user's name is empty or has a NUL in it.
//! - `{}` and `{:?}` (and `{:#?}`) show the user's name, and of the password nothing: not its first
//!   letters, not its length, not a checksum. For the same user the text is the same for every
//!   password. So it is with the errors: the same line for every password of the same kind.
//! - `sasl_plain` gives what `AUTH PLAIN` sends, before Base64: NUL, user, NUL, password (RFC 4616
//!   §2, with an empty authorization identity). Where the connection is not encrypted, it gives an
//!   error instead.
//! - `for_the_log` takes a command as it is sent, without its CRLF. Behind `PASS ` all becomes `***`,
//!   and behind `AUTH `, a mechanism and a space, too. Such a command may be in small letters; what
//!   is not hidden stays as it is. Always three stars. A command that does not begin so stays whole.
//!
//! `Credentials::from_environment("ada", |name| std::env::var(name))` is how a program calls it. Look
//! up what `VarError` prints!
//!
//! You will want: `VarError`, `impl fmt::Debug` (and what `derive` would do), `fmt::Formatter`,
//! `str::split_once`.
//! Change the bodies, and give the struct the fields that you need; leave the signatures.

use std::{env::VarError, fmt};

/// Who signs in, and with what.
pub struct Credentials {
    // Who, and what is to be hidden?
}

impl Credentials {
    /// The credentials of `user`, with the password that `variable` gives.
    ///
    /// # Errors
    ///
    /// One line that says what to do, and nothing of the password.
    pub fn from_environment(
        user: &str,
        variable: impl Fn(&str) -> Result<String, VarError>,
    ) -> Result<Credentials, String> {
        todo!("ask for LOOPBACK_MAIL_PASSWORD, and look at what came")
    }

    /// What `AUTH PLAIN` sends, before Base64.
    ///
    /// # Errors
    ///
    /// One line, where the connection is not encrypted.
    pub fn sasl_plain(&self, encrypted: bool) -> Result<Vec<u8>, String> {
        todo!("NUL, user, NUL, password, or nothing at all")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!("the user, and that there is a password")
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!("the user")
    }
}

/// The command as the log may have it.
pub fn for_the_log(command: &str) -> String {
    todo!("hide what stands behind PASS, and behind AUTH and its mechanism")
}

#[cfg(test)]
#[path = "../checks/mail/credentials.rs"]
mod check;
