//! # Wrong: what the author does not know panics
//!
//! `unreachable!` where the list seemed to be at its end.
//!
//! The check says: your `layer_of` panicked, asked for NetBiosSession

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    CopperSignals,
    EthernetFrames,
    Arp,
    Ipv4,
    Ipv6,
    Icmp,
    Tcp,
    Udp,
    NetBiosSession,
    BasicEncodingRules,
    Dns,
    Dhcp,
    Http,
    Smtp,
    Ftp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OsiLayer {
    Physical,
    DataLink,
    Network,
    Transport,
    Session,
    Presentation,
    Application,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InternetLayer {
    Link,
    Internet,
    Transport,
    Application,
}

pub fn layer_of(protocol: Protocol) -> (OsiLayer, InternetLayer) {
    use Protocol::*;
    match protocol {
        CopperSignals => (OsiLayer::Physical, InternetLayer::Link),
        EthernetFrames | Arp => (OsiLayer::DataLink, InternetLayer::Link),
        Ipv4 | Ipv6 | Icmp => (OsiLayer::Network, InternetLayer::Internet),
        Tcp | Udp => (OsiLayer::Transport, InternetLayer::Transport),
        Dns | Dhcp | Http | Smtp | Ftp => (OsiLayer::Application, InternetLayer::Application),
        other => unreachable!("{other:?}"),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/layer_of.rs"]
mod check;
