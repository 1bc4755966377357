//! # Wrong: later is what is less than 32,768 steps ahead
//!
//! That rule is for a stream without an end. A burst of 65,536 has places far apart.
//!
//! The check says: use each number once

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
        if latest
            .is_some_and(|latest: usize| ((place as u16).wrapping_sub(latest as u16) as i16) < 0)
        {
            audit.reordered += 1;
        }
        latest = latest.max(Some(place));
    }
    audit
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/sequence_audit.rs"]
mod check;
