//! # What TYPE A does to a file: one way to do it
//!
//! Each side needs one bit of memory. The sender must know whether the byte before was a CR, the
//! receiver whether it owes one. Both outlive a piece, so they are fields.
//!
//! It is tempting to treat each piece by itself, with `replace`. It works until a piece ends between
//! CR and LF; with pieces of 4 KiB, that is about one line end in 4,000, so your tests will not see
//! it. It is also tempting to drop all CRs on the way back, or to go through `str::lines`: both change
//! bytes that are no line ends.
//!
//! Even this right answer loses something: a file whose lines end in CRLF comes back with LF, and a
//! picture comes back broken. Nothing can mend that, because on the wire the two are the same. So an
//! FTP client asks for TYPE I before it transfers anything that is not text for certain.

/// The sender's side: from lines that end in LF to lines that end in CRLF.
#[derive(Debug, Default)]
pub struct ToWire {
    after_cr: bool,
}

impl ToWire {
    /// Gives the bytes that go over the wire for the next piece of the file.
    pub fn piece(&mut self, file: &[u8]) -> Vec<u8> {
        let mut wire = Vec::with_capacity(file.len());
        for &byte in file {
            if byte == b'\n' && !self.after_cr {
                wire.push(b'\r');
            }
            wire.push(byte);
            self.after_cr = byte == b'\r';
        }
        wire
    }
}

/// The receiver's side: from lines that end in CRLF to lines that end in LF.
#[derive(Debug, Default)]
pub struct FromWire {
    owes_cr: bool,
}

impl FromWire {
    /// Gives the bytes of the file for the next piece that came over the wire.
    pub fn piece(&mut self, wire: &[u8]) -> Vec<u8> {
        let mut file = Vec::with_capacity(wire.len());
        for &byte in wire {
            if self.owes_cr && byte != b'\n' {
                file.push(b'\r');
            }
            self.owes_cr = byte == b'\r';
            if !self.owes_cr {
                file.push(byte);
            }
        }
        file
    }

    /// Gives what was kept back, when all pieces have come.
    pub fn end(self) -> Vec<u8> {
        match self.owes_cr {
            true => vec![b'\r'],
            false => Vec::new(),
        }
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/ftp/ascii_type.rs"]
mod check;
