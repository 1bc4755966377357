//! # Wrong: the burst ends with the latest that arrived
//!
//! Gaps are counted, and late ones taken back. But no gap is seen behind the last arrival.
//!
//! The check says: the first and the last of a burst can be lost

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audit {
    pub lost: usize,
    pub duplicated: usize,
    pub reordered: usize,
}

pub fn audit(first: u16, sent: usize, arrived: &[u16]) -> Audit {
    let mut audit = Audit::default();
    let mut seen = vec![false; sent];
    let mut expected = 0;
    for number in arrived {
        let place = usize::from(number.wrapping_sub(first));
        let Some(seen) = seen.get_mut(place) else {
            continue;
        };
        if *seen {
            audit.duplicated += 1;
        } else if place < expected {
            audit.reordered += 1;
            audit.lost -= 1;
        } else {
            audit.lost += place - expected;
            expected = place + 1;
        }
        *seen = true;
    }
    audit
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/sequence_audit.rs"]
mod check;
