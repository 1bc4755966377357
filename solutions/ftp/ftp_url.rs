//! # From an FTP URL to its parts: one way to do it
//!
//! The order is the lesson: first cut at the signs that are there, then decode what is between them.
//! A `/`, `@`, `:` or `;` that was encoded is no sign, it is part of a name.
//!
//! It is tempting to decode first, because then it is done. `a%2Fb` becomes two folders, and the
//! password `p%40ss` another host. It is also tempting to hand the decoded text on as it is: in
//! `ftp://host/x%0D%0ADELE%20y` the file's name ends a command and begins the next, and whoever made
//! the link has sent a command of his own with your login. Every function that makes a line of a text
//! must refuse line ends.

/// What to transfer, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `;type=a`: text, whose line ends are changed on the way.
    Ascii,
    /// `;type=i`: bytes, as they are.
    Image,
    /// `;type=d`: a list of the names in the folder.
    Directory,
}

/// The parts of an FTP URL, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FtpUrl {
    /// Whom to ask, as it is written.
    pub host: String,
    /// The port of the control connection.
    pub port: u16,
    /// What to send with `USER`.
    pub user: String,
    /// What to send with `PASS`; `None` if the URL has none, and somebody must be asked.
    pub password: Option<String>,
    /// What to send with `CWD`, one after the other.
    pub folders: Vec<String>,
    /// What to send with `RETR`, or with `NLST` for a directory.
    pub file: String,
    /// What to send with `TYPE`.
    pub transfer: Type,
}

/// Takes an FTP URL apart; `None` if it is none, or would do harm.
pub fn parse_ftp_url(url: &str) -> Option<FtpUrl> {
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("ftp") {
        return None;
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));

    let (user, password, server) = match authority.split_once('@') {
        None => ("anonymous".into(), None, authority),
        Some((login, server)) => match login.split_once(':') {
            None => (decode(login)?, None, server),
            Some((user, password)) => (decode(user)?, Some(decode(password)?), server),
        },
    };
    let (host, port) = match server.split_once(':') {
        Some((host, port)) => (host, parse_port(port)?),
        None => (server, 21),
    };
    let in_a_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    if host.is_empty() || !host.bytes().all(in_a_host) {
        return None;
    }

    let (path, transfer) = match path.split_once(';') {
        None => (path, Type::Image),
        Some((path, "type=a" | "type=A")) => (path, Type::Ascii),
        Some((path, "type=i" | "type=I")) => (path, Type::Image),
        Some((path, "type=d" | "type=D")) => (path, Type::Directory),
        Some(_) => return None,
    };
    // `split` gives one part at least, so there is a last one.
    let mut folders: Vec<String> = path.split('/').map(decode).collect::<Option<_>>()?;
    let file = folders.pop()?;

    Some(FtpUrl {
        host: host.into(),
        port,
        user,
        password,
        folders,
        file,
        transfer,
    })
}

/// Reads a port. `parse` alone would take a `+`, too.
fn parse_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&port| digits && port != 0)
}

/// Decodes `%41`, and refuses what would end the command that the part becomes an argument of.
fn decode(part: &str) -> Option<String> {
    let mut decoded = Vec::new();
    let mut rest = part.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        let mut byte = *first;
        if byte == b'%' {
            let [high, low, behind @ ..] = rest else {
                return None;
            };
            byte = digit(*high)? * 16 + digit(*low)?;
            rest = behind;
        }
        if matches!(byte, b'\r' | b'\n' | 0) {
            return None;
        }
        decoded.push(byte);
    }
    String::from_utf8(decoded).ok()
}

/// The value of a hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16)?.try_into().ok()
}

#[cfg(test)]
#[path = "../../exercises/checks/ftp/ftp_url.rs"]
mod check;
