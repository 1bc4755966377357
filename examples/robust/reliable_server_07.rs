//! # Every message once, and in order: the receiving side
//!
//! Takes messages from `reliable_client_08` over UDP, acknowledges each one, and prints each one once and in order,
//! whatever the network loses, doubles or lets be overtaken.
//!
//! The server in one terminal, a bad link in a second, the client in a third:
//!
//! ```console
//! $ cargo run --example reliable_server_07
//! $ cargo run --example lossy_link 127.0.0.1:7000 127.0.0.1:7007
//! $ cargo run --example reliable_client_08 127.0.0.1:7000
//! ```
//!
//! Expect `listening on 127.0.0.1:7007`, then each message on a line, and a line for each one that came again.
//! Give it another address to bind as its argument.
//!
//! Try next: a seed behind the link's addresses, such as 2 or 3; then the client without the link.
//!
//! Not for production: anybody who guesses a transfer's number can write into it, and one message at a time is slow.
//! TCP and QUIC do both better.

use std::{
    collections::VecDeque,
    env, io,
    net::{SocketAddr, UdpSocket},
    process::ExitCode,
};

/// A message has no more bytes than this. Without the byte more, a longer one would look like one of this length.
const LONGEST: usize = 1_009;

/// How many transfers we remember. The oldest one goes when one more begins.
const MOST_TRANSFERS: usize = 64;

// ANCHOR: format
// A datagram: one byte that says what it is, four that say which transfer it belongs to (whoever begins it draws that
// number), four that number the message. Behind a MESSAGE come its bytes, behind an ACKNOWLEDGEMENT nothing.
const MESSAGE: u8 = b'M';
const ACKNOWLEDGEMENT: u8 = b'A';
const HEADER: usize = 9;
// ANCHOR_END: format

/// What we know of a transfer.
struct Transfer {
    client: SocketAddr,
    id: [u8; 4],
    /// The number of the message that we wait for. All before it were printed.
    next: u32,
}

fn main() -> ExitCode {
    let address = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7007".into());
    match serve(&address.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("reliable_server_07: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn serve(address: &str) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7007")
    })?;
    let socket = UdpSocket::bind(address).map_err(|error| {
        format!("cannot bind {address}: {error}; is it taken, or of another machine?")
    })?;
    let bound = socket.local_addr().map_err(|error| error.to_string())?;
    println!("listening on {bound}");

    let mut transfers = VecDeque::new();
    let mut buffer = [0; LONGEST + 1];
    loop {
        let (length, client) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            // Windows tells here of an earlier datagram that found nobody, or that one was too long for the buffer.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => continue,
            Err(error) => return Err(format!("cannot receive: {error}")),
        };
        if let Some(reply) = take(&mut transfers, client, &buffer[..length]) {
            // A lost acknowledgement is no harm: the client sends its message again, and we acknowledge again.
            let _ = socket.send_to(&reply, client);
        }
    }
}

// ANCHOR: take
/// Takes a datagram: prints its message if it is the one that we wait for, and gives the acknowledgement.
fn take(
    transfers: &mut VecDeque<Transfer>,
    client: SocketAddr,
    datagram: &[u8],
) -> Option<[u8; HEADER]> {
    let (header, message) = datagram.split_first_chunk::<HEADER>()?;
    let [MESSAGE, id @ .., _, _, _, _] = *header else {
        return None;
    };
    let number = u32::from_be_bytes(*header.last_chunk()?);
    if datagram.len() > LONGEST {
        return None;
    }
    let transfer = find(transfers, client, id);
    if number == transfer.next {
        println!("message {number}: {:?}", String::from_utf8_lossy(message));
        transfer.next = transfer.next.wrapping_add(1);
    } else if number.wrapping_add(1) == transfer.next {
        // We had it. Our acknowledgement got lost, or the network made two of it: either way the client must hear again.
        println!("message {number} again: acknowledged, and not printed twice");
    } else {
        // An old one that was overtaken. The client has gone on; it waits for no word about this one.
        println!("message {number} is late: ignored");
        return None;
    }
    let mut acknowledgement = *header;
    acknowledgement[0] = ACKNOWLEDGEMENT;
    Some(acknowledgement)
}
// ANCHOR_END: take

/// The transfer with this number from this client; a new one begins with message 0.
fn find(transfers: &mut VecDeque<Transfer>, client: SocketAddr, id: [u8; 4]) -> &mut Transfer {
    let known = |transfer: &Transfer| transfer.client == client && transfer.id == id;
    let place = transfers.iter().position(known).unwrap_or_else(|| {
        if transfers.len() == MOST_TRANSFERS {
            transfers.pop_front();
        }
        let next = 0;
        transfers.push_back(Transfer { client, id, next });
        transfers.len() - 1
    });
    &mut transfers[place]
}
