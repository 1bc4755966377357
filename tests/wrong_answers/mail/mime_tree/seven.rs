//! # Wrong: one less is the limit
//!
//! Off by one.
//!
//! The check says: no more than DEEPEST

// How many multiparts may be inside of each other, the outermost counted.
pub const DEEPEST: usize = 8;

// A letter, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    // No multipart: its body, as it is.
    Leaf(&'a [u8]),
    // The parts of a multipart, one at least.
    Multipart(Vec<Part<'a>>),
}

// Why there is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    // A multipart has no closing delimiter: the letter was cut short.
    NotClosed,
    // More than `DEEPEST` multiparts are inside of each other.
    TooDeep,
}

// Takes a letter or a part apart at the first empty line: its boundary, if the header says that it is
// a multipart, and its body. (A part may have no header; then it begins with the empty line.)
pub fn boundary_and_body(entity: &[u8]) -> (Option<String>, &[u8]) {
    let (header, body) = match entity.windows(4).position(|four| four == b"\r\n\r\n") {
        _ if entity.starts_with(b"\r\n") => (&entity[..0], &entity[2..]),
        Some(at) => (&entity[..at], &entity[at + 4..]),
        None => (entity, &entity[entity.len()..]),
    };
    let header = String::from_utf8_lossy(header);
    let boundary = header
        .split("\r\n")
        .filter(|line| line.starts_with("Content-Type: multipart/"))
        .find_map(|line| line.split_once("boundary=\"")?.1.split_once('"'));
    (boundary.map(|(boundary, _)| boundary.to_owned()), body)
}

pub fn tree(entity: &[u8]) -> Result<Part<'_>, Broken> {
    tree_at(entity, 1)
}

fn tree_at(entity: &[u8], depth: usize) -> Result<Part<'_>, Broken> {
    let (boundary, body) = boundary_and_body(entity);
    let Some(boundary) = boundary else {
        return Ok(Part::Leaf(body));
    };
    if depth >= DEEPEST {
        return Err(Broken::TooDeep);
    }
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut part_begins = None;
    let mut at = 0;
    loop {
        let length = body[at..].windows(2).position(|two| two == b"\r\n");
        let line = &body[at..][..length.unwrap_or(body.len() - at)];
        if let Some(rest) = line.strip_prefix(delimiter.as_bytes()) {
            let (rest, closes) = match rest.strip_prefix(b"--") {
                Some(rest) => (rest, true),
                None => (rest, false),
            };
            if rest.iter().all(|byte| b" \t".contains(byte)) {
                if let Some(begin) = part_begins {
                    let end = at.saturating_sub(2).max(begin);
                    parts.push(tree_at(&body[begin..end], depth + 1)?);
                }
                if closes {
                    return Ok(Part::Multipart(parts));
                }
                part_begins = length.map(|length| at + length + 2);
            }
        }
        let Some(length) = length else {
            return Err(Broken::NotClosed);
        };
        at += length + 2;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/mime_tree.rs"]
mod check;
