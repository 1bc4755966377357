//! # Wrong: nothing is changed
//!
//! Line ends look alike on the screen, so nothing seems to be amiss. That is TYPE I.
//!
//! The check says: this is what came in, unchanged

#[derive(Debug, Default)]
pub struct ToWire {
    after_cr: bool,
}

impl ToWire {
    pub fn piece(&mut self, file: &[u8]) -> Vec<u8> {
        file.to_vec()
    }
}

#[derive(Debug, Default)]
pub struct FromWire {
    owes_cr: bool,
}

impl FromWire {
    pub fn piece(&mut self, wire: &[u8]) -> Vec<u8> {
        wire.to_vec()
    }

    pub fn end(self) -> Vec<u8> {
        Vec::new()
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ascii_type.rs"]
mod check;
