//! # Exercise: what TYPE A does to a file (15 minutes)
//!
//! Systems end a line in their own ways, so FTP's type ASCII ends it in one way on the wire: CRLF (RFC
//! 959 §3.1.1.1). The sender turns its own line ends into CRLF, the receiver turns CRLF into its own.
//! Here both have LF, as Unix does. Write both sides. Files are long, so they come in pieces.
//!
//! - `ToWire`: each LF becomes CRLF. An LF right behind a CR is one already, and stays as it is. All
//!   other bytes stay, CRs too. (There are programs that do it the other way, and put a CR before
//!   every LF: `ftp_server_20` is one. Then CRLF becomes CR CR LF on the wire.)
//! - `FromWire`: each CRLF becomes LF. All other bytes stay, and so does a CR without an LF behind it.
//! - Where a piece ends has no meaning: a CRLF may be split over two pieces, a piece may be empty or a
//!   single byte. The outputs together are what one piece with everything in it gives.
//! - Each call of `piece` gives all that can be known by then. `FromWire` may keep one byte back: a CR
//!   at the end of a piece, whose LF may still come. `end` gives what was kept back.
//! - The bytes need not be text. Nothing makes it panic.
//!
//! Then think of a picture: its bytes 13 and 10 are no line ends, but they go the same way. The PNG
//! format begins with `\x89PNG\r\n\x1a\n`, so that a file that came by TYPE A is found out at once.
//!
//! You will want: a `for` loop over the bytes, `Vec::push`, `Vec::extend`.
//! Change the bodies, and give the structs the fields that you need; leave the rest.

/// The sender's side: from lines that end in LF to lines that end in CRLF.
#[derive(Debug, Default)]
pub struct ToWire {
    // What must be known of the pieces before this one?
}

impl ToWire {
    /// Gives the bytes that go over the wire for the next piece of the file.
    pub fn piece(&mut self, file: &[u8]) -> Vec<u8> {
        todo!("put a CR before each LF that has none")
    }
}

/// The receiver's side: from lines that end in CRLF to lines that end in LF.
#[derive(Debug, Default)]
pub struct FromWire {
    // What must be known of the pieces before this one?
}

impl FromWire {
    /// Gives the bytes of the file for the next piece that came over the wire.
    pub fn piece(&mut self, wire: &[u8]) -> Vec<u8> {
        todo!("take away each CR that has an LF behind it")
    }

    /// Gives what was kept back, when all pieces have come.
    pub fn end(self) -> Vec<u8> {
        todo!("a CR may still be there")
    }
}

#[cfg(test)]
#[path = "../checks/ftp/ascii_type.rs"]
mod check;
