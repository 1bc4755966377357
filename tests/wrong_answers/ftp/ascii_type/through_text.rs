//! # Wrong: the bytes go through a `String`
//!
//! ASCII is text, so it must be a `String`. Text of another encoding, or a picture, is none.
//!
//! The check says: Do you go through a `String`?

#[derive(Debug, Default)]
pub struct ToWire {
    after_cr: bool,
}

impl ToWire {
    pub fn piece(&mut self, file: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(file);
        let mut wire = String::new();
        for character in text.chars() {
            if character == '\n' && !self.after_cr {
                wire.push('\r');
            }
            wire.push(character);
            self.after_cr = character == '\r';
        }
        wire.into_bytes()
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
