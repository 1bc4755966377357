//! One TCP connection, segment by segment, and what becomes of it when one segment is lost.
//!
//! Both ends are [smoltcp], a TCP that is a library: it asks nobody for the time or for a network card. So the time
//! here is a number that jumps to whatever happens next, and every run is the same.
//!
//! The client sends 400 bytes. The server replies with 100 when it has them. Then the client ends its direction; the
//! server sends another 100, and ends, too.

mod card;
mod end;
mod link;
mod words;

pub use end::stream;
pub use smoltcp::socket::tcp::State;
pub use words::Row;

use end::End;
use link::Link;
use serde_json::Value;

/// How many bytes of a stream one segment carries: few, so that few bytes make many segments.
pub const SEGMENT_SIZE: usize = 100;

/// How long a segment is on its way, in milliseconds.
pub const DELAY: u64 = 50;

/// How long after one segment the next one can leave, in milliseconds.
pub const SPACING: u64 = 10;

/// A connection that takes more turns than this does not end.
const MOST_TURNS: usize = 1000;

/// One of the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that asks for the connection.
    Client,
    /// The one that waits for it.
    Server,
}

impl Side {
    /// The other end.
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }

    /// Its state before anything was sent.
    fn first_state(self) -> State {
        match self {
            Side::Client => State::Closed,
            Side::Server => State::Listen,
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Side::Client => "client",
            Side::Server => "server",
        }
    }
}

/// A segment that somebody sent. Times are in milliseconds, numbers count from the side's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Who sent it.
    pub from: Side,
    /// When it left.
    pub left: u64,
    /// When it arrived; `None` if it was lost.
    pub arrived: Option<u64>,
    /// Whether it asks for a connection; this takes a sequence number.
    pub syn: bool,
    /// Whether it ends its direction; this takes a sequence number.
    pub fin: bool,
    /// Whether it asks to be handed to the program without delay.
    pub psh: bool,
    /// The number of its first byte, or of its SYN or FIN, or of what would come next.
    pub number: u32,
    /// The number that its sender waits for.
    pub acknowledges: Option<u32>,
    /// How many bytes of the stream it carries.
    pub length: u32,
    /// Whether all of it had been sent before.
    pub again: bool,
    /// The client's state and the server's: the sender's when it had sent this, the receiver's when it had got it,
    /// or would have.
    pub states: [State; 2],
}

impl Segment {
    /// The number behind this segment: what an acknowledgement of it says.
    pub fn end(&self) -> u32 {
        self.number + self.length + u32::from(self.syn) + u32::from(self.fin)
    }

    /// Whether it does nothing but acknowledge.
    pub fn is_ack(&self) -> bool {
        self.end() == self.number
    }
}

/// A connection from its beginning to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// All segments, as they left one after the other.
    pub segments: Vec<Segment>,
    /// What the client's program and the server's have read.
    pub read: [Vec<u8>; 2],
    /// When the client's end was closed for good, and the server's.
    pub closed: [u64; 2],
}

/// Runs the connection. The link loses the segment with this number, counted from 1, or none.
///
/// # Errors
/// If a program can't take its next step, or if the connection doesn't end.
pub fn simulate(lost: Option<usize>) -> Result<Trace, String> {
    let mut link = Link::new(lost);
    let mut ends = [End::new(Side::Client)?, End::new(Side::Server)?];
    let mut closed = [None, None];
    let mut now = 0;
    for _ in 0..MOST_TURNS {
        let mut idle = true;
        for side in [Side::Client, Side::Server] {
            let own = side as usize;
            let (places, packets) = link.receive(side, now);
            let outgoing = ends[own].poll(now, packets);
            let states = ends.each_mut().map(|end| end.state());
            for place in places {
                link.segments[place].states[own] = states[own];
            }
            for packet in outgoing {
                idle = false;
                link.send(side, now, packet, states)?;
            }
            ends[own].read()?;
            // Programs are slower than the link: so whatever they send leaves at once.
            if link.is_free(side, now) && ends[own].step()? {
                idle = false;
            }
            if states[own] == State::Closed {
                closed[own].get_or_insert(now);
            }
        }
        if !idle {
            continue;
        }
        let timers = ends.each_mut().map(|end| end.next(now));
        let timers = timers.into_iter().flatten().filter(|time| *time > now);
        // The time jumps to what comes next.
        match (timers.chain(link.next(now)).min(), closed) {
            (Some(next), _) => now = next,
            (None, [Some(client), Some(server)]) => {
                let mut segments = link.segments;
                segments.sort_by_key(|segment| segment.left);
                return Ok(Trace {
                    segments,
                    read: ends.map(|end| end.read),
                    closed: [client, server],
                });
            }
            (None, _) => break,
        }
    }
    Err(format!("the connection has not ended after {now} ms"))
}

/// All runs, without a loss and with each segment lost once, as JSON for the book: one segment a line.
///
/// # Errors
/// If one of the runs fails.
pub fn json() -> Result<String, String> {
    let whole = simulate(None)?;
    let mut runs = Vec::new();
    for lost in 0..=whole.segments.len() {
        let lost = (lost > 0).then_some(lost);
        let trace = simulate(lost)?;
        let rows = trace.rows().into_iter().map(|row| row.json().to_string());
        runs.push(format!(
            "{{\"lost\":{},\"said\":{},\"rows\":[\n{}\n]}}",
            Value::from(trace.lost()),
            Value::from(trace.said(&whole)),
            rows.collect::<Vec<_>>().join(",\n")
        ));
    }
    Ok(format!("[\n{}\n]\n", runs.join(",\n")))
}
