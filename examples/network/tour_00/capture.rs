//! Writes a frame into a capture file, the kind that Wireshark and tcpdump write and read.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

// ANCHOR: pcap
/// Writes a new file with this one frame in it, in the format "pcap"
/// (draft-ietf-opsawg-pcap): a header for the file, and one for each frame.
pub fn save(frame: &[u8], path: &Path) -> Result<(), String> {
    let length = (frame.len() as u32).to_be_bytes();
    let mut bytes = vec![0xa1, 0xb2, 0xc3, 0xd4]; // says what this is, and which byte comes first
    bytes.extend([0, 2, 0, 4]); // version 2.4
    bytes.extend([0; 8]); // reserved
    bytes.extend([0, 0, 0xff, 0xff]); // no frame in here is longer
    bytes.extend([0, 0, 0, 1]); // the frames are Ethernet's
    bytes.extend([0; 8]); // when it was seen: never, so the first moment of 1970
    bytes.extend([length, length].concat()); // how much of it is here, and how much there was
    bytes.extend(frame);
    // `create_new` refuses a file that is there already: nothing of yours is overwritten.
    let written = File::create_new(path).and_then(|mut file| file.write_all(&bytes));
    written.map_err(|error| {
        let path = path.to_string_lossy();
        match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("{path:?} exists already: name a new file, or remove that one first")
            }
            _ => format!("cannot write {path:?}: {error}"),
        }
    })
}
// ANCHOR_END: pcap
