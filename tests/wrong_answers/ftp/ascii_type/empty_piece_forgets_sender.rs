//! # Wrong: the sender looks at the last byte of the last piece
//!
//! An empty piece has none, so it is forgotten.
//!
//! The check says: An empty piece has no last byte

#[derive(Debug, Default)]
pub struct ToWire {
    after_cr: bool,
}

impl ToWire {
    pub fn piece(&mut self, file: &[u8]) -> Vec<u8> {
        let mut wire = Vec::new();
        let mut before = if self.after_cr { b'\r' } else { 0 };
        for &byte in file {
            if byte == b'\n' && before != b'\r' {
                wire.push(b'\r');
            }
            wire.push(byte);
            before = byte;
        }
        self.after_cr = file.last() == Some(&b'\r');
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

    pub fn end(self) -> Vec<u8> {
        vec![b'\r'; usize::from(self.owes_cr)]
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ascii_type.rs"]
mod check;
