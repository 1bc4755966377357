//! # Wrong: an end in the length is a clean one
//!
//! `read_exact` says the same of no byte and of three.
//!
//! The check says: the stream ended in the middle of the length

use std::io::{self, Read};

pub const LARGEST_MESSAGE: usize = 10_000;

pub fn encode(message: &[u8]) -> io::Result<Vec<u8>> {
    if message.len() > LARGEST_MESSAGE {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let length = message.len() as u32;
    Ok([&length.to_be_bytes(), message].concat())
}

pub fn decode(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > LARGEST_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    Ok(Some(message))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/length_prefix.rs"]
mod check;
