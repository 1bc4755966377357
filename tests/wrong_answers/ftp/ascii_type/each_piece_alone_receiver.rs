//! # Wrong: the receiver treats each piece alone
//!
//! A CR at the end of a piece has no LF behind it yet.
//!
//! The check says: kept until the next byte is known

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
        let mut rest = wire.iter().copied().peekable();
        while let Some(byte) = rest.next() {
            if byte != b'\r' || rest.peek() != Some(&b'\n') {
                file.push(byte);
            }
        }
        file
    }

    pub fn end(self) -> Vec<u8> {
        Vec::new()
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ascii_type.rs"]
mod check;
