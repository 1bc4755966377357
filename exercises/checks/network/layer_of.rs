use super::*;
use std::{any::Any, fmt::Debug, sync::mpsc, thread, time::Duration};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// How many mistakes a test explains at once.
const EXPLAINED: usize = 3;

const ALL: [Protocol; 15] = [
    Protocol::CopperSignals,
    Protocol::EthernetFrames,
    Protocol::Arp,
    Protocol::Ipv4,
    Protocol::Ipv6,
    Protocol::Icmp,
    Protocol::Tcp,
    Protocol::Udp,
    Protocol::NetBiosSession,
    Protocol::BasicEncodingRules,
    Protocol::Dns,
    Protocol::Dhcp,
    Protocol::Http,
    Protocol::Smtp,
    Protocol::Ftp,
];

#[test]
fn each_has_its_place_in_the_internets_four_layers() {
    use InternetLayer::*;
    judge("the Internet's four layers", |protocol, (_, given)| {
        let (right, why) = match protocol {
            Protocol::CopperSignals => (
                Link,
                "it belongs to the network that the machine is plugged into, and this model has \
                 nothing below the link layer",
            ),
            Protocol::EthernetFrames => (
                Link,
                "it reaches only the machines of the directly connected network",
            ),
            Protocol::Arp => (
                Link,
                "its question stays in the local network, carried in frames and not in IP packets; \
                 RFC 1122 describes it under the link layer (section 2.3.2)",
            ),
            Protocol::Ipv4 | Protocol::Ipv6 => (
                Internet,
                "IP goes from host to host, over any links and beyond them; programs and their \
                 ports are above it",
            ),
            Protocol::Icmp => (
                Internet,
                "IP carries it as it carries UDP, but it serves no program: it reports about IP, \
                 and RFC 1122 counts it as a part of IP (section 1.1.3)",
            ),
            Protocol::Tcp => (
                Transport,
                "between two programs it carries the bytes of any application",
            ),
            Protocol::Udp => (
                Transport,
                "its ports lead to programs, and that makes it a transport, reliable or not",
            ),
            Protocol::NetBiosSession => (
                Application,
                "it is carried by TCP, and this model has no layer of its own for dialogues: \
                 all above the transport is one",
            ),
            Protocol::BasicEncodingRules => (
                Application,
                "this model has no layer of its own for the way in which data is written: \
                 all above the transport is one",
            ),
            Protocol::Dns => (
                Application,
                "it uses UDP and TCP, and who uses a layer stands above it (RFC 1122, section \
                 1.1.3, lists it with the application layer)",
            ),
            Protocol::Dhcp => (
                Application,
                "what it hands out is for the internet layer, but it is carried by UDP, and so \
                 stands above that",
            ),
            Protocol::Http | Protocol::Smtp | Protocol::Ftp => (
                Application,
                "it is carried by a transport and says what programs want from each other",
            ),
        };
        mistake(protocol, given, &[right], why)
    });
}

#[test]
fn each_has_its_place_in_osis_seven_layers() {
    use OsiLayer::*;
    judge("OSI's seven layers", |protocol, (given, _)| {
        let (right, why): (&[OsiLayer], _) = match protocol {
            Protocol::CopperSignals => (
                &[Physical],
                "voltages know nothing of frames and addresses: they are bits as signals",
            ),
            Protocol::EthernetFrames => (
                &[DataLink],
                "a frame is more than a signal, it has addresses and an end; but they lead only \
                 to machines on the same link",
            ),
            // Between two layers: it is carried in frames, and serves the network layer's addresses.
            Protocol::Arp => (
                &[DataLink, Network],
                "it ties the addresses of layer 3 to those of layer 2, so either has a reason, \
                 and no other has",
            ),
            Protocol::Ipv4 | Protocol::Ipv6 => (
                &[Network],
                "to find the way from one network to another is the network layer's work",
            ),
            Protocol::Icmp => (
                &[Network],
                "IP carries it as it carries UDP, but it carries nothing for programs: it \
                 reports how the network layer's own work went",
            ),
            Protocol::Tcp | Protocol::Udp => (
                &[Transport],
                "it carries data from one program to another, whatever the data means; \
                 with a connection or without, OSI's transport layer knows both",
            ),
            Protocol::NetBiosSession => (
                &[Session],
                "to begin a dialogue, keep it and end it is the work of OSI's layer 5; \
                 how the data is written is that of layer 6",
            ),
            Protocol::BasicEncodingRules => (
                &[Presentation],
                "how data is written, so that both sides read the same, is the work of OSI's \
                 layer 6; who may speak and when is that of layer 5",
            ),
            Protocol::Dns => (
                &[Application],
                "it uses UDP and TCP, and who uses a layer stands above it; what it gives is a \
                 service for programs",
            ),
            Protocol::Dhcp => (
                &[Application],
                "it hands out addresses of the network layer, but as a service between two \
                 programs, a client and a server, over UDP",
            ),
            Protocol::Http => (
                &[Application],
                "a browser shows pages, but HTTP does not: it says what is wanted and what comes, \
                 and that is what the programs want from each other",
            ),
            Protocol::Smtp => (
                &[Application],
                "its commands say what one mail program wants from another: take this letter",
            ),
            Protocol::Ftp => (
                &[Application],
                "it has a login, but what it is for are files: that is what the programs want \
                 from each other",
            ),
        };
        mistake(protocol, given, right, why)
    });
}

/// What is wrong about this place, if it is none of the right ones.
fn mistake<L: Debug + PartialEq>(
    protocol: Protocol,
    given: L,
    right: &[L],
    why: &str,
) -> Option<String> {
    let wrong = !right.contains(&given);
    wrong.then(|| format!("{protocol:?} is not at {given:?}: {why}"))
}

/// Has every protocol placed, and explains the first mistakes.
fn judge(model: &str, mistake: impl Fn(Protocol, (OsiLayer, InternetLayer)) -> Option<String>) {
    let mistakes: Vec<String> = ALL
        .into_iter()
        .filter_map(|protocol| mistake(protocol, learners_layers(protocol)))
        .collect();
    if mistakes.is_empty() {
        return;
    }
    let mut said = format!(
        "{} of {} protocols have a wrong place in {model}\n  {}",
        mistakes.len(),
        ALL.len(),
        mistakes[..mistakes.len().min(EXPLAINED)].join("\n  ")
    );
    if mistakes.len() > EXPLAINED {
        said += &format!("\n  … and {} more", mistakes.len() - EXPLAINED);
    }
    panic!("{said}");
}

fn learners_layers(protocol: Protocol) -> (OsiLayer, InternetLayer) {
    let (verdict, wait) = mpsc::channel();
    thread::spawn(move || {
        let _ = verdict.send(std::panic::catch_unwind(|| layer_of(protocol)));
    });
    match wait.recv_timeout(DEADLINE) {
        Ok(Ok(layers)) => layers,
        Ok(Err(panic)) => report_panic(panic, protocol),
        Err(_) => panic!(
            "`layer_of` has not returned after {DEADLINE:?}, asked for {protocol:?}: is there an \
             endless loop?"
        ),
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(panic: Box<dyn Any + Send>, protocol: Protocol) -> ! {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "no text",
    };
    if text.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!("your `layer_of` panicked, asked for {protocol:?}: {text}");
}
