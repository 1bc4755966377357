//! # Keep a password to yourself. One way to do it
//!
//! The fields are private, and neither `Debug` nor `Display` reads the password: what is never read
//! cannot be shown, whoever prints the struct, or another one that holds it and derives its `Debug`.
//!
//! It is tempting to derive `Debug` and to take care where it is printed. The next `dbg!`, or an
//! `unwrap()` that fails, prints it all the same. It is also tempting to show a little, for finding
//! mistakes: `l*******` tells the first letter and the length, and both shorten the guessing.
//!
//! `VarError::NotUnicode` holds the value that was not UTF-8 and prints it, so it goes no further.
//! And Base64 hides nothing: `AUTH PLAIN AGFkYQBsb3ZlbGFjZQ==` in a log is the password in a log. A
//! server that asks for more gets it in a line of its own, without a command; whoever logs those must
//! know that they are answers.

use std::{env::VarError, fmt};

/// Who signs in, and with what.
pub struct Credentials {
    user: String,
    password: String,
}

/// Where the password comes from: an argument could be seen in the list of processes.
const VARIABLE: &str = "LOOPBACK_MAIL_PASSWORD";

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
        if user.is_empty() || user.contains('\0') {
            return Err("the user's name is empty or has a NUL in it".to_owned());
        }
        let password = match variable(VARIABLE) {
            Ok(password) => password,
            Err(VarError::NotPresent) => return Err(format!("set {VARIABLE} to your password")),
            // What it holds is the password, and its own text shows it.
            Err(VarError::NotUnicode(_)) => return Err(format!("{VARIABLE} is not UTF-8")),
        };
        if password.is_empty() || password.contains('\0') {
            return Err(format!("{VARIABLE} is empty or has a NUL in it"));
        }
        Ok(Credentials {
            user: user.to_owned(),
            password,
        })
    }

    /// What `AUTH PLAIN` sends, before Base64.
    ///
    /// # Errors
    ///
    /// One line, where the connection is not encrypted.
    pub fn sasl_plain(&self, encrypted: bool) -> Result<Vec<u8>, String> {
        if !encrypted {
            return Err("not over a connection without TLS".to_owned());
        }
        Ok(format!("\0{}\0{}", self.user, self.password).into_bytes())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (with a password)", self.user)
    }
}

/// The command as the log may have it.
pub fn for_the_log(command: &str) -> String {
    let Some((word, rest)) = command.split_once(' ') else {
        return command.to_owned();
    };
    // All the rest is the password: it may have spaces (RFC 1939 §7).
    if word.eq_ignore_ascii_case("PASS") {
        return format!("{word} ***");
    }
    match rest.split_once(' ') {
        Some((mechanism, _)) if word.eq_ignore_ascii_case("AUTH") => {
            format!("{word} {mechanism} ***")
        }
        _ => command.to_owned(),
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/credentials.rs"]
mod check;
