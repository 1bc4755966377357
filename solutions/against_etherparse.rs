//! Holds the solutions that read packets to `etherparse`, which others wrote. The checks that judge
//! them know the same rules from the same author; what both misread, only somebody else would find.

use crate::network::{decode_frame, internet_checksum::internet_checksum};
use etherparse::{Ethernet2Slice, Ipv4Slice, PacketBuilder, UdpHeader, checksum::Sum16BitWords};
use std::{
    hash::{BuildHasher, RandomState},
    net::SocketAddrV4,
};

struct Random(RandomState, u64);

impl Random {
    fn new() -> Self {
        Random(RandomState::new(), 0)
    }

    fn number(&mut self) -> u64 {
        self.1 += 1;
        self.0.hash_one(self.1)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.number() as u8).collect()
    }

    fn address(&mut self) -> SocketAddrV4 {
        let [a, b, c, d, port @ .., _, _] = self.number().to_be_bytes();
        SocketAddrV4::new([a, b, c, d].into(), u16::from_be_bytes(port))
    }

    /// A frame with a datagram, as `etherparse` writes it, and what went into it.
    fn frame(&mut self, length: usize) -> (Vec<u8>, SocketAddrV4, SocketAddrV4, Vec<u8>) {
        let (source, destination) = (self.address(), self.address());
        let payload = self.bytes(length);
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 10], [2, 0, 0, 0, 0, 20])
            .ipv4(source.ip().octets(), destination.ip().octets(), 64)
            .udp(source.port(), destination.port());
        let mut frame = Vec::new();
        builder.write(&mut frame, &payload).unwrap();
        (frame, source, destination, payload)
    }
}

#[test]
fn the_checksums_are_the_same() {
    let mut random = Random::new();
    for length in (0..500).chain([1_500, 65_507, 65_508, 200_001]) {
        for data in [random.bytes(length), vec![0xff; length]] {
            let theirs = Sum16BitWords::new().add_slice(&data).ones_complement();
            // They give the number as it lies in memory.
            assert_eq!(
                internet_checksum(&data),
                u16::from_be(theirs),
                "{length} bytes: {data:02x?}"
            );
        }
    }
}

#[test]
fn the_checksums_in_their_frames_are_right() {
    let mut random = Random::new();
    for length in 0..100 {
        let (frame, ..) = random.frame(length);
        assert_eq!(internet_checksum(&frame[14..34]), 0, "IPv4: {frame:02x?}");
        // UDP's sum begins with the addresses, the protocol and the length (RFC 768).
        let udp_length = u16::from_be_bytes([frame[38], frame[39]]);
        let summed = [
            &frame[26..34],
            &[0, 17],
            &udp_length.to_be_bytes(),
            &frame[34..],
        ]
        .concat();
        assert_eq!(internet_checksum(&summed), 0, "UDP: {frame:02x?}");
    }
}

#[test]
fn their_frames_are_decoded() {
    let mut random = Random::new();
    for length in (0..100).chain([1_472]) {
        let (mut frame, source, destination, payload) = random.frame(length);
        frame.resize(frame.len().max(60), 0);
        let right = decode_frame::Datagram {
            source,
            destination,
            payload: &payload,
        };
        assert_eq!(decode_frame::decode(&frame), Ok(right), "{frame:02x?}");
    }
}

/// Where one byte of a frame is changed, both find the same datagram, or neither finds one.
#[test]
fn changed_frames_are_judged_alike() {
    let mut random = Random::new();
    let mut decoded = 0;
    for _ in 0..20_000 {
        let length = random.number() as usize % 30;
        let (mut frame, ..) = random.frame(length);
        frame.resize(frame.len().max(60), 0);
        let at = random.number() as usize % 60;
        frame[at] = random.number() as u8;
        let ours = decode_frame::decode(&frame).ok();
        let theirs = their_datagram(&frame);
        decoded += usize::from(ours.is_some());
        assert_eq!(ours, theirs, "byte {at} was changed: {frame:02x?}");
    }
    assert!(
        (1_000..19_999).contains(&decoded),
        "only one of the two cases was tried: {decoded} of 20000 were decoded"
    );
}

fn their_datagram(frame: &[u8]) -> Option<decode_frame::Datagram<'_>> {
    let ethernet = Ethernet2Slice::from_slice_without_fcs(frame).ok()?;
    if ethernet.ether_type() != etherparse::EtherType::IPV4 {
        return None;
    }
    let ipv4 = Ipv4Slice::from_slice(ethernet.payload_slice()).ok()?;
    let header = ipv4.header();
    if ipv4.is_payload_fragmented() || header.protocol() != etherparse::IpNumber::UDP {
        return None;
    }
    let (udp, _) = UdpHeader::from_slice(ipv4.payload().payload).ok()?;
    let payload = ipv4.payload().payload.get(8..usize::from(udp.length))?;
    Some(decode_frame::Datagram {
        source: SocketAddrV4::new(header.source_addr(), udp.source_port),
        destination: SocketAddrV4::new(header.destination_addr(), udp.destination_port),
        payload,
    })
}
