//! The second stop: a message, and what each layer puts around it.
//!
//! A program hands its message to the operating system, which builds these headers, and a network
//! card sends them. Here they are built by hand, for nobody: nothing is sent.

use crate::{
    capture,
    print::{self, Field, field},
};
use std::{ffi::OsString, net::Ipv4Addr, path::Path};

/// Both ends. The addresses are for documentation (RFC 5737), so they are nobody's.
const FROM: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
const TO: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 20);
const FROM_PORT: u16 = 49152;
const TO_PORT: u16 = 7001;
/// The cards of both ends. The bit that is set in 02 says: chosen here, not by a manufacturer.
const FROM_MAC: [u8; 6] = [0x02, 0, 0, 0, 0, 0x0a];
const TO_MAC: [u8; 6] = [0x02, 0, 0, 0, 0, 0x14];

const UDP_HEADER: usize = 8;
const IPV4_HEADER: usize = 20;
const ETHERNET_HEADER: usize = 14;
/// UDP's number in the protocol field of IPv4.
const UDP: u8 = 17;
/// What one Ethernet frame carries, at most and at least (RFC 894).
const MTU: usize = 1500;
const SHORTEST_PAYLOAD: usize = 46;
/// What is left of the MTU for a message: 1472 bytes.
const LONGEST_MESSAGE: usize = MTU - IPV4_HEADER - UDP_HEADER;

/// Shows the message, or `hello`, as it is wrapped. The second argument is a file to be written
/// for a packet analyzer.
pub fn show(given: &[OsString]) -> Result<String, String> {
    let (message, file) = match given {
        [] => ("hello".into(), None),
        [message] => (message.to_string_lossy(), None),
        [message, file] => (message.to_string_lossy(), Some(Path::new(file))),
        _ => return Err("too many arguments: put the message into quotes".into()),
    };
    let length = message.len();
    if length > LONGEST_MESSAGE {
        return Err(format!(
            "a message of {length} bytes does not fit into one Ethernet frame: of its {MTU} bytes, \
             IPv4 takes {IPV4_HEADER} and UDP {UDP_HEADER}, so write {LONGEST_MESSAGE} at most \
             (UDP over IPv4 itself ends at 65507, cut into several frames)"
        ));
    }

    // ANCHOR: wrap
    // The message comes first. Each layer takes all that is there already, as bytes that it need
    // not understand, and puts its own header in front.
    let udp = udp_header(message.as_bytes());
    let datagram = [print::bytes(&udp), message.as_bytes().to_vec()].concat();
    let ipv4 = ipv4_header(datagram.len());
    let packet = [print::bytes(&ipv4), datagram].concat();
    let ethernet = ethernet_header();
    let padding = padding(packet.len());
    let frame = [print::bytes(&ethernet), packet, print::bytes(&padding)].concat();
    // ANCHOR_END: wrap

    let mut text = format!(
        "The message (application layer): {} characters, {length} bytes in UTF-8\n{}",
        message.chars().count(),
        print::message(&message, ETHERNET_HEADER + IPV4_HEADER + UDP_HEADER),
    );
    text += &format!(
        "\nUDP (transport layer) puts {UDP_HEADER} bytes in front: {} bytes\n{}",
        UDP_HEADER + length,
        print::fields(&udp, ETHERNET_HEADER + IPV4_HEADER),
    );
    text += &format!(
        "\nIPv4 (internet layer) puts {IPV4_HEADER} bytes in front: {} bytes\n{}",
        IPV4_HEADER + UDP_HEADER + length,
        print::fields(&ipv4, ETHERNET_HEADER),
    );
    text += &format!(
        "\nEthernet II (link layer) puts {ETHERNET_HEADER} bytes in front, {} behind: {} bytes\n{}{}",
        print::bytes(&padding).len(),
        frame.len(),
        print::fields(&ethernet, 0),
        print::fields(
            &padding,
            ETHERNET_HEADER + IPV4_HEADER + UDP_HEADER + length
        ),
    );
    text += &format!(
        "\nThe whole frame, as it is sent (the card adds 4 bytes behind it, the frame check \
         sequence)\n{}",
        print::dump(&frame)
    );
    if let Some(file) = file {
        capture::save(&frame, file)?;
        text += &format!(
            "\nwritten to {:?}: open it with Wireshark\n",
            file.to_string_lossy()
        );
    }
    Ok(text)
}

