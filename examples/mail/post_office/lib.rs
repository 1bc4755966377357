//! The post office of Part V: it takes letters by SMTP, keeps them in maildirs on disk, and gives
//! them out by POP3 and IMAP.
