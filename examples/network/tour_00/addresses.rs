//! The first stop: which network an address is in, and what its range is for.

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

// ANCHOR: ranges_v4
/// What ranges of IPv4 addresses are for: IANA's registry of special-purpose addresses (RFC 6890),
/// without a few small ones that serve a single protocol, and the multicast addresses.
const RANGES_V4: [(&str, &str); 15] = [
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
];
// ANCHOR_END: ranges_v4

// ANCHOR: ranges_v6
/// The same for IPv6, and the one range that public addresses are taken from.
const RANGES_V6: [(&str, &str); 16] = [
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
// ANCHOR_END: ranges_v6

/// The addresses of this machine's interfaces, or those that are given as `ADDRESS` or
/// `ADDRESS/PREFIX`, one line each.
pub fn show(given: &[OsString]) -> Result<String, String> {
    let mut rows = Vec::new();
    if given.is_empty() {
        let mut interfaces = if_addrs::get_if_addrs()
            .map_err(|error| format!("cannot list this machine's interfaces: {error}"))?;
        // The system lists IPv4 first and IPv6 after it; together they tell more.
        interfaces.sort_by_key(|interface| interface.index);
        for interface in interfaces {
            let prefix = match &interface.addr {
                if_addrs::IfAddr::V4(v4) => v4.prefixlen,
                if_addrs::IfAddr::V6(v6) => v6.prefixlen,
            };
            // Some tunnels have an address and no network: then the length is given as 0.
            let prefix = (prefix > 0).then_some(prefix);
            rows.push((interface.name.clone(), classify(interface.ip(), prefix)));
        }
    }
    for text in given {
        let (address, prefix) = parse(&text.to_string_lossy())?;
        rows.push((String::new(), classify(address, prefix)));
    }
    Ok(table(&rows))
}

// ANCHOR: parse
/// Takes `10.1.2.3` or `10.1.2.3/8` apart, and the same in IPv6.
fn parse(text: &str) -> Result<(IpAddr, Option<u8>), String> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    // Leading zeros are refused: some programs read 010 as eight (RFC 6943, section 3.1.1).
    let address: IpAddr = address.parse().map_err(|_| {
        format!(
            "{address:?} is not an address: write one like 10.1.2.3, without leading zeros, \
             or like fe80::1, without a zone such as %eth0"
        )
    })?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let Some(prefix) = prefix else {
        return Ok((address, None));
    };
    // `parse` takes "+8" and "08" as well, but nobody writes a prefix so.
    let length = prefix.parse().ok();
    let length = length.filter(|length: &u8| *length <= longest && prefix == length.to_string());
    match length {
        Some(length) => Ok((address, Some(length))),
        None => Err(format!(
            "{text:?}: behind the slash goes the length of the prefix, a number from 0 to {longest}, \
             without sign or leading zeros"
        )),
    }
}
// ANCHOR_END: parse

// ANCHOR: classify
/// What the table says of one address: itself, its network, its range, its class.
fn classify(address: IpAddr, prefix: Option<u8>) -> [String; 4] {
    let (written, network) = match prefix {
        Some(length) => (
            format!("{address}/{length}"),
            format!("{}/{length}", network(address, length)),
        ),
        // The address alone does not tell where its network ends.
        None => (format!("{address}"), "-".into()),
    };
    let class = match address {
        IpAddr::V4(v4) => class(v4),
        // IPv6 came after the classes were given up.
        IpAddr::V6(_) => '-',
    };
    [written, network, range(address).into(), class.into()]
}
// ANCHOR_END: classify

// ANCHOR: network
/// The first address of the network: the bits of the prefix stay, the bits of the host become 0.
fn network(address: IpAddr, prefix: u8) -> IpAddr {
    // Prefix 0 shifts every bit out. Rust calls that an overflow; here it means that no bit stays.
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    }
}
// ANCHOR_END: network

// ANCHOR: range
/// What the address is for. Ranges lie inside each other: 255.255.255.255 is in 240.0.0.0/4 too.
/// The longest prefix wins, because it says the most.
fn range(address: IpAddr) -> &'static str {
    let (ranges, otherwise) = match address {
        IpAddr::V4(_) => (&RANGES_V4[..], "public"),
        IpAddr::V6(_) => (&RANGES_V6[..], "unassigned"),
    };
    let mut found = otherwise;
    let mut longest = 0;
    for (block, name) in ranges {
        if let Ok((first, Some(prefix))) = parse(block)
            && network(address, prefix) == first
            && prefix > longest
        {
            (found, longest) = (name, prefix);
        }
    }
    found
}
// ANCHOR_END: range

// ANCHOR: class
/// The class that an IPv4 address had from 1981 on (RFC 791; D and E: RFC 1112, section 4).
/// The first byte alone told it, and in A, B and C also where the network ended: after one byte,
/// two or three. CIDR ended that in 1993 (RFC 1519).
fn class(address: Ipv4Addr) -> char {
    match address.octets()[0] {
        0..=127 => 'A',
        128..=191 => 'B',
        192..=223 => 'C',
        224..=239 => 'D',
        240..=255 => 'E',
    }
}
// ANCHOR_END: class

/// Lines up the rows, and writes the name of the interface, if they have one, above its first row.
fn table(rows: &[(String, [String; 4])]) -> String {
    let head = ["address", "network", "range", "class"].map(String::from);
    let lines = || rows.iter().map(|(_, cells)| cells).chain([&head]);
    let wide = [0, 1, 2].map(|column| lines().map(|cells| cells[column].len()).max().unwrap_or(0));
    let line = |[address, network, range, class]: &[String; 4]| {
        let [a, n, r] = wide;
        format!("{address:a$}  {network:n$}  {range:r$}  {class}\n")
    };
    let mut text = line(&head);
    let mut above = "";
    for (interface, cells) in rows {
        if interface != above {
            text += &format!("{interface}:\n");
            above = interface;
        }
        text += &line(cells);
    }
    text
}
