//! # Wrong: a session is part of the transport
//!
//! "TCP keeps the connection", so the session seems to belong to it.
//!
//! The check says: this model has no layer of its own for dialogues

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
        NetBiosSession => (OsiLayer::Session, InternetLayer::Transport),
        BasicEncodingRules => (OsiLayer::Presentation, InternetLayer::Application),
        Dns | Dhcp | Http | Smtp | Ftp => (OsiLayer::Application, InternetLayer::Application),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/layer_of.rs"]
mod check;
