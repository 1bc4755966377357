//! # Lost, duplicated, reordered: one way to do it
//!
//! A number says nothing until it is a place in the burst: `number.wrapping_sub(first)`. From then on there is no
//! wrap-around, and places can be compared with `<`. Numbers that are not of this burst get a place behind its end.
//!
//! All are lost until they arrive, so a late one is found again by itself. The tempting way counts a loss when a
//! number is skipped: it is quicker, and right only where nothing is ever overtaken. Whoever looks at a gap does not
//! know yet whether it is a loss. (It never sees the last ones missing, either.)
//!
//! Reordered is what comes after a later one, as RFC 4737 §3 counts it: in 1, 2, 3, 0 that is one datagram, not three.
//!
//! With more than 65,536 datagrams a number alone is no longer enough. TCP has 32 bits for its numbers, and compares
//! them by their distance, too (RFC 9293 §3.4).

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
    let mut audit = Audit {
        lost: sent,
        ..Audit::default()
    };
    let mut seen = vec![false; sent];
    // The latest place in the burst that has arrived.
    let mut latest = None;
    for number in arrived {
        // 65535 to 0 is one step here, like any other.
        let place = usize::from(number.wrapping_sub(first));
        let Some(seen) = seen.get_mut(place) else {
            continue;
        };
        if *seen {
            audit.duplicated += 1;
            continue;
        }
        *seen = true;
        audit.lost -= 1;
        if Some(place) < latest {
            audit.reordered += 1;
        }
        latest = latest.max(Some(place));
    }
    audit
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/sequence_audit.rs"]
mod check;
