//! # Wrong: numbers below `first` are not of the burst
//!
//! They are, when the burst goes past 65535.
//!
//! The check says: after 65535 comes 0, which is later

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
        let Some(place) = number.checked_sub(first) else {
            continue;
        };
        let place = usize::from(place);
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
