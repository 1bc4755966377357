//! # Exercise: which messages are new? (15 minutes)
//!
//! In POP3 a message's number holds for one session only: where a message is deleted, the next session
//! counts anew. So the server also gives each message a *unique id*, which stays (RFC 1939 §7). UIDL
//! lists both, a line a message:
//!
//! ```text
//! today                       tomorrow, when 1 was deleted
//! 1 whqtswO00WBw              1 QhdPYR:00WBw1Ph7x7
//! 2 QhdPYR:00WBw1Ph7x7        2 a-new-one
//! ```
//!
//! You remember ids, and commands want numbers. Make the plan for one session.
//!
//! - `fetch` has each message whose id is neither in `seen` nor in `unwanted`. Two copies of a message
//!   may have the same id: only the first of them is fetched.
//! - `delete` has each message whose id is in `unwanted`, all copies, also if it is in `seen`.
//! - Both are in the listing's order, with the listing's numbers. They need not begin at 1, nor be
//!   without gaps.
//! - Ids that the listing does not have any more are taken out of `seen` and of `unwanted`, or else
//!   they would become more for ever. All others stay: nothing is fetched and nothing deleted yet, and
//!   the connection may break before it is. (The caller puts an id into `seen` when the message is
//!   stored. The server deletes at QUIT.)
//! - A line is a number from 1 on, in digits, then one space, then the id: 1 to 70 characters from `!`
//!   to `~`. Capitals and small letters are different; an id may look like a number. No number comes
//!   twice in a listing. The first line that breaks this is given as the error, and `memory` stays as
//!   it was: better no session than a wrong one.
//!
//! You will want: `BTreeSet::retain`, `str::split_once`, `BTreeSet::insert` (which says whether it was
//! new).
//! Change the body of `plan`; leave its signature and the types.

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

/// Makes the plan for a session whose UIDL listing has these lines (without CRLF, and without the dot
/// at the end), and forgets what the server does not have any more.
///
/// # Errors
///
/// The first line that does not belong into a listing.
pub fn plan(memory: &mut Memory, listing: &[&str]) -> Result<Plan, BadListing> {
    todo!("read all lines; then decide by ids, and answer with numbers")
}

#[cfg(test)]
#[path = "../checks/mail/uidl_sync.rs"]
mod check;
