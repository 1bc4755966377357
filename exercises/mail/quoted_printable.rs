//! # Exercise: quoted-printable (15 minutes)
//!
//! A letter's lines are short and were once ASCII alone. Quoted-printable carries other bytes in such
//! lines, and leaves a text readable: `caf=C3=A9` (RFC 2045 §6.7). Write both sides.
//!
//! `encode`:
//! - CRLF is a line end and stays one. The bytes 33 to 126 stay, but for `=`. A space or tab within a
//!   line stays. Every other byte becomes `=` and two digits, `0` to `9` and `A` to `F`: also a CR or
//!   LF that is not part of a CRLF.
//! - A space or tab at the end of a line, or of the text, is written `=20` or `=09`: on its way it
//!   might be lost.
//! - No line has more than 76 characters, without its CRLF. A longer one is cut by *soft breaks*: `=`
//!   and CRLF, which mean nothing. Their `=` is one of the 76. Where you cut is up to you, but not
//!   within `=C3`, and not where the whole line fits. (A space right before a soft break may be
//!   written either way.)
//!
//! `decode`:
//! - `=` and two digits, also small ones, is a byte.
//! - `=` at the end of a line, or of the text, is a soft break: nothing, and the line goes on. There
//!   may be spaces and tabs behind the `=`.
//! - Spaces and tabs at the end of a line, or of the text, were put there on the way: they go.
//! - A `=` with anything else behind it is no encoding. It stays, and so does what is behind it.
//! - All other bytes stay, whatever they are. Nothing makes it panic. (The check gives it no CR or LF
//!   alone: what you do with those is up to you.)
//!
//! You will want: `slice::strip_prefix` (as in `rest.strip_prefix(b"\r\n")`), `{:02X}`,
//! `char::to_digit`.
//! Change the bodies; leave the signatures.

/// The text in quoted-printable; its line ends are CRLF, before and after.
pub fn encode(text: &[u8]) -> String {
    todo!("byte by byte, and a soft break before a line gets too long")
}

/// The text that is written in quoted-printable.
pub fn decode(encoded: &[u8]) -> Vec<u8> {
    todo!("what is behind each `=`, and what is at each line's end?")
}

#[cfg(test)]
#[path = "../checks/mail/quoted_printable.rs"]
mod check;
