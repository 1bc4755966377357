//! # Wrong: datagrams that came more than once are counted, not their copies
//!
//! Three arrivals of one datagram are two too many.
//!
//! The check says: each arrival after a datagram

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audit {
    pub lost: usize,
    pub duplicated: usize,
    pub reordered: usize,
}

pub fn audit(first: u16, sent: usize, arrived: &[u16]) -> Audit {
    let mut audit = Audit {
        lost: sent,
        ..Audit::default()
    };
    let mut seen = vec![false; sent];
    let mut latest = None;
    let mut copied = std::collections::HashSet::new();
    for number in arrived {
        let place = usize::from(number.wrapping_sub(first));
        let Some(seen) = seen.get_mut(place) else {
            continue;
        };
        if *seen {
            audit.duplicated += usize::from(copied.insert(place));
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
#[path = "../../../../exercises/checks/robust/sequence_audit.rs"]
mod check;
