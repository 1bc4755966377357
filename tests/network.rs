//! Runs Part I's tour as a process, and judges its addresses, its frames and its ports by what
//! nobody here wrote: the standard library, `ipnet`, `etherparse`, and Wireshark's `tshark`, for
//! which the last test is ignored by `cargo test`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{DEADLINE, closed_port, fails, program, run, succeeds};
use etherparse::{
    Ethernet2Header, IpHeaders, IpNumber, Ipv4Header, NetSlice, PacketBuilder, SlicedPacket,
    TransportSlice,
};
use ipnet::IpNet;
use std::{
    collections::BTreeSet,
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener},
    path::Path,
    process::{Command, Stdio},
};

const TOUR: &str = "tour_00";

// ---- The tour ----

#[test]
fn without_arguments_all_three_stops_are_shown() {
    let shown = output(&[]);
    let heads = ["address ", "offset ", " port "];
    let places = heads.map(|head| shown.find(head).expect(head));
    assert!(places.is_sorted(), "{places:?} in:\n{shown}");
    assert_eq!(
        shown,
        [
            output(&["addresses"]),
            output(&["wrap"]),
            output(&["ports"])
        ]
        .join("\n")
    );
}

#[test]
fn a_bad_argument_gives_one_line_and_exit_code_1() {
    for (arguments, says) in [
        (&["--help"][..], "write addresses, wrap or ports"),
        (&[""], "\"\" is no stop"),
        (&["Wrap"], "\"Wrap\" is no stop"),
        (&["\x1b[2J\n"], "is no stop"),
        (&["addresses", "nonsense"], "\"nonsense\" is not an address"),
        (&["addresses", ""], "\"\" is not an address"),
        (&["addresses", "010.0.0.1"], "without leading zeros"),
        (&["addresses", "fe80::1%eth0"], "without a zone"),
        (&["addresses", "256.0.0.1"], "is not an address"),
        (&["addresses", "1.2.3"], "is not an address"),
        (&["addresses", "1.2.3.4.5"], "is not an address"),
        (&["addresses", "1.2.3.4:80"], "is not an address"),
        (&["addresses", "[::1]"], "is not an address"),
        (&["addresses", "::1::"], "is not an address"),
        (&["addresses", "/8"], "\"\" is not an address"),
        (&["addresses", "\x1b[2J\n"], "is not an address"),
        (&["addresses", "10.0.0.1/33"], "a number from 0 to 32"),
        (&["addresses", "::/129"], "a number from 0 to 128"),
        (&["addresses", "10.0.0.1/"], "a number from 0 to 32"),
        (
            &["addresses", "10.0.0.1/08"],
            "without sign or leading zeros",
        ),
        (
            &["addresses", "10.0.0.1/+8"],
            "without sign or leading zeros",
        ),
        (&["addresses", "10.0.0.1/-1"], "a number from 0 to 32"),
        (&["addresses", "10.0.0.1/8/8"], "a number from 0 to 32"),
        (
            &["addresses", "10.0.0.1/255.0.0.0"],
            "a number from 0 to 32",
        ),
        (&["addresses", "10.0.0.1/\x1b\n"], "a number from 0 to 32"),
        (&["addresses", "127.0.0.1", "x"], "\"x\" is not an address"),
        (
            &["wrap", "good", "morning", "all"],
            "put the message into quotes",
        ),
        (&["wrap", "hello", "world"], "put the message into quotes"),
        (
            &["wrap", "hello", "pcap"],
            "\"pcap\" is no name of a capture",
        ),
        (&["wrap", "hello", "hello.pcap.gz"], "which ends in .pcap"),
        (&["wrap", "hello", ""], "\"\" is no name of a capture"),
        (&["wrap", "hello", "/"], "\"/\" is no name of a capture"),
        (&["wrap", "hello", "\x1b[2J\n"], "is no name of a capture"),
        (
            &["wrap", "hello", "/no/such/folder/file.pcap"],
            "cannot write",
        ),
        (&["ports", "0"], "port 0 is no port"),
        (&["ports", "65536"], "write a number from 1 to 65535"),
        (&["ports", "-1"], "write a number"),
        (&["ports", "+80"], "\"+80\" is not a port"),
        (&["ports", "0080"], "without sign or leading zeros"),
        (&["ports", "00"], "\"00\" is not a port"),
        (&["ports", "http"], "\"http\" is not a port"),
        (&["ports", ""], "\"\" is not a port"),
        (&["ports", "127.0.0.1:80"], "is not a port"),
        (&["ports", "22", "99999999999999999999"], "is not a port"),
    ] {
        fails(run(TOUR, arguments).stdout(""), TOUR, says);
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_no_panic() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let broken = OsStr::from_bytes(b"\xff\xfe");
    fails(run(TOUR, [broken]), TOUR, "is no stop");
    for (stop, says) in [
        ("addresses", "is not an address"),
        ("ports", "is not a port"),
    ] {
        fails(run(TOUR, [OsStr::new(stop), broken]), TOUR, says);
    }
    // As in the other lessons, what is no text becomes U+FFFD, three bytes in UTF-8.
    let shown = run(TOUR, [OsStr::new("wrap"), broken]).success();
    let shown = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    assert_eq!(frame_in(&shown)[42..48], *"\u{fffd}\u{fffd}".as_bytes());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut command = Command::new(program(TOUR));
    command.args(["wrap", &"x".repeat(1472)]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(
        ended.status.success() && ended.stderr.is_empty(),
        "{ended:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let ended = Command::new(program(TOUR))
        .arg("wrap")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let says = String::from_utf8(ended.stderr).unwrap();
    assert!(
        says.starts_with("tour_00: cannot print: ") && says.lines().count() == 1,
        "{says:?}"
    );
}

#[test]
fn the_tables_fit_into_a_terminal() {
    let widest_v6 = "fd12:3456:789a:bcde:f012:3456:789a:bcde/64";
    for (widest, arguments) in [
        (
            80,
            &["addresses", "169.254.100.200/16", "255.255.255.255"][..],
        ),
        (99, &["addresses", "169.254.100.200/16", widest_v6]),
        (80, &["ports"]),
        (80, &["wrap"]),
        (80, &["wrap", &"早".repeat(490)]),
        (99, &["wrap", &"\u{1b}".repeat(1472)]),
    ] {
        let shown = output(arguments);
        for line in shown.lines() {
            // A Chinese character takes two columns.
            let columns: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            assert!(columns <= widest, "{columns} columns: {line}");
            assert_eq!(line, line.trim_end(), "spaces at the end of the line");
        }
    }
}

// ---- addresses ----

/// The special ranges, as IANA's registry and the RFCs have them: what the tour must print for an
/// address in each, unless it is in a narrower one too.
const RANGES: [(&str, &str); 33] = [
    ("0.0.0.0/0", "public"),
    ("0.0.0.0/8", "this network, RFC 791"),
    ("10.0.0.0/8", "private, RFC 1918"),
    ("100.64.0.0/10", "shared, RFC 6598"),
    ("127.0.0.0/8", "loopback, RFC 1122"),
    ("169.254.0.0/16", "link-local, RFC 3927"),
    ("172.16.0.0/12", "private, RFC 1918"),
    ("192.0.0.0/24", "IETF protocol assignments, RFC 6890"),
    ("192.0.2.0/24", "documentation, RFC 5737"),
    ("192.168.0.0/16", "private, RFC 1918"),
    ("198.18.0.0/15", "benchmarking, RFC 2544"),
    ("198.51.100.0/24", "documentation, RFC 5737"),
    ("203.0.113.0/24", "documentation, RFC 5737"),
    ("224.0.0.0/4", "multicast, RFC 5771"),
    ("240.0.0.0/4", "reserved, RFC 1112"),
    ("255.255.255.255/32", "limited broadcast, RFC 919"),
    ("::/0", "unassigned"),
    ("::/128", "unspecified, RFC 4291"),
    ("::1/128", "loopback, RFC 4291"),
    ("::ffff:0:0/96", "IPv4-mapped, RFC 4291"),
    ("64:ff9b::/96", "IPv4/IPv6 translation, RFC 6052"),
    ("64:ff9b:1::/48", "IPv4/IPv6 translation, RFC 8215"),
    ("100::/64", "discard-only, RFC 6666"),
    ("100:0:0:1::/64", "dummy prefix, RFC 9780"),
    ("2000::/3", "public"),
    ("2001::/23", "IETF protocol assignments, RFC 2928"),
    ("2001:db8::/32", "documentation, RFC 3849"),
    ("2002::/16", "6to4, RFC 3056"),
    ("3fff::/20", "documentation, RFC 9637"),
    ("5f00::/16", "segment routing, RFC 9602"),
    ("fc00::/7", "unique local, RFC 4193"),
    ("fe80::/10", "link-local, RFC 4291"),
    ("ff00::/8", "multicast, RFC 4291"),
];

fn ranges() -> impl Iterator<Item = (IpNet, &'static str)> {
    RANGES
        .into_iter()
        .map(|(block, name)| (block.parse().unwrap(), name))
}

/// Both ends of each range, and their neighbours outside.
fn edges() -> BTreeSet<IpAddr> {
    let shift = |address: IpAddr, by: i8| match address {
        IpAddr::V4(v4) => v4
            .to_bits()
            .checked_add_signed(by.into())
            .map(|v4| Ipv4Addr::from_bits(v4).into()),
        IpAddr::V6(v6) => v6
            .to_bits()
            .checked_add_signed(by.into())
            .map(|v6| Ipv6Addr::from_bits(v6).into()),
    };
    let ends = ranges().flat_map(|(block, _)| [block.network(), block.broadcast()]);
    ends.flat_map(|end| [shift(end, -1), shift(end, 0), shift(end, 1)])
        .flatten()
        .collect()
}

/// Numbers that look like chance and are the same in each run (xorshift).
fn numbers() -> impl Iterator<Item = u128> {
    let mut state = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835_u128;
    std::iter::repeat_with(move || {
        state ^= state << 23;
        state ^= state >> 17;
        state ^= state << 26;
        state
    })
}

/// A thousand addresses from anywhere, and twenty from each range.
fn samples() -> Vec<IpAddr> {
    let mut numbers = numbers();
    let mut next = || numbers.next().unwrap();
    let mut samples = Vec::new();
    for _ in 0..500 {
        samples.push(Ipv4Addr::from_bits((next() >> 64) as u32).into());
        samples.push(Ipv6Addr::from_bits(next()).into());
    }
    for (block, _) in ranges() {
        for _ in 0..20 {
            samples.push(match block {
                IpNet::V4(v4) => Ipv4Addr::from_bits(
                    v4.network().to_bits() | ((next() >> 64) as u32 & v4.hostmask().to_bits()),
                )
                .into(),
                IpNet::V6(v6) => {
                    Ipv6Addr::from_bits(v6.network().to_bits() | (next() & v6.hostmask().to_bits()))
                        .into()
                }
            });
        }
    }
    samples
}

#[test]
fn the_edges_and_the_inside_of_every_range_are_told_apart() {
    let addresses: Vec<IpAddr> = edges().into_iter().chain(samples()).collect();
    let mut seen = BTreeSet::new();
    for ([address, network, range, class], &ip) in rows_of(&addresses).iter().zip(&addresses) {
        assert_eq!((&address[..], &network[..]), (&ip.to_string()[..], "-"));
        let inside = ranges().filter(|(block, _)| block.contains(&ip));
        let (_, expected) = inside.max_by_key(|(block, _)| block.prefix_len()).unwrap();
        assert_eq!(range, expected, "the range of {ip}");
        seen.insert(expected);
        let expected = match ip {
            IpAddr::V4(v4) => {
                ["A", "B", "C", "D", "E"][v4.octets()[0].leading_ones().min(4) as usize]
            }
            IpAddr::V6(_) => "-",
        };
        assert_eq!(class, expected, "the class of {ip}");
    }
    let all: BTreeSet<&str> = ranges().map(|(_, name)| name).collect();
    assert_eq!(seen, all);
}

#[test]
fn the_standard_library_agrees_where_it_has_a_word_for_a_range() {
    let addresses: Vec<IpAddr> = edges().into_iter().chain(samples()).collect();
    for ([_, _, range, _], ip) in rows_of(&addresses).iter().zip(&addresses) {
        let (name, _rfc) = range.split_once(", ").unwrap_or((range, ""));
        let mut words = vec![
            ("loopback", ip.is_loopback()),
            ("multicast", ip.is_multicast()),
        ];
        match ip {
            IpAddr::V4(v4) => words.extend([
                ("private", v4.is_private()),
                ("link-local", v4.is_link_local()),
                ("limited broadcast", v4.is_broadcast()),
                ("documentation", v4.is_documentation()),
            ]),
            IpAddr::V6(v6) => words.extend([
                ("unspecified", v6.is_unspecified()),
                ("unique local", v6.is_unique_local()),
                ("link-local", v6.is_unicast_link_local()),
                ("IPv4-mapped", v6.to_ipv4_mapped().is_some()),
            ]),
        }
        for (word, is) in words {
            assert_eq!(name == word, is, "is {ip} {word}? The tour says {range:?}");
        }
    }
}

#[test]
fn every_prefix_length_gives_the_network_that_ipnet_gives() {
    let mut networks = Vec::new();
    for address in samples().into_iter().step_by(101).chain([
        "0.0.0.0".parse().unwrap(),
        "255.255.255.255".parse().unwrap(),
    ]) {
        let longest = if address.is_ipv4() { 32 } else { 128 };
        networks.extend((0..=longest).map(|length| IpNet::new(address, length).unwrap()));
    }
    for ([address, network, ..], given) in rows_of(&networks).iter().zip(&networks) {
        assert_eq!(*address, given.to_string());
        assert_eq!(
            *network,
            given.trunc().to_string(),
            "the network of {given}"
        );
    }
}

#[test]
fn each_address_of_this_machine_is_shown_with_its_prefix() {
    let shown = output(&["addresses"]);
    let rows = rows(&shown);
    let loopback = rows.iter().find(|row| row[0] == "127.0.0.1/8");
    let expected = ["127.0.0.1/8", "127.0.0.0/8", "loopback, RFC 1122", "A"].map(String::from);
    assert_eq!(loopback, Some(&expected), "in:\n{shown}");
    // Linux tells of its IPv6 addresses in a file, with 32 digits for the address and 2 for the prefix.
    if let Ok(known) = fs::read_to_string("/proc/net/if_inet6") {
        for line in known.lines() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let address = Ipv6Addr::from_bits(u128::from_str_radix(fields[0], 16).unwrap());
            let prefix = u8::from_str_radix(fields[2], 16).unwrap();
            let written = format!("{address}/{prefix}");
            assert!(
                rows.iter().any(|row| row[0] == written),
                "no {written} in:\n{shown}"
            );
            assert!(
                shown.contains(&format!("{}:\n", fields[5])),
                "no {} in:\n{shown}",
                fields[5]
            );
        }
    }
}

/// What the tour says of these addresses, given as arguments, some hundred at a time.
fn rows_of(addresses: &[impl ToString]) -> Vec<[String; 4]> {
    let arguments: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let runs = arguments.chunks(400).map(|some| {
        let given: Vec<&str> = [
            &["addresses"][..],
            &some.iter().map(|text| &text[..]).collect::<Vec<_>>(),
        ]
        .concat();
        let rows = rows(&output(&given));
        assert_eq!(rows.len(), some.len(), "a row for each address");
        rows
    });
    runs.flatten().collect()
}

/// The rows of the table of addresses, without its head and the names of interfaces.
fn rows(shown: &str) -> Vec<[String; 4]> {
    let mut lines = shown.lines();
    let head = cells(lines.next().unwrap());
    assert_eq!(head, ["address", "network", "range", "class"]);
    let rows = lines.filter(|line| !line.ends_with(':') || line.contains("  "));
    rows.map(|line| cells(line).try_into().expect("four cells"))
        .collect()
}

/// Columns are apart by two spaces at least.
fn cells(line: &str) -> Vec<String> {
    let cells = line.split("  ").map(str::trim);
    cells
        .filter(|cell| !cell.is_empty())
        .map(String::from)
        .collect()
}

// ---- wrap ----

/// Messages that are empty, odd, short of a frame's least length by one byte, just as long as
/// that, in other writings, hostile, and as long as may be.
fn messages() -> Vec<String> {
    let mut messages: Vec<String> = [
        "hello",
        "",
        "a",
        "你好, network 👋",
        "\x1b[2J\r\n\"\\",
        "第二個訊息!",
    ]
    .map(String::from)
    .into();
    messages.extend([17, 18, 19, 48, 49, 1471, 1472].map(|length| "x".repeat(length)));
    messages.push("ÿ".repeat(736));
    messages.extend([zero_checksum(), carries_twice()]);
    messages
}

/// The frame as `etherparse` builds it. It pads no frame, so that is done here.
fn built_by_etherparse(message: &[u8]) -> Vec<u8> {
    let mut ip = Ipv4Header::new(0, 64, IpNumber::UDP, [192, 0, 2, 10], [192, 0, 2, 20]).unwrap();
    ip.identification = 1;
    ip.dont_fragment = true;
    let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 0x0a], [2, 0, 0, 0, 0, 0x14])
        .ip(IpHeaders::Ipv4(ip, Default::default()))
        .udp(49152, 7001);
    let mut frame = Vec::new();
    builder.write(&mut frame, message).unwrap();
    frame.resize(frame.len().max(60), 0);
    frame
}

