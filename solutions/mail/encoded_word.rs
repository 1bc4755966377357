//! # A subject that is not ASCII. One way to do it
//!
//! The unit is the character: its text is made whole, three characters a byte, and goes into the word
//! if all of it fits. So no word ever has half of one, and a reader that shows each word alone shows
//! no `�`.
//!
//! It is tempting to encode all and cut the result each 75 columns. What comes out is right for a
//! reader that puts the bytes together first, and wrong for one that keeps to the RFC. It is also
//! tempting to encode word by word, as the words stand in the subject: between two encoded words the
//! space vanishes.
//!
//! A line of 76 whose first character is a space leaves 75 for the word, so one limit is enough.

/// The most characters of a line with an encoded word in it (RFC 2047 §2).
const LONGEST_LINE: usize = 76;

/// The field `Subject` for a header: one line, or several that belong together.
pub fn subject_line(subject: &str) -> String {
    let mut line = "Subject: ".to_owned();
    let plain = subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain && !subject.contains("=?") {
        return line + subject + "\r\n";
    }
    let mut lines = String::new();
    line.push_str("=?UTF-8?Q?");
    for character in subject.chars() {
        let sign = encoded(character);
        if line.len() + sign.len() + "?=".len() > LONGEST_LINE {
            lines.push_str(&line);
            lines.push_str("?=\r\n");
            line = " =?UTF-8?Q?".to_owned();
        }
        line.push_str(&sign);
    }
    lines + &line + "?=\r\n"
}

/// One character, as it stands in an encoded word.
fn encoded(character: char) -> String {
    match character {
        ' ' => "_".to_owned(),
        '!'..='~' if !"=?_".contains(character) => character.to_string(),
        _ => {
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).bytes();
            bytes.map(|byte| format!("={byte:02X}")).collect()
        }
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/encoded_word.rs"]
mod check;
