//! One connection with a client: a TCP stream, or TLS on top of it, with lines, deadlines and limits.
//!
//! All three protocols of this post office are made of lines that end in CR LF, so this is what they share. What
//! a session writes waits in a buffer until it reads on: many short replies to a pipelined group of commands
//! become one segment (RFC 2920 §3.2).

use crate::{Times, log::Log};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::{
    fmt,
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, Shutdown, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

/// How many bytes of a line that is too long are skipped in the hope of its end.
const MOST_SKIPPED: usize = 1024 * 1024;
/// How many bytes wait to be written, and how many are read at once.
const BUFFER: usize = 16 * 1024;
/// How long a client may take to notice that the connection has ended.
const GOODBYE: Duration = Duration::from_secs(2);

/// Why there is no line, or no bytes.
#[derive(Debug)]
pub enum ReadError {
    /// The line was longer than allowed. It has been skipped, up to and with its end: the session may go on.
    TooLong,
    /// The line was longer than allowed, and had no end within 1 MiB: end the session.
    NoLineEnd,
    /// An LF without a CR before it, or a CR without an LF behind it. What stood before it is thrown away; what
    /// stands behind it is read next, so whoever goes on must know that it is no beginning of a line.
    BareLineEnd,
    /// Nothing came for longer than allowed, or the line as a whole took longer.
    TimedOut,
    /// The client has closed the connection, at the end of a line or in its middle.
    Closed,
    /// The connection broke, or TLS did.
    Io(io::Error),
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::TooLong => formatter.write_str("a line was too long"),
            ReadError::NoLineEnd => formatter.write_str("a line had no end"),
            ReadError::BareLineEnd => formatter.write_str("a bare CR or LF"),
            ReadError::TimedOut => formatter.write_str("the client took too long"),
            ReadError::Closed => formatter.write_str("the client closed the connection"),
            ReadError::Io(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ReadError {}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> ReadError {
        match error.kind() {
            // Which of the two a socket says at its timeout depends on the system.
            ErrorKind::TimedOut | ErrorKind::WouldBlock => ReadError::TimedOut,
            // rustls says UnexpectedEof to an end without close_notify.
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                ReadError::Closed
            }
            _ => ReadError::Io(error),
        }
    }
}

/// Why there is no TLS.
#[derive(Debug)]
pub enum TlsError {
    /// Bytes were waiting behind the command that asked for TLS. Somebody in the middle may have put them there in
    /// the clear, to be taken for commands from inside TLS.
    Injected,
    /// The handshake failed, or took too long.
    Handshake(io::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::Injected => formatter.write_str("bytes were waiting before the handshake"),
            TlsError::Handshake(error) => write!(formatter, "the handshake failed: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}

/// A socket with a deadline. TLS reads as often as it needs to for one record, so a timeout for each read would be
/// no limit to a client that sends a byte a second.
struct Wire {
    socket: Arc<TcpStream>,
    deadline: Instant,
}

impl Wire {
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        Ok(left)
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.left()?))?;
        (&*self.socket).read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.left()?))?;
        (&*self.socket).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Stream {
    Plain(Wire),
    Tls(Box<StreamOwned<ServerConnection, Wire>>),
    /// While a handshake goes on, and for ever after one that failed.
    None,
}

/// A connection with a client.
pub struct Connection {
    stream: Stream,
    socket: Arc<TcpStream>,
    /// The addresses of its two ends.
    peer: IpAddr,
    local: IpAddr,
    /// Bytes that have come; those before `start` have been given out.
    arrived: Vec<u8>,
    start: usize,
    /// How many bytes have come since the session began.
    received: u64,
    /// Bytes that are to be sent.
    waiting: Vec<u8>,
    times: Times,
    /// The session as a whole ends here.
    end: Instant,
    log: Log,
}

impl Connection {
    /// Over an accepted connection, in the clear.
    ///
    /// # Errors
    ///
    /// If the connection has ended already.
    pub fn new(socket: Arc<TcpStream>, times: Times, log: Log) -> io::Result<Connection> {
        socket.set_nodelay(true)?;
        let deadline = Instant::now() + times.session;
        Ok(Connection {
            peer: socket.peer_addr()?.ip().to_canonical(),
            local: socket.local_addr()?.ip().to_canonical(),
            stream: Stream::Plain(Wire {
                socket: Arc::clone(&socket),
                deadline,
            }),
            socket,
            arrived: Vec::new(),
            start: 0,
            received: 0,
            waiting: Vec::new(),
            times,
            end: deadline,
            log,
        })
    }

    /// The client's address.
    pub fn peer(&self) -> IpAddr {
        self.peer
    }

    /// How many bytes have come since the session began.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Where to tell what happens in this session.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Has TLS begun?
    pub fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// May a password pass here? Inside TLS, or where nothing leaves this machine: then both ends have the same address.
    pub fn may_sign_in(&self) -> bool {
        self.is_encrypted() || self.peer == self.local
    }

    /// The next line, without its CR LF.
    ///
    /// `most` is the longest that is allowed, in octets, with its CR LF: as RFC 5321 §4.5.3.1 counts. The client may be silent
    /// for `times.idle`; from the first byte to the last, a line may take `times.command`.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub fn read_line(&mut self, most: usize) -> Result<Vec<u8>, ReadError> {
        if self.start == self.arrived.len() {
            self.fill(self.times.idle)?;
        }
        let begun = Instant::now();
        let mut line = Vec::new();
        let mut skipped = 0;
        loop {
            let new = &self.arrived[self.start..];
            let end = new.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let text = &new[..end.unwrap_or(new.len())];
            // One octet more than allowed is enough to know.
            let room = (most + 1).saturating_sub(line.len());
            line.extend_from_slice(&text[..text.len().min(room)]);
            skipped += text.len() + 1;
            self.start += text.len();
            let too_long = line.len() + 2 > most;
            if let Some(end) = end {
                let first = new[end];
                if first == b'\r' && end + 1 == new.len() {
                    self.fill_by(begun)?;
                }
                let is_end = first == b'\r' && self.arrived.get(self.start + 1) == Some(&b'\n');
                self.start += if is_end { 2 } else { 1 };
                match (is_end, too_long) {
                    (true, true) => return Err(ReadError::TooLong),
                    (true, false) => return Ok(line),
                    (false, false) => return Err(ReadError::BareLineEnd),
                    // It has been refused already.
                    (false, true) => {}
                }
            }
            if skipped > MOST_SKIPPED + most {
                return Err(ReadError::NoLineEnd);
            }
            if self.start == self.arrived.len() {
                self.fill_by(begun)?;
            }
        }
    }

    /// The next `count` bytes, whatever they are: an IMAP literal. The caller has checked `count` against its limit.
    ///
    /// # Errors
    ///
    /// See [`ReadError`]; never one about lines.
    pub fn read_exact(&mut self, count: usize) -> Result<Vec<u8>, ReadError> {
        // Room is made as bytes come, not as they are promised.
        let mut bytes = Vec::new();
        while bytes.len() < count {
            if self.start == self.arrived.len() {
                self.fill(self.times.command)?;
            }
            let new = &self.arrived[self.start..];
            let new = &new[..new.len().min(count - bytes.len())];
            bytes.extend_from_slice(new);
            self.start += new.len();
        }
        Ok(bytes)
    }

    /// Waits until the client has sent something, but no longer than this. Says whether it has.
    ///
    /// # Errors
    ///
    /// If the connection has ended.
    pub fn wait(&mut self, longest: Duration) -> Result<bool, ReadError> {
        if self.start < self.arrived.len() {
            return Ok(true);
        }
        match self.fill(longest) {
            Ok(()) => Ok(true),
            Err(ReadError::TimedOut) if Instant::now() < self.end => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends a line, CR LF added, and tells it. The line is ours: it has no CR and no LF.
    ///
    /// # Errors
    ///
    /// If the connection has ended.
    pub fn reply(&mut self, line: &str) -> Result<(), ReadError> {
        self.log.reply(line);
        self.send(line.as_bytes())?;
        self.send(b"\r\n")
    }

    /// Sends these bytes, and tells nothing.
    ///
    /// # Errors
    ///
    /// If the connection has ended, or the client has stopped reading.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        for piece in bytes.chunks(BUFFER) {
            self.waiting.extend_from_slice(piece);
            if self.waiting.len() >= BUFFER {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Sends what waits. Reading does it, too, so only who pauses without reading needs this.
    ///
    /// # Errors
    ///
    /// If the connection has ended, or the client has stopped reading.
    pub fn flush(&mut self) -> Result<(), ReadError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.set_deadline(self.times.command);
        let waiting = std::mem::take(&mut self.waiting);
        match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(&waiting)?,
            Stream::Tls(stream) => {
                stream.write_all(&waiting)?;
                stream.flush()?;
            }
            Stream::None => return Err(ReadError::Closed),
        }
        Ok(())
    }

    // ANCHOR: start_tls
    /// Begins TLS, as the server. Say so to the client before: this sends what waits.
    ///
    /// # Errors
    ///
    /// [`TlsError::Injected`] if bytes are there already: no honest client sends any before its handshake. After any
    /// error, the connection is of no use any more.
    pub fn start_tls(&mut self, tls: &Arc<ServerConfig>) -> Result<(), TlsError> {
        if self.has_more() {
            return Err(TlsError::Injected);
        }
        let failed = |error: ReadError| TlsError::Handshake(io::Error::other(error));
        self.flush().map_err(failed)?;
        self.set_deadline(self.times.command);
        let Stream::Plain(mut wire) = std::mem::replace(&mut self.stream, Stream::None) else {
            return Err(TlsError::Handshake(io::Error::other("TLS had begun")));
        };
        let mut session = ServerConnection::new(Arc::clone(tls))
            .map_err(|error| TlsError::Handshake(io::Error::other(error)))?;
        while session.is_handshaking() {
            session
                .complete_io(&mut wire)
                .map_err(TlsError::Handshake)?;
        }
        let version = session
            .protocol_version()
            .and_then(|version| version.as_str());
        self.log
            .note(&format!("encrypted: {}", version.unwrap_or("TLS")));
        self.stream = Stream::Tls(Box::new(StreamOwned::new(session, wire)));
        Ok(())
    }

    /// Is there more from the client, behind the line that was read last?
    pub fn has_more(&self) -> bool {
        self.start < self.arrived.len()
    }
    // ANCHOR_END: start_tls

    /// Ends the connection so that the client reads our last words: a connection that is closed with bytes unread is
    /// reset, and a reset may take our reply with it.
    pub fn close(mut self) {
        // Also when the session's time is over, and that is what we have to say.
        self.end = Instant::now() + GOODBYE;
        let _ = self.flush();
        self.set_deadline(GOODBYE);
        if let Stream::Tls(stream) = &mut self.stream {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        let _ = self.socket.shutdown(Shutdown::Write);
        let mut rest = [0; BUFFER];
        let mut wire = Wire {
            socket: Arc::clone(&self.socket),
            deadline: self.end,
        };
        while wire.read(&mut rest).is_ok_and(|count| count > 0) {}
    }

    /// Reads what there is, once, within what is left of a line's time.
    fn fill_by(&mut self, begun: Instant) -> Result<(), ReadError> {
        let left = self.times.command.saturating_sub(begun.elapsed());
        self.fill(left)
    }

    /// Reads what there is, once. Waits for it for so long.
    fn fill(&mut self, longest: Duration) -> Result<(), ReadError> {
        self.flush()?;
        self.set_deadline(longest);
        self.arrived.drain(..self.start);
        self.start = 0;
        let mut new = [0; BUFFER];
        let count = loop {
            let read = match &mut self.stream {
                Stream::Plain(stream) => stream.read(&mut new),
                Stream::Tls(stream) => stream.read(&mut new),
                Stream::None => return Err(ReadError::Closed),
            };
            match read {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        if count == 0 {
            return Err(ReadError::Closed);
        }
        self.arrived.extend_from_slice(&new[..count]);
        self.received += count as u64;
        Ok(())
    }

    fn set_deadline(&mut self, longest: Duration) {
        let deadline = self.end.min(Instant::now() + longest);
        match &mut self.stream {
            Stream::Plain(wire) => wire.deadline = deadline,
            Stream::Tls(stream) => stream.sock.deadline = deadline,
            Stream::None => {}
        }
    }
}
