//! SMTP with limits that a test can wait for, and inside TLS; and its parsers with any input.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use post_office::{
    Limits, PostOffice, Settings, Times,
    command::{Command, is_address, without_secrets},
    connection::{Connection, ReadError},
    letter::header_fields,
    log::{Log, shown},
    smtp::unstuffed,
};
use proptest::prelude::*;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for anything.
const DEADLINE: Duration = Duration::from_secs(20);
/// A limit that is reached on purpose.
const SHORT: Duration = Duration::from_millis(400);
/// base64 of NUL, `ada`, NUL, `lovelace`
const ADA: &str = "AGFkYQBsb3ZlbGFjZQ==";

/// A post office, its folder, and what it told.
struct Office {
    office: PostOffice,
    folder: tempfile::TempDir,
    told: Arc<Mutex<Vec<String>>>,
}

fn open(change: impl FnOnce(&mut Limits)) -> Office {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::new(folder.path());
    change(&mut settings.limits);
    let told = Arc::new(Mutex::new(Vec::new()));
    let teller = Arc::clone(&told);
    let say = move |line| teller.lock().unwrap().push(line);
    Office {
        office: PostOffice::open(settings, say).unwrap(),
        folder,
        told,
    }
}

/// Short for what it names, long for the others.
fn times(change: impl FnOnce(&mut Times)) -> impl FnOnce(&mut Limits) {
    move |limits| {
        limits.smtp = Times {
            idle: DEADLINE,
            command: DEADLINE,
            session: DEADLINE,
        };
        change(&mut limits.smtp);
    }
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A client, in the clear or in TLS.
struct Client(BufReader<Box<dyn Stream>>);

fn tcp(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, DEADLINE).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

fn tls(office: &Office, stream: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
    let pem = fs::read(&office.office.ca_file).unwrap();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(&pem).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    StreamOwned::new(connection, stream)
}

impl Client {
    fn new(stream: impl Stream + 'static) -> Self {
        Self(BufReader::new(Box::new(stream)))
    }

    fn greet(address: SocketAddr) -> Self {
        let mut client = Self::new(tcp(address));
        assert_eq!(client.reply()[..3], *"220");
        client.say("EHLO client.example");
        client
    }

    fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
        self.0.get_mut().flush().unwrap();
    }

    #[track_caller]
    fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            assert!(line.ends_with("\r\n"), "{line:?} after {reply:?}");
            reply += &line;
            if line.as_bytes()[3] != b'-' {
                return reply;
            }
        }
    }

    #[track_caller]
    fn say(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n").as_bytes());
        self.reply()
    }

    fn has_ended(&mut self) -> bool {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).is_ok() && rest.is_empty()
    }
}

// ---- Time ----

#[test]
fn who_says_nothing_is_told_and_left() {
    let office = open(times(|times| times.idle = SHORT));
    let mut silent = Client::new(tcp(office.office.smtp));
    assert_eq!(silent.reply()[..3], *"220");
    let start = Instant::now();
    assert!(silent.reply().starts_with("421 4.4.2 "));
    assert!(silent.has_ended() && start.elapsed() >= SHORT);
    // In a letter, too.
    let mut silent = Client::greet(office.office.smtp);
    silent.send(b"MAIL FROM:<>\r\nRCPT TO:<ada@loopback.example>\r\nDATA\r\n");
    let codes: Vec<String> = (0..4).map(|_| silent.reply()[..3].to_owned()).collect();
    assert_eq!(codes, ["250", "250", "354", "421"]);
}

