//! # Wrong: IP is at the link layer
//!
//! "The network access layer": where the machine gets its address.
//!
//! The check says: IP goes from host to host, over any links

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
        EthernetFrames | Arp | Ipv4 | Ipv6 => (OsiLayer::DataLink, InternetLayer::Link),
        Icmp => (OsiLayer::Network, InternetLayer::Internet),
        Tcp | Udp => (OsiLayer::Transport, InternetLayer::Transport),
        NetBiosSession => (OsiLayer::Session, InternetLayer::Application),
        BasicEncodingRules => (OsiLayer::Presentation, InternetLayer::Application),
        Dns | Dhcp | Http | Smtp | Ftp => (OsiLayer::Application, InternetLayer::Application),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/layer_of.rs"]
mod check;
