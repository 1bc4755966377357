//! A relay stands between a client and a server, passes everything on, and reports what it sees.
//!
//! It sees what a program sees: whole datagrams, and the reads of a stream. It does not see
//! segments, acknowledgements or handshakes; those stay in the operating system.

use crate::{
    recording::{Event, What},
    relay_ftp::relay_ftp,
    relay_udp::relay_udp,
};
use serde::{Deserialize, Serialize};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket, tcp},
    sync::mpsc,
    task::{AbortHandle, JoinSet},
};

/// Room for the longest UDP datagram, and for one read of a stream.
pub(crate) const BUFFER: usize = 65_536;

/// How many connections or UDP clients one relay takes on; further ones are left unanswered.
pub(crate) const MOST_CLIENTS: usize = 64;

/// The protocol that a relay speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Datagrams.
    Udp,
    /// Streams.
    Tcp,
    /// FTP: the control connection, and the data connections that it announces.
    Ftp,
}

/// Which way something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl Direction {
    pub(crate) fn opposite(self) -> Self {
        match self {
            Direction::ToServer => Direction::ToClient,
            Direction::ToClient => Direction::ToServer,
        }
    }
}

/// What a relay saw at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// A TCP connection was made.
    Connect,
    /// FTP: a data connection was made, by the side that this direction comes from.
    DataConnect,
    /// One UDP datagram, its bytes as hexadecimal digits.
    Datagram(String),
    /// What one read of a TCP stream gave, as hexadecimal digits.
    Read(String),
    /// What one read of a stream gave after TLS began: so many bytes that nobody between can read.
    Encrypted(usize),
    /// The sender closed its sending side: end of stream.
    End,
    /// The sender reset the connection.
    Reset,
    /// The server's machine said that nobody listens on that port.
    Refused,
}

/// Where programs and relays report to: each event gets its time and goes to whoever watches.
#[derive(Clone)]
pub struct Log {
    /// When the run began.
    pub start: Instant,
    /// The watcher. When it is gone, nothing more is reported.
    pub watcher: mpsc::Sender<Event>,
}

impl Log {
    /// Reports `what`, with the time since the run began.
    pub async fn add(&self, what: What) {
        let at_us = self.start.elapsed().as_micros() as u64;
        // Without a watcher the run is about to be ended; there is nobody left to tell.
        let _ = self.watcher.send(Event { at_us, what }).await;
    }

    pub(crate) async fn saw(&self, connection: usize, direction: Direction, seen: Seen) {
        self.add(What::Wire {
            connection,
            direction,
            seen,
        })
        .await;
    }
}

/// A running relay. It ends, with all its connections, when this is dropped.
pub struct Relay {
    /// Where clients reach it.
    pub address: SocketAddr,
    task: AbortHandle,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Relay {
    /// Starts a relay on a free port of 127.0.0.1 in front of `server`.
    pub async fn start(protocol: Protocol, server: SocketAddr, log: Log) -> io::Result<Relay> {
        let (address, task) = match protocol {
            Protocol::Udp => {
                let clients = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
                let address = clients.local_addr()?;
                (address, tokio::spawn(relay_udp(clients, server, log)))
            }
            Protocol::Tcp | Protocol::Ftp => {
                let clients = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
                let address = clients.local_addr()?;
                let task = match protocol {
                    Protocol::Ftp => tokio::spawn(relay_ftp(clients, server, log)),
                    _ => tokio::spawn(relay_tcp(clients, server, log)),
                };
                (address, task)
            }
        };
        Ok(Relay {
            address,
            task: task.abort_handle(),
        })
    }
}

async fn relay_tcp(clients: TcpListener, server: SocketAddr, log: Log) {
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        while connections.try_join_next().is_some() {}
        let client = match clients.accept().await {
            Ok((client, _)) => client,
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(_) => return,
        };
        if connections.len() < MOST_CLIENTS {
            connections.spawn(relay_connection(client, server, number, log.clone()));
            number += 1;
        }
    }
}

async fn relay_connection(client: TcpStream, server: SocketAddr, number: usize, log: Log) {
    log.saw(number, Direction::ToServer, Seen::Connect).await;
    match TcpStream::connect(server).await {
        Ok(server) => relay_streams(client, server, number, &log).await,
        Err(error) => {
            // A server may be so quick to reset that `connect` is what learns of it.
            let reset = error.kind() == io::ErrorKind::ConnectionReset;
            let seen = if reset { Seen::Reset } else { Seen::Refused };
            log.saw(number, Direction::ToClient, seen).await;
            let _ = client.set_zero_linger();
        }
    }
}

/// Passes both directions of a connection on until each has ended.
pub(crate) async fn relay_streams(
    mut client: TcpStream,
    mut server: TcpStream,
    number: usize,
    log: &Log,
) {
    let passed = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let tls = AtomicBool::new(false);
        let to_server = pass(
            from_client,
            to_server,
            Direction::ToServer,
            &tls,
            number,
            log,
        );
        let to_client = pass(
            from_server,
            to_client,
            Direction::ToClient,
            &tls,
            number,
            log,
        );
        tokio::try_join!(to_server, to_client)
    };
    if let Err(direction) = passed {
        log.saw(number, direction, Seen::Reset).await;
        // The other side must see a reset too, and not a peaceful end.
        let _ = client.set_zero_linger();
        let _ = server.set_zero_linger();
    }
}

/// How a client begins TLS: a record of a handshake, of protocol version 3.x (RFC 8446 §5.1).
const CLIENT_HELLO: [u8; 2] = [22, 3];

/// Passes one direction on until it ends. A reset gives the direction that it came from. `tls` is set
/// when the client begins TLS; from then on, only lengths are reported.
async fn pass(
    mut from: tcp::ReadHalf<'_>,
    mut to: tcp::WriteHalf<'_>,
    direction: Direction,
    tls: &AtomicBool,
    number: usize,
    log: &Log,
) -> Result<(), Direction> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let length = from.read(&mut buffer).await.map_err(|_| direction)?;
        if length == 0 {
            log.saw(number, direction, Seen::End).await;
            // Fails when the receiver is gone; then its own direction says how it went.
            let _ = to.shutdown().await;
            return Ok(());
        }
        if direction == Direction::ToServer && buffer[..length].starts_with(&CLIENT_HELLO) {
            tls.store(true, Ordering::Release);
        }
        let seen = if tls.load(Ordering::Acquire) {
            Seen::Encrypted(length)
        } else {
            Seen::Read(hex(&buffer[..length]))
        };
        log.saw(number, direction, seen).await;
        to.write_all(&buffer[..length])
            .await
            .map_err(|_| direction.opposite())?;
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
