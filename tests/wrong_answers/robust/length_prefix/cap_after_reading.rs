//! # Wrong: the message is read, and then found too large
//!
//! By then it is in memory.
//!
//! The check says: the four of the length are enough to know

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
    let mut message = Vec::new();
    let some = length.min(2 * LARGEST_MESSAGE) as u64;
    let count = stream
        .by_ref()
        .take(some)
        .read_to_end(&mut message)
        .unwrap_or(message.len());
    if length > LARGEST_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    if count < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(message))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/length_prefix.rs"]
mod check;
