//! # Exercise: a subject that is not ASCII (15 minutes)
//!
//! The header of a letter is ASCII. Other text travels in it as *encoded words* (RFC 2047). Write the
//! line for a subject.
//!
//! ```text
//! Subject: =?UTF-8?Q?Caf=C3=A9_at_noon=3F?=      means: Café at noon?
//!          charset-^ ^-encoding Q
//! ```
//!
//! - If the subject is visible ASCII and spaces alone, and there is no `=?` in it, it stays as it is.
//!   (The check gives none of this sort with more than 60 characters: you need not fold it.)
//! - Else it becomes encoded words of `UTF-8` and `Q`. Between `=?UTF-8?Q?` and `?=` a byte is
//!   written as `=` and two digits, `0` to `9` and `A` to `F`; visible ASCII may stay, but for `=`,
//!   `?` and `_`; a space is `_` (or `=20`). All other bytes are encoded, line ends, too: a CRLF in a
//!   subject must not begin another field of the header.
//! - An encoded word has 75 characters at most (§2), and a line with one in it 76, `Subject: `
//!   counted. What needs more becomes several words: each on a line of its own, and each line but the
//!   first begins with one space (this is folding).
//! - Each word has whole characters: a character has up to four bytes, and all of them are in the
//!   same word (§5). No word is empty.
//! - The white space between two encoded words vanishes when they are read (§6.2). A space of the
//!   subject must be inside of a word.
//! - You may leave some ASCII words of such a subject as they are, if what is read is the subject. It
//!   is easier not to.
//! - The line ends in CRLF. A subject does not begin or end with a space; it may be empty.
//!
//! You will want: `str::chars`, `char::encode_utf8`, `{:02X}`.
//! Change the body of `subject_line`; leave its signature.

/// The field `Subject` for a header: one line, or several that belong together.
pub fn subject_line(subject: &str) -> String {
    todo!("ASCII as it is; else words of whole characters, none too long")
}

#[cfg(test)]
#[path = "../checks/mail/encoded_word.rs"]
mod check;
