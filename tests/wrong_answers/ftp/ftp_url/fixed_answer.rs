//! # Wrong: the answer is the task's example
//!
//! Whatever the URL says.
//!
//! The check says: the host must be

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
    Some(FtpUrl {
        host: "localhost".into(),
        port: 7020,
        user: "ada".into(),
        password: Some("love lace".into()),
        folders: vec!["home".into(), "a/b".into()],
        file: "notes.txt".into(),
        transfer: Type::Ascii,
    })
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ftp_url.rs"]
mod check;
