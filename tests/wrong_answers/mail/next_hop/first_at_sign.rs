//! # Wrong: the domain is behind the first `@`
//!
//! A name in quotes may have one, too.
//!
//! The check says: behind the last `@`

// What a program does for a letter (RFC 5598 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    // The author's mail program, with a letter that has just been written.
    AuthorsMua,
    // Mail submission agent: knows its users, takes new letters from them.
    Msa,
    // Mail transfer agent: carries letters on, from house to house.
    Mta,
    // Mail delivery agent: puts a letter into a mailbox.
    Mda,
    // The message store: keeps the letters of a mailbox until somebody reads them.
    Store,
    // The recipient's mail program.
    RecipientsMua,
}

// How a letter gets from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    // SMTP for new letters: ports 587 and 465, after signing in (RFC 6409).
    Submission,
    // SMTP between servers: port 25 (RFC 5321).
    Smtp,
    // SMTP's small relative for the last step within a house (RFC 2033).
    Lmtp,
    // None: a file is written into the mailbox.
    File,
    // Fetches letters (RFC 1939).
    Pop3,
    // Reads letters where they are (RFC 9051).
    Imap,
}

// Who acts, so that the letter moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Movement {
    // The one that has the letter: it connects and hands it over.
    Push,
    // The one that wants it: it connects and asks.
    Pull,
}

// Somebody who works for a house: the MTA of `loopback.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    // What it does.
    pub role: Role,
    // The domain of its house.
    pub domain: String,
}

// A letter on its way, for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    // The envelope's sender (`MAIL FROM`): an address, or empty for a report about another letter.
    pub sender: String,
    // The envelope's recipient (`RCPT TO`): an address.
    pub recipient: String,
    // The header field `To`, as the author wrote it.
    pub header_to: String,
    // How the recipient's mail program is set up to get letters: `Pop3` or `Imap`.
    pub fetched_by: Protocol,
}

// One step on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    // Who has the letter then.
    pub to: Station,
    // How it gets there.
    pub by: Protocol,
    // Who acts.
    pub movement: Movement,
}

pub fn next_hop(here: &Station, letter: &Letter) -> Option<Hop> {
    let home = letter
        .recipient
        .split_once('@')
        .map_or("", |(_, domain)| domain);
    let (role, domain, by, movement) = match here.role {
        Role::AuthorsMua => (
            Role::Msa,
            &*here.domain,
            Protocol::Submission,
            Movement::Push,
        ),
        Role::Msa => (Role::Mta, &*here.domain, Protocol::Smtp, Movement::Push),
        Role::Mta if here.domain.eq_ignore_ascii_case(home) => {
            (Role::Mda, &*here.domain, Protocol::Lmtp, Movement::Push)
        }
        Role::Mta => (Role::Mta, home, Protocol::Smtp, Movement::Push),
        Role::Mda => (Role::Store, &*here.domain, Protocol::File, Movement::Push),
        Role::Store => (
            Role::RecipientsMua,
            &*here.domain,
            letter.fetched_by,
            Movement::Pull,
        ),
        Role::RecipientsMua => return None,
    };
    Some(Hop {
        to: Station {
            role,
            domain: domain.to_owned(),
        },
        by,
        movement,
    })
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/next_hop.rs"]
mod check;
