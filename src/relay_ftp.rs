//! A relay for FTP. It passes the control connection on line by line, and follows each data
//! connection: where a line says at which port the other side is to connect, the relay opens a port
//! of its own, writes that into the line and stands between there too. A router that translates
//! addresses has to do the same for FTP (RFC 2663 §2.9, "application level gateway").

use crate::relay::{BUFFER, Direction, Log, MOST_CLIENTS, Seen, hex, relay_streams};
use regex::Regex;
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp},
    sync::Mutex,
    task::JoinSet,
    time::timeout,
};

/// A line without an end is passed on as it is when it has become this long.
const LONGEST_LINE: usize = 8_192;

/// How long the relay waits for somebody to open the data connection that a line has announced.
const DATA_CONNECTION_WAIT: Duration = Duration::from_secs(10);

/// Takes control connections until the task is ended.
pub(crate) async fn relay_ftp(clients: TcpListener, server: SocketAddr, log: Log) {
    let mut sessions = JoinSet::new();
    let numbers = Arc::new(AtomicUsize::new(0));
    loop {
        while sessions.try_join_next().is_some() {}
        let client = match clients.accept().await {
            Ok((client, _)) => client,
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(_) => return,
        };
        if sessions.len() < MOST_CLIENTS {
            let session = Session {
                server,
                control: numbers.fetch_add(1, Ordering::Relaxed),
                numbers: numbers.clone(),
                encrypted: AtomicBool::new(false),
                data: Mutex::new(JoinSet::new()),
                log: log.clone(),
            };
            sessions.spawn(async move { session.relay(client).await });
        }
    }
}

/// One control connection, and the data connections that belong to it.
struct Session {
    server: SocketAddr,
    /// The control connection's number; data connections take the next free ones.
    control: usize,
    numbers: Arc<AtomicUsize>,
    /// Whether TLS has begun. From then on nobody between the two can read the lines.
    encrypted: AtomicBool,
    data: Mutex<JoinSet<()>>,
    log: Log,
}

impl Session {
    async fn relay(&self, mut client: TcpStream) {
        let (number, log) = (self.control, &self.log);
        log.saw(number, Direction::ToServer, Seen::Connect).await;
        let Ok(mut server) = TcpStream::connect(self.server).await else {
            log.saw(number, Direction::ToClient, Seen::Refused).await;
            let _ = client.set_zero_linger();
            return;
        };
        let passed = {
            let (from_client, to_client) = client.split();
            let (from_server, to_server) = server.split();
            tokio::try_join!(
                self.pass_lines(from_client, to_server, Direction::ToServer),
                self.pass_lines(from_server, to_client, Direction::ToClient),
            )
        };
        if let Err(direction) = passed {
            log.saw(number, direction, Seen::Reset).await;
            let _ = client.set_zero_linger();
            let _ = server.set_zero_linger();
        }
        // A data connection may end after its control connection.
        let mut data = self.data.lock().await;
        while data.join_next().await.is_some() {}
    }

    /// Passes one direction of the control connection on. A reset gives the direction it came from.
    async fn pass_lines(
        &self,
        mut from: tcp::ReadHalf<'_>,
        mut to: tcp::WriteHalf<'_>,
        direction: Direction,
    ) -> Result<(), Direction> {
        let (number, log) = (self.control, &self.log);
        let mut buffer = vec![0; BUFFER];
        let mut pending: Vec<u8> = Vec::new();
        loop {
            let length = from.read(&mut buffer).await.map_err(|_| direction)?;
            pending.extend_from_slice(&buffer[..length]);
            loop {
                let line_end = pending.iter().position(|&byte| byte == b'\n');
                let whole = match line_end {
                    _ if self.encrypted.load(Ordering::Acquire) => pending.len(),
                    Some(end) => end + 1,
                    None if length == 0 || pending.len() > LONGEST_LINE => pending.len(),
                    None => 0,
                };
                if whole == 0 {
                    break;
                }
                let line: Vec<u8> = pending.drain(..whole).collect();
                let line = self.report_and_rewrite(line, direction).await;
                to.write_all(&line)
                    .await
                    .map_err(|_| direction.opposite())?;
            }
            if length == 0 {
                log.saw(number, direction, Seen::End).await;
                let _ = to.shutdown().await;
                return Ok(());
            }
        }
    }

