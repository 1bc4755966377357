//! The stream slicer: the reader cuts a stream into reads, and sees what two readers take for messages.

mod page;

pub use page::{html, presets};

use super::fill;
use serde::Serialize;
use std::ops::Range;

/// What was sent. The `ë` has two bytes, so that a read can end in the middle of a character.
pub const MESSAGES: [&str; 3] = ["hi", "Zoë", "bye"];

/// How many bytes say how long a message is, as in `framed_server_09`.
const LENGTH: usize = 4;

/// How the stream says where a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Framing {
    /// Four bytes before each message, the most significant one first.
    Lengths,
    /// A line feed behind each message.
    Lines,
}

/// Both, in the order of the page.
pub const FRAMINGS: [Framing; 2] = [Framing::Lengths, Framing::Lines];

words! {
    one_byte: "1 byte",
    bytes: "{0} bytes",
    one_read: "1 read",
    reads: "{0} reads",
    one_message: "1 message",
    messages: "{0} messages",
    all_right: "all right",
    none_right: "none right",
    some_right: "{0} right",
    said: "{0}. One read, one message: {1}, {2}. The framed reader: {3}, all right.",
    no_message: "no message yet",
    keeps: "{0}; keeps {1}",
    cut: "cut behind byte {0}: {1}, {2}",
    length_byte: "len",
    line_feed: "LF",
    one_read_lengths: "leaves out the first four bytes of each read, and takes the rest for a message.",
    one_read_lines: "takes what each read gives for a message, without the line feed at its end.",
    framed_lengths: "collects four bytes, and then as many as they say, in as many reads as that takes.",
    framed_lines: "collects bytes up to a line feed, in as many reads as that takes.",
}

/// What the page shows for one slicing.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The sentence that sums it up.
    pub said: String,
    /// One for each read.
    pub rows: Vec<Row>,
}

/// One read, and what the two readers make of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its bytes, as hexadecimal digits.
    pub bytes: String,
    /// What the first reader takes for a message.
    pub one_read: String,
    /// Whether that is a message as it was sent.
    pub right: bool,
    /// What the framed reader gives after this read, and how much it keeps for the next one.
    pub framed: String,
}

/// The messages, each in its frame.
fn frames(framing: Framing) -> impl Iterator<Item = Vec<u8>> {
    MESSAGES.into_iter().map(move |message| match framing {
        Framing::Lengths => [&(message.len() as u32).to_be_bytes(), message.as_bytes()].concat(),
        Framing::Lines => [message.as_bytes(), b"\n"].concat(),
    })
}

/// The bytes that the reader of the page cuts.
pub fn stream(framing: Framing) -> Vec<u8> {
    frames(framing).collect::<Vec<_>>().concat()
}

/// Behind how many bytes the frames end, that of the last one apart.
pub fn between_frames(framing: Framing) -> Vec<usize> {
    let ends = frames(framing).scan(0, |end, frame| {
        *end += frame.len();
        Some(*end)
    });
    ends.take(MESSAGES.len() - 1).collect()
}

/// Cuts a stream into reads. `cuts` says behind how many bytes, in ascending order.
pub fn reads<'a>(stream: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let starts = [0].iter().chain(cuts);
    let ends = cuts.iter().copied().chain([stream.len()]);
    starts
        .zip(ends)
        .map(|(start, end)| &stream[*start..end])
        .collect()
}

/// What code takes for a message that believes one read to be one frame.
pub fn one_read(framing: Framing, read: &[u8]) -> &[u8] {
    match framing {
        Framing::Lengths => read.get(LENGTH..).unwrap_or(&[]),
        Framing::Lines => read.strip_suffix(b"\n").unwrap_or(read),
    }
}

/// A reader that knows where a message ends, and keeps what is not whole yet.
pub struct FramedReader {
    framing: Framing,
    kept: Vec<u8>,
}

impl FramedReader {
    /// A reader at the beginning of its stream.
    pub fn new(framing: Framing) -> Self {
        FramedReader {
            framing,
            kept: Vec::new(),
        }
    }

    /// Takes what one read gave, and gives the messages that are whole now.
    pub fn take(&mut self, read: &[u8]) -> Vec<Vec<u8>> {
        self.kept.extend_from_slice(read);
        let mut messages = Vec::new();
        while let Some((message, end)) = self.first_frame() {
            messages.push(self.kept[message].to_vec());
            self.kept.drain(..end);
        }
        messages
    }

    /// How many bytes wait for the rest of their message.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Where in the bytes kept the first message is, and where its frame ends; nothing while it is not whole.
    fn first_frame(&self) -> Option<(Range<usize>, usize)> {
        match self.framing {
            Framing::Lengths => {
                let length = u32::from_be_bytes(*self.kept.first_chunk()?);
                let end = LENGTH + length as usize;
                (self.kept.len() >= end).then_some((LENGTH..end, end))
            }
            Framing::Lines => {
                let end = self.kept.iter().position(|byte| *byte == b'\n')?;
                Some((0..end, end + 1))
            }
        }
    }
}

/// What the page shows for this slicing of this stream.
pub fn answer(framing: Framing, cuts: &[usize]) -> Shown {
    let stream = stream(framing);
    let mut reader = FramedReader::new(framing);
    let mut given = 0;
    let mut rows = Vec::new();
    for read in reads(&stream, cuts) {
        let begins_frame = reader.kept() == 0;
        let messages = reader.take(read);
        let right = begins_frame && messages.len() == 1 && reader.kept() == 0;
        given += messages.len();
        let messages: Vec<_> = messages.iter().map(|message| quote(message)).collect();
        let messages = match messages.len() {
            0 => WORDS.no_message.into(),
            _ => messages.join(", "),
        };
        let framed = match reader.kept() {
            0 => messages,
            kept => fill(
                WORDS.keeps,
                &[&messages, &count(kept, WORDS.one_byte, WORDS.bytes)],
            ),
        };
        rows.push(Row {
            bytes: hex(read),
            one_read: quote(one_read(framing, read)),
            right,
            framed,
        });
    }
    let right = rows.iter().filter(|row| row.right).count();
    let verdict = match right {
        0 => WORDS.none_right.into(),
        _ if right == rows.len() => WORDS.all_right.into(),
        _ => fill(WORDS.some_right, &[&right.to_string()]),
    };
    let said = fill(
        WORDS.said,
        &[
            &count(rows.len(), WORDS.one_read, WORDS.reads),
            &count(rows.len(), WORDS.one_message, WORDS.messages),
            &verdict,
            &count(given, WORDS.one_message, WORDS.messages),
        ],
    );
    Shown { said, rows }
}

/// Bytes as `framed_server_09` prints them: as text, what is no text replaced, what is no letter escaped.
fn quote(bytes: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => one.into(),
        _ => fill(many, &[&number.to_string()]),
    }
}
