//! # A letter, taken apart
//!
//! Reads a letter with mail-parser: its headers decoded, its parts as a tree, its texts. Saves what is attached, if you
//! name a folder for it, under names that cannot leave that folder.
//!
//! ```console
//! $ cargo run --example mail_read_29
//! $ cargo run --example mail_compose_28 letter.eml
//! $ cargo run --example mail_read_29 letter.eml attachments
//! ```
//!
//! Without an argument it reads `examples/mail/letters/hard.eml`, which has what makes letters hard to read. Any mail
//! program writes a letter of yours as such a file.
//!
//! Expect each header in the characters that were meant, and each text in UTF-8, whatever it came in.
//!
//! Try next: cut `letter.eml` in the middle, and read what is left.
//!
//! Not for production: it shows every part. A mail program shows the best form of a text alone, and HTML never with what
//! that would fetch from elsewhere.

use mail_parser::{
    Addr, Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use std::{
    env,
    fs::{self, File},
    io::{self, Read, Write},
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The longest letter that we read; most providers take no longer ones.
const LONGEST: u64 = 25 << 20;

/// How long we work on a letter: one that is made for it could keep a reader busy for hours.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many headers and parts we show, and how deep they may be in each other.
const MOST_PARTS: usize = 1_000;
const DEEPEST: usize = 20;

/// How many bytes of a text we show.
const LONGEST_TEXT: usize = 10_000;

/// In the environment of the process that reads, started by the one that waits for it.
const INSIDE: &str = "MAIL_READ_29_INSIDE";

fn main() -> ExitCode {
    let ended = match env::var_os(INSIDE) {
        Some(_) => run(),
        None => fenced(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("mail_read_29: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: fence
/// Reads in a process of its own. Letters in letters in letters: mail-parser frees and copies those by calling itself, and
/// a hundred thousand of them, which fit into a file of 3 MB, use up the stack. That ends a process, and no `catch`
/// would help; so let it be another one than ours, which we also end when it takes too long.
fn fenced() -> Result<(), String> {
    let start = || {
        let mut inside = Command::new(env::current_exe()?);
        inside.args(env::args_os().skip(1)).env(INSIDE, "1");
        inside.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()
    };
    let mut inside = start().map_err(|why| format!("cannot start a process to read in: {why}"))?;
    let end = Instant::now() + PATIENCE;
    let status = loop {
        match inside.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if Instant::now() < end => thread::sleep(Duration::from_millis(5)),
            None => {
                let _ = inside.kill();
                let _ = inside.wait();
                return Err(format!(
                    "gave up after {} s: this letter has too much in it",
                    PATIENCE.as_secs()
                ));
            }
        }
    };
    let mut said = String::new();
    if let Some(stderr) = &mut inside.stderr {
        let _ = stderr.take(10_000).read_to_string(&mut said);
    }
    match status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(said.trim_start_matches("mail_read_29: ").into()),
        _ => Err("mail-parser broke down: this letter has too much in it".into()),
    }
}
// ANCHOR_END: fence

fn run() -> Result<(), String> {
    let arguments: Vec<_> = env::args_os().skip(1).map(PathBuf::from).collect();
    let (file, folder) = match &arguments[..] {
        [] => (None, None),
        [file] => (Some(file), None),
        [file, folder] => (Some(file), Some(folder)),
        _ => return Err("too many arguments: it takes a letter and a folder".into()),
    };
    let mut raw = include_bytes!("letters/hard.eml").to_vec();
    if let Some(file) = file {
        raw.clear();
        File::open(file)
            .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut raw))
            .map_err(|why| format!("cannot read {}: {why}", file.display()))?;
    }
    if raw.len() as u64 > LONGEST {
        return Err("this letter is longer than 25 MiB".into());
    }
    read(&raw, folder.map(PathBuf::as_path))
}

// ANCHOR: read
fn read(raw: &[u8], folder: Option<&Path>) -> Result<(), String> {
    // A letter is what strangers send. mail-parser takes whatever comes, and makes the best of it.
    let letter = MessageParser::default().parse(raw);
    let letter = letter.ok_or("this is no letter: it has no headers")?;
    // Never freed: see `fenced`.
    let letter = ManuallyDrop::new(letter);

    for header in letter.root_part().headers().iter().take(MOST_PARTS) {
        let raw = raw.get(header.offset_start as usize..header.offset_end as usize);
        println!(
            "{}: {}",
            printable(header.name()),
            shown(header.value(), raw.unwrap_or_default())
        );
    }
    println!();
    let parts = tree(&letter);
    for (number, part) in parts {
        if let PartType::Text(text) | PartType::Html(text) = &part.body {
            println!("\npart {number}:");
            text_of(text);
        }
    }
    if let Some(folder) = folder {
        println!();
        save(&letter, folder)
            .map_err(|why| format!("cannot save into {}: {why}", folder.display()))?;
    }
    Ok(())
}
// ANCHOR_END: read

// ANCHOR: headers
/// A header's value, decoded: `=?utf-8?B?…?=` is what it looks like on the wire (RFC 2047).
fn shown(value: &HeaderValue, raw: &[u8]) -> String {
    let person = |addr: &Addr| match (&addr.name, &addr.address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name
            .as_ref()
            .or(address.as_ref())
            .map_or("?".into(), |it| it.to_string()),
    };
    let text = match value {
        HeaderValue::Text(text) => text.to_string(),
        HeaderValue::TextList(texts) => texts.join(", "),
        HeaderValue::DateTime(date) => date.to_rfc3339(),
        HeaderValue::Address(Address::List(list)) => {
            list.iter().map(person).collect::<Vec<_>>().join(", ")
        }
        HeaderValue::Address(Address::Group(groups)) => {
            let people = groups.iter().flat_map(|group| &group.addresses);
            people.map(person).collect::<Vec<_>>().join(", ")
        }
        // The others as they are, in one line.
        _ => {
            let text = String::from_utf8_lossy(raw);
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    };
    printable(&text)
}
// ANCHOR_END: headers

// ANCHOR: tree
/// Draws the parts, and gives them back with their numbers. Not by calling itself: who nests parts ten thousand deep
/// would have us run out of stack.
fn tree<'a>(letter: &'a Message<'a>) -> Vec<(usize, &'a MessagePart<'a>)> {
    let mut seen = Vec::new();
    // What is still to be drawn, the next one last: a part, where it is, and whether another one follows at its depth.
    let mut todo = vec![(letter, 0, Vec::new())];
    while let Some((letter, id, last)) = todo.pop() {
        let Some(part) = letter.part(id) else {
            continue;
        };
        if seen.len() == MOST_PARTS {
            println!("… and more: not shown");
            break;
        }
        let number = seen.len() + 1;
        println!("{}{number} {}", branch(&last), kind(part));
        seen.push((number, part));
        let inside: Vec<_> = match &part.body {
            PartType::Multipart(ids) => ids.iter().map(|id| (letter, *id)).collect(),
            PartType::Message(inner) => vec![(inner, 0)],
            _ => continue,
        };
        if last.len() == DEEPEST {
            println!(
                "{}… and deeper: not shown",
                branch(&[&last[..], &[true]].concat())
            );
            continue;
        }
        for (index, (letter, id)) in inside.iter().enumerate().rev() {
            let is_last = index + 1 == inside.len();
            todo.push((letter, *id, [&last[..], &[is_last]].concat()));
        }
    }
    seen
}

/// The lines before a part: of each part around it, whether another one follows below.
fn branch(last: &[bool]) -> String {
    let Some((own, around)) = last.split_last() else {
        return String::new();
    };
    let around = around.iter().map(|last| if *last { "   " } else { "│  " });
    around.chain([if *own { "└─ " } else { "├─ " }]).collect()
}

/// What a part is.
fn kind(part: &MessagePart) -> String {
    let mut kind = match part.content_type() {
        Some(it) => format!("{}/{}", it.ctype(), it.subtype().unwrap_or("?")),
        None => "text/plain".into(),
    };
    if let Some(charset) = part.content_type().and_then(|it| it.attribute("charset")) {
        kind += &format!(", {charset}");
    }
    if let Some(encoding) = part.content_transfer_encoding() {
        kind += &format!(", {encoding}");
    }
    if !part.is_multipart() {
        kind += &format!(", {} bytes", part.len());
    }
    if let Some(name) = part.attachment_name() {
        kind += &format!(", {name:?}");
    }
    if let Some(id) = part.content_id() {
        kind += &format!(", cid:{id}");
    }
    if part.is_encoding_problem {
        kind += ", damaged";
    }
    printable(&kind)
}
// ANCHOR_END: tree

/// Shows a text, line by line, set off from what this program says.
fn text_of(text: &str) {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    for line in text[..end].lines() {
        println!("| {}", printable(line));
    }
    if end < text.len() {
        println!("… and {} bytes more", text.len() - end);
    }
}

// ANCHOR: save
/// Saves what is attached. `create_new` takes no file that exists, nor follows a link that somebody put there.
fn save(letter: &Message, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for part in letter.attachments().take(MOST_PARTS) {
        let name = match part.attachment_name() {
            Some(name) => safe_name(name),
            None => format!("attachment.{}", extension(part)),
        };
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) => (stem, format!(".{extension}")),
            None => (&name[..], String::new()),
        };
        let mut copy = 1;
        let (mut file, name) = loop {
            let name = match copy {
                1 => name.clone(),
                _ => format!("{stem} ({copy}){extension}"),
            };
            match File::create_new(folder.join(&name)) {
                Ok(file) => break (file, name),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && copy < 10_000 => {
                    copy += 1
                }
                Err(error) => return Err(error),
            }
        };
        file.write_all(part.contents())?;
        println!("saved {} bytes as {name}", part.len());
    }
    Ok(())
}
// ANCHOR_END: save

