//! # Wrong: every end is a clean one
//!
//! Wherever `read_exact` says `UnexpectedEof`, there is no more: and half a message is dropped in silence.
//!
//! The check says: half a message is none

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
    let count = loop {
        match stream.read(&mut length) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    if count == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[count..])?;
    let length = u32::from_be_bytes(length) as usize;
    if length > LARGEST_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; length];
    match stream.read_exact(&mut message) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    Ok(Some(message))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/length_prefix.rs"]
mod check;
