//! # Wrong: nothing is done
//!
//! Plain text is right, all else is not.
//!
//! The check says: It must be encoded

pub fn encode(text: &[u8]) -> String {
    text.iter().map(|byte| char::from(*byte)).collect()
}

pub fn decode(encoded: &[u8]) -> Vec<u8> {
    encoded.to_vec()
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/quoted_printable.rs"]
mod check;
