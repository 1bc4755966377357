//! # Wrong: the last `:` ends the user
//!
//! The password `a:b` loses its beginning to the name.
//!
//! The check says: up to the first `:`

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Ascii,
    Image,
    Directory,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FtpUrl {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<String>,
    pub folders: Vec<String>,
    pub file: String,
    pub transfer: Type,
}

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
        Some((login, server)) => match login.rsplit_once(':') {
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
fn parse_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&port| digits && port != 0)
}
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
fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16)?.try_into().ok()
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ftp_url.rs"]
mod check;
