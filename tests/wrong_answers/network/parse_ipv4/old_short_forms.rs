//! # Wrong: 1.2.3 and a single number are taken, as `inet_aton` does
//!
//! The last number fills all bytes that are left.
//!
//! The check says: and an address has four

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut numbers = Vec::new();
    for part in text.split('.') {
        let leading_zero = part.len() > 1 && part.starts_with('0');
        if leading_zero || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        numbers.push(part.parse::<u32>().ok()?);
    }
    let last = numbers.pop()?;
    let mut address: u32 = 0;
    for (place, number) in numbers.iter().enumerate() {
        address |= u32::from(u8::try_from(*number).ok()?)
            .checked_shl(24 - 8 * u32::try_from(place).ok().filter(|&place| place < 3)?)?;
    }
    if u64::from(last) >= 1 << (32 - 8 * numbers.len()) {
        return None;
    }
    Some((address | last).to_be_bytes())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
