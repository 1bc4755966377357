//! # Wrong: the text is never used up
//!
//! What follows the dot is looked for in the text and not in the rest.
//!
//! The check says: is there an endless loop?

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((part, after)) = rest.split_once('.') {
        bytes.push(part.parse().ok()?);
        bytes.truncate(4);
        rest = text;
    }
    bytes.push(rest.parse().ok()?);
    bytes.try_into().ok()
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
