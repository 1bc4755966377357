use super::*;
use std::{
    any::Any,
    collections::VecDeque,
    hash::{BuildHasher, RandomState},
    io,
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for what a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

const GREETING: &str = "220 post.example ESMTP";
const OFFERS: &str = "250 post.example greets you|SIZE 1000000|STARTTLS|PIPELINING";
const READY: &str = "220 Ready to start TLS";
const OFFERS_WITHIN: &str = "250 post.example greets you|SIZE 1000000|AUTH PLAIN LOGIN";
const WELCOME: &str = "235 2.7.0 Welcome";

#[test]
fn a_client_signs_in() {
    let (name, secret) = (random_word(), random_word());
    for (name, secret) in [
        ("pc.example", "AGFkYQBsb3ZlbGFjZQ=="),
        (&name[..], &secret[..]),
    ] {
        let (result, link) = learners_result(Server::default().link(), name, secret);
        link.judge(
            &result,
            Want::SignedIn,
            &[
                &format!("EHLO {name}"),
                "STARTTLS",
                TLS,
                &format!("EHLO {name}"),
                &format!("AUTH PLAIN {secret}"),
            ],
            "this is an honest server, and all goes well",
        );
    }
}

#[test]
fn without_the_offer_there_is_no_password() {
    for offers in [
        "250 post.example greets you|SIZE 1000000|AUTH PLAIN LOGIN",
        "250 post.example greets you",
        "250 post.example greets you|",
        "250 post.example greets you|XXXXXXXA|AUTH PLAIN",
        // The first line is a greeting.
        "250 STARTTLS",
        "250 STARTTLS|AUTH PLAIN",
        "250 post.example STARTTLS|AUTH PLAIN",
        // Another word, or not the first.
        "250 post.example|XSTARTTLS|AUTH PLAIN",
        "250 post.example|STARTTLSX|AUTH PLAIN",
        "250 post.example|STARTTLS-NOT|AUTH PLAIN",
        "250 post.example|NO STARTTLS|AUTH PLAIN",
        "250 post.example|AUTH STARTTLS PLAIN",
        "250 post.example|START TLS|AUTH PLAIN",
    ] {
        let server = Server {
            offers,
            ..Server::default()
        };
        let (result, link) = learners_result(server.link(), "pc", "c2VjcmV0");
        link.judge(
            &result,
            Want::NoTlsOffered,
            &["EHLO pc"],
            "an offer is a line of its own behind the first line, and its first word is the whole \
             name of the offer. Somebody on the way may have taken it out, so without it there is \
             nothing more to say",
        );
    }
}

#[test]
fn offers_are_words_in_any_case() {
    for offers in [
        "250 post.example|starttls",
        "250 post.example|StartTLS|SIZE",
        "250 post.example|STARTTLS REQUIRED",
        "250 STARTTLS|STARTTLS",
        "250 |SIZE|STARTTLS",
    ] {
        good(Server {
            offers,
            ..Server::default()
        });
    }
    for within in [
        "250 post.example|auth plain",
        "250 post.example|Auth Login Plain XOAUTH2",
        "250 post.example|AUTH LOGIN|AUTH PLAIN",
        "250 post.example|AUTH CRAM-MD5 PLAIN|STARTTLS",
        "250 post.example|AUTHX PLAIN|AUTH PLAIN",
    ] {
        good(Server {
            within,
            ..Server::default()
        });
    }
}

#[test]
fn what_was_offered_before_tls_is_worth_nothing() {
    let hint = "what was offered before the handshake may be from anybody. Only the reply to the \
                EHLO within TLS counts";
    for within in [
        "250 post.example",
        "250 post.example|SIZE 1000000",
        "250 post.example|AUTH LOGIN",
        "250 post.example|AUTH",
        "250 post.example|AUTH PLAIN-CLIENTTOKEN XPLAIN",
        "250 post.example|AUTH=PLAIN",
        "250 post.example|XAUTH PLAIN",
        "250 post.example|PLAIN AUTH",
        "250 post.example|AUTH LOGIN|PLAIN",
        "250 AUTH PLAIN",
        "250 post.example AUTH PLAIN|SIZE",
    ] {
        for offers in ["250 post.example|AUTH PLAIN|STARTTLS", OFFERS] {
            let server = Server {
                offers,
                within,
                ..Server::default()
            };
            let (result, link) = learners_result(server.link(), "pc", "c2VjcmV0");
            link.judge(
                &result,
                Want::NoPlainOffered,
                &["EHLO pc", "STARTTLS", TLS, "EHLO pc"],
                hint,
            );
        }
    }
    // Not offered in the clear, as it should be; and offered there, too, which changes nothing.
    for offers in [
        "250 post.example|STARTTLS",
        "250 post.example|STARTTLS|AUTH LOGIN",
        "250 post.example|STARTTLS|AUTH PLAIN",
    ] {
        good(Server {
            offers,
            ..Server::default()
        });
    }
}

#[test]
fn nothing_may_wait_before_the_handshake() {
    for injected in [
        // These answer the EHLO and the AUTH that come behind the handshake.
        &["250 evil.example|AUTH PLAIN", "235 Welcome"][..],
        &["250 evil.example|AUTH PLAIN"],
        &["250 evil.example"],
        &["220 again"],
        &["500 what?"],
    ] {
        let server = Server {
            injected,
            ..Server::default()
        };
        let (result, link) = learners_result(server.link(), "pc", "c2VjcmV0");
        link.judge(
            &result,
            Want::BytesBeforeTls,
            &["EHLO pc", "STARTTLS"],
            "behind the reply to STARTTLS bytes are waiting that came before TLS. Whoever goes on \
             reads them as if they had come by TLS, so look at `waiting` before the handshake",
        );
    }
}

#[test]
fn each_reply_has_its_code() {
    let hint = "each reply must have the code in the table; with any other there is nothing more \
                to send, and most of all no password";
    for code in [221, 235, 250, 334, 354, 421, 454, 500, 502, 530, 554] {
        let steps: [(&str, &[&str]); 5] = [
            ("greeting", &[]),
            ("offers", &["EHLO pc"]),
            ("ready", &["EHLO pc", "STARTTLS"]),
            ("within", &["EHLO pc", "STARTTLS", TLS, "EHLO pc"]),
            (
                "welcome",
                &["EHLO pc", "STARTTLS", TLS, "EHLO pc", "AUTH PLAIN c2VjcmV0"],
            ),
        ];
        for (step, sent) in steps {
            // The offers are there in any case.
            let reply = format!("{code} x|STARTTLS|AUTH PLAIN");
            let mut server = Server::default();
            let right = match step {
                "greeting" => std::mem::replace(&mut server.greeting, &reply),
                "offers" => std::mem::replace(&mut server.offers, &reply),
                "ready" => std::mem::replace(&mut server.ready, &reply),
                "within" => std::mem::replace(&mut server.within, &reply),
                _ => std::mem::replace(&mut server.welcome, &reply),
            };
            if !right.starts_with(&code.to_string()) {
                let (result, link) = learners_result(server.link(), "pc", "c2VjcmV0");
                link.judge(&result, Want::Refused(code), sent, hint);
            }
        }
    }
    // A refusal counts before what waits behind it.
    let server = Server {
        ready: "454 TLS not available",
        injected: &["250 evil.example"],
        ..Server::default()
    };
    let (result, link) = learners_result(server.link(), "pc", "c2VjcmV0");
    link.judge(&result, Want::Refused(454), &["EHLO pc", "STARTTLS"], hint);
}

#[test]
fn what_the_link_says_is_handed_on() {
    let hint = "hand on what the link says, with `?`, and send nothing more";
    let all = ["EHLO pc", "STARTTLS", TLS, "EHLO pc", "AUTH PLAIN c2VjcmV0"];
    // The handshake fails: a certificate that is another's, say.
    let mut link = Server::default().link();
    link.handshake_fails = true;
    let (result, link) = learners_result(link, "pc", "c2VjcmV0");
    link.judge(
        &result,
        Want::Io,
        &all[..3],
        "the handshake failed, so there is no TLS; the connection is of no use any more",
    );
    // The server goes away instead of its nth reply.
    for (replies, sent) in [(0, 0), (1, 1), (2, 2), (3, 4), (4, 5)] {
        let mut link = Server::default().link();
        link.replies_left = replies;
        let (result, link) = learners_result(link, "pc", "c2VjcmV0");
        link.judge(&result, Want::Io, &all[..sent], hint);
    }
    // A command cannot be sent. It is not in the list then.
    for (commands, sent) in [(0, 0), (1, 1), (2, 3), (3, 4)] {
        let mut link = Server::default().link();
        link.commands_left = commands;
        let (result, link) = learners_result(link, "pc", "c2VjcmV0");
        link.judge(&result, Want::Io, &all[..sent], hint);
    }
}

/// How the handshake is written in the list of what the client did.
const TLS: &str = "(the handshake)";

/// What a server replies: a code, a space, and lines with a `|` between them.
#[derive(Clone)]
struct Server<'a> {
    greeting: &'a str,
    offers: &'a str,
    ready: &'a str,
    /// What somebody on the way puts behind the reply to STARTTLS.
    injected: &'a [&'a str],
    within: &'a str,
    welcome: &'a str,
}

