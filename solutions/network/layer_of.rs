//! # Who works on which layer: one way to do it
//!
//! One rule places nearly all of them: who uses a layer stands above it. DNS is an application because
//! UDP carries it; that it works for everybody else does not make it a transport. Where the rule fails,
//! the standard decides: ICMP is carried by IP, yet belongs to it (RFC 1122, section 1.1.3).
//!
//! It is tempting to compute the Internet's layer from OSI's. For most of the list that works: the two
//! lowest are the link, the three highest the application. But it is no rule. Place ARP at OSI's network
//! layer, as many do with reason, and the computed answer is wrong. It is tempting, too, to fill the
//! layers 5 and 6 with what is known: HTTP "presents" pages, FTP has "sessions". In the Internet's
//! protocols such tasks are the application's own; OSI alone gives them layers.

/// Who is to be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Gigabit Ethernet's signals (1000BASE-T): voltages on four pairs of copper that stand for bits.
    CopperSignals,
    /// Ethernet's frames: from one MAC address to another in the same local network.
    EthernetFrames,
    /// Asks the local network: which MAC address belongs to this IPv4 address? Carried in Ethernet frames.
    Arp,
    /// The Internet Protocol: from an address to any other, across networks.
    Ipv4,
    /// The same with longer addresses.
    Ipv6,
    /// Tells a sender what became of its packets: unreachable, took too long. Carried in IP packets.
    Icmp,
    /// A reliable stream of bytes between two programs.
    Tcp,
    /// Separate datagrams between two programs.
    Udp,
    /// NetBIOS's session service: begins a dialogue between two named partners, keeps it, ends it.
    /// Carried by TCP.
    NetBiosSession,
    /// ASN.1's Basic Encoding Rules: how a number or a text is written as bytes, so that different
    /// machines read the same from them.
    BasicEncodingRules,
    /// Turns names into addresses. Carried by UDP and TCP.
    Dns,
    /// Gives an address to a machine that has just been switched on. Carried by UDP.
    Dhcp,
    /// Fetches pages of the web.
    Http,
    /// Hands on mail.
    Smtp,
    /// Fetches and stores files, after a login.
    Ftp,
}

/// OSI's seven layers, from the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OsiLayer {
    /// Layer 1: bits become signals.
    Physical,
    /// Layer 2: frames between machines on the same link.
    DataLink,
    /// Layer 3: packets across networks.
    Network,
    /// Layer 4: data from one program to another.
    Transport,
    /// Layer 5: a dialogue is begun, kept in order, ended.
    Session,
    /// Layer 6: how data is written down.
    Presentation,
    /// Layer 7: what the programs want from each other.
    Application,
}

/// The Internet's four layers, from the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InternetLayer {
    /// All that the directly connected network needs.
    Link,
    /// From host to host, across networks.
    Internet,
    /// From program to program.
    Transport,
    /// All above.
    Application,
}

/// The layer of `protocol` in OSI's model, and the one in the Internet's.
pub fn layer_of(protocol: Protocol) -> (OsiLayer, InternetLayer) {
    use Protocol::*;
    match protocol {
        CopperSignals => (OsiLayer::Physical, InternetLayer::Link),
        // ARP is carried in frames; its work, addresses, is as much the network layer's.
        EthernetFrames | Arp => (OsiLayer::DataLink, InternetLayer::Link),
        Ipv4 | Ipv6 | Icmp => (OsiLayer::Network, InternetLayer::Internet),
        Tcp | Udp => (OsiLayer::Transport, InternetLayer::Transport),
        NetBiosSession => (OsiLayer::Session, InternetLayer::Application),
        BasicEncodingRules => (OsiLayer::Presentation, InternetLayer::Application),
        Dns | Dhcp | Http | Smtp | Ftp => (OsiLayer::Application, InternetLayer::Application),
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/network/layer_of.rs"]
mod check;
