//! The second stop: a message, and what each layer puts around it.
//!
//! A program hands its message to the operating system, which builds the headers, and a network
//! card sends them. Here they are built by hand, for nobody: nothing is sent.

use crate::{
    capture,
    headers::{
        ETHERNET_HEADER, IPV4_HEADER, MTU, UDP_HEADER, bytes, ethernet_header, ipv4_header,
        padding, udp_header,
    },
    print,
};
use std::{ffi::OsString, path::Path};

/// What is left of a frame for the message: 1472 bytes.
const LONGEST_MESSAGE: usize = MTU - IPV4_HEADER - UDP_HEADER;

/// Shows the message, or `hello`, as it is wrapped. The second argument is a file to be written
/// for a packet analyzer.
pub fn show(given: &[OsString]) -> Result<String, String> {
    let (text, file) = match given {
        [] => ("hello".into(), None),
        [text] => (text.to_string_lossy(), None),
        [text, file] => (text.to_string_lossy(), Some(Path::new(file))),
        _ => return Err("too many arguments: put the message into quotes".into()),
    };
    let length = text.len();
    if length > LONGEST_MESSAGE {
        return Err(format!(
            "a message of {length} bytes does not fit into one Ethernet frame: of its {MTU} bytes, \
             IPv4 takes {IPV4_HEADER} and UDP {UDP_HEADER}, so write {LONGEST_MESSAGE} at most \
             (UDP over IPv4 itself ends at 65507, cut into several frames)"
        ));
    }

    // ANCHOR: wrap
    // The message comes first. Each layer takes all that is there, as bytes that it need not
    // understand, and puts its own header in front.
    let message = text.as_bytes();
    let udp = udp_header(message);
    let datagram = [&bytes(&udp), message].concat();
    let ipv4 = ipv4_header(&datagram);
    let packet = [bytes(&ipv4), datagram.clone()].concat();
    let ethernet = ethernet_header();
    let padding = padding(&packet);
    let frame = [bytes(&ethernet), packet.clone(), bytes(&padding)].concat();
    // ANCHOR_END: wrap

    if let Some(file) = file {
        capture::save(&frame, file)?;
    }
    // Where in the frame each layer's payload begins.
    let in_ethernet = ETHERNET_HEADER;
    let in_ipv4 = in_ethernet + IPV4_HEADER;
    let in_udp = in_ipv4 + UDP_HEADER;
    let mut page = print::head();
    page += &format!(
        "The message (application layer): {} characters, {length} bytes in UTF-8\n",
        text.chars().count()
    );
    page += &print::message(&text, in_udp);
    page += &format!(
        "\nUDP (transport layer) puts {UDP_HEADER} bytes in front: {} bytes\n",
        datagram.len()
    );
    page += &print::fields(&udp, in_ipv4);
    page += &format!(
        "\nIPv4 (internet layer) puts {IPV4_HEADER} bytes in front: {} bytes\n",
        packet.len()
    );
    page += &print::fields(&ipv4, in_ethernet);
    let behind = if padding.is_empty() {
        ""
    } else {
        ", and padding behind"
    };
    page += &format!(
        "\nEthernet II (link layer) puts {ETHERNET_HEADER} bytes in front{behind}: {} bytes\n",
        frame.len()
    );
    page += &print::fields(&ethernet, 0);
    page += &print::fields(&padding, in_ethernet + packet.len());
    page += "\nThe whole frame as it is sent; the card adds 4 bytes behind it, the frame check sequence\n";
    page += &print::dump(&frame);
    if let Some(file) = file {
        page += &format!(
            "\nwritten to {:?}: Wireshark opens it\n",
            file.to_string_lossy()
        );
    }
    Ok(page)
}
