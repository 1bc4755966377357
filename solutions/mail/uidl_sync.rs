//! # Which messages are new? One way to do it
//!
//! Numbers come out of this session's listing and go into this session's commands; nothing else ever
//! sees them. What is remembered is ids. And the whole listing is read before anything changes, so
//! that a bad line leaves no half of a plan.
//!
//! It is tempting to remember how many messages there were, and to fetch those behind. After one
//! deletion the count is the same and the last message is new. Tempting, too: to strike an id from
//! `unwanted` when DELE has been planned, or to call it seen when RETR has. The connection may break
//! in between; then the message comes back for ever, or never comes at all.

use std::collections::BTreeSet;

/// What a mail program remembers of a mailbox from one session to the next, by the messages' ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// Messages that were fetched, and are safely stored here.
    pub seen: BTreeSet<String>,
    /// Messages that the reader has deleted here, and that are to go from the server, too.
    pub unwanted: BTreeSet<String>,
}

/// What to do in this session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The messages to fetch: the number to say in RETR, and the id to put into `seen` when the
    /// message is stored.
    pub fetch: Vec<(u32, String)>,
    /// The numbers to say in DELE.
    pub delete: Vec<u32>,
}

/// A line that does not belong into a UIDL listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadListing {
    /// The line as the server sent it.
    pub line: String,
}

/// RFC 1939 §7.
const LONGEST_ID: usize = 70;

/// Makes the plan for a session whose UIDL listing has these lines (without CRLF, and without the dot
/// at the end), and forgets what the server does not have any more.
///
/// # Errors
///
/// The first line that does not belong into a listing.
pub fn plan(memory: &mut Memory, listing: &[&str]) -> Result<Plan, BadListing> {
    let mut messages = Vec::new();
    let mut numbers = BTreeSet::new();
    for line in listing {
        let message = parse(line).filter(|(number, _)| numbers.insert(*number));
        messages.push(message.ok_or_else(|| BadListing {
            line: (*line).to_owned(),
        })?);
    }
    let listed: BTreeSet<&str> = messages.iter().map(|(_, id)| *id).collect();
    memory.seen.retain(|id| listed.contains(&id[..]));
    memory.unwanted.retain(|id| listed.contains(&id[..]));

    let mut plan = Plan::default();
    let mut planned = BTreeSet::new();
    for (number, id) in messages {
        if memory.unwanted.contains(id) {
            plan.delete.push(number);
        } else if !memory.seen.contains(id) && planned.insert(id) {
            plan.fetch.push((number, id.to_owned()));
        }
    }
    Ok(plan)
}

/// The number and the id in a line of the listing.
fn parse(line: &str) -> Option<(u32, &str)> {
    let (number, id) = line.split_once(' ')?;
    // `parse` would take a plus sign, too.
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = number.parse().ok().filter(|number| *number > 0)?;
    let is_id =
        (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_id.then_some((number, id))
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/uidl_sync.rs"]
mod check;
