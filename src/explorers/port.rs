//! The port explorer: which range a port is in, what is registered for it, and who may bind it.

use super::{Input, Values, escape, fill, is_decimal, section, status, table};
use anyhow::Error;
use serde::Serialize;
use std::fmt::Write;

/// What the explorer shows first.
const FIRST: &str = "443";

/// The first port that any program may bind on Linux, unless somebody configured another.
const FIRST_UNPRIVILEGED: u16 = 1024;

/// The ports that Linux gives out by itself, unless somebody configured others.
const LINUX_EPHEMERAL: (u16, u16) = (32768, 60999);

/// A range of RFC 6335 §6.
#[derive(Serialize)]
struct Range {
    name: &'static str,
    from: u16,
    to: u16,
    meaning: &'static str,
}

const RANGES: [Range; 3] = [
    Range {
        name: "System",
        from: 0,
        to: 1023,
        meaning: "assigned in the IETF’s own process; also called well-known ports",
    },
    Range {
        name: "User",
        from: 1024,
        to: 49151,
        meaning: "assigned by IANA after a review; also called registered ports",
    },
    Range {
        name: "Dynamic",
        from: 49152,
        to: 65535,
        meaning: "never assigned, free for any use; also called private or ephemeral ports",
    },
];

/// One entry of IANA’s registry of service names.
#[derive(Serialize)]
struct Service(
    u16,
    &'static str,
    /// The transports that it is registered for.
    &'static str,
    &'static str,
);

const SERVICES: [Service; 45] = [
    Service(7, "echo", BOTH, "sends back what it gets"),
    Service(9, "discard", BOTH, "throws away what it gets"),
    Service(13, "daytime", BOTH, "the date and time as text"),
    Service(20, "ftp-data", BOTH, "FTP, the files"),
    Service(21, "ftp", BOTH, "FTP, the commands"),
    Service(22, "ssh", BOTH, "secure shell"),
    Service(23, "telnet", BOTH, "a terminal, unencrypted"),
    Service(25, "smtp", BOTH, "mail from server to server"),
    Service(37, "time", BOTH, "the time as a number"),
    Service(43, "nicname", BOTH, "whois"),
    Service(53, "domain", BOTH, "DNS"),
    Service(67, "bootps", BOTH, "DHCP, the server"),
    Service(68, "bootpc", BOTH, "DHCP, the client"),
    Service(69, "tftp", BOTH, "trivial file transfer"),
    Service(79, "finger", BOTH, "who is logged in"),
    Service(80, "http", BOTH, "the web, unencrypted"),
    Service(88, "kerberos", BOTH, "tickets for logging in"),
    Service(110, "pop3", BOTH, "fetching mail"),
    Service(111, "sunrpc", BOTH, "finds the ports of RPC services"),
    Service(119, "nntp", BOTH, "network news"),
    Service(123, "ntp", BOTH, "setting the clock"),
    Service(143, "imap", "TCP", "mail that stays on the server"),
    Service(161, "snmp", BOTH, "asking devices how they are"),
    Service(162, "snmptrap", BOTH, "devices that report by themselves"),
    Service(179, "bgp", BOTH, "routes between providers"),
    Service(194, "irc", BOTH, "chat"),
    Service(443, "https", BOTH, "the web over TLS or QUIC"),
    Service(445, "microsoft-ds", BOTH, "Windows file sharing"),
    Service(465, "submissions", "TCP", "handing in mail, over TLS"),
    Service(514, "syslog", "UDP", "log messages"),
    Service(587, "submission", BOTH, "handing in mail"),
    Service(631, "ipp", BOTH, "printing"),
    Service(636, "ldaps", BOTH, "directories, over TLS"),
    Service(853, "domain-s", BOTH, "DNS over TLS, DTLS or QUIC"),
    Service(989, "ftps-data", BOTH, "FTP over TLS, the files"),
    Service(990, "ftps", BOTH, "FTP over TLS, the commands"),
    Service(993, "imaps", "TCP", "IMAP over TLS"),
    Service(995, "pop3s", BOTH, "POP3 over TLS"),
    Service(1080, "socks", BOTH, "a proxy for any connection"),
    Service(3306, "mysql", BOTH, "a database"),
    Service(3389, "ms-wbt-server", BOTH, "Windows remote desktop"),
    Service(3478, "stun", BOTH, "learning one's own public address"),
    Service(5432, "postgresql", BOTH, "a database"),
    Service(6379, "redis", "TCP", "a store of keys and values"),
    Service(8080, "http-alt", BOTH, "the web, on a port for everyone"),
];

const BOTH: &str = "TCP and UDP";

words! {
    missing: "Type a port: a number from 0 to 65535.",
    not_decimal: "“{0}” is not a number in decimal digits.",
    too_big: "{0} does not fit: a port is 16 bits, 65535 at most.",
    range: "{0}, {1} to {2}: {3}",
    service: "{0}, for {1}: {2}",
    service_zero: "none: port 0 is reserved",
    service_dynamic: "none: IANA assigns nothing in this range",
    service_unknown: "none of those listed below; IANA’s registry has them all",
    meaning_zero: "In bind it means “choose a free port for me”. Nobody listens on port 0 itself.",
    meaning: "A program can listen here, if no other does so with the same protocol on the same address or on all of them.",
    linux_any: "any program",
    linux_privileged: "root, or a program with CAP_NET_BIND_SERVICE; the limit is net.ipv4.ip_unprivileged_port_start, {0} by default",
    macos_any: "any program",
    macos_privileged: "since 10.14 any program on 0.0.0.0 or [::]; on one particular address, root",
    windows_any: "any program; no port needs a privilege for its number alone",
    given_zero: "no: it is the question, not an answer",
    given_linux: "yes, by Linux ({0} to {1} by default), though IANA may assign it",
    given_dynamic: "yes: it is in IANA’s Dynamic range, but not in Linux’s own ({0} to {1} by default)",
    given_both: "yes: it is in IANA’s Dynamic range, and in Linux’s own ({0} to {1} by default)",
    given_never: "no: it is neither in IANA’s Dynamic range nor in Linux’s own ({0} to {1} by default)",
    said: "Port {0} is a {1} port: {2}.",
    said_service: "registered for {0}",
    said_none: "no service listed here",
}

