//! # Messages behind their lengths: one way to do it
//!
//! `read_exact` is the loop that collects pieces, tries again after `Interrupted`, and says `UnexpectedEof` where the
//! stream ends too soon. That is right in all places but one: in front of a frame the end is no error. So the first
//! read of a frame is a plain `read`, and 0 means that there is no frame.
//!
//! The length is a claim of the peer's, made before it has sent anything. Looked at first, it costs four bytes; not
//! looked at, 4 GiB. There is a limit in `encode`, too: the sender hears of its mistake at home, where it can be
//! mended, and `as u32` never cuts a length off.
//!
//! An empty message and no message are two things: `Some(vec![])` and `None`. Programs that send an empty message as a
//! sign of life are ended by whoever mixes them up.
//!
//! It is tempting to leave the byte order to the machine. Two machines of one kind then understand each other, and the
//! first of another kind reads a length of 83,886,080 where 5 is written.

use std::io::{self, Read};

/// The most bytes that a message may have.
pub const LARGEST_MESSAGE: usize = 10_000;

/// The frame of `message`.
///
/// # Errors
///
/// `InvalidInput` if the message is larger than `LARGEST_MESSAGE`.
pub fn encode(message: &[u8]) -> io::Result<Vec<u8>> {
    if message.len() > LARGEST_MESSAGE {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let length = message.len() as u32;
    Ok([&length.to_be_bytes(), message].concat())
}

/// Reads one frame from `stream` and gives its message; `None` if the stream has ended before it.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends in the frame, `InvalidData` if the message would be larger than
/// `LARGEST_MESSAGE`; else whatever the stream said.
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
    if length > LARGEST_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    Ok(Some(message))
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/length_prefix.rs"]
mod check;
