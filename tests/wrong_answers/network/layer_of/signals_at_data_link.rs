//! # Wrong: the signals are at the data link
//!
//! The two lowest layers of OSI are one in the Internet's model, so they seem to be one here, too.
//!
//! The check says: they are bits as signals

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
        CopperSignals | EthernetFrames | Arp => (OsiLayer::DataLink, InternetLayer::Link),
        Ipv4 | Ipv6 | Icmp => (OsiLayer::Network, InternetLayer::Internet),
        Tcp | Udp => (OsiLayer::Transport, InternetLayer::Transport),
        NetBiosSession => (OsiLayer::Session, InternetLayer::Application),
        BasicEncodingRules => (OsiLayer::Presentation, InternetLayer::Application),
        Dns | Dhcp | Http | Smtp | Ftp => (OsiLayer::Application, InternetLayer::Application),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/layer_of.rs"]
mod check;
