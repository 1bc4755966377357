//! # Wrong: the length is compared with its sign
//!
//! The largest lengths are negative, and less than any limit.
//!
//! The check says: as soon as its length is there

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
    // Here alone the stream may end. `read_exact` would not tell no byte from three.
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
    if length as i32 > LARGEST_MESSAGE as i32 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    Ok(Some(message))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/length_prefix.rs"]
mod check;
