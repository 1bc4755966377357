//! Holds the explorers' values to the standard library, to a second way of computing them, and to what the RFCs say.
//! That the page's JavaScript shows the same is tested in `browser.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use etherparse::{SlicedPacket, TransportSlice};
use loopback::explorers::{self, Values, address, encapsulation, port};
use std::net::Ipv4Addr;

/// The texts at these places, which must be there.
fn at<'a, const N: usize>(values: &'a Values, keys: [&str; N]) -> [&'a str; N] {
    keys.map(|key| values[key].as_str())
}

fn address(input: &str) -> Values {
    address::answer(input).unwrap_or_else(|error| panic!("{input}: {error}"))
}

/// Numbers that look random and are the same in every run (Marsaglia's xorshift).
fn numbers() -> impl Iterator<Item = u32> {
    std::iter::successors(Some(2_463_534_242_u32), |n| {
        let n = n ^ (n << 13);
        let n = n ^ (n >> 17);
        Some(n ^ (n << 5))
    })
}

#[test]
fn an_address_has_the_network_that_its_bits_say() {
    let mut numbers = numbers();
    for _ in 0..300 {
        let own = Ipv4Addr::from_bits(numbers.next().unwrap());
        for prefix in 1..=30 {
            let values = address(&format!("{own}/{prefix}"));
            let host_bits = u32::MAX >> prefix;
            let network = Ipv4Addr::from_bits(own.to_bits() & !host_bits);
            let mask = Ipv4Addr::from_bits(!host_bits);
            let [block, shown_mask] = at(&values, ["block", "mask"]);
            assert_eq!(
                (block, shown_mask),
                (
                    format!("{network}/{prefix}").as_str(),
                    mask.to_string().as_str()
                )
            );
            let first = network.to_bits();
            let last = first | host_bits;
            if first < 1 << 24 || last >= 224 << 24 {
                assert!(values["first"].starts_with("none"), "{own}/{prefix}");
                continue;
            }
            let want = [first, last, first + 1, last - 1]
                .map(|bits| Ipv4Addr::from_bits(bits).to_string());
            let shown = at(&values, ["network", "broadcast", "first", "last"]);
            assert_eq!(shown.map(str::to_owned), want, "{own}/{prefix}");
        }
    }
}

#[test]
fn an_address_is_in_the_range_that_the_standard_library_says() {
    let mut addresses: Vec<u32> = numbers().take(3000).collect();
    // The edges of every range, and their neighbours.
    for edge in [
        "0.0.0.0",
        "1.0.0.0",
        "10.0.0.0",
        "11.0.0.0",
        "100.64.0.0",
        "100.128.0.0",
        "127.0.0.0",
        "128.0.0.0",
        "169.254.0.0",
        "169.255.0.0",
        "172.16.0.0",
        "172.32.0.0",
        "192.0.0.0",
        "192.0.1.0",
        "192.0.2.0",
        "192.0.3.0",
        "192.168.0.0",
        "192.169.0.0",
        "198.18.0.0",
        "198.20.0.0",
        "198.51.100.0",
        "198.51.101.0",
        "203.0.113.0",
        "203.0.114.0",
        "224.0.0.0",
        "240.0.0.0",
        "255.255.255.255",
    ] {
        let edge = edge.parse::<Ipv4Addr>().unwrap().to_bits();
        addresses.extend([edge.wrapping_sub(1), edge, edge.wrapping_add(1)]);
    }
    for bits in addresses {
        let own = Ipv4Addr::from_bits(bits);
        let [a, b, c, _] = own.octets();
        let want = match own {
            _ if own.is_private() => "private",
            _ if own.is_loopback() => "loopback",
            _ if own.is_link_local() => "link-local",
            _ if own.is_documentation() => "documentation",
            _ if own.is_multicast() => "multicast",
            _ if own.is_broadcast() => "limited broadcast",
            _ if a == 0 => "this network",
            _ if a == 100 && (64..128).contains(&b) => "shared",
            _ if (a, b, c) == (192, 0, 0) => "IETF protocol assignments",
            _ if a == 198 && (b == 18 || b == 19) => "benchmarking",
            _ if a >= 240 => "reserved",
            _ => "public",
        };
        let values = address(&format!("{own}/32"));
        assert!(
            values["kind"].starts_with(&format!("{want}: ")),
            "{own}: {}",
            values["kind"]
        );
        assert!(
            values["said"].ends_with(&format!(" is {want}.")),
            "{own}: {}",
            values["said"]
        );
    }
}