impl Default for Server<'_> {
    fn default() -> Self {
        Server {
            greeting: GREETING,
            offers: OFFERS,
            ready: READY,
            injected: &[],
            within: OFFERS_WITHIN,
            welcome: WELCOME,
        }
    }
}

impl Server<'_> {
    /// A connection to this server; its greeting has come.
    fn link(&self) -> FakeLink {
        let mut link = FakeLink {
            buffer: VecDeque::new(),
            offers: to_reply(self.offers),
            ready: to_reply(self.ready),
            injected: self.injected.iter().map(|reply| to_reply(reply)).collect(),
            within: to_reply(self.within),
            welcome: to_reply(self.welcome),
            encrypted: false,
            done: Vec::new(),
            leaked: None,
            handshake_fails: false,
            replies_left: usize::MAX,
            commands_left: usize::MAX,
        };
        link.buffer.push_back(to_reply(self.greeting));
        link
    }
}

fn to_reply(text: &str) -> Reply {
    let (code, lines) = text.split_once(' ').unwrap_or((text, ""));
    Reply {
        code: code.parse().unwrap_or(0),
        lines: lines.split('|').map(str::to_owned).collect(),
    }
}

/// A connection that never really waits, to a server that does what its replies say.
struct FakeLink {
    /// The replies that have come and were not taken.
    buffer: VecDeque<Reply>,
    offers: Reply,
    ready: Reply,
    injected: Vec<Reply>,
    within: Reply,
    welcome: Reply,
    encrypted: bool,
    /// What the client did, in order.
    done: Vec<String>,
    /// What was sent in the clear and is secret, or was sent too early.
    leaked: Option<String>,
    handshake_fails: bool,
    replies_left: usize,
    commands_left: usize,
}

