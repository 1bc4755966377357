//! The second stop: a message, and what each layer puts around it.
//!
//! A program hands its message to the operating system, which builds the headers, and a network
//! card sends them. Here they are built by hand, for nobody: nothing is sent.

use crate::{capture, print};
use std::{ffi::OsString, net::Ipv4Addr, path::Path};

/// Both ends. The addresses are for documentation (RFC 5737), so they are nobody's.
const FROM: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
const TO: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 20);
const FROM_PORT: u16 = 49152;
const TO_PORT: u16 = 7001;
/// The cards of both ends. The bit that is set in 02 says: chosen here, not by a manufacturer.
const FROM_MAC: [u8; 6] = [0x02, 0, 0, 0, 0, 0x0a];
const TO_MAC: [u8; 6] = [0x02, 0, 0, 0, 0, 0x14];

/// How long these headers are, in bytes.
const UDP_HEADER: usize = 8;
const IPV4_HEADER: usize = 20;

/// What one Ethernet frame carries, in bytes, at most and at least (RFC 894).
const MTU: usize = 1500;
const SHORTEST_PAYLOAD: usize = 46;

/// UDP's number in the protocol field of IPv4.
const UDP: u8 = 17;

/// What is left of a frame for the message: 1472 bytes.
const LONGEST_MESSAGE: usize = MTU - IPV4_HEADER - UDP_HEADER;

/// One field of a header: its name, its bytes as they are sent, and what they say.
pub struct Field {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub says: String,
}

fn field(name: &'static str, bytes: impl Into<Vec<u8>>, says: impl ToString) -> Field {
    Field {
        name,
        bytes: bytes.into(),
        says: says.to_string(),
    }
}

/// The bytes of all these fields, as they are sent.
pub fn bytes(fields: &[Field]) -> Vec<u8> {
    fields
        .iter()
        .flat_map(|field| field.bytes.clone())
        .collect()
}

/// Shows the message, or `hello`, as it is wrapped. The second argument is a file to be written
/// for a packet analyzer; its name ends in `.pcap`.
pub fn show(given: &[OsString]) -> Result<String, String> {
    let (message, file) = match given {
        [] => ("hello".into(), None),
        [message] => (message.to_string_lossy(), None),
        [message, file] => (message.to_string_lossy(), Some(Path::new(file))),
        _ => return Err("too many arguments: put the message into quotes".into()),
    };
    // Whoever forgets the quotes around two words does not want a file named as the second.
    if let Some(file) = file
        && !file.to_string_lossy().ends_with(".pcap")
    {
        return Err(format!(
            "{:?} is no name of a capture file, which ends in .pcap: name one, or put the message \
             into quotes",
            file.to_string_lossy()
        ));
    }
    if message.len() > LONGEST_MESSAGE {
        return Err(format!(
            "a message of {} bytes does not fit into one Ethernet frame: of its {MTU} bytes, \
             IPv4 takes {IPV4_HEADER} and UDP {UDP_HEADER}, so write {LONGEST_MESSAGE} at most \
             (UDP over IPv4 itself ends at 65507, cut into several frames)",
            message.len()
        ));
    }
    let wrapped = wrap(message.as_bytes());
    let mut page = print::wrapped(&message, &wrapped);
    if let Some(file) = file {
        capture::save(&wrapped.frame, file)?;
        page += &format!(
            "\nwritten to {:?}: Wireshark opens it\n",
            file.to_string_lossy()
        );
    }
    Ok(page)
}

/// What each layer put around a message, and all of it together.
pub struct Wrapped {
    pub udp: Vec<Field>,
    pub ipv4: Vec<Field>,
    pub ethernet: Vec<Field>,
    pub padding: Vec<Field>,
    pub frame: Vec<u8>,
}

// ANCHOR: wrap
/// Wraps the message. Each layer takes all that is there, as bytes that it need not understand,
/// and puts its own header in front.
fn wrap(message: &[u8]) -> Wrapped {
    let udp = udp_header(message);
    let datagram = [&bytes(&udp), message].concat();
    let ipv4 = ipv4_header(&datagram);
    let packet = [&bytes(&ipv4), &datagram[..]].concat();
    let ethernet = ethernet_header();
    let padding = padding(&packet);
    let frame = [&bytes(&ethernet), &packet[..], &bytes(&padding)].concat();
    Wrapped {
        udp,
        ipv4,
        ethernet,
        padding,
        frame,
    }
}
// ANCHOR_END: wrap

