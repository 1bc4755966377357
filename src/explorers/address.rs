//! The address explorer: an IPv4 address with its prefix, taken apart.

use super::{Input, Values, escape, fill, is_decimal, section, status, table};
use anyhow::Error;
use ipnet::Ipv4Net;
use serde::Serialize;
use std::net::Ipv4Addr;

/// What the explorer shows first.
const FIRST: &str = "192.168.1.20/24";

/// A block with a name of its own.
#[derive(Serialize)]
struct Special {
    block: Ipv4Net,
    name: &'static str,
    source: &'static str,
}

const fn special(block: ([u8; 4], u8), name: &'static str, source: &'static str) -> Special {
    Special {
        block: net(block.0, block.1),
        name,
        source,
    }
}

const fn net([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// The special-purpose blocks (IANA's registry, RFC 6890) and multicast. The first that fits is the narrowest.
const SPECIAL: [Special; 15] = [
    special(([0, 0, 0, 0], 8), "this network", "RFC 791 §3.2"),
    special(([10, 0, 0, 0], 8), "private", "RFC 1918"),
    special(([100, 64, 0, 0], 10), "shared", "RFC 6598"),
    special(([127, 0, 0, 0], 8), "loopback", "RFC 1122 §3.2.1.3"),
    special(([169, 254, 0, 0], 16), "link-local", "RFC 3927"),
    special(([172, 16, 0, 0], 12), "private", "RFC 1918"),
    special(
        ([192, 0, 0, 0], 24),
        "IETF protocol assignments",
        "RFC 6890",
    ),
    special(([192, 0, 2, 0], 24), "documentation", "RFC 5737"),
    special(([192, 168, 0, 0], 16), "private", "RFC 1918"),
    special(([198, 18, 0, 0], 15), "benchmarking", "RFC 2544"),
    special(([198, 51, 100, 0], 24), "documentation", "RFC 5737"),
    special(([203, 0, 113, 0], 24), "documentation", "RFC 5737"),
    special(([224, 0, 0, 0], 4), "multicast", "RFC 5771"),
    special(
        ([255, 255, 255, 255], 32),
        "limited broadcast",
        "RFC 919 §7",
    ),
    special(([240, 0, 0, 0], 4), "reserved", "RFC 1112 §4"),
];

/// Blocks in which no host has an address of its own: "this network", and all from multicast on.
const NO_HOSTS: [Ipv4Net; 2] = [net([0, 0, 0, 0], 8), net([224, 0, 0, 0], 3)];

/// The classes that divided all addresses before CIDR.
#[derive(Serialize)]
struct Class {
    name: &'static str,
    /// The smallest and the largest first number.
    from: u8,
    to: u8,
    /// How long the network part was; 0 where there was none.
    prefix: u8,
    source: &'static str,
}

const fn class(name: &'static str, from: u8, to: u8, prefix: u8, source: &'static str) -> Class {
    Class {
        name,
        from,
        to,
        prefix,
        source,
    }
}

const CLASSES: [Class; 5] = [
    class("A", 0, 127, 8, "RFC 791 §2.3"),
    class("B", 128, 191, 16, "RFC 791 §2.3"),
    class("C", 192, 223, 24, "RFC 791 §2.3"),
    class("D, multicast", 224, 239, 0, "RFC 1112 §4"),
    class("E, reserved", 240, 255, 0, "RFC 1112 §4"),
];

words! {
    no_prefix: "Add the length of the prefix, such as /24.",
    parts: "An IPv4 address is four numbers with dots between them; this has {0}.",
    empty: "Number {0} of the address is missing.",
    not_decimal: "“{0}” is not a number in decimal digits.",
    leading_zero: "“{0}” begins with 0. Some programs read such a number as octal, so 010 would be 8 to them and 10 to others. Write it without the zero.",
    too_big: "{0} does not fit: each of the four numbers is one byte, 255 at most.",
    prefix_missing: "The length of the prefix is missing behind the slash: 0 to 32.",
    prefix_too_big: "/{0} does not fit: an IPv4 address has 32 bits.",
    network_part: "network part: {0} bits",
    host_part: "host part: {0} bits",
    none_31: "none: with /31, both addresses are hosts on a point-to-point link (RFC 3021)",
    none_32: "none: /32 is one single address",
    none_0: "none: /0 stands for all addresses, as in a default route",
    none_mixed: "none: the block holds addresses that no host has, and is no network",
    none_special: "none: no host has an address of this range as its own",
    count: "{0}, of them {1} for hosts",
    count_31: "2, both for hosts",
    count_32: "1, a single host",
    count_0: "{0}: all that there are",
    count_mixed: "{0}, not all for hosts",
    count_special: "{0}, none for a host",
    place: "number {0}, counting from 0 to {1}",
    place_only: "the only one",
    place_network: "number {0}, counting from 0 to {1}: the network address",
    place_broadcast: "number {0}, counting from 0 to {1}: the broadcast address",
    class: "{0}: first number {1} to {2} ({3}), network part of {4} bits",
    class_no_network: "{0}: first number {1} to {2} ({3})",
    kind: "{0}: in {1} ({2})",
    kind_beyond: "{0}: in {1} ({2}); the CIDR block reaches beyond that",
    public: "public: in no special range",
    public_mixed: "public: in no special range, though the CIDR block holds some",
    said: "{0} is in {1} and is {2}.",
}

/// The rows of the table: the place's name, and what the reader calls it.
const ROWS: [(&str, &str); 11] = [
    ("block", "CIDR block"),
    ("mask", "Mask"),
    ("network", "Network address"),
    ("broadcast", "Broadcast address"),
    ("first", "First for a host"),
    ("last", "Last for a host"),
    ("count", "Addresses"),
    ("place", "This one is"),
    ("kind", "Range"),
    ("class", "Class, before 1993"),
    ("decimal", "As one number"),
];

#[derive(Serialize)]
struct Tables {
    words: Words,
    special: &'static [Special],
    no_hosts: &'static [Ipv4Net],
    classes: &'static [Class],
}

/// What the explorer shows for this input, or what it says is wrong with it.
pub fn answer(input: &str) -> Result<Values, String> {
    let net = parse(input.trim())?;
    let (address, prefix) = (net.addr(), net.prefix_len());
    let bits = address.to_bits();
    let block = net.trunc();
    let size = 1_u64 << (32 - prefix);
    let no_hosts = NO_HOSTS.iter().any(|range| range.contains(&block));
    let mixed = NO_HOSTS.iter().any(|range| block.contains(range));
    let none = match prefix {
        0 => Some(WORDS.none_0),
        _ if no_hosts => Some(WORDS.none_special),
        _ if mixed => Some(WORDS.none_mixed),
        31 => Some(WORDS.none_31),
        32 => Some(WORDS.none_32),
        _ => None,
    };
    let count = match prefix {
        0 => fill(WORDS.count_0, &[&grouped(size)]),
        _ if no_hosts => fill(WORDS.count_special, &[&grouped(size)]),
        _ if mixed => fill(WORDS.count_mixed, &[&grouped(size)]),
        31 => WORDS.count_31.into(),
        32 => WORDS.count_32.into(),
        _ => fill(WORDS.count, &[&grouped(size), &grouped(size - 2)]),
    };
    let number = u64::from(bits - block.addr().to_bits());
    let place = match none {
        _ if size == 1 => WORDS.place_only,
        None if number == 0 => WORDS.place_network,
        None if number == size - 1 => WORDS.place_broadcast,
        _ => WORDS.place,
    };
    // Where no host has an address, there is no first one; /31 and /32 lack the other two addresses only.
    let host = |address: Ipv4Addr| match none {
        Some(words) if no_hosts || mixed => words.to_owned(),
        _ => address.to_string(),
    };
    let outer = |address: Ipv4Addr| none.map_or_else(|| address.to_string(), str::to_owned);
    let (name, kind) = kind(net);
    Ok(Values::from([
        ("bits", format!("{bits:032b}")),
        (
            "network_part",
            fill(WORDS.network_part, &[&prefix.to_string()]),
        ),
        (
            "host_part",
            fill(WORDS.host_part, &[&(32 - prefix).to_string()]),
        ),
        ("block", block.to_string()),
        ("mask", net.netmask().to_string()),
        ("network", outer(net.network())),
        ("broadcast", outer(net.broadcast())),
        ("first", host(net.hosts().next().unwrap_or(address))),
        ("last", host(net.hosts().next_back().unwrap_or(address))),
        ("count", count),
        (
            "place",
            fill(place, &[&grouped(number), &grouped(size - 1)]),
        ),
        ("kind", kind),
        ("class", class_of(address)),
        ("decimal", bits.to_string()),
        (
            "said",
            fill(
                WORDS.said,
                &[&address.to_string(), &block.to_string(), name],
            ),
        ),
    ]))
}

fn parse(input: &str) -> Result<Ipv4Net, String> {
    let (address, prefix) = input.split_once('/').ok_or(WORDS.no_prefix)?;
    let parts: Vec<&str> = address.split('.').collect();
    if parts.len() != 4 {
        return Err(fill(WORDS.parts, &[&parts.len().to_string()]));
    }
    let mut octets = [0; 4];
    for (index, part) in parts.into_iter().enumerate() {
        if part.is_empty() {
            return Err(fill(WORDS.empty, &[&(index + 1).to_string()]));
        }
        check_digits(part)?;
        octets[index] = part.parse().map_err(|_| fill(WORDS.too_big, &[part]))?;
    }
    if prefix.is_empty() {
        return Err(WORDS.prefix_missing.into());
    }
    check_digits(prefix)?;
    let too_big = || fill(WORDS.prefix_too_big, &[prefix]);
    let length = prefix.parse().map_err(|_| too_big())?;
    Ipv4Net::new(octets.into(), length).map_err(|_| too_big())
}

fn check_digits(number: &str) -> Result<(), String> {
    if !is_decimal(number) {
        return Err(fill(WORDS.not_decimal, &[number]));
    }
    if number.len() > 1 && number.starts_with('0') {
        return Err(fill(WORDS.leading_zero, &[number]));
    }
    Ok(())
}

/// The name of the address's range, and the sentence on it and on the whole block.
fn kind(net: Ipv4Net) -> (&'static str, String) {
    let block = net.trunc();
    let Some(found) = SPECIAL.iter().find(|s| s.block.contains(&net.addr())) else {
        let mixed = SPECIAL.iter().any(|s| block.contains(&s.block));
        let words = if mixed {
            WORDS.public_mixed
        } else {
            WORDS.public
        };
        return ("public", words.into());
    };
    let words = if found.block.contains(&block) {
        WORDS.kind
    } else {
        WORDS.kind_beyond
    };
    let range = found.block.to_string();
    (found.name, fill(words, &[found.name, &range, found.source]))
}

fn class_of(address: Ipv4Addr) -> String {
    let first = address.octets()[0];
    let class = CLASSES
        .iter()
        .find(|class| first <= class.to)
        .unwrap_or(&CLASSES[4]);
    let words = match class.prefix {
        0 => WORDS.class_no_network,
        _ => WORDS.class,
    };
    fill(
        words,
        &[
            class.name,
            &class.from.to_string(),
            &class.to.to_string(),
            class.source,
            &class.prefix.to_string(),
        ],
    )
}

/// A number with a comma between each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

/// The explorer with its first input.
pub fn html() -> anyhow::Result<String> {
    let values = answer(FIRST).map_err(Error::msg)?;
    let prefix = 24;
    let text = |key| escape(values.get(key).map_or("", String::as_str));
    let bits = text("bits");
    let octets: String = (0..4)
        .filter_map(|octet| bits.get(8 * octet..8 * octet + 8))
        .enumerate()
        .map(|(octet, bits)| {
            let decimal = u8::from_str_radix(bits, 2).unwrap_or(0);
            let (network, host) = bits.split_at(usize::saturating_sub(prefix, 8 * octet).min(8));
            format!(
                "<span class=\"octet\"><span>{decimal}</span><code><b>{network}</b><i>{host}</i></code></span>\n"
            )
        })
        .collect();
    let body = format!(
        "<div class=\"octets\">\n{octets}</div>\n\
         <p class=\"octets-key\"><b data-out=\"network_part\">{}</b> <i data-out=\"host_part\">{}</i></p>\n{}{}",
        text("network_part"),
        text("host_part"),
        status(&values),
        table(&ROWS, &values)
    );
    let input = Input {
        label: "IPv4 address and prefix",
        hint: "Four numbers from 0 to 255, a slash, the length of the network part from 0 to 32.",
        value: FIRST,
    };
    let tables = Tables {
        words: WORDS,
        special: &SPECIAL,
        no_hosts: &NO_HOSTS,
        classes: &CLASSES,
    };
    Ok(section(
        "address",
        "Explore: an address and its network",
        &input,
        &body,
        &tables,
    ))
}
