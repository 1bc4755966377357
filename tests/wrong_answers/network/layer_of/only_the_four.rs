//! # Wrong: OSI's upper layers are not used
//!
//! The seven are computed from the four, and the four do not know the layers 5 and 6.
//!
//! The check says: to begin a dialogue, keep it and end it

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
        NetBiosSession | BasicEncodingRules | Dns | Dhcp | Http | Smtp | Ftp => {
            (OsiLayer::Application, InternetLayer::Application)
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/layer_of.rs"]
mod check;
