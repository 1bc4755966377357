//! # A letter, composed
//!
//! Builds a letter with lettre: text and the same as HTML with a picture in it, a table attached, and names and a subject
//! that are not ASCII. Prints it as it goes on the wire, every line end written as `\r\n`, with its parts as a tree.
//!
//! ```console
//! $ cargo run --example mail_compose_28
//! $ cargo run --example mail_compose_28 letter.eml
//! ```
//!
//! Expect the envelope, then headers, an empty line, and parts in parts. With the name of a file it writes the letter
//! there, too: `mail_read_29` takes it apart again, and `mail_send_31` sends it.
//!
//! Try next: give the text a line that begins with a dot, and send it. Make it all ASCII: which encoding does it get?
//!
//! Not for production: its date, its id and its boundaries are fixed, so that each run is the same; lettre would make
//! new ones for each letter, and a boundary must not be a line of what it parts.

use base64::{Engine, prelude::BASE64_STANDARD};
use lettre::{
    Address, Message,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};
use std::{
    env,
    error::Error,
    fs::File,
    io::Write,
    process::ExitCode,
    time::{Duration, SystemTime},
};

/// What stands between the parts, from the outermost to the innermost: never a line of a part.
const BOUNDARIES: [&str; 3] = ["=_letter_and_table", "=_text_or_html", "=_html_and_picture"];

/// 10 December 2025, 12:00 UTC, in seconds since 1970.
const DATE: Duration = Duration::from_secs(1_765_368_000);

const TEXT: &str = "Liebe Grace,

größer als 0 = gültig. Von Ada, mit schönen Grüßen.
.this line begins with a dot
这一行是中文。
";

const HTML: &str = "<p>Liebe Grace,</p>
<p>größer als 0 = gültig. Von Ada, mit schönen Grüßen. <img src=\"cid:envelope@loopback.example\" alt=\"an envelope\"></p>
<p>这一行是中文。</p>
";

const TABLE: &str = "n,n²\n1,1\n2,4\n3,9\n";

/// An envelope in 16 by 16 dots, as a PNG file in base64.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAQAAAAA3iMLMAAAALklEQVR42mP4/58BiIDA/g9D/C+G/G8M5e8Yqu8x1O5j\
     qKtjqP8HQkAAUfb/PwD6qBXfxNNdjQAAAABJRU5ErkJggg==";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let problem = problem.to_string().replace(char::is_control, "?");
            eprintln!("mail_compose_28: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let files: Vec<_> = env::args_os().skip(1).collect();
    if files.len() > 1 {
        return Err("too many arguments: it takes the name of one file to write".into());
    }
    let letter = compose()?;
    let wire = letter.formatted();

    // Where it is to go: this is not in the letter, and SMTP says it apart from it.
    let envelope = letter.envelope();
    let from = envelope.from().map_or("", Address::as_ref);
    let to: Vec<&str> = envelope.to().iter().map(Address::as_ref).collect();
    println!("envelope: from {from}, to {}", to.join(", "));
    draw(&wire);

    for file in files {
        let name = file.to_string_lossy();
        File::create_new(&file)
            .and_then(|mut new| new.write_all(&wire))
            .map_err(|why| format!("cannot write {name}: {why}: choose another name"))?;
        println!("written to {}", name.replace(char::is_control, "?"));
    }
    Ok(())
}

// ANCHOR: compose
fn compose() -> Result<Message, Box<dyn Error>> {
    let ada = Mailbox::new(Some("Ada 阿达".into()), "ada@loopback.example".parse()?);
    let grace = Mailbox::new(
        Some("Grace \"Amazing\" Hopper".into()),
        "grace@loopback.example".parse()?,
    );
    Ok(Message::builder()
        .from(ada)
        .to(grace)
        // In the envelope, and not in the letter: lettre takes this header out.
        .bcc("postmaster@loopback.example".parse()?)
        .subject("Grüße aus London: a table and a picture 一个表格和一张图")
        .date(SystemTime::UNIX_EPOCH + DATE)
        .message_id(Some("<compose-28@loopback.example>".into()))
        .multipart(parts()?)?)
}
// ANCHOR_END: compose

// ANCHOR: parts
/// A text or its HTML with a picture; and a table. Parts in parts in parts.
fn parts() -> Result<MultiPart, Box<dyn Error>> {
    let [outermost, middle, innermost] = BOUNDARIES;
    let picture = Attachment::new_inline("envelope@loopback.example".into()).body(
        BASE64_STANDARD.decode(PICTURE)?,
        ContentType::parse("image/png")?,
    );
    // HTML, and what it shows: the address of the picture is its Content-ID.
    let html = MultiPart::related()
        .boundary(innermost)
        .singlepart(SinglePart::html(HTML.to_owned()))
        .singlepart(picture);
    // The same letter twice, the richest form last: who reads it shows the last one that they can (RFC 2046 §5.1.4).
    let text = MultiPart::alternative()
        .boundary(middle)
        .singlepart(SinglePart::plain(TEXT.to_owned()))
        .multipart(html);
    let table = Attachment::new("Tabelle 表格.csv".into()).body(
        TABLE.to_owned(),
        ContentType::parse("text/csv; charset=utf-8")?,
    );
    Ok(MultiPart::mixed()
        .boundary(outermost)
        .multipart(text)
        .singlepart(table))
}
// ANCHOR_END: parts

// ANCHOR: draw
/// Prints every line, with its line end, at the depth that the boundaries before it give.
fn draw(wire: &[u8]) {
    let mut depth = 0;
    for line in String::from_utf8_lossy(wire).split_inclusive("\r\n") {
        let shown = line.replace("\r\n", "\\r\\n");
        let boundary = line
            .strip_prefix("--")
            .map(str::trim_end)
            .unwrap_or_default();
        // `--boundary` begins a part, and `--boundary--` ends the last one.
        let begins = BOUNDARIES.iter().position(|it| boundary == *it);
        let ends = BOUNDARIES
            .iter()
            .position(|it| boundary.strip_suffix("--") == Some(it));
        match (begins, ends) {
            (Some(outer), _) => {
                println!("{}├─ {shown}", "│  ".repeat(outer));
                depth = outer + 1;
            }
            (_, Some(outer)) => {
                println!("{}└─ {shown}", "│  ".repeat(outer));
                depth = outer;
            }
            _ => println!("{}{shown}", "│  ".repeat(depth)),
        }
    }
    println!("{} bytes", wire.len());
}
// ANCHOR_END: draw