#[test]
fn short_and_long_prefixes_have_rules_of_their_own() {
    let keys = ["network", "broadcast", "first", "last", "count", "place"];
    // RFC 3021 §2.1: both addresses of a /31 are hosts.
    let [network, broadcast, first, last, count, _] =
        at(&address("192.0.2.5/31"), keys).map(String::from);
    assert!(network.contains("RFC 3021") && broadcast == network);
    assert_eq!((first.as_str(), last.as_str()), ("192.0.2.4", "192.0.2.5"));
    assert_eq!(count, "2, both for hosts");

    let [network, _, first, last, count, place] =
        at(&address("192.0.2.5/32"), keys).map(String::from);
    assert!(network.starts_with("none: /32"));
    assert_eq!((first.as_str(), last.as_str()), ("192.0.2.5", "192.0.2.5"));
    assert_eq!(
        (count.as_str(), place.as_str()),
        ("1, a single host", "the only one")
    );

    let values = address("192.0.2.5/0");
    assert_eq!(at(&values, ["block", "mask"]), ["0.0.0.0/0", "0.0.0.0"]);
    assert!(
        at(&values, ["network", "broadcast", "first", "last"])
            .iter()
            .all(|text| text.starts_with("none: /0"))
    );
    assert_eq!(values["count"], "4,294,967,296: all that there are");

    let values = address("10.1.2.3/30");
    assert_eq!(
        at(&values, keys),
        [
            "10.1.2.0",
            "10.1.2.3",
            "10.1.2.1",
            "10.1.2.2",
            "4, of them 2 for hosts",
            "number 3, counting from 0 to 3: the broadcast address"
        ]
    );
    assert_eq!(
        address("10.0.0.0/8")["count"],
        "16,777,216, of them 16,777,214 for hosts"
    );
    // A group has no hosts, nor does the limited broadcast.
    for input in [
        "224.0.0.1/24",
        "255.255.255.255/32",
        "240.0.0.1/31",
        "0.0.0.0/8",
        "230.1.1.1/3",
    ] {
        let values = address(input);
        assert!(
            values["first"].starts_with("none: no host"),
            "{input}: {}",
            values["first"]
        );
    }
    for input in ["43.1.1.1/1", "200.1.1.1/2", "1.1.1.1/7"] {
        let values = address(input);
        let [first, count] = at(&values, ["first", "count"]);
        assert!(first.starts_with("none: the block"), "{input}: {first}");
        assert!(count.ends_with("not all for hosts"), "{input}: {count}");
    }
    assert_eq!(address("64.1.1.1/2")["last"], "127.255.255.254");
    // The block may be larger than the range that its address is in.
    assert!(address("192.168.1.20/16")["kind"].ends_with("(RFC 1918)"));
    assert!(address("192.168.1.20/15")["kind"].ends_with("reaches beyond that"));
    assert!(address("11.0.0.1/7")["kind"].ends_with("holds some"));
}

#[test]
fn classes_end_where_rfc_791_and_rfc_1112_say() {
    for (first, class, bits) in [
        (0, "A", "8 bits"),
        (127, "A", "8 bits"),
        (128, "B", "16 bits"),
        (191, "B", "16 bits"),
        (192, "C", "24 bits"),
        (223, "C", "24 bits"),
        (224, "D", "(RFC 1112 §4)"),
        (239, "D", "(RFC 1112 §4)"),
        (240, "E", "(RFC 1112 §4)"),
        (255, "E", "(RFC 1112 §4)"),
    ] {
        let text = &address(&format!("{first}.1.1.1/24"))["class"];
        assert!(
            text.starts_with(class) && text.ends_with(bits),
            "{first}: {text}"
        );
    }
}

#[test]
fn a_malformed_address_is_told_what_is_wrong() {
    for (input, words) in [
        ("", "length of the prefix"),
        ("192.168.1.20", "length of the prefix"),
        ("/24", "this has 1"),
        ("1.2.3/24", "this has 3"),
        ("1.2.3.4.5/24", "this has 5"),
        ("1..3.4/24", "Number 2 of the address is missing"),
        ("1.2.3./24", "Number 4"),
        ("01.2.3.4/24", "octal"),
        ("1.2.3.00/24", "octal"),
        ("256.2.3.4/24", "256 does not fit"),
        ("1.2.3.99999999999999999999/24", "does not fit"),
        ("-1.2.3.4/24", "“-1” is not"),
        ("+1.2.3.4/24", "“+1” is not"),
        ("a.2.3.4/24", "“a” is not"),
        ("1.2.3.4/", "missing behind the slash"),
        ("1.2.3.4/33", "/33 does not fit"),
        ("1.2.3.4/08", "octal"),
        ("1.2.3.4/x", "“x” is not"),
        ("1.2.3.4/2 4", "“2 4” is not"),
        ("1.2.3.4/24/8", "“24/8” is not"),
        ("１.2.3.4/24", "“１” is not"),
        ("0x7f.0.0.1/8", "“0x7f” is not"),
        ("::1/128", "this has 1"),
        ("1.2.3.4/99999999999999999999", "does not fit"),
    ] {
        let error = address::answer(input).expect_err(input);
        assert!(
            error.contains(words),
            "{input:?}: wanted {words:?}, got {error:?}"
        );
    }
    assert_eq!(address(" 10.0.0.1/8 ")["block"], "10.0.0.0/8");
}

