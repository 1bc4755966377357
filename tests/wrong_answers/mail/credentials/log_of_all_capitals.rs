//! # Wrong: capitals of all languages count
//!
//! `to_uppercase` makes `PASS` of `paß`, too.
//!
//! The check says: there is no secret in it

use std::{env::VarError, fmt};

pub struct Credentials {
    user: String,
    password: String,
}

const VARIABLE: &str = "LOOPBACK_MAIL_PASSWORD";

impl Credentials {
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

pub fn for_the_log(command: &str) -> String {
    let Some((word, rest)) = command.split_once(' ') else {
        return command.to_owned();
    };
    match (word.to_uppercase().as_str(), rest.split_once(' ')) {
        ("PASS", _) => format!("{word} ***"),
        ("AUTH", Some((mechanism, _))) => format!("{word} {mechanism} ***"),
        _ => command.to_owned(),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/credentials.rs"]
mod check;
