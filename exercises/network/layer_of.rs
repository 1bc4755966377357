//! # Exercise: who works on which layer (10 minutes)
//!
//! Place each protocol twice: in one of OSI's seven layers, and in one of the Internet's four
//! (RFC 1122, section 1.1.3). The comment at each protocol says what it does, and that decides.
//!
//! - OSI is a reference model: it says which tasks there are. The Internet's protocols were not made
//!   after it, and the two models do not match layer by layer. Three of OSI's layers have the same place
//!   in the Internet's model.
//! - Where people disagree with reason, each answer that has a good reason is accepted. That is so for
//!   one of them: ARP, in OSI's model.
//! - Some are not asked, because neither model has one place for them. TLS stands between the transport
//!   and the application. BGP does the network layer's work, but is itself an application that talks by
//!   TCP. QUIC is a transport that is carried by another one, UDP.
//!
//! You will want: `match`, patterns with `|`, and the lesson's picture of the two models.
//! Change the body of `layer_of`; leave its signature and the types.

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
    todo!("place each protocol in both models")
}

#[cfg(test)]
#[path = "../checks/network/layer_of.rs"]
mod check;
