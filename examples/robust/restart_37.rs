//! # A server that starts again, on the same port
//!
//! Whoever closes a TCP connection first keeps its end of it for a while (TIME-WAIT), so that a late segment is not
//! taken for one of a new connection. A server that ends first and starts again finds its port taken by that, unless
//! it has said SO_REUSEADDR.
//!
//! One terminal is enough: this program is the server, its client, and the server again.
//!
//! ```console
//! $ cargo run --example restart_37
//! ```
//!
//! Expect two runs of each server: without SO_REUSEADDR, where the second one is refused, and with it.
//!
//! Try next: look at the connections that remain by `ss -tan state time-wait` (Linux).
//!
//! Not for production: there is no need. On Unix, std's `TcpListener::bind` says SO_REUSEADDR by itself, which is why
//! this program asks socket2 for its sockets. On Windows the same name means something else: two programs on one port.

use socket2::{Domain, Socket, Type};
use std::{
    io::{self, ErrorKind, Read},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::ExitCode,
    time::Duration,
};

/// How long we wait for one step.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    match [false, true].into_iter().try_for_each(restart) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("restart_37: cannot show it: {error}");
            ExitCode::FAILURE
        }
    }
}

fn restart(reuse: bool) -> io::Result<()> {
    println!("SO_REUSEADDR: {}", if reuse { "yes" } else { "no" });
    let address = serve_one(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), reuse)?;
    println!("  the first server had {address}, closed its connection, and ended");
    match serve_one(address, reuse) {
        Ok(_) => println!("  the second server has had the same address"),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            println!("  the second server is refused: {error}");
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

// ANCHOR: serve
/// Listens, serves one client, and ends first. Gives the address that it had.
fn serve_one(address: SocketAddr, reuse: bool) -> io::Result<SocketAddr> {
    let listener = listen(address, reuse)?;
    let address = listener.local_addr()?;
    let mut client = TcpStream::connect_timeout(&address, PATIENCE)?;
    client.set_read_timeout(Some(PATIENCE))?;
    let (connection, _) = listener.accept()?;
    // The server's FIN goes first, so it is the server's end that stays in TIME-WAIT (RFC 9293 §3.6).
    drop(connection);
    // The client waits for that, so that its own FIN comes second.
    client.read_to_end(&mut Vec::new())?;
    Ok(address)
}
// ANCHOR_END: serve

// ANCHOR: listen
fn listen(address: SocketAddr, reuse: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // Before `bind`, which is what asks for it.
    socket.set_reuse_address(reuse)?;
    socket.bind(&address.into())?;
    socket.listen(16)?;
    Ok(socket.into())
}
// ANCHOR_END: listen
