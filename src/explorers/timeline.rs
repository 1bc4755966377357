//! The server timeline: four kinds of server, the same clients, one of them slow, in a time that is counted and not
//! measured.

mod page;

pub use page::html;

use super::fill;
use serde::Serialize;
use std::ops::RangeInclusive;

/// How long the server works for a client that has sent its message.
const WORK: usize = 2;

/// How long the first client may take to send its message; each other one takes 1.
pub const SLOW: [usize; 3] = [1, 6, 12];

/// How many clients may come. The first comes at 0, the second at 1, and so on.
pub const CLIENTS: RangeInclusive<usize> = 2..=5;

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    /// One client after the other.
    Sequential,
    /// A thread for each client.
    Threads,
    /// A task for each client, and one thread for all tasks.
    Tasks,
    /// The same, but the first client's task reads by a call that blocks its thread.
    Blocking,
}

/// All of them, in the order of the page: what JavaScript calls it, and its label.
pub const SERVERS: [(Server, &str, &str); 4] = [
    (Server::Sequential, "sequential", "sequential"),
    (Server::Threads, "threads", "threads"),
    (Server::Tasks, "tasks", "async, one thread"),
    (Server::Blocking, "blocking", "async, but one task blocks"),
];

words! {
    sequential: "One thread does all: accept, read, reply. Only then does it accept the next client.",
    threads: "A thread for each client, and each has a core of its own. The thread that accepts is not drawn: it needs next to no time.",
    tasks: "One thread carries all tasks. Where a task waits for bytes, the thread goes to another. While it works for one client, it accepts nobody.",
    blocking: "One thread carries all tasks, but the task of A reads by a call that blocks. Until A has sent its message, the thread can’t leave it.",
    connects: "connects at {0}",
    span: "{0} to {1} {2}",
    b: "in the backlog",
    r: "the server waits for its message",
    q: "its message is there, and the thread is not free",
    w: "served",
    reply: "reply at {0}",
    idle: "has nothing to do",
    held: "waits for {0}",
    works: "serves {0}",
    one_thread: "thread",
    thread: "thread {0}",
    separator: "; ",
    unit: "1 unit",
    units: "{0} units",
    no_units: "none",
    replies: "{0} at {1}",
    said: "Replies: {0}. Longest wait for a turn: {1}.",
}

/// What happened, a character for each unit of time.
///
/// Of a client: `b` it is in the backlog, `r` the server waits for its message, `q` its message is there and the
/// thread is not, `w` it is served, `.` nothing. Of a thread: `A` it works for client A, `a` it waits for that one
/// and can do nothing else, `.` it has nothing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// A line for each client.
    pub clients: Vec<String>,
    /// A line for each thread that serves clients.
    pub threads: Vec<String>,
}

/// A client that has connected, or will.
struct Client {
    connects: usize,
    /// When its message is there, whether or not the server has accepted it by then.
    complete: usize,
    accepted: bool,
    /// How much work there is still to do for it.
    left: usize,
}

/// Lets these clients come to this server. The first takes `slow` units to send its message.
pub fn run(server: Server, slow: usize, clients: usize) -> Trace {
    let mut clients: Vec<Client> = (0..clients)
        .map(|number| Client {
            connects: number,
            complete: number + if number == 0 { slow } else { 1 },
            accepted: false,
            left: WORK,
        })
        .collect();
    let threads = match server {
        Server::Threads => clients.len(),
        _ => 1,
    };
    let mut trace = Trace {
        clients: vec![String::new(); clients.len()],
        threads: vec![String::new(); threads],
    };
    // The client that the one thread is with, and does not leave.
    let mut with: Option<usize> = None;
    for now in 0.. {
        if clients.iter().all(|client| client.left == 0) {
            break;
        }
        // A thread that is with a client does not get to `accept`; only with a thread for each, another one does.
        if with.is_none() {
            let newcomers = clients.iter_mut().filter(|client| client.connects <= now);
            let newcomers = newcomers.filter(|client| !client.accepted);
            match server {
                Server::Sequential => newcomers.take(1).for_each(|client| client.accepted = true),
                _ => newcomers.for_each(|client| client.accepted = true),
            }
            with = next(server, &clients, now);
        }
        for thread in &mut trace.threads {
            thread.push('.');
        }
        for (number, client) in clients.iter_mut().enumerate() {
            let has_thread = server == Server::Threads || with == Some(number);
            let complete = client.complete <= now;
            let state = match client {
                Client { left: 0, .. } => '.',
                Client { connects, .. } if *connects > now => '.',
                Client {
                    accepted: false, ..
                } => 'b',
                _ if !complete => 'r',
                _ if !has_thread => 'q',
                _ => 'w',
            };
            trace.clients[number].push(state);
            if !has_thread || !matches!(state, 'r' | 'w') {
                continue;
            }
            let letter = match state {
                'w' => name(number),
                _ => name(number).to_ascii_lowercase(),
            };
            let thread = &mut trace.threads[if threads == 1 { 0 } else { number }];
            thread.pop();
            thread.push(letter);
            if state == 'w' {
                client.left -= 1;
                if client.left == 0 {
                    with = None;
                }
            }
        }
    }
    trace
}