// ANCHOR: checksum
/// The Internet checksum (RFC 1071): the complement of the sum of all 16-bit words, where what
/// does not fit into 16 bits is added again on the right.
fn checksum(bytes: &[u8]) -> u16 {
    // 32 bits hold the sum of 65,536 words and more; a packet has at most half as many.
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

// ANCHOR: udp
/// UDP's header (RFC 768): from which program, to which one.
fn udp_header(message: &[u8]) -> Vec<Field> {
    let length = (UDP_HEADER + message.len()) as u16;
    let mut header = vec![
        field("source port", FROM_PORT.to_be_bytes(), FROM_PORT),
        field("destination port", TO_PORT.to_be_bytes(), TO_PORT),
        field(
            "length",
            length.to_be_bytes(),
            format!("{length} = 8 + {}", message.len()),
        ),
    ];
    // The checksum covers the addresses too, so that a datagram brought to the wrong machine is
    // noticed. They are in IPv4's header, so UDP puts a "pseudo-header" in front, and sends it not.
    let mut covered = [FROM.octets(), TO.octets(), [0, UDP, 0, 0]].concat();
    covered[10..12].copy_from_slice(&length.to_be_bytes());
    covered.extend(print::bytes(&header));
    covered.extend([0, 0]); // the checksum itself counts as zero
    covered.extend(message);
    let sum = match checksum(&covered) {
        // Zero on the wire says "no checksum". 0xffff is zero too, in this way of counting.
        0 => 0xffff,
        sum => sum,
    };
    let over = format!("{sum:#06x}, over addresses, header and message");
    header.push(field("checksum", sum.to_be_bytes(), over));
    header
}
// ANCHOR_END: udp

// ANCHOR: ipv4
/// IPv4's header (RFC 791, section 3.1): from which address, to which one.
fn ipv4_header(datagram: usize) -> Vec<Field> {
    let length = (IPV4_HEADER + datagram) as u16;
    let mut header = vec![
        field(
            "version, length",
            [0x45],
            "version 4, a header of 5 x 4 bytes",
        ),
        field("DSCP, ECN", [0], "0, no special treatment"),
        field(
            "total length",
            length.to_be_bytes(),
            format!("{length} = 20 + {datagram}"),
        ),
        field("identification", [0, 1], "1, which packet a fragment is of"),
        field("flags, offset", [0x40, 0], "don't fragment; offset 0"),
        field("time to live", [64], "64 routers at most"),
        field("protocol", [UDP], "17, UDP is inside"),
        field("header checksum", [0, 0], ""),
        field("source address", FROM.octets(), FROM),
        field("destination", TO.octets(), TO),
    ];
    // It covers this header only, and each router computes it anew: the time to live changes.
    let sum = checksum(&print::bytes(&header));
    header[7] = field("header checksum", sum.to_be_bytes(), format!("{sum:#06x}"));
    header
}
// ANCHOR_END: ipv4

// ANCHOR: ethernet
/// Ethernet II's header: to which card on this link, from which one, and what is inside.
fn ethernet_header() -> Vec<Field> {
    vec![
        field(
            "destination MAC",
            TO_MAC,
            "the next card, not always the last",
        ),
        field("source MAC", FROM_MAC, "this card"),
        field("type", [0x08, 0x00], "0x0800, IPv4 is inside"),
    ]
}

/// A frame carries 46 bytes at least. A shorter packet gets zeros behind it; the receiver knows
/// from IPv4's total length that they are not part of it.
fn padding(packet: usize) -> Vec<Field> {
    match SHORTEST_PAYLOAD.saturating_sub(packet) {
        0 => vec![],
        missing => vec![field(
            "padding",
            vec![0; missing],
            format!("{missing} bytes of zero"),
        )],
    }
}
// ANCHOR_END: ethernet