/// RFC 1071 §4.1, written down as it is there.
fn internet_checksum(bytes: &[u8]) -> u16 {
    let mut sum = 0_u32;
    for pair in bytes.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[test]
fn hello_is_wrapped_into_the_frame_of_the_book() {
    let frame = encapsulation::frame("hello").unwrap();
    // To 02:…:14 from 02:…:0a, IPv4 | 20 bytes header, 33 in all, id 1, DF, TTL 64, UDP, 192.0.2.10 to 192.0.2.20
    // | port 49152 to 7001, 13 bytes | hello
    let want = "02 00 00 00 00 14 02 00 00 00 00 0a 08 00 \
                45 00 00 21 00 01 40 00 40 11 b6 ac c0 00 02 0a c0 00 02 14 \
                c0 00 1b 59 00 0d 5c 89 68 65 6c 6c 6f";
    assert_eq!(encapsulation::hex(&frame), want);
    // With their checksums in them, both add up to nothing.
    assert_eq!(internet_checksum(&frame[14..34]), 0);
    let pseudo_header = [&frame[26..34], &[0, 17, 0, 13]].concat();
    assert_eq!(
        internet_checksum(&[&pseudo_header, &frame[34..]].concat()),
        0
    );
    let values = encapsulation::answer(&frame, &frame);
    assert!(
        values["ip_verdict"].starts_with("holds") && values["udp_verdict"].starts_with("holds")
    );
    assert!(
        values["card"].contains("13 bytes of padding"),
        "{}",
        values["card"]
    );
    assert_eq!(values["data"], "5 bytes: hello");
}

#[test]
fn frames_of_any_length_are_right_in_the_eyes_of_a_parser() {
    for length in [0, 1, 2, 17, 18, 19, 255, 1471, 1472] {
        let message: String = "añ€👋"
            .chars()
            .cycle()
            .scan(0, |bytes, c| {
                *bytes += c.len_utf8();
                Some(if *bytes <= length { c } else { 'x' })
            })
            .take(length)
            .collect::<String>();
        // Characters of several bytes make it longer than that; cut it where a character ends.
        let end = (0..=length.min(message.len()))
            .rev()
            .find(|end| message.is_char_boundary(*end))
            .unwrap();
        let message = &message[..end];
        let frame = encapsulation::frame(message).unwrap();
        let packet = SlicedPacket::from_ethernet(&frame).unwrap();
        let Some(TransportSlice::Udp(udp)) = packet.transport else {
            panic!("no UDP in {frame:02x?}")
        };
        assert_eq!(udp.payload(), message.as_bytes());
        let Some(etherparse::NetSlice::Ipv4(ipv4)) = packet.net else {
            panic!("no IPv4")
        };
        let header = ipv4.header().to_header();
        assert_eq!(header.calc_header_checksum(), header.header_checksum);
        assert_eq!(
            udp.to_header()
                .calc_checksum_ipv4(&header, udp.payload())
                .unwrap(),
            udp.checksum()
        );
        let mut again = frame.clone();
        encapsulation::recompute(&mut again);
        assert_eq!(again, frame, "{length}");
    }
    let error = encapsulation::frame(&"x".repeat(1473))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("1473 bytes do not fit"), "{error}");
    // Bytes, not characters.
    assert!(encapsulation::frame(&"€".repeat(491)).is_err());
}

/// Which checksums hold: IPv4's and UDP's.
fn holds(frame: &[u8]) -> (bool, bool) {
    let values = encapsulation::answer(frame, frame);
    let [ip, udp] = at(&values, ["ip_verdict", "udp_verdict"]);
    for verdict in [ip, udp] {
        assert!(
            verdict.starts_with("holds") || verdict.starts_with("broken"),
            "{verdict}"
        );
    }
    (ip.starts_with("holds"), udp.starts_with("holds"))
}

