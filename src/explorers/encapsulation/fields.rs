//! The fields of a frame: where each is, how its bytes are read, what it is for.

use serde::Serialize;

/// A header, or what is inside of all.
#[derive(Serialize)]
pub(super) struct Layer {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
}

/// A field: some whole bytes of the frame.
#[derive(Serialize)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) at: usize,
    /// How many bytes; 0 stands for all the rest.
    pub(super) length: usize,
    /// How the bytes are read: what `value` and its twin in JavaScript distinguish.
    pub(super) kind: &'static str,
    pub(super) meaning: &'static str,
}

const fn field(
    key: &'static str,
    name: &'static str,
    (at, length): (usize, usize),
    kind: &'static str,
    meaning: &'static str,
) -> Field {
    Field {
        key,
        name,
        at,
        length,
        kind,
        meaning,
    }
}

pub(super) const LAYERS: [Layer; 4] = [
    Layer {
        key: "ethernet",
        name: "Ethernet II header",
        fields: &[
            field(
                "mac_to",
                "Destination MAC",
                (0, 6),
                "mac",
                "The network card that shall take the frame, in this one network.",
            ),
            field(
                "mac_from",
                "Source MAC",
                (6, 6),
                "mac",
                "The network card that sends it.",
            ),
            field(
                "ethertype",
                "EtherType",
                (12, 2),
                "ethertype",
                "What is inside: 0800 for IPv4.",
            ),
        ],
    },
    Layer {
        key: "ipv4",
        name: "IPv4 header",
        fields: &[
            field(
                "version",
                "Version and header length",
                (14, 1),
                "version",
                "Four bits each. The length counts words of 4 bytes (RFC 791 §3.1).",
            ),
            field(
                "dscp",
                "DSCP and ECN",
                (15, 1),
                "dscp",
                "Six bits: how urgent (RFC 2474). Two bits: was there congestion (RFC 3168).",
            ),
            field(
                "ip_length",
                "Total length",
                (16, 2),
                "number",
                "All bytes from the beginning of this header to the end of the message.",
            ),
            field(
                "id",
                "Identification",
                (18, 2),
                "number",
                "Tells which fragments belong together, if the packet is cut.",
            ),
            field(
                "fragment",
                "Flags and fragment offset",
                (20, 2),
                "fragment",
                "DF forbids to cut the packet; MF says that more fragments follow; the offset counts units of 8 bytes.",
            ),
            field(
                "ttl",
                "Time to live",
                (22, 1),
                "number",
                "Each router takes off 1 at least; at 0 the packet is dropped.",
            ),
            field(
                "protocol",
                "Protocol",
                (23, 1),
                "protocol",
                "What is inside: 17 for UDP.",
            ),
            field(
                "ip_checksum",
                "Header checksum",
                (24, 2),
                "ip_checksum",
                "Covers the 20 bytes of this header, and nothing inside (RFC 791 §3.1, RFC 1071).",
            ),
            field(
                "ip_from",
                "Source address",
                (26, 4),
                "address",
                "The interface that sends the packet.",
            ),
            field(
                "ip_to",
                "Destination address",
                (30, 4),
                "address",
                "The interface that it is for, in whatever network.",
            ),
        ],
    },
    Layer {
        key: "udp",
        name: "UDP header",
        fields: &[
            field(
                "port_from",
                "Source port",
                (34, 2),
                "number",
                "Which socket sends it: replies go there.",
            ),
            field(
                "port_to",
                "Destination port",
                (36, 2),
                "number",
                "Which socket it is for.",
            ),
            field(
                "udp_length",
                "Length",
                (38, 2),
                "number",
                "The 8 bytes of this header and the message.",
            ),
            field(
                "udp_checksum",
                "Checksum",
                (40, 2),
                "udp_checksum",
                "Covers this header, the message, and from IPv4 both addresses, the protocol and UDP’s length: the pseudo-header (RFC 768).",
            ),
        ],
    },
    Layer {
        key: "data",
        name: "The message",
        fields: &[field(
            "data",
            "Data",
            (42, 0),
            "data",
            "Your message in UTF-8. No header says so: sender and receiver must agree.",
        )],
    },
];

pub(super) const ETHERTYPES: [(u16, &str); 3] =
    [(0x0800, "IPv4"), (0x0806, "ARP"), (0x86dd, "IPv6")];
pub(super) const PROTOCOLS: [(u8, &str); 3] = [(1, "ICMP"), (6, "TCP"), (17, "UDP")];
