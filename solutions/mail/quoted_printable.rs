//! # Quoted-printable. One way to do it
//!
//! Both sides go line by line, because most rules ask where a line ends: a blank there is encoded, a
//! `=` there is a soft break, and the last character of a line needs no room for one behind it.
//! Within a line each byte is looked at alone.
//!
//! It is tempting to cut the finished line every 75 characters, which cuts `=C3` in two sooner or
//! later. It is also tempting to decode by `replace("=\r\n", "")` first and the digits then: right
//! for what `encode` writes, and wrong where a space came behind the `=` on the way.
//!
//! The encoder may cut a character of UTF-8, whose bytes are `=C3=A9`, between its two bytes: the
//! lines are put together before anybody looks for characters. In a header that is not so
//! (`encoded_word`).

/// The text in quoted-printable; its line ends are CRLF, before and after.
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
            b'=' => "=3D".to_owned(),
            33..=126 => char::from(byte).to_string(),
            b' ' | b'\t' if !last => char::from(byte).to_string(),
            _ => format!("={byte:02X}"),
        };
        // Behind the last one of a line comes no soft break, so it may stand in the last column.
        let room = if last { 76 } else { 75 };
        if column + sign.len() > room {
            encoded.push_str("=\r\n");
            column = 0;
        }
        encoded.push_str(&sign);
        column += sign.len();
    }
}

/// The text that is written in quoted-printable.
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

/// The byte of two digits, and what is behind them.
fn hexadecimal(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = bytes else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    Some(((digit(high)? * 16 + digit(low)?) as u8, rest))
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/quoted_printable.rs"]
mod check;