/// A message whose checksum comes out as 0, which must be sent as 0xffff (RFC 768). The checksum is
/// the complement of a sum from which 0xffff is taken off again and again, so it comes out as 0
/// where the sum of all words is a multiple of 0xffff: one more word can always make it so. Here
/// that word must be two characters, and for some first characters it is.
fn zero_checksum() -> String {
    let found = (b' '..=b'~').find_map(|first| {
        let sum = sum_for_udp(&[first, b'!', 0, 0]);
        let missing = (0xffff - sum % 0xffff) as u16;
        let [third, fourth] = missing.to_be_bytes();
        let text = [third, fourth].iter().all(u8::is_ascii_graphic);
        text.then(|| vec![first, b'!', third, fourth])
    });
    let message = found.expect("some four characters have the checksum 0");
    assert!(sum_for_udp(&message).is_multiple_of(0xffff));
    String::from_utf8(message).unwrap()
}

/// A message with a sum whose carry, added on the right, makes another carry.
fn carries_twice() -> String {
    let mut pairs = (b' '..=b'~').flat_map(|a| (b' '..=b'~').map(move |b| [a, b]));
    let found = pairs.find_map(|pair| {
        let message = ["x".repeat(1400).as_bytes(), &pair].concat();
        let sum = sum_for_udp(&message);
        ((sum & 0xffff) + (sum >> 16) > 0xffff).then_some(message)
    });
    String::from_utf8(found.expect("some two characters make it so")).unwrap()
}

