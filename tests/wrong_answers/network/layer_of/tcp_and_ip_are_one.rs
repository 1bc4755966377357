//! # Wrong: TCP stands beside IP
//!
//! "TCP/IP" is one word.
//!
//! The check says: it carries the bytes of any application

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
        Ipv4 | Ipv6 | Icmp | Tcp => (OsiLayer::Network, InternetLayer::Internet),
        Udp => (OsiLayer::Transport, InternetLayer::Transport),
        NetBiosSession => (OsiLayer::Session, InternetLayer::Application),
        BasicEncodingRules => (OsiLayer::Presentation, InternetLayer::Application),
        Dns | Dhcp | Http | Smtp | Ftp => (OsiLayer::Application, InternetLayer::Application),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/layer_of.rs"]
mod check;
