//! # Wrong: a leading zero means octal, as in C
//!
//! So do old programs that read addresses with `inet_aton`.
//!
//! The check says: begins with a zero that stands before another digit

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut bytes = [0; 4];
    for byte in &mut bytes {
        let part = parts.next()?;
        if !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let radix = if part.len() > 1 && part.starts_with('0') {
            8
        } else {
            10
        };
        *byte = u8::from_str_radix(part, radix).ok()?;
    }
    parts.next().is_none().then_some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
