//! # Wrong: nothing is a URL
//!
//! What is not fetched does no harm.
//!
//! The check says: this is a URL

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
    None
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ftp_url.rs"]
mod check;
