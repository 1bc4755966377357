//! # Wrong: the receiver keeps everything until the end
//!
//! It is right, and it holds the whole file in memory.
//!
//! The check says: file may be larger than the memory

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
    all: Vec<u8>,
}

impl FromWire {
    pub fn piece(&mut self, wire: &[u8]) -> Vec<u8> {
        self.all.extend(wire);
        Vec::new()
    }

    pub fn end(self) -> Vec<u8> {
        let mut file = Vec::new();
        for (at, &byte) in self.all.iter().enumerate() {
            if byte != b'\r' || self.all.get(at + 1) != Some(&b'\n') {
                file.push(byte);
            }
        }
        file
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ascii_type.rs"]
mod check;
