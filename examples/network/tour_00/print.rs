//! How the second stop prints bytes: field by field, and all of them in rows of 16.

use crate::wrap::{Field, Wrapped, bytes};

/// How many bytes stand in one line of a table: as many as a MAC address has.
const ROW: usize = 6;
/// How many lines of a long message are shown.
const MOST_ROWS: usize = 8;

/// The message and what each layer put around it, the innermost first.
pub fn wrapped(text: &str, wrapped: &Wrapped) -> String {
    let Wrapped {
        udp,
        ipv4,
        ethernet,
        padding,
        frame,
    } = wrapped;
    // Where in the frame each header ends, and how long the whole is by then.
    let after_ethernet = bytes(ethernet).len();
    let after_ipv4 = after_ethernet + bytes(ipv4).len();
    let after_udp = after_ipv4 + bytes(udp).len();
    let after_message = after_udp + text.len();

    let mut page = format!(
        "{:>6}  {:17}  {:19}  what it says\n",
        "offset", "bytes", "field"
    );
    page += &format!(
        "The message (application layer): {}, {} in UTF-8\n",
        count(text.chars().count(), "character"),
        count(text.len(), "byte"),
    );
    page += &message(text, after_udp);
    for (layer, header, start) in [
        ("UDP (transport layer)", udp, after_ipv4),
        ("IPv4 (internet layer)", ipv4, after_ethernet),
        ("Ethernet II (link layer)", ethernet, 0),
    ] {
        let header_length = bytes(header).len();
        page += &format!(
            "\n{layer} puts {header_length} bytes in front: now {}\n",
            count(after_message - start, "byte"),
        );
        page += &fields(header, start);
    }
    if !padding.is_empty() {
        page += "\nEthernet's shortest frame has 60 bytes: zeros go behind\n";
        page += &fields(padding, after_message);
    }
    page += &format!(
        "\nThe whole frame, {} bytes; the card adds 4 behind it, the frame check sequence\n",
        frame.len()
    );
    page += &dump(frame);
    page
}

/// `1 byte`, `2 bytes`.
fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// A line for each field, more for a long one. The first field is at this offset in the frame.
fn fields(fields: &[Field], mut at: usize) -> String {
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
fn message(message: &str, at: usize) -> String {
    let mut text = String::new();
    for (number, row) in message.as_bytes().chunks(ROW).enumerate() {
        let start = number * ROW;
        if number == MOST_ROWS {
            let more = count(message.len() - start, "byte");
            text += &format!("        and {more} more, shown below\n");
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
fn dump(bytes: &[u8]) -> String {
    let lines = bytes.chunks(16).enumerate();
    lines
        .map(|(number, row)| format!("{:6}  {}\n", number * 16, hex(row)))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}
