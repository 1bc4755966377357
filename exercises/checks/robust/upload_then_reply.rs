use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// The client's pause between two pieces, and how long it looks for a reply that comes too early.
const PAUSE: Duration = Duration::from_millis(60);

/// More than the buffers of both systems hold for one connection.
const MUCH_MORE: usize = 16 << 20;

#[test]
fn an_upload_is_counted() {
    for length in [5, 1 + (RandomState::new().hash_one(0) % 3000) as usize] {
        uploads(&[&vec![b'u'; length]]);
    }
    // Bytes that look like an end to somebody.
    uploads(&[b"line\n\n.\r\n\0\x04\xff"]);
}

#[test]
fn an_upload_may_be_empty() {
    uploads(&[]);
}

#[test]
fn an_upload_in_pieces_is_one_upload() {
    uploads(&[b"first, ", b"then, ", b"and last"]);
    uploads(&[&[0; 8192], &[0; 100], &[0; 8192]]);
}

#[test]
fn the_largest_upload_is_taken() {
    uploads(&[&vec![b'u'; LARGEST_UPLOAD - 1]]);
    uploads(&[&vec![b'u'; LARGEST_UPLOAD]]);
}

#[test]
fn a_larger_upload_is_refused_before_its_end() {
    for length in [LARGEST_UPLOAD + 1, LARGEST_UPLOAD + 50_000] {
        judge(move |mut client| {
            sends(&mut client, &vec![b'u'; length])?;
            replies(
                &mut client,
                "too large\n",
                &format!(
                    "{length} bytes were uploaded, more than `LARGEST_UPLOAD`, and the client is not done"
                ),
            )
        });
    }
}

#[test]
fn a_client_that_is_refused_may_send_on() {
    judge(|mut client| {
        sends(&mut client, &vec![b'u'; LARGEST_UPLOAD + 1])?;
        let so_far = "more than `LARGEST_UPLOAD` bytes were uploaded, and the client is not done";
        replies(&mut client, "too large\n", so_far)?;
        // Whoever takes a pause for the end closes now.
        thread::sleep(PAUSE);
        for _ in 0..MUCH_MORE / 65_536 {
            client.write_all(&[b'u'; 65_536]).map_err(|error| {
                format!(
                    "the client got `too large`, sends on, and hears: {error}. Whoever closes while bytes come, or \
                     leaves them unread, resets the connection: read and throw away until the client's direction ends"
                )
            })?;
        }
        Ok(())
    });
}

#[test]
fn serve_stays_until_both_directions_have_ended() {
    let (mut client, end) = begin();
    sends(&mut client, b"hello").unwrap();
    match end.recv_timeout(PAUSE) {
        Err(_) => {}
        Ok(Err(panic)) => report_panic(panic),
        Ok(Ok(result)) => panic!(
            "5 bytes were uploaded, the client is not done, and `serve` has returned {result:?}: return when both \
             directions have ended. If a thread of yours is still at it, wait for that"
        ),
    }
}

#[test]
fn a_reset_is_an_error() {
    let (mut client, end) = begin();
    let much = vec![b'u'; LARGEST_UPLOAD + 1];
    let sent = sends(&mut client, &much);
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    // Whoever goes with the reply unread resets the connection.
    let refused = sent.is_ok() && client.peek(&mut [0]).is_ok();
    drop(client);
    match end.recv_timeout(DEADLINE) {
        Ok(Err(panic)) => report_panic(panic),
        // What else is wrong then, other tests say better.
        _ if !refused => panic!("an upload that is too large has no reply"),
        Ok(Ok(Err(_))) => {}
        Ok(Ok(Ok(()))) => panic!(
            "the client resets the connection while you throw away what comes, and `serve` returns `Ok(())`: hand on \
             what the connection says, with `?`, also behind the reply"
        ),
        Err(_) => panic!(
            "the client has reset the connection, and `serve` has not returned after {DEADLINE:?}: an error ends it"
        ),
    }
}

/// Uploads these pieces, with pauses between them, and wants the reply, not before the end.
fn uploads(pieces: &[&[u8]]) {
    let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.to_vec()).collect();
    judge(move |mut client| {
        let mut count = 0;
        for piece in &pieces {
            sends(&mut client, piece)?;
            count += piece.len();
            is_silent(
                &mut client,
                &format!("{count} bytes were uploaded, and the client is not done"),
            )?;
        }
        client
            .shutdown(Shutdown::Write)
            .map_err(|error| format!("after {count} bytes the connection is broken: {error}"))?;
        let so_far = format!("{count} bytes were uploaded, and the client has ended its direction");
        replies(&mut client, &format!("received {count} bytes\n"), &so_far)
    });
}

