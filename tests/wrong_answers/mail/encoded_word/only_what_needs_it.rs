//! # Wrong: words that need it are encoded, each alone
//!
//! Two of them side by side lose their space.
//!
//! The check says: a space is lost

const LONGEST_LINE: usize = 76;

pub fn subject_line(subject: &str) -> String {
    let mut line = "Subject: ".to_owned();
    let plain = subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain && !subject.contains("=?") {
        return line + subject + "\r\n";
    }
    let words: Vec<String> = subject
        .split(' ')
        .map(|word| {
            if word.is_ascii() && !word.contains("=?") {
                word.to_owned()
            } else {
                format!(
                    "=?UTF-8?Q?{}?=",
                    word.chars().map(encoded).collect::<String>()
                )
            }
        })
        .collect();
    format!("Subject: {}\r\n", words.join(" "))
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