/// The sum of all 16-bit words that the UDP checksum covers, with 0 in place of itself.
fn sum_for_udp(message: &[u8]) -> u64 {
    let length = 8 + message.len() as u16;
    let pseudo_header = [192, 0, 2, 10, 192, 0, 2, 20, 0, 17];
    let mut covered = pseudo_header.to_vec();
    for word in [length, 49152, 7001, length, 0] {
        covered.extend(word.to_be_bytes());
    }
    covered.extend(message);
    covered.resize(covered.len().next_multiple_of(2), 0);
    covered
        .chunks(2)
        .map(|word| u64::from(word[0]) * 256 + u64::from(word[1]))
        .sum()
}

#[test]
fn a_wrapped_message_is_the_frame_that_etherparse_builds_and_reads() {
    for message in messages() {
        let frame = frame_in(&output(&["wrap", &message]));
        assert_eq!(
            frame,
            built_by_etherparse(message.as_bytes()),
            "{message:.40?}"
        );

        let packet = SlicedPacket::from_ethernet(&frame).unwrap();
        let ethernet: Ethernet2Header = packet
            .link
            .as_ref()
            .unwrap()
            .to_header()
            .unwrap()
            .ethernet2()
            .unwrap();
        assert_eq!(ethernet.destination, [2, 0, 0, 0, 0, 0x14]);
        assert_eq!(ethernet.source, [2, 0, 0, 0, 0, 0x0a]);
        let Some(NetSlice::Ipv4(ip)) = &packet.net else {
            panic!("no IPv4 in {message:.40?}");
        };
        let header = ip.header().to_header();
        assert_eq!(
            header.header_checksum,
            header.calc_header_checksum(),
            "{message:.40?}"
        );
        assert_eq!(usize::from(header.total_len), 28 + message.len());
        let Some(TransportSlice::Udp(udp)) = &packet.transport else {
            panic!("no UDP in {message:.40?}");
        };
        let checksum = udp
            .to_header()
            .calc_checksum_ipv4(&header, message.as_bytes());
        assert_eq!(udp.checksum(), checksum.unwrap(), "{message:.40?}");
        assert_eq!(usize::from(udp.length()), 8 + message.len());
        assert_eq!(udp.payload(), message.as_bytes());
    }
}

