//! # Wrong: the number of datagrams is squeezed into 16 bits
//!
//! 65,536 becomes 0, and the whole burst somebody else's.
//!
//! The check says: 65,536 datagrams use each number once

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audit {
    pub lost: usize,
    pub duplicated: usize,
    pub reordered: usize,
}

pub fn audit(first: u16, sent: usize, arrived: &[u16]) -> Audit {
    let sent = usize::from(sent as u16);
    let mut audit = Audit {
        lost: sent,
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
