//! # Wrong: `=` is visible, and stays
//!
//! What is behind it is decoded.
//!
//! The check says: behind a `=` are two digits

pub fn encode(text: &[u8]) -> String {
    let mut encoded = String::new();
    let mut rest = text;
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n");
        encode_line(&rest[..end.unwrap_or(rest.len())], &mut encoded);
        let Some(end) = end else {
            return encoded;
        };
        encoded.push_str("\r\n");
        rest = &rest[end + 2..];
    }
}

fn encode_line(line: &[u8], encoded: &mut String) {
    let mut column = 0;
    for (at, &byte) in line.iter().enumerate() {
        let last = at + 1 == line.len();
        let sign = match byte {
            33..=126 => char::from(byte).to_string(),
            b' ' | b'\t' if !last => char::from(byte).to_string(),
            _ => format!("={byte:02X}"),
        };
        let room = if last { 76 } else { 75 };
        if column + sign.len() > room {
            encoded.push_str("=\r\n");
            column = 0;
        }
        encoded.push_str(&sign);
        column += sign.len();
    }
}

pub fn decode(encoded: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = encoded;
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n");
        let line = without_blanks(&rest[..end.unwrap_or(rest.len())]);
        let (line, soft) = match line.strip_suffix(b"=") {
            Some(line) => (line, true),
            None => (line, false),
        };
        decode_line(line, &mut text);
        let Some(end) = end else {
            return text;
        };
        if !soft {
            text.extend(b"\r\n");
        }
        rest = &rest[end + 2..];
    }
}

fn without_blanks(mut line: &[u8]) -> &[u8] {
    while let [before @ .., b' ' | b'\t'] = line {
        line = before;
    }
    line
}

fn decode_line(mut line: &[u8], text: &mut Vec<u8>) {
    while let [first, rest @ ..] = line {
        text.push(*first);
        line = rest;
        if *first == b'='
            && let Some((byte, rest)) = hexadecimal(rest)
        {
            text.pop();
            text.push(byte);
            line = rest;
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = bytes else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    Some(((digit(high)? * 16 + digit(low)?) as u8, rest))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/quoted_printable.rs"]
mod check;