#[test]
fn a_udp_checksum_of_zero_is_sent_as_ffff() {
    let message = zero_checksum();
    let frame = frame_in(&output(&["wrap", &message]));
    assert_eq!(frame[40..42], [0xff, 0xff], "{message}");
    // And only that one: the letter beside it has another sum.
    let other = message.replacen(&message[..1], "A", 1);
    assert_ne!(
        frame_in(&output(&["wrap", &other]))[40..42],
        [0xff, 0xff],
        "{other}"
    );
}

#[test]
fn the_fields_by_layer_are_the_frame_and_the_message_comes_first() {
    for message in messages() {
        let shown = output(&["wrap", &message]);
        let frame = frame_in(&shown);
        let mut named = Vec::new();
        for line in shown
            .split("The whole frame")
            .next()
            .unwrap()
            .lines()
            .skip(1)
        {
            let Some((offset, rest)) = line.trim_start().split_once("  ") else {
                continue;
            };
            let Ok(offset) = offset.parse::<usize>() else {
                continue;
            };
            named.push((offset, bytes_of(rest.split("  ").next().unwrap())));
        }
        if !message.is_empty() {
            assert_eq!(named[0].0, 42, "the first row is the message's");
        }
        let mut at = 0;
        named.sort();
        for (offset, bytes) in &named {
            // Of a long message, only its first 48 bytes stand in the table.
            if *offset == 42 + message.len() && message.len() > 48 {
                at = *offset;
            }
            assert_eq!(
                *offset, at,
                "no byte twice, and none left out, in:\n{shown}"
            );
            assert_eq!(*bytes, frame[at..at + bytes.len()], "at {at} in:\n{shown}");
            at += bytes.len();
        }
        assert_eq!(
            at,
            if message.len() > 48 {
                42 + 48
            } else {
                frame.len()
            },
            "{shown}"
        );
    }
}