impl Link for FakeLink {
    fn send(&mut self, command: &str) -> io::Result<()> {
        if self.commands_left == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.commands_left -= 1;
        if self.leaked.is_none() {
            let verb = command.to_ascii_uppercase();
            if !self.encrypted && verb.starts_with("AUTH") {
                self.leaked = Some(format!(
                    "{command:?} is sent in the clear, where everybody on the way can read it"
                ));
            } else if self.waiting() > 0 && self.injected.is_empty() {
                self.leaked = Some(format!(
                    "{command:?} is sent although the reply before has not been taken"
                ));
            }
        }
        self.done.push(command.to_owned());
        let verb = command.split(' ').next().unwrap_or_default();
        match (verb.to_ascii_uppercase().as_str(), self.encrypted) {
            ("EHLO", false) => self.buffer.push_back(self.offers.clone()),
            ("EHLO", true) => self.buffer.push_back(self.within.clone()),
            ("STARTTLS", false) => {
                self.buffer.push_back(self.ready.clone());
                self.buffer.extend(self.injected.iter().cloned());
            }
            ("AUTH", _) => self.buffer.push_back(self.welcome.clone()),
            _ => self.buffer.push_back(to_reply("500 what?")),
        }
        Ok(())
    }

    fn reply(&mut self) -> io::Result<Reply> {
        if self.replies_left == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.replies_left -= 1;
        // Nothing was asked, so nothing comes: a real link would wait until its time is up.
        self.buffer
            .pop_front()
            .ok_or_else(|| io::ErrorKind::TimedOut.into())
    }