/// The client that a thread which is free goes to, and does not leave before it has its reply.
fn next(server: Server, clients: &[Client], now: usize) -> Option<usize> {
    let open = |client: &Client| client.accepted && client.left > 0;
    match server {
        Server::Sequential => clients.iter().position(open),
        Server::Threads => None,
        // It blocks in the read of the first client, come what may.
        Server::Blocking if open(&clients[0]) => Some(0),
        Server::Tasks | Server::Blocking => (0..clients.len())
            .filter(|number| open(&clients[*number]) && clients[*number].complete <= now)
            .min_by_key(|number| clients[*number].complete),
    }
}

/// A client's letter.
fn name(number: usize) -> char {
    char::from(b'A' + number as u8)
}

/// What the page shows for one choice.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The sentence that sums it up.
    pub said: String,
    /// How this kind of server works.
    pub note: &'static str,
    /// One for each client, then one for each thread.
    pub rows: Vec<Row>,
}

/// What one client or one thread goes through: as a sentence and as bars.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Whether it is a thread's, and not a client's.
    pub thread: bool,
    /// Whose row it is.
    pub name: String,
    /// What happens, and when.
    pub text: String,
    /// The same, drawn.
    pub bars: Vec<Bar>,
}

/// A bar in the picture, from one point in time to another.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// `b`, `r`, `q` or `w`, as in a client's trace.
    pub kind: char,
    /// Where it begins, in units of time.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// In a thread's row, the client.
    pub label: String,
}

/// The stretches of a trace in which one thing goes on: from, to, and what.
fn spans(line: &str) -> Vec<(usize, usize, char)> {
    let mut spans: Vec<(usize, usize, char)> = Vec::new();
    for (at, state) in line.trim_end_matches('.').chars().enumerate() {
        match spans.last_mut() {
            Some((_, to, last)) if *last == state => *to = at + 1,
            _ => spans.push((at, at + 1, state)),
        }
    }
    spans
}

/// When the server has replied to the client of this trace.
fn reply(line: &str) -> usize {
    line.trim_end_matches('.').len()
}

/// A stretch of time and what goes on in it.
fn span(from: usize, to: usize, what: &str) -> String {
    fill(WORDS.span, &[&from.to_string(), &to.to_string(), what])
}

fn client_row(number: usize, line: &str) -> Row {
    let (mut parts, mut bars) = (Vec::new(), Vec::new());
    for (from, to, kind) in spans(line) {
        let what = match kind {
            'b' => WORDS.b,
            'r' => WORDS.r,
            'q' => WORDS.q,
            'w' => WORDS.w,
            _ => {
                // Before it, nothing happens to a client.
                parts.push(fill(WORDS.connects, &[&to.to_string()]));
                continue;
            }
        };
        parts.push(span(from, to, what));
        let label = String::new();
        bars.push(Bar {
            kind,
            from,
            to,
            label,
        });
    }
    if number == 0 {
        parts.insert(0, fill(WORDS.connects, &["0"]));
    }
    parts.push(fill(WORDS.reply, &[&reply(line).to_string()]));
    Row {
        thread: false,
        name: name(number).into(),
        text: parts.join(WORDS.separator),
        bars,
    }
}

fn thread_row(name: String, line: &str) -> Row {
    let (mut parts, mut bars) = (Vec::new(), Vec::new());
    for (from, to, state) in spans(line) {
        let client = state.to_ascii_uppercase().to_string();
        let (kind, what) = match state {
            '.' => ('.', WORDS.idle.into()),
            _ if state.is_ascii_uppercase() => ('w', fill(WORDS.works, &[&client])),
            _ => ('r', fill(WORDS.held, &[&client])),
        };
        parts.push(span(from, to, &what));
        if kind != '.' {
            bars.push(Bar {
                kind,
                from,
                to,
                label: client,
            });
        }
    }
    let text = parts.join(WORDS.separator);
    Row {
        thread: true,
        name,
        text,
        bars,
    }
}

/// What the page shows for this choice.
pub fn answer(server: Server, slow: usize, clients: usize) -> Shown {
    let Trace { clients, threads } = run(server, slow, clients);
    let client_rows = clients.iter().enumerate();
    let mut rows: Vec<Row> = client_rows.map(|(at, line)| client_row(at, line)).collect();
    for (number, line) in threads.iter().enumerate() {
        let name = match threads.len() {
            1 => WORDS.one_thread.into(),
            _ => fill(WORDS.thread, &[&(number + 1).to_string()]),
        };
        rows.push(thread_row(name, line));
    }
    let replies = clients.iter().enumerate().map(|(number, line)| {
        let (name, reply) = (name(number).to_string(), reply(line).to_string());
        fill(WORDS.replies, &[&name, &reply])
    });
    let waits = |line: &String| line.matches(['b', 'q']).count();
    let said = fill(
        WORDS.said,
        &[
            &replies.collect::<Vec<_>>().join(", "),
            &match clients.iter().map(waits).max() {
                None | Some(0) => WORDS.no_units.into(),
                Some(1) => WORDS.unit.into(),
                Some(units) => fill(WORDS.units, &[&units.to_string()]),
            },
        ],
    );
    let note = match server {
        Server::Sequential => WORDS.sequential,
        Server::Threads => WORDS.threads,
        Server::Tasks => WORDS.tasks,
        Server::Blocking => WORDS.blocking,
    };
    Shown { said, note, rows }
}
