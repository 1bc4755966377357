//! # Wrong: the file is taken for a list of lines
//!
//! `lines` gives no line ends, so each gets one: the last, too, which may have had none.
//!
//! The check says: there is an LF too many

#[derive(Debug, Default)]
pub struct ToWire {
    after_cr: bool,
}

impl ToWire {
    pub fn piece(&mut self, file: &[u8]) -> Vec<u8> {
        let mut wire = Vec::new();
        for line in file.split_inclusive(|byte| *byte == b'\n') {
            wire.extend(line.strip_suffix(b"\n").unwrap_or(line));
            if wire.ends_with(b"\r") {
                wire.pop();
            }
            wire.extend(b"\r\n");
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