#[test]
fn what_the_fields_say_is_what_their_bytes_say() {
    let shown = output(&["wrap", "hello"]);
    for line in [
        "    42  68 65 6c 6c 6f     message              \"hello\"",
        "    34  c0 00              source port          49152",
        "    36  1b 59              destination port     7001",
        "    38  00 0d              length               13 = 8 + 5",
        "    16  00 21              total length         33 = 20 + 13",
        "    26  c0 00 02 0a        source address       192.0.2.10",
        "    30  c0 00 02 14        destination address  192.0.2.20",
        "    47  00 00 00 00 00 00  padding              zeros: 13",
    ] {
        assert!(
            shown.lines().any(|shown| shown == line),
            "no line\n{line}\nin\n{shown}"
        );
    }
    let frame = frame_in(&shown);
    for (name, at) in [("checksum  ", 40), ("header checksum", 24)] {
        let line = shown
            .lines()
            .find(|line| line.get(27..).is_some_and(|rest| rest.starts_with(name)));
        let says = format!("0x{:02x}{:02x}: ", frame[at], frame[at + 1]);
        assert!(
            line.is_some_and(|line| line.contains(&says)),
            "no {says:?} in\n{shown}"
        );
    }
    assert_eq!(
        output(&["wrap"]),
        shown,
        "hello is what is wrapped without a message"
    );
}

