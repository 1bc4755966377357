//! # Wrong: an arrival is compared with the one before it
//!
//! In 3, 0, 1, 2 three datagrams were overtaken; only one of them comes right after a later one.
//!
//! The check says: compare with the latest so far

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
        latest = Some(place);
    }
    audit
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/sequence_audit.rs"]
mod check;
