//! # Wrong: the burst begins with the first arrival
//!
//! It nearly always does. But the first datagram can be lost as well as any other.
//!
//! The check says: the first and the last of a burst can be lost

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audit {
    pub lost: usize,
    pub duplicated: usize,
    pub reordered: usize,
}

pub fn audit(first: u16, sent: usize, arrived: &[u16]) -> Audit {
    let skipped = arrived
        .first()
        .map_or(0, |n| usize::from(n.wrapping_sub(first)).min(sent));
    let mut audit = Audit {
        lost: sent - skipped,
        ..Audit::default()
    };
    let mut seen = vec![false; sent];
    let mut latest = None;
    for number in arrived {
        let place = usize::from(number.wrapping_sub(first));
        let Some(seen) = seen.get_mut(place) else {
            continue;
        };
        if *seen {
            audit.duplicated += 1;
            continue;
        }
        *seen = true;
        audit.lost = audit.lost.saturating_sub(1);
        if Some(place) < latest {
            audit.reordered += 1;
        }
        latest = latest.max(Some(place));
    }
    audit
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/sequence_audit.rs"]
mod check;