#[test]
fn a_message_that_fits_no_frame_is_refused_with_the_reason() {
    for message in ["x".repeat(1473), "早".repeat(491), "x".repeat(30_000)] {
        let says = format!(
            "a message of {} bytes does not fit into one Ethernet frame",
            message.len()
        );
        let ended = run(TOUR, ["wrap", &message]).stdout("");
        let stderr = String::from_utf8_lossy(&ended.get_output().stderr).into_owned();
        fails(ended, TOUR, &says);
        assert!(
            stderr.contains("write 1472 at most") && stderr.contains("65507"),
            "{stderr}"
        );
    }
}

#[test]
fn a_capture_file_has_one_frame_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("早.pcap");
    let name = file.to_str().unwrap();
    let shown = output(&["wrap", "good morning", name]);
    let frame = frame_in(&shown);
    let captured = fs::read(&file).unwrap();
    // The file's header: magic, version 2.4, two words of nothing, the longest frame, Ethernet.
    let header = [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 65_535, 1];
    let length = frame.len() as u32;
    // The frame's: seconds and microseconds, its length here and on the wire.
    let words = [&header[..], &[0, 0, length, length]].concat();
    let expected: Vec<u8> = words
        .iter()
        .flat_map(|word| word.to_be_bytes())
        .chain(frame)
        .collect();
    assert_eq!(captured, expected);

    let again = run(TOUR, ["wrap", "another", name]).stdout("");
    fails(again, TOUR, "exists already: name a new file");
    assert_eq!(
        fs::read(&file).unwrap(),
        expected,
        "what was there is untouched"
    );
}

