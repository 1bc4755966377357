//! # Wrong: one word, however long
//!
//! The limit of 75 is forgotten.
//!
//! The check says: a line has

const LONGEST_LINE: usize = 76;

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
        if false {
            lines.push_str(&line);
            lines.push_str("?=\r\n");
            line = " =?UTF-8?Q?".to_owned();
        }
        line.push_str(&sign);
    }
    lines + &line + "?=\r\n"
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