#[test]
fn a_byte_now_and_then_is_no_way_around_the_time_of_a_command() {
    let office = open(times(|times| times.command = SHORT));
    let trickle = |stream: TcpStream| {
        let mut stream = stream;
        let deadline = Instant::now() + DEADLINE;
        // Until the server has had enough: then writing fails, sooner or later.
        while stream.write_all(b"N").is_ok() {
            assert!(Instant::now() < deadline, "the server never has enough");
            thread::sleep(Duration::from_millis(20));
        }
    };
    let stream = tcp(office.office.smtp);
    let mut client = Client::new(stream.try_clone().unwrap());
    assert_eq!(client.reply()[..3], *"220");
    let writer = thread::spawn(move || trickle(stream));
    assert!(client.reply().starts_with("421 4.4.2 "));
    writer.join().unwrap();
    // A handshake in bytes: the header of a record that promises 512 bytes.
    let mut stream = tcp(office.office.submissions);
    stream.write_all(&[22, 3, 1, 2, 0, 1]).unwrap();
    trickle(stream);
    let told = office.told.lock().unwrap().join("\n");
    assert!(told.contains("[2] = ended: the handshake failed"), "{told}");
}

#[test]
fn a_record_in_bytes_is_no_way_around_it_either() {
    // As long as a record is not whole, SMTP has heard nothing: that is silence.
    let office = open(times(|times| times.idle = SHORT));
    let mut inside = tls(&office, tcp(office.office.submissions));
    let mut greeting = [0; 3];
    inside.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"220");
    // The beginning of a record of application data: TLS waits for the rest, and each byte makes it wait again.
    let (_, mut stream) = inside.into_parts();
    stream.write_all(&[23, 3, 3, 2, 0]).unwrap();
    let deadline = Instant::now() + DEADLINE;
    while stream.write_all(&[0]).is_ok() {
        assert!(Instant::now() < deadline, "the server never has enough");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_session_has_an_end_however_busy_it_is() {
    let office = open(times(|times| times.session = SHORT));
    let mut busy = Client::greet(office.office.smtp);
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < DEADLINE, "the session goes on");
        busy.send(b"NOOP\r\n");
        let reply = busy.reply();
        if reply.starts_with("421") {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    assert!(start.elapsed() >= SHORT);
}

#[test]
fn who_does_not_read_is_left() {
    let office = open(times(|times| times.command = SHORT));
    let mut stream = tcp(office.office.smtp);
    // A reply to each of these, which nobody takes: until all buffers are full, and the server stops waiting.
    let many = b"HELP\r\n".repeat(10_000);
    let deadline = Instant::now() + DEADLINE;
    while stream.write_all(&many).is_ok() {
        assert!(Instant::now() < deadline, "the server waits for ever");
    }
}

#[test]
fn a_place_that_becomes_free_is_given_away() {
    let office = open(|limits| limits.connections = 2);
    let first = Client::greet(office.office.smtp);
    let _second = Client::greet(office.office.smtp);
    let mut third = Client::new(tcp(office.office.smtp));
    assert!(third.reply().starts_with("421 4.3.2 ") && third.has_ended());
    drop(first);
    let deadline = Instant::now() + DEADLINE;
    while !Client::new(tcp(office.office.smtp))
        .reply()
        .starts_with("220")
    {
        assert!(Instant::now() < deadline, "no place became free");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_full_mailbox_is_no_place_for_now() {
    let office = open(|limits| limits.mailbox = 10);
    let mut client = Client::greet(office.office.smtp);
    client.send(b"MAIL FROM:<>\r\nRCPT TO:<ada@loopback.example>\r\nDATA\r\n");
    assert_eq!(
        (client.reply(), client.reply(), client.reply()).2[..3],
        *"354"
    );
    assert!(client.say("\r\nx\r\n.").starts_with("452 4.2.2 "));
}

#[test]
fn closing_ends_all_sessions_and_frees_ports_and_folder() {
    let office = open(|_| {});
    let mut open_session = Client::greet(office.office.submission);
    let (smtp, folder) = (office.office.smtp, office.folder);
    drop(office.office);
    assert!(open_session.has_ended());
    let refused = TcpStream::connect_timeout(&smtp, DEADLINE).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    PostOffice::open(Settings::new(folder.path()), |_| {})
        .map(drop)
        .unwrap();
}

// ---- TLS ----

#[test]
fn starttls_forgets_all_that_was_said_before() {
    let office = open(|_| {});
    let stream = tcp(office.office.submission);
    let mut client = Client::new(stream.try_clone().unwrap());
    client.reply();
    client.say("EHLO client.example");
    assert_eq!(client.say(&format!("AUTH PLAIN {ADA}"))[..3], *"235");
    assert_eq!(client.say("MAIL FROM:<ada@loopback.example>")[..3], *"250");
    assert_eq!(client.say("STARTTLS")[..3], *"220");
    drop(client);
    let mut client = Client::new(tls(&office, stream));
    assert_eq!(client.say("RCPT TO:<grace@loopback.example>")[..3], *"503");
    assert_eq!(
        client.say("MAIL FROM:<ada@loopback.example>"),
        "503 5.5.1 say EHLO first\r\n"
    );
    let offers = client.say("EHLO client.example");
    assert!(
        !offers.contains("STARTTLS") && offers.contains("AUTH PLAIN LOGIN"),
        "{offers}"
    );
    assert_eq!(client.say("MAIL FROM:<ada@loopback.example>")[..3], *"530");
    assert_eq!(client.say("STARTTLS")[..3], *"503");
    assert_eq!(client.say(&format!("AUTH PLAIN {ADA}"))[..3], *"235");
    client
        .send(b"MAIL FROM:<ada@loopback.example>\r\nRCPT TO:<grace@loopback.example>\r\nDATA\r\n");
    assert_eq!(
        (client.reply(), client.reply(), client.reply()).2[..3],
        *"354"
    );
    assert_eq!(client.say("A: b\r\n\r\nx\r\n.")[..3], *"250");
    assert_eq!(client.say("QUIT")[..3], *"221");
    assert!(client.has_ended(), "TLS was closed as it should be");
    let told = office.told.lock().unwrap().join("\n");
    assert!(
        told.contains("[1] = encrypted: TLSv1_3") && told.contains("with ESMTPSA id"),
        "{told}"
    );
    assert!(!told.contains("AGFkY"), "{told}");
}

#[test]
fn implicit_tls_greets_inside() {
    let office = open(|_| {});
    let mut client = Client::new(tls(&office, tcp(office.office.submissions)));
    assert_eq!(client.reply(), "220 loopback.example ESMTP post office\r\n");
    // 64 KiB in one go: several records.
    client.send(&b"NOOP\r\n".repeat(10_000));
    for _ in 0..10_000 {
        assert_eq!(client.reply(), "250 2.0.0 nothing done\r\n");
    }
    client.say("QUIT");
    assert!(client.has_ended());
}

// ---- Any input ----

/// What the lines of these bytes are, when they come in these pieces.
fn lines(bytes: &[u8], pieces: &[usize]) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = tcp(listener.local_addr().unwrap());
    let (server, _) = listener.accept().unwrap();
    let times = Times {
        idle: DEADLINE,
        command: DEADLINE,
        session: DEADLINE,
    };
    let mut connection = Connection::new(Arc::new(server), times, Log::new(|_| {})).unwrap();
    let (mut rest, pieces) = (bytes.to_vec(), pieces.to_vec());
    let writer = thread::spawn(move || {
        for length in pieces {
            let now: Vec<u8> = rest.drain(..length.min(rest.len())).collect();
            client.write_all(&now).unwrap();
        }
        client.write_all(&rest).unwrap();
    });
    let mut lines = Vec::new();
    loop {
        let line = connection.read_line(10);
        lines.push(match line {
            Err(ReadError::Closed) => break,
            line => format!("{line:?}"),
        });
    }
    writer.join().unwrap();
    lines
}

/// The same, told by the whole text.
fn expected_lines(mut bytes: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    'line: loop {
        for (place, byte) in bytes.iter().enumerate() {
            let too_long = place > 8;
            if bytes[place..].starts_with(b"\r\n") {
                let line = if too_long {
                    Err(ReadError::TooLong)
                } else {
                    Ok(bytes[..place].to_vec())
                };
                lines.push(format!("{line:?}"));
                bytes = &bytes[place + 2..];
                continue 'line;
            }
            // At the very end of all bytes, a CR may still become a line's end.
            let is_last_cr = *byte == b'\r' && place + 1 == bytes.len();
            if matches!(byte, b'\r' | b'\n') && !too_long && !is_last_cr {
                lines.push(format!("{:?}", Err::<Vec<u8>, _>(ReadError::BareLineEnd)));
                bytes = &bytes[place + 1..];
                continue 'line;
            }
        }
        return lines;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lines_are_the_same_however_they_come(
        bytes in prop::collection::vec(prop::sample::select(b"\r\n\r\nab.xyz".to_vec()), 0..80),
        pieces in prop::collection::vec(1_usize..5, 0..40),
    ) {
        prop_assert_eq!(lines(&bytes, &pieces), expected_lines(&bytes));
    }
}

proptest! {
    #[test]
    fn any_line_is_a_command_or_refused(line in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(refusal) = Command::parse(&line) {
            prop_assert!(refusal.starts_with('5') && refusal.is_ascii());
        }
        without_secrets(&line);
    }

    #[test]
    fn nearly_a_command_is_a_command_or_refused(
        verb in "(?i)MAIL FROM:|RCPT TO:|EHLO |AUTH |mail from: ",
        argument in "[<>@:a-z\"\\\\. \\[\\]=SIZE0-9,]{0,60}",
    ) {
        match Command::parse(format!("{verb}{argument}").as_bytes()) {
            // What is accepted goes into header fields, so it must be harmless there.
            Ok(Command::Mail(address, _)) => prop_assert!(address.is_empty() || is_address(&address)),
            Ok(Command::Rcpt(address)) => prop_assert!(is_address(&address)),
            Ok(Command::Ehlo(name)) => prop_assert!(!name.is_empty() && !name.contains(['(', ')', ' ', '<'])),
            Ok(_) => {}
            Err(refusal) => prop_assert!(refusal.starts_with('5')),
        }
    }

    #[test]
    fn an_address_is_taken_as_it_is(local in "[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[a-z]{1,5})?", domain in "[a-z0-9]{1,10}(\\.[a-z-]{0,5}[a-z])?") {
        prop_assume!(!domain.contains(".-"));
        let address = format!("{local}@{domain}");
        let line = format!("RCPT TO:<{address}>");
        prop_assert_eq!(Command::parse(line.as_bytes()), Ok(Command::Rcpt(address)));
    }

    #[test]
    fn no_password_is_shown(mechanism in "(?i)plain|login|cram-md5|x", before in "[ \t\x01]{0,2}", secret in "[A-Za-z0-9+/]{9,40}={0,2}") {
        let line = format!("{before}AUTH {mechanism} {secret}");
        prop_assert!(!without_secrets(line.as_bytes()).contains(&secret));
        prop_assert!(!without_secrets(secret.as_bytes()).contains(&secret));
    }

    #[test]
    fn dots_are_taken_off_as_they_were_put_on(line in "[.a]{0,5}[^\r\n]{0,20}") {
        let stuffed = if line.starts_with('.') { format!(".{line}") } else { line.clone() };
        prop_assert_eq!(unstuffed(stuffed.as_bytes()), Some(line.as_bytes()));
        prop_assert_eq!(unstuffed(b"."), None);
    }

    #[test]
    fn any_letter_has_fields_and_a_rest(letter in prop::collection::vec(prop::sample::select(b"ab: \t\r\n\r\n\xff".to_vec()), 0..100)) {
        let (fields, rest) = header_fields(&letter);
        let all: Vec<u8> = fields.iter().flat_map(|(_, field)| field.to_vec()).chain(rest.to_vec()).collect();
        prop_assert_eq!(all, letter);
    }

    #[test]
    fn nothing_that_is_shown_steers_a_terminal(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(!shown(&bytes).contains(char::is_control));
    }
}
