//! # Exercise: lost, duplicated, reordered (15 minutes)
//!
//! A sender numbered its datagrams: the first one has the number `first`, each further one the number after it, and
//! after 65535 comes 0. It sent `sent` of them, 65,536 at most, so that no two have the same number. From the
//! numbers as they arrived, say what the network did.
//!
//! - `lost`: how many of the datagrams sent never arrived. One that arrives late is not lost.
//! - `duplicated`: how many arrivals were of a datagram that had arrived before. Three arrivals of one datagram are
//!   two duplicates.
//! - `reordered`: how many datagrams, at their first arrival, came after one that was sent later. The datagram that
//!   was overtaken counts, not the one that overtook it; a duplicate never counts.
//! - A number that the sender did not use belongs to somebody else: it counts nowhere.
//! - A large burst has its account within 2 seconds, so don't look through all arrivals again for each one.
//!
//! For example, with `first` 65534 and `sent` 5, the numbers are 65534, 65535, 0, 1, 2. When 65535, 65534, 1, 1, 2
//! arrive, one is lost (0), one is duplicated (1), one is reordered (65534).
//!
//! You will want: `u16::wrapping_sub`, and a `HashSet` or a `Vec<bool>`.
//! Change the body of `audit`; leave its signature and `Audit`.

/// What became of a burst of datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audit {
    /// Datagrams of the burst that never arrived.
    pub lost: usize,
    /// Arrivals of datagrams that had arrived before.
    pub duplicated: usize,
    /// Datagrams that arrived for the first time when a later one was there already.
    pub reordered: usize,
}

/// What became of `sent` datagrams, numbered from `first` on, of which these numbers arrived.
pub fn audit(first: u16, sent: usize, arrived: &[u16]) -> Audit {
    todo!("find each number's place in the burst, then count")
}

#[cfg(test)]
#[path = "../checks/robust/sequence_audit.rs"]
mod check;