// ANCHOR: udp
/// UDP's header (RFC 768): from which program, to which one. The message fits into one frame.
fn udp_header(message: &[u8]) -> Vec<Field> {
    let length = (UDP_HEADER + message.len()) as u16;
    let says = format!("{length} = {UDP_HEADER} + {}", message.len());
    let mut header = vec![
        field("source port", FROM_PORT.to_be_bytes(), FROM_PORT),
        field("destination port", TO_PORT.to_be_bytes(), TO_PORT),
        field("length", length.to_be_bytes(), says),
    ];
    // The checksum covers the addresses too, so that a datagram brought to the wrong machine is
    // noticed. They are in IPv4's header, so UDP counts them in a "pseudo-header", which is not sent.
    let mut covered = [FROM.octets(), TO.octets(), [0, UDP, 0, 0]].concat();
    covered[10..12].copy_from_slice(&length.to_be_bytes());
    covered.extend(bytes(&header));
    covered.extend([0, 0]); // the checksum itself counts as zero
    covered.extend(message);
    let sum = match checksum(&covered) {
        // Zero on the wire says "no checksum". 0xffff is zero too, in this way of counting.
        0 => 0xffff,
        sum => sum,
    };
    let over = format!("{sum:#06x}: with the pseudo-header");
    header.push(field("checksum", sum.to_be_bytes(), over));
    header
}
// ANCHOR_END: udp

// ANCHOR: ipv4
/// IPv4's header (RFC 791, section 3.1): from which address, to which one.
fn ipv4_header(datagram: &[u8]) -> Vec<Field> {
    let length = (IPV4_HEADER + datagram.len()) as u16;
    let says = format!("{length} = {IPV4_HEADER} + {}", datagram.len());
    let mut header = vec![
        field("version, IHL", [0x45], "4; 5 words of 4 bytes: 20 bytes"),
        field("DSCP, ECN", [0], "0: no special treatment"),
        field("total length", length.to_be_bytes(), says),
        field("identification", [0, 1], "1: the same in all fragments"),
        field("flags, offset", [0x40, 0], "DF: don't fragment; offset 0"),
        field("time to live", [64], "64: each router takes 1 off"),
        field("protocol", [UDP], "17: UDP is inside"),
        field("header checksum", [0, 0], ""),
        field("source address", FROM.octets(), FROM),
        field("destination address", TO.octets(), TO),
    ];
    // It covers this header only, and each router computes it anew: the time to live changes.
    let sum = checksum(&bytes(&header));
    let over = format!("{sum:#06x}: over this header alone");
    header[7] = field("header checksum", sum.to_be_bytes(), over);
    header
}
// ANCHOR_END: ipv4

// ANCHOR: ethernet
/// Ethernet II's header: to which card on this link, from which one, and what is inside.
fn ethernet_header() -> Vec<Field> {
    vec![
        field("destination MAC", TO_MAC, "the next card on the way"),
        field("source MAC", FROM_MAC, "this card"),
        field("type", [0x08, 0x00], "0x0800: IPv4 is inside"),
    ]
}

/// A frame carries 46 bytes at least. A shorter packet gets zeros behind it; IPv4's total length
/// tells the receiver that they are not part of it. Often the card adds them, so that a capture
/// on the sending machine shows none.
fn padding(packet: &[u8]) -> Vec<Field> {
    let missing = SHORTEST_PAYLOAD.saturating_sub(packet.len());
    if missing == 0 {
        return vec![];
    }
    let says = format!("zeros: {missing}");
    vec![field("padding", vec![0; missing], says)]
}
// ANCHOR_END: ethernet

// ANCHOR: checksum
/// The Internet checksum (RFC 1071): the complement of the sum of all 16-bit words, where what
/// does not fit into 16 bits is added again on the right.
fn checksum(bytes: &[u8]) -> u16 {
    // 32 bits hold the sum of 65,537 words; the longest packet has half as many.
    let mut sum: u32 = 0;
    for word in bytes.chunks(2) {
        // An odd last byte is the left half of its word; the right half is zero.
        let right = word.get(1).copied().unwrap_or(0);
        sum += u32::from(u16::from_be_bytes([word[0], right]));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
// ANCHOR_END: checksum
