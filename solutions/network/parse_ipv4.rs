//! # Read an IPv4 address: one way to do it
//!
//! What is read is decided by what is refused. `str::parse::<u8>` does the arithmetic and refuses what
//! is over 255, however long; it also takes `+1` and `01`, so each part is looked at first.
//!
//! It is tempting to `collect` the parts and to look at the first four: then `1.2.3.4.5` is an address.
//! Tempting, too: to be kind, and to trim the text or skip a zero. But an address is often compared
//! with a list of forbidden ones, and if two programs read one text differently, the list has a hole.

/// The four bytes of the address that `text` stands for, in the order of the text; `None` if it is
/// not an IPv4 address.
pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut bytes = [0; 4];
    for byte in &mut bytes {
        *byte = parse_part(parts.next()?)?;
    }
    parts.next().is_none().then_some(bytes)
}

/// One number from 0 to 255, with no digit too many.
fn parse_part(part: &str) -> Option<u8> {
    let only_digits = part.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = part.len() > 1 && part.starts_with('0');
    if !only_digits || leading_zero {
        return None;
    }
    // Refuses the empty part, too.
    part.parse().ok()
}

#[cfg(test)]
#[path = "../../exercises/checks/network/parse_ipv4.rs"]
mod check;
