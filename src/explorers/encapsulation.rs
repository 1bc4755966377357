//! The encapsulation explorer: a message inside UDP, inside IPv4, inside Ethernet, byte by byte.

mod fields;
mod page;

pub use page::html;

use super::{Values, fill};
use anyhow::{Context, Result, ensure};
use etherparse::{
    Ethernet2Header, IpHeaders, IpNumber, Ipv4Header, PacketBuilder, UdpHeader,
    checksum::Sum16BitWords,
};
use fields::{ETHERTYPES, Field, LAYERS, PROTOCOLS};
use std::ops::Range;

/// The longest message that one frame carries: Ethernet takes 1500 bytes, and the headers of IPv4 and UDP
/// are 20 and 8 of them.
pub const LONGEST_MESSAGE: usize = 1472;

/// The shortest frame that a network card sends, without the frame check sequence behind it.
const SHORTEST_FRAME: usize = 60;

/// Where in the frame the headers begin, and the message.
const IPV4: usize = Ethernet2Header::LEN;
const UDP: usize = IPV4 + Ipv4Header::MIN_LEN;
const DATA: usize = UDP + UdpHeader::LEN;
/// Where the two checksums are, each in its own header.
const IPV4_CHECKSUM: usize = 10;
const UDP_CHECKSUM: usize = 6;

words! {
    too_long: "{0} bytes do not fit: one Ethernet frame carries 1500 bytes, and IPv4 and UDP need 28 of them. 1472 remain.",
    not_hex: "Type {0} in hexadecimal: two digits from 0 to 9 and a to f for each.",
    hex_length: "This field has {0}; you typed {1}.",
    one_byte: "1 byte",
    bytes: "{0} bytes",
    other: "another protocol",
    length_not_type: "up to 05dc it is a length, not a type",
    version: "version {0}, header {1} × 4 = {2} bytes",
    dscp: "DSCP {0}, ECN {1}",
    fragment: "{0}, offset {1}",
    no_flags: "no flags",
    data: "{0}: {1}",
    no_data: "0 bytes: an empty message",
    holds: "holds",
    holds_ip: "holds: the ten words of the header add up to ffff",
    holds_udp: "holds: with the pseudo-header, all words add up to ffff",
    broken: "broken: it says {0}, and {1} would be right",
    unused: "not used: 0000 says that the sender computed none (RFC 768)",
    card_padding: "the card appends {0} of padding, as a frame has 60 bytes at least, then the frame check sequence over everything",
    card: "the card appends the frame check sequence over everything",
    card_edited: "{0}; it breaks if somebody on the way changes a byte, as you did",
    fits: "every length and type fits what is there",
    misfits: "reads these bytes in another way, or drops them, because of: {0}",
    detail: "{0}: {1}. {2}",
    no_detail: "Point at bytes, or go there with Tab and the arrow keys, to read what they are.",
    said: "IPv4 header checksum {0}. UDP checksum {1}.",
    said_holds: "holds",
    said_broken: "is broken",
    said_unused: "is not used",
}

/// The frame around a message. Fails where the message does not fit into one.
pub fn frame(message: &str) -> Result<Vec<u8>> {
    let length = message.len();
    let too_long = || fill(WORDS.too_long, &[&length.to_string()]);
    ensure!(length <= LONGEST_MESSAGE, too_long());
    let mut ipv4 = Ipv4Header::new(
        0,
        64,
        IpNumber::UDP,
        // Addresses that documentation may use (RFC 5737), and locally administered MAC addresses.
        [192, 0, 2, 10],
        [192, 0, 2, 20],
    )?;
    ipv4.identification = 1;
    ipv4.dont_fragment = true;
    let mut frame = Vec::new();
    PacketBuilder::ethernet2([2, 0, 0, 0, 0, 10], [2, 0, 0, 0, 0, 20])
        .ip(IpHeaders::Ipv4(ipv4, Default::default()))
        .udp(49152, 7001)
        .write(&mut frame, message.as_bytes())
        .context("cannot write the frame")?;
    Ok(frame)
}

/// The names of all fields, in the order of their bytes.
pub fn fields() -> impl Iterator<Item = &'static str> {
    all_fields().map(|field| field.key)
}

fn all_fields() -> impl Iterator<Item = &'static Field> {
    LAYERS.iter().flat_map(|layer| layer.fields)
}

/// A field's bytes in a frame with all its headers.
fn place(field: &Field, frame: &[u8]) -> Range<usize> {
    match field.length {
        0 => field.at..frame.len(),
        length => field.at..field.at + length,
    }
}