    fn waiting(&self) -> usize {
        let bytes = |reply: &Reply| reply.lines.iter().map(|line| line.len() + 6).sum::<usize>();
        self.buffer.iter().map(bytes).sum()
    }

    fn start_tls(&mut self) -> io::Result<()> {
        self.done.push(TLS.into());
        if self.handshake_fails {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the certificate is another's",
            ));
        }
        self.encrypted = true;
        Ok(())
    }
}

/// What must come of it.
#[derive(Debug, Clone, Copy)]
enum Want {
    SignedIn,
    NoTlsOffered,
    BytesBeforeTls,
    NoPlainOffered,
    Refused(u16),
    Io,
}

impl FakeLink {
    /// Wants this result, and that the client has done this and nothing else.
    fn judge(&self, result: &Result<(), GaveUp>, want: Want, done: &[&str], hint: &str) {
        let story = format!(
            "the server offers {:?}, replies to STARTTLS by {} {}, offers within TLS {:?}; you do {:?}",
            self.offers.lines,
            self.ready.code,
            if self.injected.is_empty() {
                "alone".to_owned()
            } else {
                format!("with {} replies right behind it", self.injected.len())
            },
            self.within.lines,
            self.done
        );
        if let Some(leaked) = &self.leaked {
            panic!("{story}: {leaked}. {hint}");
        }
        let extra = self.done.len() > done.len() && self.done.iter().zip(done).all(|(a, b)| a == b);
        assert!(
            !extra,
            "{story}, and it should have ended behind {done:?}. {hint}"
        );
        assert!(
            self.done == done,
            "{story}, and what is to be done is {done:?}. {hint}"
        );
        let right = matches!(
            (result, want),
            (Ok(()), Want::SignedIn)
                | (Err(GaveUp::NoTlsOffered), Want::NoTlsOffered)
                | (Err(GaveUp::BytesBeforeTls), Want::BytesBeforeTls)
                | (Err(GaveUp::NoPlainOffered), Want::NoPlainOffered)
                | (Err(GaveUp::Io(_)), Want::Io)
        ) || matches!((result, want), (Err(GaveUp::Refused(got)), Want::Refused(code)) if *got == code);
        assert!(
            right,
            "{story}, and you give {result:?}, not {want:?}. {hint}"
        );
    }
}

/// Wants a client to be signed in by this server.
fn good(server: Server) {
    let (result, link) = learners_result(server.link(), "pc", "c2VjcmV0");
    link.judge(
        &result,
        Want::SignedIn,
        &["EHLO pc", "STARTTLS", TLS, "EHLO pc", "AUTH PLAIN c2VjcmV0"],
        "this is an honest server, which offers what is needed. An offer is a line's first word, in \
         any case of its letters, and the words behind it say more",
    );
}

/// Lets the learner's `sign_in` do its work, on a thread of its own.
fn learners_result(mut link: FakeLink, name: &str, secret: &str) -> (Result<(), GaveUp>, FakeLink) {
    let (name, secret) = (name.to_owned(), secret.to_owned());
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(|| sign_in(&mut link, &name, &secret)));
        let _ = sender.send((result, link));
    });
    match verdict.recv_timeout(DEADLINE) {
        Ok((Ok(result), link)) => (result, link),
        Ok((Err(panic), link)) => report_panic(&link, panic),
        Err(_) => panic!(
            "`sign_in` has not returned after {DEADLINE:?}: is there an endless loop? A reply that \
             is not the right one does not become so by asking again"
        ),
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(link: &FakeLink, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `sign_in` panicked after {:?}: {why}. A server may say anything, and `lines` may have \
         one line only",
        link.done
    );
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_word() -> String {
    format!("{:x}", RandomState::new().hash_one(0))
}
