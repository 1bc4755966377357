//! # Wrong: an empty piece gives the CR that was kept
//!
//! "There is no LF" is not "the next byte is no LF".
//!
//! The check says: An empty piece has no last byte

#[derive(Debug, Default)]
pub struct ToWire {
    after_cr: bool,
}

impl ToWire {
    pub fn piece(&mut self, file: &[u8]) -> Vec<u8> {
        let mut wire = Vec::new();
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

#[derive(Debug, Default)]
pub struct FromWire {
    owes_cr: bool,
}

impl FromWire {
    pub fn piece(&mut self, wire: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        if self.owes_cr && wire.first() != Some(&b'\n') {
            file.push(b'\r');
        }
        self.owes_cr = wire.last() == Some(&b'\r');
        let wire = wire.strip_suffix(b"\r").unwrap_or(wire);
        for (at, &byte) in wire.iter().enumerate() {
            if byte != b'\r' || wire.get(at + 1) != Some(&b'\n') {
                file.push(byte);
            }
        }
        file
    }

    pub fn end(self) -> Vec<u8> {
        vec![b'\r'; usize::from(self.owes_cr)]
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ascii_type.rs"]
mod check;