/// What a file without a name should end with.
fn extension<'a>(part: &'a MessagePart) -> &'a str {
    let kind = part.content_type().map_or(("text", "plain"), |it| {
        (it.ctype(), it.subtype().unwrap_or_default())
    });
    match kind {
        ("message", _) => "eml",
        ("text", "plain") => "txt",
        ("text" | "image" | "audio" | "video", it)
            if it.len() <= 4 && it.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            it
        }
        _ => "bin",
    }
}

// ANCHOR: safe_name
/// A name for a file in a folder of ours, out of one that a stranger has chosen.
fn safe_name(theirs: &str) -> String {
    // Of a path, no more than its end: no `../`, no `/etc`, no `C:\`.
    let name = theirs.rsplit(['/', '\\', ':']).next().unwrap_or_default();
    // No control characters, none that some system forbids, none that turn the direction of writing: with one of those,
    // `gpj.exe` can look like `exe.jpg`.
    let bad = |c: char| {
        c.is_control()
            || "<>\"|?*".contains(c)
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let name = name.replace(bad, "_");
    // A dot in front hides a file, a hyphen makes it an option of a command, and Windows drops dots and spaces at the
    // end. Of `..` and `. .`, nothing is left.
    let name = name.trim_end_matches(['.', ' ']);
    // Most systems take 255 bytes. The end of a name says what to open it with, so it is the beginning that is cut.
    let mut cut = name.len().saturating_sub(150);
    while !name.is_char_boundary(cut) {
        cut += 1;
    }
    let name = name[cut..].trim_start_matches(['.', ' ', '-']);
    // On Windows, these are devices, with an extension, too.
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_uppercase();
    let device = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&&stem[..])
        || stem
            .strip_prefix("COM")
            .or(stem.strip_prefix("LPT"))
            .is_some_and(|number| number.chars().count() == 1);
    match name {
        "" => "attachment".into(),
        name if device => format!("_{name}"),
        name => name.into(),
    }
}
// ANCHOR_END: safe_name

/// A control character could do things to your terminal.
fn printable(text: &str) -> String {
    text.trim_end().replace(char::is_control, "?")
}