/// A field's bytes in a frame with all its headers; none for a field that there is not.
pub fn read<'a>(frame: &'a [u8], key: &str) -> &'a [u8] {
    let field = all_fields().find(|field| field.key == key);
    field.map_or(&[], |field| &frame[place(field, frame)])
}

/// The fields in which two frames of the same length differ.
pub fn edited(frame: &[u8], sent: &[u8]) -> impl Iterator<Item = &'static str> {
    fields().filter(move |key| read(frame, key) != read(sent, key))
}

/// Puts other bytes, as hexadecimal digits, into a field. Fails, and leaves the frame as it is, where they do not fit.
pub fn edit(frame: &mut [u8], key: &str, digits: &str) -> Result<()> {
    let field = all_fields().find(|field| field.key == key);
    let place = place(field.context("no such field")?, frame);
    let length = bytes(place.len());
    let digits: Vec<u8> = digits
        .bytes()
        .filter(|digit| !digit.is_ascii_whitespace())
        .collect();
    let pairs = digits.chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok();
        pair.filter(|pair| pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    });
    let typed: Option<Vec<u8>> = pairs.collect();
    let typed = typed.with_context(|| fill(WORDS.not_hex, &[&length]))?;
    let mismatch = || fill(WORDS.hex_length, &[&length, &bytes(typed.len())]);
    ensure!(typed.len() == place.len(), mismatch());
    frame[place].copy_from_slice(&typed);
    Ok(())
}

/// Writes the right checksums into a frame, each computed from the bytes that are there.
pub fn recompute(frame: &mut [u8]) {
    let (ipv4, udp) = checksums(frame);
    frame[IPV4 + IPV4_CHECKSUM..][..2].copy_from_slice(&ipv4.right.to_be_bytes());
    frame[UDP + UDP_CHECKSUM..][..2].copy_from_slice(&udp.right.to_be_bytes());
}

/// What a checksum's field says, and what would be right.
struct Checksum {
    is: u16,
    right: u16,
    holds: bool,
}

/// The two checksums of a frame with all its headers.
fn checksums(frame: &[u8]) -> (Checksum, Checksum) {
    let (ipv4, udp) = (&frame[IPV4..UDP], &frame[UDP..]);
    let pseudo_header = Sum16BitWords::new()
        .add_slice(&ipv4[12..20])
        .add_2bytes([0, ipv4[9]])
        .add_2bytes([udp[4], udp[5]]);
    let check = |start: Sum16BitWords, bytes: &[u8], at: usize| Checksum {
        is: word(&bytes[at..]),
        // The sum without the field: what the sender adds up. The crate adds in this machine's byte order.
        right: start
            .clone()
            .add_slice(&bytes[..at])
            .add_slice(&bytes[at + 2..])
            .ones_complement()
            .to_be(),
        // The sum with the field: what the receiver adds up. All ones are right, and their complement is zero.
        holds: start.add_slice(bytes).ones_complement() == 0,
    };
    let ipv4 = check(Sum16BitWords::new(), ipv4, IPV4_CHECKSUM);
    let mut udp = check(pseudo_header, udp, UDP_CHECKSUM);
    // Zero would say that there is no checksum; in this arithmetic ffff is the same number.
    if udp.right == 0 {
        udp.right = 0xffff;
    }
    (ipv4, udp)
}