/// The bytes of the whole frame, read from the end of what is shown.
fn frame_in(shown: &str) -> Vec<u8> {
    let (_, whole) = shown.split_once("The whole frame").expect(shown);
    let mut frame = Vec::new();
    for line in whole.lines().skip(1).take_while(|line| !line.is_empty()) {
        let (offset, bytes) = line.trim_start().split_once("  ").unwrap();
        assert_eq!(offset, frame.len().to_string(), "in:\n{shown}");
        frame.extend(bytes_of(bytes));
    }
    frame
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let pairs = hex.split_whitespace();
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect(hex))
        .collect()
}

// ---- ports ----

#[test]
fn a_port_with_a_listener_is_found_and_a_closed_one_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let open = listener.local_addr().unwrap().port();
    // Bound and not listening: nobody can be given this port meanwhile, and it refuses connections.
    let (_held, closed) = closed_port();
    let closed = closed.port();
    let shown = output(&[
        "ports",
        &open.to_string(),
        &closed.to_string(),
        &open.to_string(),
    ]);
    let range = |port| if port < 49152 { "User" } else { "Dynamic" };
    let expected = [
        [&open.to_string(), range(open), "-", "something listens"],
        [&closed.to_string(), range(closed), "-", "nothing listens"],
        [&open.to_string(), range(open), "-", "something listens"],
    ];
    assert_eq!(port_rows(&shown), expected);
}

#[test]
fn every_port_has_its_range_and_the_known_ones_their_service() {
    for (port, range, service) in [
        ("1", "System", "-"),
        ("22", "System", "ssh"),
        ("443", "System", "https"),
        ("1023", "System", "-"),
        ("1024", "User", "-"),
        ("7003", "User", "-"),
        ("49151", "User", "-"),
        ("49152", "Dynamic", "-"),
        ("65535", "Dynamic", "-"),
    ] {
        let rows = port_rows(&output(&["ports", port]));
        assert_eq!(rows[0][..3], [port, range, service]);
    }
    // More than are tried at once, in the order in which they were asked for.
    let many: Vec<String> = (1..=100).rev().map(|port| port.to_string()).collect();
    let arguments: Vec<&str> = ["ports"]
        .into_iter()
        .chain(many.iter().map(|port| &port[..]))
        .collect();
    let rows = port_rows(&output(&arguments));
    assert!(rows.iter().map(|row| &row[0]).eq(&many), "{rows:?}");
}

#[test]
fn without_arguments_the_well_known_ports_are_tried() {
    let rows = port_rows(&output(&["ports"]));
    let ports: Vec<u16> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    assert!(
        ports.is_sorted() && [22, 25, 80, 443].iter().all(|port| ports.contains(port)),
        "{ports:?}"
    );
    // `/etc/services` has the same names, where the system has such a file.
    let Ok(services) = fs::read_to_string("/etc/services") else {
        return;
    };
    for [port, _, service, _] in &rows {
        let entry = format!("{port}/tcp");
        let known = services
            .lines()
            .filter(|line| line.split_whitespace().nth(1) == Some(&entry));
        let names: Vec<&str> = known
            .flat_map(|line| line.split('#').next().unwrap().split_whitespace())
            .collect();
        assert!(
            names.is_empty() || names.contains(&&service[..]),
            "{port} is {service}, or one of {names:?}?"
        );
    }
}

