//! # Wrong: the body is split wherever the boundary stands
//!
//! In the middle of a line, too.
//!
//! The check says: a delimiter is a whole line

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
    let (Some(boundary), body) = boundary_and_body(entity) else {
        return Ok(Part::Leaf(boundary_and_body(entity).1));
    };
    if depth > DEEPEST {
        return Err(Broken::TooDeep);
    }
    let delimiter = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut begin = None;
    let mut at = 0;
    while at + delimiter.len() <= body.len() {
        if !body[at..].starts_with(&delimiter) {
            at += 1;
            continue;
        }
        if let Some(begin) = begin {
            parts.push(tree_at(
                &body[begin..at.saturating_sub(2).max(begin)],
                depth + 1,
            )?);
        }
        at += delimiter.len();
        if body[at..].starts_with(b"--") {
            return Ok(Part::Multipart(parts));
        }
        at = (at + 2).min(body.len());
        begin = Some(at);
    }
    Err(Broken::NotClosed)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/mime_tree.rs"]
mod check;
