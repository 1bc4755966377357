//! How the second stop prints bytes: field by field, and all of them in rows of 16.

use crate::headers::Field;

/// How many bytes stand in one line of a table: as many as a MAC address has.
const ROW: usize = 6;
/// How many lines of a long message are shown.
const MOST_ROWS: usize = 8;

/// What stands in which column of the tables.
pub fn head() -> String {
    format!(
        "{:>6}  {:17}  {:19}  what it says\n",
        "offset", "bytes", "field"
    )
}

/// A line for each field, more for a long one. The first number is the place in the frame, where
/// the first of these fields is at `at`.
pub fn fields(fields: &[Field], mut at: usize) -> String {
    let mut text = String::new();
    for field in fields {
        let mut behind = (field.name, &field.says[..]);
        for row in field.bytes.chunks(ROW) {
            text += &line(at, row, behind.0, behind.1);
            behind = ("", "");
            at += row.len();
        }
    }
    text
}

/// The lines of a message. Each shows the characters that begin in its bytes.
pub fn message(message: &str, at: usize) -> String {
    let mut text = String::new();
    for (number, row) in message.as_bytes().chunks(ROW).enumerate() {
        let start = number * ROW;
        if number == MOST_ROWS {
            text += &format!(
                "        and {} bytes more, shown below\n",
                message.len() - start
            );
            break;
        }
        let begin_here = |(place, _): &(usize, char)| (start..start + ROW).contains(place);
        let characters = message.char_indices().filter(begin_here);
        let characters: String = characters.map(|(_, character)| character).collect();
        let name = if number == 0 { "message" } else { "" };
        // `{:?}`: control characters are shown, not obeyed.
        text += &line(at + start, row, name, &format!("{characters:?}"));
    }
    text
}

fn line(at: usize, bytes: &[u8], name: &str, says: &str) -> String {
    let line = format!("{at:6}  {:17}  {name:19}  {says}", hex(bytes));
    format!("{}\n", line.trim_end())
}

/// All bytes, 16 a line.
pub fn dump(bytes: &[u8]) -> String {
    let lines = bytes.chunks(16).enumerate();
    lines
        .map(|(number, row)| format!("{:6}  {}\n", number * 16, hex(row)))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}