/// The rows of the table of ports, without its head.
fn port_rows(shown: &str) -> Vec<[String; 4]> {
    let mut lines = shown.lines().map(cells);
    assert_eq!(
        lines.next().unwrap(),
        ["port", "range", "service", "TCP on 127.0.0.1"]
    );
    let rows: Vec<[String; 4]> = lines
        .map(|row| row.try_into().expect("four cells"))
        .collect();
    for [.., answer] in &rows {
        let known = [
            "something listens",
            "nothing listens",
            "no answer: a firewall?",
        ];
        assert!(known.contains(&&answer[..]), "{answer:?} in:\n{shown}");
    }
    rows
}

/// What a run that must succeed prints.
#[track_caller]
fn output(arguments: &[&str]) -> String {
    let ended = run(TOUR, arguments);
    let shown = String::from_utf8(ended.get_output().stdout.clone()).unwrap();
    succeeds(ended, "\n");
    shown
}

// ---- A peer that nobody here wrote ----

#[test]
#[ignore = "needs tshark, Wireshark's program for a terminal"]
fn wireshark_finds_both_checksums_good_and_a_broken_byte_bad() {
    let folder = tempfile::tempdir().unwrap();
    let (mut together, mut expected) = (Vec::new(), Vec::new());
    for (number, message) in messages().iter().enumerate() {
        let file = folder.path().join(format!("{number}.pcap"));
        output(&["wrap", message, file.to_str().unwrap()]);
        let hex: String = message.bytes().map(|byte| format!("{byte:02x}")).collect();
        let padding = "00".repeat(18_usize.saturating_sub(message.len()));
        let length = (42 + message.len()).max(60).to_string();
        let good = [&length, "1", "1", &hex, &padding, "", "", ""].map(String::from);
        if number == 0 {
            assert_eq!(
                dissected(&file),
                std::slice::from_ref(&good),
                "{message:.40?}"
            );
        }
        // All files have the same header, so their frames fit into one file, and tshark starts once.
        let captured = fs::read(&file).unwrap();
        let (header, record) = captured.split_at(24);
        if number == 0 {
            together.extend(header);
        }
        together.extend(record);
        expected.push(good);
    }
    // Were a byte wrong, it would say so: IPv4's time to live, UDP's port, the message, the padding.
    let hello = fs::read(folder.path().join("0.pcap")).unwrap();
    for place in [22, 35, 42, 59] {
        let mut record = hello[24..].to_vec();
        record[16 + place] ^= 0x20;
        together.extend(record);
    }
    let file = folder.path().join("together.pcap");
    fs::write(&file, &together).unwrap();
    let mut told = dissected(&file);
    let broken = told.split_off(expected.len());
    assert_eq!(told, expected);
    for (told, [header, datagram]) in broken.iter().zip([["0", "1"], ["1", "0"], ["1", "0"]]) {
        assert_eq!(told[1..3], [header, datagram], "{told:?}");
        assert!(told[6].contains("Bad checksum"), "{told:?}");
    }
    // The padding belongs to no checksum but the frame's, which the card makes.
    assert_ne!(broken[3][4..6], expected[0][4..6], "{:?}", broken[3]);
}

/// What tshark finds in a capture file, frame by frame: the length, whether IPv4's checksum is
/// good (1) or bad (0), the same of UDP's, the payload, the padding, what lies behind that, complaints.
fn dissected(file: &Path) -> Vec<[String; 8]> {
    let mut tshark = assert_cmd::Command::new("tshark");
    tshark.arg("-r").arg(file);
    for preference in ["ip.check_checksum:TRUE", "udp.check_checksum:TRUE"] {
        tshark.args(["-o", preference]);
    }
    // Port 7001 belongs to a file system, whose protocol a message might look like.
    tshark.args(["--disable-protocol", "rx", "-T", "fields"]);
    tshark.args(["-E", "separator=|"]);
    for field in [
        "frame.len",
        "ip.checksum.status",
        "udp.checksum.status",
        "udp.payload",
        "eth.padding",
        "eth.trailer",
        "_ws.expert.message",
        "_ws.malformed",
    ] {
        tshark.args(["-e", field]);
    }
    let ended = tshark.timeout(DEADLINE).assert().success();
    let told = String::from_utf8(ended.get_output().stdout.clone()).unwrap();
    let frames = told.lines().map(|line| {
        let fields: Vec<String> = line.split('|').map(String::from).collect();
        fields.try_into().expect("eight fields")
    });
    frames.collect()
}
