//! # Wrong: a gap is a loss at once
//!
//! When 2 comes after 0, then 1 is lost; and nobody takes that back when it arrives.
//!
//! The check says: a late one is not lost

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
        } else {
            audit.lost += place - expected;
            expected = place + 1;
        }
        *seen = true;
    }
    audit.lost += sent - expected;
    audit
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/sequence_audit.rs"]
mod check;