#[test]
fn an_edit_breaks_the_checksums_that_cover_the_field_and_no_other() {
    let mut seen = 0;
    for key in encapsulation::fields() {
        let want = match key {
            "mac_to" | "mac_from" | "ethertype" => (true, true),
            // The pseudo-header has them, too.
            "protocol" | "ip_from" | "ip_to" => (false, false),
            "port_from" | "port_to" | "udp_length" | "udp_checksum" | "data" => (true, false),
            _ => (false, true),
        };
        let original = encapsulation::frame("hello").unwrap();
        let mut frame = original.clone();
        let length = (1..=6)
            .find(|length| encapsulation::edit(&mut frame, key, &"12".repeat(*length)).is_ok());
        assert!(length.is_some() && frame != original, "{key}");
        assert_eq!(holds(&frame), want, "{key}");
        encapsulation::recompute(&mut frame);
        assert_eq!(holds(&frame), (true, true), "{key}, recomputed");
        seen += 1;
    }
    assert_eq!(seen, 18);
}

#[test]
fn the_sum_has_blind_spots() {
    let mut frame = encapsulation::frame("hello").unwrap();
    // The order of the words does not matter to a sum.
    encapsulation::edit(&mut frame, "ip_from", "c0000214").unwrap();
    encapsulation::edit(&mut frame, "ip_to", "c000020a").unwrap();
    assert_eq!(holds(&frame), (true, true));
    // 0000 and ffff are the same number to it.
    encapsulation::edit(&mut frame, "id", "0000").unwrap();
    encapsulation::recompute(&mut frame);
    encapsulation::edit(&mut frame, "id", "ffff").unwrap();
    assert_eq!(holds(&frame), (true, true));
    // In UDP's field, 0000 says that there is no checksum (RFC 768).
    encapsulation::edit(&mut frame, "udp_checksum", "0000").unwrap();
    let values = encapsulation::answer(&frame, &frame);
    assert!(
        values["udp_verdict"].starts_with("not used"),
        "{}",
        values["udp_verdict"]
    );
}

#[test]
fn a_udp_checksum_of_zero_is_sent_as_all_ones() {
    // One message in 65,535 has it.
    let message = "zero: y`";
    let frame = encapsulation::frame(message).unwrap();
    let pseudo_header = [&frame[26..34], &[0, 17, 0, 16]].concat();
    let without = [&pseudo_header, &frame[34..40], &[0, 0], &frame[42..]].concat();
    assert_eq!(internet_checksum(&without), 0, "{message}");
    assert_eq!(frame[40..42], [0xff, 0xff], "{message}");
    assert_eq!(holds(&frame), (true, true));
}

#[test]
fn a_receiver_notices_what_no_checksum_does() {
    for (key, digits, name) in [
        ("ethertype", "86dd", "EtherType"),
        ("version", "46", "Version and header length"),
        ("ip_length", "0020", "Total length"),
        ("fragment", "2000", "Flags and fragment offset"),
        ("ttl", "00", "Time to live"),
        ("protocol", "06", "Protocol"),
        ("udp_length", "000e", ": Length"),
    ] {
        let mut frame = encapsulation::frame("hello").unwrap();
        let fits = &encapsulation::answer(&frame, &frame)["receiver"];
        assert!(fits.starts_with("every length"), "{fits}");
        encapsulation::edit(&mut frame, key, digits).unwrap();
        encapsulation::recompute(&mut frame);
        let said = &encapsulation::answer(&frame, &frame)["receiver"];
        assert!(said.ends_with(name), "{key}: {said}");
    }
}

#[test]
fn a_field_takes_as_many_bytes_as_it_has() {
    let original = encapsulation::frame("hello").unwrap();
    let mut frame = original.clone();
    for (key, digits, words) in [
        ("ttl", "", "1 byte; you typed 0 bytes"),
        ("ttl", "4", "hexadecimal"),
        ("ttl", "4g", "hexadecimal"),
        ("ttl", "+4", "hexadecimal"),
        ("ttl", "4040", "1 byte; you typed 2 bytes"),
        ("ttl", "0x40", "hexadecimal"),
        ("ip_to", "c0 00 02", "4 bytes; you typed 3 bytes"),
        ("data", "68656c6c6f21", "5 bytes; you typed 6 bytes"),
        ("ttl", "é", "hexadecimal"),
    ] {
        let error = encapsulation::edit(&mut frame, key, digits)
            .expect_err(digits)
            .to_string();
        assert!(error.contains(words), "{key} {digits:?}: {error}");
        assert_eq!(frame, original);
    }
    encapsulation::edit(&mut frame, "data", " 4A 4b4C\t4d 4e ").unwrap();
    assert_eq!(frame[42..], *b"JKLMN");
}

