//! # Wrong: bytes that are no text are a panic
//!
//! The type is called ASCII, so what else can come?
//!
//! The check says: need not be text

#[derive(Debug, Default)]
pub struct ToWire {
    after_cr: bool,
}

impl ToWire {
    pub fn piece(&mut self, file: &[u8]) -> Vec<u8> {
        let text = str::from_utf8(file).unwrap();
        let mut wire = Vec::new();
        for byte in text.bytes() {
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