fn sends(client: &mut TcpStream, bytes: &[u8]) -> Result<(), String> {
    client.write_all(bytes).map_err(|error| {
        format!(
            "the client could not send the {} bytes of its upload: {error}. Do you read all of it?",
            bytes.len()
        )
    })
}

/// Wants no reply yet.
fn is_silent(client: &mut TcpStream, so_far: &str) -> Result<(), String> {
    client
        .set_read_timeout(Some(PAUSE))
        .map_err(|error| error.to_string())?;
    let mut buffer = [0; 100];
    match reads(client, &mut buffer) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(()),
        Err(error) => Err(format!("{so_far}: {error}. Did you close it?")),
        Ok(0) => Err(format!(
            "{so_far}, and you have ended your direction: the reply is still to come"
        )),
        Ok(length) if buffer[..length].starts_with(b"too") => Err(format!(
            "{so_far}, and you reply {:?}: it may have up to {LARGEST_UPLOAD} bytes (`LARGEST_UPLOAD`)",
            String::from_utf8_lossy(&buffer[..length])
        )),
        Ok(length) => Err(format!(
            "{so_far}, and you reply {:?}: only 0 from `read` is the end of the upload, neither a pause nor a `read` \
             that does not fill the buffer",
            String::from_utf8_lossy(&buffer[..length])
        )),
    }
}

/// Wants this reply, and its end.
fn replies(client: &mut TcpStream, wanted: &str, so_far: &str) -> Result<(), String> {
    client
        .set_read_timeout(Some(DEADLINE))
        .map_err(|error| error.to_string())?;
    let mut reply = Vec::new();
    let mut buffer = [0; 1000];
    let end = loop {
        match reads(client, &mut buffer) {
            Ok(0) => break None,
            Ok(length) => reply.extend_from_slice(&buffer[..length]),
            Err(error) => break Some(error),
        }
        if reply.len() > 10_000 {
            break None;
        }
    };
    let shown = String::from_utf8_lossy(&reply);
    if !wanted.as_bytes().starts_with(&reply) || (end.is_none() && wanted.as_bytes() != reply) {
        return Err(format!(
            "{so_far}, and your reply is {shown:?}, not {wanted:?}"
        ));
    }
    match end {
        None => Ok(()),
        Some(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Err(if reply.is_empty() {
                format!(
                    "{so_far}, and within {DEADLINE:?} no reply has come, which is to be {wanted:?}: what do you wait for?"
                )
            } else {
                format!(
                    "{so_far}, and your reply {shown:?} has come, but not its end within {DEADLINE:?}: the client reads \
                     until then. Say that this was all: `shutdown(Shutdown::Write)`"
                )
            })
        }
        Some(error) => Err(format!(
            "{so_far}, and instead of the end of your reply the client hears: {error}. Whoever closes with bytes unread \
             resets the connection: read and throw away until the client's direction ends"
        )),
    }
}

/// Reads again when a pause of the test itself is in the way.
fn reads(client: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match client.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// How `serve` ended: with a result of its own, or with a panic.
type End = Result<io::Result<()>, Box<dyn Any + Send>>;

/// Gives a connection to the learner's `serve`, on a thread of its own, and the other end of it to the test.
fn begin() -> (TcpStream, mpsc::Receiver<End>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (connection, _) = listener.accept().unwrap();
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    let (sender, end) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(std::panic::catch_unwind(|| serve(connection)));
    });
    (stream, end)
}

/// Lets the learner's `serve` meet this client.
fn judge(client: impl FnOnce(TcpStream) -> Result<(), String>) {
    let (stream, end) = begin();
    // The client drops its end of the connection, so that `serve` sees the end, too.
    let complaint = client(stream).err();
    let end = end.recv_timeout(DEADLINE);
    if let Ok(Err(panic)) = end {
        report_panic(panic);
    }
    if let Some(complaint) = complaint {
        panic!("{complaint}");
    }
    match end {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => panic!(
            "the client has its reply and closed, and `serve` returned the error {error:?}: this was a good end. What \
             do you do with the connection behind the reply?"
        ),
        _ => panic!(
            "both directions have ended, and `serve` has not returned after {DEADLINE:?}: is there an endless loop? At \
             the end of the stream each read gives 0 bytes, again and again"
        ),
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!(
        "your `serve` panicked: {why}. What the connection says is an error to return, with `?`"
    );
}
