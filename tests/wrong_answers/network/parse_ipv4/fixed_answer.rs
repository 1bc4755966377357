//! # Wrong: the answer is the task's example
//!
//! It makes the first line of the check pass.
//!
//! The check says: must be Some([192, 168, 1, 20]) and is Some([192, 168, 0, 1])

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    Some([192, 168, 0, 1])
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
