//! # Exercise: messages behind their lengths (15 minutes)
//!
//! A stream has no messages, so two programs agree on frames: four bytes say how long the message is, in network byte
//! order (the most significant byte first), and then come its bytes, as many as that. The four do not count themselves.
//!
//! ```text
//! 00 00 00 05 68 65 6c 6c 6f    "hello"
//! 00 00 00 00                   an empty message, which is a message
//! ```
//!
//! `encode` makes a frame of a message.
//!
//! - A message of more than `LARGEST_MESSAGE` bytes is an error of kind `InvalidInput`.
//!
//! `decode` reads one frame from a stream, and not a byte more. Whoever wants all calls it again and again.
//!
//! - The stream gives its bytes in pieces of any size. A read may fail with the kind `Interrupted`, which means
//!   nothing: read again. Any other error is yours, too, as `?` hands it on.
//! - The stream may end between two frames: then there is no message, `Ok(None)`. If it ends anywhere in a frame, the
//!   error's kind is `UnexpectedEof`.
//! - A length of more than `LARGEST_MESSAGE` is an error of kind `InvalidData`, as soon as it is there: the peer says
//!   how long, and it may say 4 GiB. Make no room for that, and read none of it.
//!
//! You will want: `u32::to_be_bytes`, `u32::from_be_bytes`, `Read::read_exact`.
//! Change the bodies of `encode` and `decode`; leave their signatures and `LARGEST_MESSAGE`.

use std::io::{self, Read};

/// The most bytes that a message may have.
pub const LARGEST_MESSAGE: usize = 10_000;

/// The frame of `message`.
///
/// # Errors
///
/// `InvalidInput` if the message is larger than `LARGEST_MESSAGE`.
pub fn encode(message: &[u8]) -> io::Result<Vec<u8>> {
    todo!("the length in four bytes, then the message")
}

/// Reads one frame from `stream` and gives its message; `None` if the stream has ended before it.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends in the frame, `InvalidData` if the message would be larger than
/// `LARGEST_MESSAGE`; else whatever the stream said.
pub fn decode(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    todo!("read the length, look at it, read the message")
}

#[cfg(test)]
#[path = "../checks/robust/length_prefix.rs"]
mod check;
