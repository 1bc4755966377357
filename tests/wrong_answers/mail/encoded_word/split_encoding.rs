//! # Wrong: the encoded text is cut anywhere
//!
//! Within `=C3`, even.
//!
//! The check says: has not two digits

const LONGEST_LINE: usize = 76;

pub fn subject_line(subject: &str) -> String {
    let mut line = "Subject: ".to_owned();
    let plain = subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain && !subject.contains("=?") {
        return line + subject + "\r\n";
    }
    let text: String = subject.chars().map(encoded).collect();
    let words: Vec<String> = text
        .as_bytes()
        .chunks(50)
        .map(|part| format!("=?UTF-8?Q?{}?=", String::from_utf8_lossy(part)))
        .collect();
    format!("Subject: {}\r\n", words.join("\r\n "))
}

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
#[path = "../../../../exercises/checks/mail/encoded_word.rs"]
mod check;