const ROWS: [(&str, &str); 7] = [
    ("range", "Range"),
    ("service", "Registered service"),
    ("meaning", "In a program"),
    ("given", "Given out for port 0"),
    ("linux", "May bind it, Linux"),
    ("macos", "May bind it, macOS"),
    ("windows", "May bind it, Windows"),
];

#[derive(Serialize)]
struct Tables {
    words: Words,
    ranges: &'static [Range],
    services: &'static [Service],
    unprivileged: u16,
    ephemeral: (u16, u16),
}

/// What the explorer shows for this input, or what it says is wrong with it.
pub fn answer(input: &str) -> Result<Values, String> {
    let input = input.trim();
    if input.is_empty() {
        return Err(WORDS.missing.into());
    }
    if !is_decimal(input) {
        return Err(fill(WORDS.not_decimal, &[input]));
    }
    let port: u16 = input.parse().map_err(|_| fill(WORDS.too_big, &[input]))?;
    let range = RANGES.iter().find(|range| port <= range.to);
    let range = range.unwrap_or(&RANGES[2]);
    let found = SERVICES.iter().find(|service| service.0 == port);
    let dynamic = range.from == RANGES[2].from;
    let service = match found {
        Some(Service(_, name, transports, meaning)) => {
            fill(WORDS.service, &[name, transports, meaning])
        }
        None if port == 0 => WORDS.service_zero.into(),
        None if dynamic => WORDS.service_dynamic.into(),
        None => WORDS.service_unknown.into(),
    };
    let ephemeral = (LINUX_EPHEMERAL.0..=LINUX_EPHEMERAL.1).contains(&port);
    let given = match (dynamic, ephemeral) {
        _ if port == 0 => WORDS.given_zero,
        (true, true) => WORDS.given_both,
        (true, false) => WORDS.given_dynamic,
        (false, true) => WORDS.given_linux,
        (false, false) => WORDS.given_never,
    };
    // Binding to port 0 asks for any free port, which needs no privilege.
    let privileged = port != 0 && port < FIRST_UNPRIVILEGED;
    let linux = fill(WORDS.linux_privileged, &[&FIRST_UNPRIVILEGED.to_string()]);
    let (linux, macos) = match privileged {
        true => (linux, WORDS.macos_privileged),
        false => (WORDS.linux_any.into(), WORDS.macos_any),
    };
    let summary = match found {
        Some(service) => fill(WORDS.said_service, &[service.1]),
        None => WORDS.said_none.into(),
    };
    let meaning = match port {
        0 => WORDS.meaning_zero,
        _ => WORDS.meaning,
    };
    let number = |number: u16| number.to_string();
    let (from, to) = (number(range.from), number(range.to));
    let (first, last) = (number(LINUX_EPHEMERAL.0), number(LINUX_EPHEMERAL.1));
    Ok(Values::from([
        (
            "range",
            fill(WORDS.range, &[range.name, &from, &to, range.meaning]),
        ),
        ("service", service),
        ("meaning", meaning.into()),
        ("given", fill(given, &[&first, &last])),
        ("linux", linux),
        ("macos", macos.into()),
        ("windows", WORDS.windows_any.into()),
        (
            "said",
            fill(WORDS.said, &[&number(port), range.name, &summary]),
        ),
    ]))
}

/// The explorer with its first input.
pub fn html() -> anyhow::Result<String> {
    let values = answer(FIRST).map_err(Error::msg)?;
    let mut list = format!(
        "<details><summary>The {} services that this page knows</summary>\n<div class=\"explorer-scroll\" tabindex=\"0\" \
         role=\"region\" aria-label=\"Ports and their services\">\n<table class=\"explorer-list\"><thead><tr>\
         <th scope=\"col\">Port</th><th scope=\"col\">Name</th><th scope=\"col\">Registered for</th>\
         <th scope=\"col\">What it does</th></tr></thead><tbody>\n",
        SERVICES.len()
    );
    for Service(port, name, transports, meaning) in &SERVICES {
        // Writing to a String never fails.
        let _ = writeln!(
            list,
            "<tr><td>{port}</td><td><code>{}</code></td><td>{transports}</td><td>{}</td></tr>",
            escape(name),
            escape(meaning)
        );
    }
    list += "</tbody></table>\n</div>\n</details>\n";
    let input = Input {
        label: "Port",
        hint: "A number from 0 to 65535.",
        value: FIRST,
    };
    let tables = Tables {
        words: WORDS,
        ranges: &RANGES,
        services: &SERVICES,
        unprivileged: FIRST_UNPRIVILEGED,
        ephemeral: LINUX_EPHEMERAL,
    };
    let body = status(&values) + &table(&ROWS, &values) + &list;
    Ok(section("port", "Explore: a port", &input, &body, &tables))
}
