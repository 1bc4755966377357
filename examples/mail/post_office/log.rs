//! What the post office tells about what it does, one line each.

use std::sync::{Arc, Mutex, PoisonError};

/// Takes one line.
type Say = Box<dyn Fn(String) + Send>;

/// Where one session tells what happens in it.
#[derive(Clone)]
pub struct Log {
    /// The session's number: the first connection is 1.
    number: u64,
    say: Arc<Mutex<Say>>,
}

impl Log {
    /// Tells it to `say`, as session 0: the post office itself.
    pub fn new(say: impl Fn(String) + Send + 'static) -> Log {
        Log {
            number: 0,
            say: Arc::new(Mutex::new(Box::new(say))),
        }
    }

    /// The same, for session `number`.
    pub fn of_session(&self, number: u64) -> Log {
        Log {
            number,
            ..self.clone()
        }
    }

    /// `[1] > …`: what the client sent. Whoever calls has put `***` in the place of a password.
    pub fn command(&self, line: &[u8]) {
        self.tell([format!("[{}] > {}", self.number, shown(line))]);
    }

    /// `[1] < …`: what we answered.
    pub fn reply(&self, line: &str) {
        self.tell([format!("[{}] < {}", self.number, shown(line.as_bytes()))]);
    }

    /// `[1] = …`: what happened besides.
    pub fn note(&self, text: &str) {
        self.tell([format!("[{}] = {}", self.number, shown(text.as_bytes()))]);
    }

    // ANCHOR: hop
    /// `[1] MUA -> MSA  …`: a letter passes from one role to the next (RFC 5598 §4). Behind it, indented, come the header
    /// lines that the second of the two has added: whole lines with CR LF, or none.
    pub fn hop(&self, way: &str, text: &str, added: &str) {
        let hop = format!("[{}] {way}  {}", self.number, shown(text.as_bytes()));
        let added = added
            .lines()
            .map(|line| format!("  {}", shown(line.as_bytes())));
        self.tell(std::iter::once(hop).chain(added));
    }
    // ANCHOR_END: hop

    /// These lines, with none of another session between them.
    fn tell(&self, lines: impl IntoIterator<Item = String>) {
        let say = self.say.lock().unwrap_or_else(PoisonError::into_inner);
        for line in lines {
            say(line);
        }
    }
}

/// Bytes from a stranger as text, control characters escaped: a terminal obeys some of them.
pub fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for c in String::from_utf8_lossy(bytes).chars() {
        if c.is_control() {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text
}
