//! # Wrong: ICMP is an application
//!
//! `ping` is a program.
//!
//! The check says: RFC 1122 counts it as a part of IP

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
        Ipv4 | Ipv6 => (OsiLayer::Network, InternetLayer::Internet),
        Icmp | Dns | Dhcp | Http | Smtp | Ftp => {
            (OsiLayer::Application, InternetLayer::Application)
        }
        Tcp | Udp => (OsiLayer::Transport, InternetLayer::Transport),
        NetBiosSession => (OsiLayer::Session, InternetLayer::Application),
        BasicEncodingRules => (OsiLayer::Presentation, InternetLayer::Application),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/layer_of.rs"]
mod check;