    /// Reports a line as its sender wrote it, and gives it as its receiver is to get it.
    async fn report_and_rewrite(&self, line: Vec<u8>, direction: Direction) -> Vec<u8> {
        let encrypted = self.encrypted.load(Ordering::Acquire);
        let seen = if encrypted {
            Seen::Encrypted(line.len())
        } else {
            Seen::Read(hex(&line))
        };
        self.log.saw(self.control, direction, seen).await;
        let Ok(text) = std::str::from_utf8(&line) else {
            return line;
        };
        if encrypted {
            return line;
        }
        if direction == Direction::ToClient && text.starts_with("234") {
            // "AUTH" is accepted (RFC 4217 §4): what follows is TLS.
            self.encrypted.store(true, Ordering::Release);
        }
        let Some((range, target)) = announced(text, direction, self.server) else {
            return line;
        };
        match self.data_relay(direction, target).await {
            Ok(port) => {
                let new = if text[range.clone()].contains(',') {
                    format!("127,0,0,1,{},{}", port >> 8, port & 0xff)
                } else if direction == Direction::ToServer {
                    format!("|1|127.0.0.1|{port}|")
                } else {
                    format!("|||{port}|")
                };
                [&text[..range.start], &new, &text[range.end..]]
                    .concat()
                    .into()
            }
            Err(_) => line,
        }
    }

    /// Opens a port for one data connection, which goes on to `target`, and says which port it is.
    /// `announced_to` is who will connect to it.
    async fn data_relay(&self, announced_to: Direction, target: SocketAddr) -> io::Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (numbers, log) = (self.numbers.clone(), self.log.clone());
        let mut data = self.data.lock().await;
        while data.try_join_next().is_some() {}
        if data.len() == MOST_CLIENTS {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        data.spawn(async move {
            let Ok(Ok((opener, _))) = timeout(DATA_CONNECTION_WAIT, listener.accept()).await else {
                return;
            };
            let number = numbers.fetch_add(1, Ordering::Relaxed);
            let towards = announced_to.opposite();
            log.saw(number, towards, Seen::DataConnect).await;
            let Ok(other) = TcpStream::connect(target).await else {
                log.saw(number, announced_to, Seen::Refused).await;
                let _ = opener.set_zero_linger();
                return;
            };
            let (client, server) = match towards {
                Direction::ToServer => (opener, other),
                Direction::ToClient => (other, opener),
            };
            relay_streams(client, server, number, &log).await;
        });
        Ok(port)
    }
}

/// Where a line announces a data connection: which part of it is the address, and the address to
/// connect to. Only ports of this machine are followed.
fn announced(
    line: &str,
    direction: Direction,
    server: SocketAddr,
) -> Option<(std::ops::Range<usize>, SocketAddr)> {
    let six_numbers = r"\b127,(?:\d{1,3},){3}(\d{1,3}),(\d{1,3})\b";
    let upper = line.to_ascii_uppercase();
    let to_server = direction == Direction::ToServer;
    if (to_server && upper.starts_with("PORT ")) || (!to_server && line.starts_with("227")) {
        // A reply's own number is no part of the six; RFC 1123 §4.1.2.6 promises no parentheses.
        let found = Regex::new(six_numbers).ok()?.captures_at(line, 4)?;
        let number = |group| found.get(group)?.as_str().parse::<u8>().ok();
        let port = u16::from_be_bytes([number(1)?, number(2)?]);
        return Some((found.get(0)?.range(), here(to_server, server, port)));
    }
    if (to_server && upper.starts_with("EPRT ")) || (!to_server && line.starts_with("229")) {
        let pattern = if to_server {
            r"\|1\|127\.[0-9.]+\|(\d{1,5})\|"
        } else {
            r"\|\|\|(\d{1,5})\|"
        };
        let found = Regex::new(pattern).ok()?.captures(line)?;
        let port = found.get(1)?.as_str().parse().ok()?;
        return Some((found.get(0)?.range(), here(to_server, server, port)));
    }
    None
}

/// The client's port is on this machine; the server's is where the control connection goes.
fn here(client: bool, server: SocketAddr, port: u16) -> SocketAddr {
    match client {
        true => (Ipv4Addr::LOCALHOST, port).into(),
        false => (server.ip(), port).into(),
    }
}