/// Two bytes as a number.
fn word(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

/// What the explorer shows for a frame with all its headers. `sent` is the frame before the reader's edits.
pub fn answer(frame: &[u8], sent: &[u8]) -> Values {
    let (ipv4, udp) = checksums(frame);
    let mut values = Values::new();
    for field in all_fields() {
        let bytes = &frame[place(field, frame)];
        values.insert(field.key, value(field.kind, bytes, &ipv4, &udp));
    }
    let (ip_said, ip_verdict) = match ipv4.holds {
        true => (WORDS.said_holds, WORDS.holds_ip.into()),
        false => (WORDS.said_broken, broken(&ipv4)),
    };
    let (udp_said, udp_verdict) = match udp.holds {
        _ if udp.is == 0 => (WORDS.said_unused, WORDS.unused.into()),
        true => (WORDS.said_holds, WORDS.holds_udp.into()),
        false => (WORDS.said_broken, broken(&udp)),
    };
    let padding = SHORTEST_FRAME.saturating_sub(frame.len());
    let mut card = match padding {
        0 => WORDS.card.to_owned(),
        _ => fill(WORDS.card_padding, &[&bytes(padding)]),
    };
    if frame != sent {
        card = fill(WORDS.card_edited, &[&card]);
    }
    values.extend([
        ("ip_verdict", ip_verdict),
        ("udp_verdict", udp_verdict),
        ("receiver", receiver(frame)),
        ("card", card),
        ("said", fill(WORDS.said, &[ip_said, udp_said])),
    ]);
    values
}

fn broken(Checksum { is, right, .. }: &Checksum) -> String {
    fill(
        WORDS.broken,
        &[&format!("{is:04x}"), &format!("{right:04x}")],
    )
}

/// Whether the lengths and types fit what is there: no checksum says that.
fn receiver(frame: &[u8]) -> String {
    let after_ethernet = frame.len() - IPV4;
    let misfits: Vec<&str> = [
        ("EtherType", word(&frame[12..]) == 0x0800),
        ("Version and header length", frame[14] == 0x45),
        (
            "Total length",
            usize::from(word(&frame[16..])) == after_ethernet,
        ),
        // DF may be there or not; anything else makes it a fragment, or nonsense.
        (
            "Flags and fragment offset",
            word(&frame[20..]) & !0x4000 == 0,
        ),
        ("Time to live", frame[22] != 0),
        ("Protocol", frame[23] == 17),
        (
            "Length",
            usize::from(word(&frame[38..])) == frame.len() - UDP,
        ),
    ]
    .into_iter()
    .filter_map(|(name, fits)| (!fits).then_some(name))
    .collect();
    match misfits.is_empty() {
        true => WORDS.fits.into(),
        false => fill(WORDS.misfits, &[&misfits.join(", ")]),
    }
}

/// What a field's bytes mean.
fn value(kind: &str, bytes_of: &[u8], ipv4: &Checksum, udp: &Checksum) -> String {
    let number = bytes_of.iter().take(2);
    let number = number.fold(0, |number, byte| number << 8 | u16::from(*byte));
    match kind {
        "mac" => {
            let pairs: Vec<String> = bytes_of.iter().map(|byte| format!("{byte:02x}")).collect();
            pairs.join(":")
        }
        "ethertype" => match ETHERTYPES.iter().find(|known| known.0 == number) {
            Some((_, name)) => (*name).into(),
            None if number <= 1500 => WORDS.length_not_type.into(),
            None => WORDS.other.into(),
        },
        "version" => {
            let (version, words) = (number >> 4, number & 15);
            let numbers = [version, words, 4 * words].map(|number| number.to_string());
            fill(WORDS.version, &[&numbers[0], &numbers[1], &numbers[2]])
        }
        "dscp" => fill(
            WORDS.dscp,
            &[&(number >> 2).to_string(), &(number & 3).to_string()],
        ),
        "fragment" => {
            let flags = [(0x8000, "reserved bit"), (0x4000, "DF"), (0x2000, "MF")];
            let set = flags.iter().filter(|(bit, _)| number & bit != 0);
            let set: Vec<&str> = set.map(|(_, name)| *name).collect();
            let flags = match set.is_empty() {
                true => WORDS.no_flags.into(),
                false => set.join(" and "),
            };
            fill(WORDS.fragment, &[&flags, &(number & 0x1fff).to_string()])
        }
        "protocol" => {
            let known = PROTOCOLS.iter().find(|known| u16::from(known.0) == number);
            let name = known.map_or(WORDS.other, |known| known.1);
            format!("{number}, {name}")
        }
        "address" => {
            let numbers: Vec<String> = bytes_of.iter().map(u8::to_string).collect();
            numbers.join(".")
        }
        "ip_checksum" if ipv4.holds => WORDS.holds.into(),
        "ip_checksum" => broken(ipv4),
        "udp_checksum" if udp.is == 0 => WORDS.unused.into(),
        "udp_checksum" if udp.holds => WORDS.holds.into(),
        "udp_checksum" => broken(udp),
        "data" if bytes_of.is_empty() => WORDS.no_data.into(),
        "data" => fill(
            WORDS.data,
            &[&bytes(bytes_of.len()), &String::from_utf8_lossy(bytes_of)],
        ),
        _ => number.to_string(),
    }
}

fn bytes(count: usize) -> String {
    match count {
        1 => WORDS.one_byte.into(),
        _ => fill(WORDS.bytes, &[&count.to_string()]),
    }
}

/// Bytes as hexadecimal digits in pairs.
pub fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}
