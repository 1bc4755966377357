//! # Wrong: the encoded text is cut by columns
//!
//! Half a character is in one word, half in the next.
//!
//! The check says: Is a character split over two words

const LONGEST_LINE: usize = 76;

pub fn subject_line(subject: &str) -> String {
    let mut line = "Subject: ".to_owned();
    let plain = subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain && !subject.contains("=?") {
        return line + subject + "\r\n";
    }
    let text: Vec<String> = subject.chars().map(encoded).collect();
    let text = text.concat();
    let mut signs = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (sign, more) = rest.split_at(if rest.starts_with('=') { 3 } else { 1 });
        signs.push(sign);
        rest = more;
    }
    let words: Vec<String> = signs
        .chunks(18)
        .map(|signs| format!("=?UTF-8?Q?{}?=", signs.concat()))
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
