//! # Exercise: from an FTP URL to its parts (15 minutes)
//!
//! `ftp://ada:love%20lace@ftp.example:7020/home/a%2Fb/notes.txt;type=a` names a file and says how to
//! get it: connect, log in, one `CWD` for each folder, then `TYPE` and `RETR` (RFC 1738 §3.2). Take it
//! apart.
//!
//! ```text
//! ftp:// USER:PASSWORD@ HOST :PORT /FOLDER/FOLDER/…/FILE ;type=TYPE
//! ```
//!
//! - The scheme `ftp` may be in capitals. The host is there: letters, digits, `-` and `.`, unchanged.
//!   (So no IPv6 address, which would stand in `[ ]`.) All that stands before the first `/` behind
//!   `ftp://` is user, password, host and port; there is one `@` in it at most.
//! - A port is digits, 1 to 65535; where there is no `:`, it is 21. The user is `anonymous` where
//!   there is no `@`. The first `:` before the `@` ends the user; the password behind it may have
//!   more of them. Without that `:` the password is `None`. What is empty and there, is empty.
//! - Each part between two `/` is one folder, the last part is the file. `ftp://h/etc/motd` has the
//!   folder `etc`, `ftp://h//etc/motd` the folders `""` and `"etc"`. Behind the last `/` may be
//!   nothing: the file is empty then, as it is without any `/`.
//! - `;type=a`, `i` or `d` (or a capital) may stand at the very end; without it, the type is `Image`.
//!   No other `;` is allowed in the path: in a name it is `%3B`.
//! - `%41` is the byte 0x41, in user, password, folders and file. Decode each part after you have
//!   taken the URL apart: `%2Fetc` is one folder, `/etc`. What is decoded must be UTF-8, and a `%`
//!   without two digits 0 to 9, a to f or A to F is refused.
//! - CR, LF and NUL are refused, encoded, too: `x%0D%0ADELE%20y` would be two commands. The URL itself
//!   has visible ASCII characters only.
//! - Yours to decide, for the check tries none of them: `?` and `#` in the path, other encoded control
//!   characters such as `%09`, `;TYPE=` in capitals, a port with zeros before it.
//! - For anything else the answer is `None`, never a panic.
//!
//! You will want: `str::split_once`, `str::rsplit_once`, `u8::from_str_radix`, `String::from_utf8`.
//! Change the body of `parse_ftp_url`; leave its signature and the types.

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
    todo!("take the URL apart, then decode each part")
}

#[cfg(test)]
#[path = "../checks/ftp/ftp_url.rs"]
mod check;