#[test]
fn a_port_is_in_its_range_and_has_its_service() {
    let port = |port: u16| port::answer(&port.to_string()).unwrap();
    for (number, range) in [
        (0, "System"),
        (1023, "System"),
        (1024, "User"),
        (49151, "User"),
        (49152, "Dynamic"),
        (65535, "Dynamic"),
    ] {
        assert!(port(number)["range"].starts_with(range), "{number}");
    }
    for (number, given) in [
        (0, "no: it is the question"),
        (32767, "no: it is neither"),
        (32768, "yes, by Linux"),
        (49151, "yes, by Linux"),
        (49152, "yes: it is in IANA’s Dynamic range, and in Linux’s"),
        (60999, "yes: it is in IANA’s Dynamic range, and in Linux’s"),
        (61000, "yes: it is in IANA’s Dynamic range, but not"),
        (65535, "yes: it is in IANA’s Dynamic range, but not"),
    ] {
        let said = &port(number)["given"];
        assert!(said.starts_with(given), "{number}: {said}");
    }
    for (number, privileged) in [(0, false), (1, true), (1023, true), (1024, false)] {
        let values = port(number);
        assert_eq!(
            values["linux"].contains("CAP_NET_BIND_SERVICE"),
            privileged,
            "{number}"
        );
        assert_eq!(values["macos"].contains("root"), privileged, "{number}");
    }
    assert!(port(0)["meaning"].contains("choose a free port"));
    assert_eq!(port(53)["service"], "domain, for TCP and UDP: DNS");
    assert!(port(143)["service"].starts_with("imap, for TCP: "));
    let mut numbers: Vec<usize> = (0..=u16::MAX)
        .filter(|number| !port(*number)["service"].starts_with("none"))
        .map(usize::from)
        .collect();
    numbers.dedup();
    // Each entry is found, so no two are for the same port.
    assert!(
        explorers::html("port")
            .unwrap()
            .contains(&format!("The {} services", numbers.len()))
    );
    for (input, words) in [
        ("", "Type a port"),
        ("65536", "16 bits"),
        ("99999999999999999999", "16 bits"),
        ("-1", "not a number"),
        ("+80", "not a number"),
        ("8o", "not a number"),
        ("80.0", "not a number"),
        ("1e3", "not a number"),
        ("0x50", "not a number"),
    ] {
        let error = port::answer(input).expect_err(input);
        assert!(error.contains(words), "{input:?}: {error}");
    }
    assert_eq!(port::answer(" 0080 ").unwrap(), port(80));
}

#[test]
fn the_html_is_whole_without_javascript() {
    for name in explorers::NAMES {
        let html = explorers::html(name).unwrap();
        assert!(
            html.lines().all(|line| !line.trim().is_empty()),
            "{name}: Markdown ends the HTML at an empty line"
        );
        for tag in [
            "section", "div", "p", "table", "tbody", "tr", "th", "td", "ul", "li", "span", "code",
            "b", "i", "script", "details",
        ] {
            let count = |text: &str| html.matches(text).count();
            let open = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
            assert_eq!(open, count(&format!("</{tag}>")), "{name}: <{tag}>");
        }
        // What needs JavaScript is not to be seen without it.
        for (at, _) in html
            .match_indices("<input")
            .chain(html.match_indices("<button"))
        {
            let before = &html[..at];
            let hidden = before
                .rfind("\" hidden>")
                .expect("an input outside of a hidden part");
            assert!(
                !before[hidden..].contains("</div>"),
                "{name}: an input that does nothing"
            );
        }
        let (_, json) = html
            .split_once("<script type=\"application/json\">")
            .unwrap();
        let (json, _) = json.split_once("</script>").unwrap();
        let data: serde_json::Value = serde_json::from_str(json).unwrap();
        assert!(
            data["tables"]["words"].is_object() && !json.contains('<'),
            "{name}"
        );
    }
    assert!(explorers::html("adress").is_err());
    let html = explorers::html("address").unwrap();
    for words in [
        "192.168.1.20 is in 192.168.1.0/24 and is private.",
        "<b>11000000</b>",
        "<i>00010100</i>",
        "256, of them 254 for hosts",
    ] {
        assert!(html.contains(words), "{words}");
    }
}
