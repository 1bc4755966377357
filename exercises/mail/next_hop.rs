//! # Exercise: who takes the letter next? (10 minutes)
//!
//! On its way a letter passes programs with different roles (RFC 5598 §4). Each knows one thing: whom
//! to give it to next. Say it for each of them.
//!
//! | it is at | next is | by |
//! |---|---|---|
//! | the author's MUA | the MSA of the MUA's house, also for a letter to a neighbour | `Submission` |
//! | an MSA | the MTA of the same house | `Smtp` |
//! | an MTA, and the recipient lives in another house | the MTA of that house | `Smtp` |
//! | an MTA, and the recipient lives here | the MDA of the same house | `Lmtp` |
//! | an MDA | the store of the same house | `File` |
//! | a store | the recipient's MUA, of the same house | what that MUA is set up for |
//! | the recipient's MUA | nobody | |
//!
//! - A house is a domain. The recipient lives in the domain behind the *last* `@` of the envelope's
//!   recipient: `"a@b"@loopback.example` is a strange address and a right one (RFC 5321 §4.1.2).
//! - Capital letters make no other domain (RFC 5321 §2.4), neither for you nor for the check. But
//!   `mail.loopback.example` and `loopback.example` are two.
//! - Servers act on the envelope and look at no header: a letter to a mailing list, or a blind copy,
//!   has somebody else in its field `To`.
//! - Who has the letter acts, `Push`, up to the store. From the store nothing goes out by itself: the
//!   recipient's MUA comes for it, `Pull`.
//! - MDAs and stores have letters for their own house alone; all recipients have an `@`. (In a small
//!   house one program has several roles. The roles stay, and so do the steps between them.)
//!
//! You will want: `match`, `str::rsplit_once`, `str::eq_ignore_ascii_case`.
//! Change the body of `next_hop`; leave its signature and the types.

/// What a program does for a letter (RFC 5598 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The author's mail program, with a letter that has just been written.
    AuthorsMua,
    /// Mail submission agent: knows its users, takes new letters from them.
    Msa,
    /// Mail transfer agent: carries letters on, from house to house.
    Mta,
    /// Mail delivery agent: puts a letter into a mailbox.
    Mda,
    /// The message store: keeps the letters of a mailbox until somebody reads them.
    Store,
    /// The recipient's mail program.
    RecipientsMua,
}

/// How a letter gets from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// SMTP for new letters: ports 587 and 465, after signing in (RFC 6409).
    Submission,
    /// SMTP between servers: port 25 (RFC 5321).
    Smtp,
    /// SMTP's small relative for the last step within a house (RFC 2033).
    Lmtp,
    /// None: a file is written into the mailbox.
    File,
    /// Fetches letters (RFC 1939).
    Pop3,
    /// Reads letters where they are (RFC 9051).
    Imap,
}

/// Who acts, so that the letter moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Movement {
    /// The one that has the letter: it connects and hands it over.
    Push,
    /// The one that wants it: it connects and asks.
    Pull,
}

/// Somebody who works for a house: the MTA of `loopback.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// What it does.
    pub role: Role,
    /// The domain of its house.
    pub domain: String,
}

/// A letter on its way, for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The envelope's sender (`MAIL FROM`): an address, or empty for a report about another letter.
    pub sender: String,
    /// The envelope's recipient (`RCPT TO`): an address.
    pub recipient: String,
    /// The header field `To`, as the author wrote it.
    pub header_to: String,
    /// How the recipient's mail program is set up to get letters: `Pop3` or `Imap`.
    pub fetched_by: Protocol,
}

/// One step on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Who has the letter then.
    pub to: Station,
    /// How it gets there.
    pub by: Protocol,
    /// Who acts.
    pub movement: Movement,
}

/// The next step of `letter`, which is at `here`; `None` if it has arrived.
pub fn next_hop(here: &Station, letter: &Letter) -> Option<Hop> {
    todo!("the role decides, and for an MTA also where the recipient lives")
}

#[cfg(test)]
#[path = "../checks/mail/next_hop.rs"]
mod check;
