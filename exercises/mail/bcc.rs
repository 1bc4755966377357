//! # Exercise: a blind copy stays blind (15 minutes)
//!
//! Whoever stands in the field `Bcc` gets the letter, and no other reader may learn of it (RFC 5322
//! §3.6.3). The server delivers by the envelope and sends the header on as it is. So the mail program
//! makes the envelope from the header, and takes `Bcc` out.
//!
//! ```text
//! To: Grace <grace@loopback.example>              recipients: grace@loopback.example,
//! Bcc: eve@elsewhere.example,                                 eve@elsewhere.example,
//!  "Lovelace, Ada" <ada@loopback.example>                     ada@loopback.example
//! Subject: lunch                                  message: the lines To and Subject, the empty
//!                                                          line, and the body
//! At noon?
//! ```
//!
//! - `letter` is a header of fields, an empty line, and a body. Lines end in CRLF. The header ends at
//!   the first empty line; there may be no body, and no empty line. The header is ASCII, the body may
//!   be any bytes.
//! - A field begins with its name and a colon. Lines behind it that begin with a space or a tab
//!   belong to it. Capitals make no other name, and blanks before the colon are not part of it:
//!   `BCC :` is one, too. `Bcc-Note` and `X-Bcc` are others.
//! - `recipients`: the addresses in all fields `To`, `Cc` and `Bcc`, in the order in which they stand
//!   there, each address once: where it comes first.
//! - A field holds any number of addresses, also none, with a `,` between two. Each is an address
//!   alone or a name with the address in `<` and `>` behind it. A name may be in double quotes: what
//!   is between them means nothing, `,` and `<` neither. White space around an address is not part of
//!   it.
//! - `message`: the letter without the fields `Bcc`, all their lines. All else stays, byte for byte,
//!   the body above all, whatever its lines begin with.
//! - The check tries no comments, groups or `\` in quotes, no `Resent-` fields, no address in two
//!   spellings, and no line without a colon where a field begins.
//!
//! You will want: `slice::split_inclusive` or `windows`, `str::split_once`,
//! `str::eq_ignore_ascii_case`, `Vec::contains`.
//! Change the body of `outgoing`; leave its signature and `Outgoing`.

/// What goes to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The envelope's recipients, for one `RCPT TO` each.
    pub recipients: Vec<String>,
    /// What is sent after `DATA`.
    pub message: Vec<u8>,
}

/// The envelope's recipients and the message, from a letter as its author wrote it.
pub fn outgoing(letter: &[u8]) -> Outgoing {
    todo!("field by field: collect the addresses, and leave Bcc out")
}

#[cfg(test)]
#[path = "../checks/mail/bcc.rs"]
mod check;
