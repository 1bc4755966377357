use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    panic,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

#[test]
fn a_host_and_a_file() {
    good("ftp://ftp.example/notes.txt", &["notes.txt"]);
    good("ftp://192.0.2.7/notes.txt", &["notes.txt"]);
    good("ftp://a-b.c/x", &["x"]);
    good("ftp://FTP.Example/x", &["x"]);
    let (host, file) = (random_word(), random_word());
    good(&format!("ftp://{host}/{file}"), &[&file]);
}

#[test]
fn each_part_of_the_path_is_one_folder() {
    good("ftp://ftp.example/etc/motd", &["etc", "motd"]);
    good("ftp://ftp.example/a/b/c/d.txt", &["a", "b", "c", "d.txt"]);
    good("ftp://ftp.example/../x/./y", &["..", "x", ".", "y"]);
    let word = random_word();
    good(
        &format!("ftp://ftp.example/{word}/a/{word}"),
        &[&word, "a", &word],
    );
}

#[test]
fn an_empty_part_is_a_part() {
    good("ftp://ftp.example//etc/motd", &["", "etc", "motd"]);
    good("ftp://ftp.example/a//b", &["a", "", "b"]);
    good("ftp://ftp.example/a/", &["a", ""]);
    good("ftp://ftp.example/", &[""]);
    good("ftp://ftp.example", &[""]);
    good("ftp://ftp.example//", &["", ""]);
    good("ftp://ftp.example:7020", &[""]);
}

#[test]
fn an_encoded_slash_cuts_nothing() {
    good("ftp://ftp.example/%2Fetc/motd", &["/etc", "motd"]);
    good("ftp://ftp.example/%2fetc%2Fmotd", &["/etc/motd"]);
    good("ftp://ftp.example/a%2Fb/c", &["a/b", "c"]);
    good("ftp://ftp.example/%2F/", &["/", ""]);
}

#[test]
fn the_port_is_21_unless_it_is_said() {
    for port in [1, 21, 80, 990, 7020, 65_535] {
        judge(
            &format!("ftp://ftp.example:{port}/x"),
            Some(FtpUrl {
                port,
                ..parts(&["x"])
            }),
        );
        judge(
            &format!("ftp://ftp.example:{port}"),
            Some(FtpUrl {
                port,
                ..parts(&[""])
            }),
        );
    }
    for port in [
        "",
        "0",
        "65536",
        "65557",
        "99999999999",
        "-1",
        "+21",
        "0x15",
        "ftp",
        "2 1",
        "21.",
        "%32%31",
        "21:21",
    ] {
        bad(&format!("ftp://ftp.example:{port}/x"));
    }
}

#[test]
fn there_may_be_a_user_and_a_password() {
    login("ada:lovelace@", "ada", Some("lovelace"));
    login("ada@", "ada", None);
    login("", "anonymous", None);
    // What is empty and there is not the same as what is not there.
    login("ada:@", "ada", Some(""));
    login("@", "", None);
    login(":@", "", Some(""));
    login(":lovelace@", "", Some("lovelace"));
    login("ada:a:b@", "ada", Some("a:b"));
    login("ada::@", "ada", Some(":"));
    let word = random_word();
    login(
        &format!("u{word}:{word}@"),
        &format!("u{word}"),
        Some(&word),
    );
}

#[test]
fn what_is_encoded_in_a_login_cuts_nothing() {
    login("ada:p%40ss@", "ada", Some("p@ss"));
    login("ada%40home:x@", "ada@home", Some("x"));
    login("a%3Ab:c%3Ad@", "a:b", Some("c:d"));
    login("ada:a%2Fb%3B@", "ada", Some("a/b;"));
    login("a%2Fb@", "a/b", None);
    login("ada:%25%20%C3%A9@", "ada", Some("% é"));
}

#[test]
fn signs_of_a_login_in_the_path_are_part_of_a_name() {
    good("ftp://ftp.example/a@b", &["a@b"]);
    good(
        "ftp://ftp.example/x/ada:lovelace@home/y",
        &["x", "ada:lovelace@home", "y"],
    );
    good("ftp://ftp.example/12:30", &["12:30"]);
    good("ftp://ftp.example/a://b", &["a:", "", "b"]);
    judge(
        "ftp://ada:x@ftp.example:7020/a@b:c",
        Some(FtpUrl {
            user: "ada".into(),
            password: Some("x".into()),
            port: 7020,
            ..parts(&["a@b:c"])
        }),
    );
}

#[test]
fn the_type_is_image_unless_it_is_said() {
    for (text, transfer) in [
        ("", Type::Image),
        (";type=a", Type::Ascii),
        (";type=A", Type::Ascii),
        (";type=i", Type::Image),
        (";type=I", Type::Image),
        (";type=d", Type::Directory),
        (";type=D", Type::Directory),
    ] {
        judge(
            &format!("ftp://ftp.example/a/notes.txt{text}"),
            Some(FtpUrl {
                transfer,
                ..parts(&["a", "notes.txt"])
            }),
        );
        judge(
            &format!("ftp://ftp.example/{text}"),
            Some(FtpUrl {
                transfer,
                ..parts(&[""])
            }),
        );
        judge(
            &format!("ftp://ftp.example/a/{text}"),
            Some(FtpUrl {
                transfer,
                ..parts(&["a", ""])
            }),
        );
    }
}

#[test]
fn another_semicolon_is_refused() {
    for path in [
        "a;type=x",
        "a;type=",
        "a;type",
        "a;",
        "a;type=ai",
        "a;type=a;type=i",
        "a;type=a/b",
        "a;b",
        "a;b/c",
        "a;b;type=a",
        "a;type=%61",
        "a;typ=a",
        "a;type=1",
        "a;mode=a",
        ";",
    ] {
        bad(&format!("ftp://ftp.example/{path}"));
    }
}

#[test]
fn an_encoded_semicolon_is_part_of_a_name() {
    good("ftp://ftp.example/a%3Btype=a", &["a;type=a"]);
    good("ftp://ftp.example/a%3bb/c", &["a;b", "c"]);
    judge(
        "ftp://ftp.example/a%3Bb;type=a",
        Some(FtpUrl {
            transfer: Type::Ascii,
            ..parts(&["a;b"])
        }),
    );
}

#[test]
fn what_is_encoded_is_bytes_of_utf_8() {
    good("ftp://ftp.example/%41%62%7E", &["Ab~"]);
    good("ftp://ftp.example/my%20notes.txt", &["my notes.txt"]);
    good("ftp://ftp.example/caf%C3%A9/%e6%96%87", &["café", "文"]);
    good("ftp://ftp.example/%3F%23%5b", &["?#["]);
    // Decoded once, not twice.
    good("ftp://ftp.example/100%25", &["100%"]);
    good("ftp://ftp.example/%252F", &["%2F"]);
    good("ftp://ftp.example/a+b", &["a+b"]);
    for path in ["%E9", "caf%C3", "%80", "%FF%FE", "%C3/%A9", "%ED%A0%80"] {
        bad(&format!("ftp://ftp.example/{path}"));
        bad(&format!(
            "ftp://ada:{}@ftp.example/x",
            path.replace('/', "a")
        ));
    }
}

#[test]
fn a_percent_sign_has_two_digits_behind_it() {
    for text in [
        "%", "a%", "%4", "a%4", "%4/1", "%zz", "%4g", "%g4", "%%41", "%+4", "%-4", "% 4", "%0x41",
        "%4%1",
    ] {
        bad(&format!("ftp://ftp.example/{text}"));
        bad(&format!("ftp://ftp.example/{text}/x"));
        let text = text.replace('/', "x");
        bad(&format!("ftp://{text}@ftp.example/x"));
        bad(&format!("ftp://ada:{text}@ftp.example/x"));
    }
    // Right behind the sign ends the part, or the whole URL; a character may have several bytes.
    for url in [
        "ftp://ftp.example/%é",
        "ftp://ftp.example/%4é",
        "ftp://ftp.example/%文",
    ] {
        bad(url);
    }
}

#[test]
fn no_part_can_end_a_command() {
    for end in ["%0D%0A", "%0d%0a", "%0A", "%0D", "%00"] {
        bad(&format!("ftp://ftp.example/x{end}DELE%20y"));
        bad(&format!("ftp://ftp.example/{end}"));
        bad(&format!("ftp://ftp.example/x{end}DELE%20y/z"));
        bad(&format!("ftp://ada{end}DELE%20y@ftp.example/x"));
        bad(&format!("ftp://ada:x{end}DELE%20y@ftp.example/x"));
        bad(&format!("ftp://ftp.example{end}/x"));
        bad(&format!("ftp://ftp.example/x;type=a{end}"));
    }
}

#[test]
fn a_url_has_visible_ascii_characters_only() {
    for character in [
        "\r", "\n", "\r\n", "\0", "\t", " ", "\x7f", "\u{1b}", "é", "文", "👋", "\u{a0}",
    ] {
        bad(&format!("ftp://ftp.example/x{character}y"));
        bad(&format!("ftp://ftp.example/{character}"));
        bad(&format!("ftp://ftp.example/x/y{character}"));
        bad(&format!("ftp://ftp.exa{character}mple/x"));
        bad(&format!("ftp://a{character}:b@ftp.example/x"));
        bad(&format!("ftp://a:b{character}@ftp.example/x"));
        bad(&format!("{character}ftp://ftp.example/x"));
        bad(&format!("ftp://ftp.example/x{character}"));
    }
}

#[test]
fn the_host_is_there() {
    for url in [
        "ftp://",
        "ftp:///x",
        "ftp:////",
        "ftp://:21/x",
        "ftp://@/x",
        "ftp://ada@/x",
        "ftp://ada:b@:21/x",
        "ftp://a_b/x",
        "ftp://a%2Eb/x",
        "ftp://a,b/x",
        "ftp://[x]/y",
        "ftp://[192.0.2.7]/y",
        "ftp://a;type=a",
        "ftp://ada@home@ftp.example/x",
        "ftp://ada:b@c@ftp.example/x",
        "ftp://@@ftp.example/x",
        "ftp://ftp.example?x/y",
        "ftp://ftp.example#x",
    ] {
        bad(url);
    }
}

#[test]
fn the_scheme_is_ftp() {
    for scheme in ["FTP", "Ftp", "fTp"] {
        good(&format!("{scheme}://ftp.example/x"), &["x"]);
    }
    for url in [
        "",
        "f",
        "ftp",
        "ftp:",
        "ftp:/",
        "ftp.example/x",
        "//ftp.example/x",
        "://ftp.example/x",
        "ftp:ftp.example/x",
        "ftp:/ftp.example/x",
        "ftps://ftp.example/x",
        "http://ftp.example/x",
        "tftp://ftp.example/x",
        "file:///x",
        "xftp://ftp.example/x",
        "ada@ftp://ftp.example/x",
        "ft",
        "é",
        "ft文",
    ] {
        bad(url);
    }
}

#[test]
fn a_url_may_be_very_long() {
    const LONG: usize = 20_000;
    let long = "x".repeat(LONG);
    good(&format!("ftp://ftp.example/{long}"), &[&long]);
    good(
        &format!("ftp://ftp.example/{}", "/".repeat(LONG)),
        &vec![""; LONG + 1],
    );
    good(
        &format!("ftp://ftp.example/{}", "%41".repeat(LONG)),
        &[&"A".repeat(LONG)],
    );
    bad(&format!("ftp://{}", "@".repeat(LONG)));
    bad(&format!("ftp://ftp.example:{}", "1".repeat(LONG)));
    bad(&format!("ftp://ftp.example/{}", "%".repeat(LONG)));
}

#[test]
fn no_text_makes_it_panic() {
    const PARTS: [&str; 18] = [
        "ftp://", "a", "h.x", "/", "/", "@", ":", "21", ";type=", "a", ";", "%", "%2F", "%C3",
        "%0A", "é", "", "%4",
    ];
    let mut random = Random::new();
    let texts: Vec<String> = (0..3_000)
        .map(|_| {
            let text: String = (0..random.below(9))
                .map(|_| PARTS[random.below(PARTS.len())])
                .collect();
            if random.below(4) > 0 {
                format!("ftp://{text}")
            } else {
                text
            }
        })
        .collect();
    // What they are is asked elsewhere; here there only has to be an answer.
    learners_answers(texts, |_, _| {});
}

/// A URL without user, port or type, and the parts of its path.
fn good(url: &str, path: &[&str]) {
    let host = url.split('/').nth(2).unwrap_or_default();
    let (host, port) = match host.split_once(':') {
        Some((host, port)) => (host, port.parse().unwrap()),
        None => (host, 21),
    };
    judge(
        url,
        Some(FtpUrl {
            host: host.into(),
            port,
            ..parts(path)
        }),
    );
}

fn login(text: &str, user: &str, password: Option<&str>) {
    let (user, password) = (user.to_owned(), password.map(String::from));
    let wanted = FtpUrl {
        user,
        password,
        ..parts(&["x"])
    };
    judge(&format!("ftp://{text}ftp.example/x"), Some(wanted.clone()));
    judge(
        &format!("ftp://{text}ftp.example:7020/x"),
        Some(FtpUrl {
            port: 7020,
            ..wanted.clone()
        }),
    );
    judge(
        &format!("ftp://{text}ftp.example"),
        Some(FtpUrl {
            file: String::new(),
            ..wanted
        }),
    );
}

fn bad(url: &str) {
    judge(url, None);
}

/// The parts of `ftp://ftp.example/…`.
fn parts(path: &[&str]) -> FtpUrl {
    let mut folders: Vec<String> = path.iter().map(|&part| part.into()).collect();
    let file = folders.pop().unwrap();
    FtpUrl {
        host: "ftp.example".into(),
        port: 21,
        user: "anonymous".into(),
        password: None,
        folders,
        file,
        transfer: Type::Image,
    }
}

fn judge(url: &str, wanted: Option<FtpUrl>) {
    learners_answers(vec![url.to_owned()], |url, got| {
        compare(url, wanted.clone(), got)
    });
}

/// Gives each text to the learner's `parse_ftp_url`, on a thread of its own, and each answer to
/// `judge`. Fails at a panic, and when the time is up.
fn learners_answers(urls: Vec<String>, judge: impl Fn(&str, Option<FtpUrl>)) {
    let asked = urls.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for url in asked {
            let answer = panic::catch_unwind(|| parse_ftp_url(&url));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for url in urls {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => judge(&url, answer),
            Ok(Err(panic)) => report_panic(&url, panic),
            Err(_) => panic!(
                "`parse_ftp_url({})` has not returned after {DEADLINE:?}: is there an endless \
                 loop?",
                shown(&url)
            ),
        }
    }
}

fn compare(url: &str, wanted: Option<FtpUrl>, got: Option<FtpUrl>) {
    let call = format!("`parse_ftp_url({})`", shown(url));
    let (wanted, got) = match (wanted, got) {
        (None, None) => return,
        (Some(wanted), Some(got)) => (wanted, got),
        (None, Some(got)) => panic!(
            "{call} must be None and is {}: {}",
            shown_debug(&format!("{got:?}")),
            why_not(url)
        ),
        (Some(_), None) => panic!("{call} is None, and this is a URL: {}", why_yet(url)),
    };
    let differs = |part: &str, wanted: &str, got: &str, why: &str| {
        panic!(
            "{call}: the {part} must be {} and is {}: {why}",
            shown_debug(wanted),
            shown_debug(got)
        )
    };
    if got.host != wanted.host {
        differs(
            "host",
            &format!("{:?}", wanted.host),
            &format!("{:?}", got.host),
            "it stands before the first `/` (cut there before you look for an `@` or `:`), behind \
             the `@` if there is one, without the port, and as it is written",
        );
    }
    if got.port != wanted.port {
        differs(
            "port",
            &wanted.port.to_string(),
            &got.port.to_string(),
            "it is what stands behind the host's `:`, and 21 where there is no `:`",
        );
    }
    if got.user != wanted.user {
        differs(
            "user",
            &format!("{:?}", wanted.user),
            &format!("{:?}", got.user),
            "it stands before the `@`, up to the first `:`, and is decoded after that; without an `@` it \
             is anonymous",
        );
    }
    if got.password != wanted.password {
        differs(
            "password",
            &format!("{:?}", wanted.password),
            &format!("{:?}", got.password),
            "it stands between the first `:` and the `@`, and is decoded; `None` where there is no `:`, \
             and empty where nothing is behind it",
        );
    }
    if (&got.folders, &got.file) != (&wanted.folders, &wanted.file) {
        let show = |url: &FtpUrl| format!("{:?} and {:?}", url.folders, url.file);
        let why = if url.contains("%25") {
            "decode each part once; what comes out of it is not looked at again"
        } else if url.contains("%2") && got.folders.len() > wanted.folders.len() {
            "an encoded `/` cuts nothing. Split first, then decode each part"
        } else if url.to_lowercase().contains("%3b") {
            "an encoded `;` is part of a name. Cut first, then decode"
        } else if wanted.file.is_empty()
            && got.folders.len() < wanted.folders.len()
            && !wanted.folders.contains(&String::new())
        {
            "what stands behind the last `/` is the file, even if it is nothing"
        } else if got.folders.len() < wanted.folders.len() {
            "each part between two `/` is a folder, an empty one, too"
        } else if got
            .folders
            .iter()
            .chain([&got.file])
            .any(|part| part.contains('%'))
        {
            "the folders and the file are decoded, each by itself"
        } else if got.file.contains(';') {
            "`;type=` and what follows is no part of the file's name"
        } else if !wanted.file.is_ascii() || wanted.folders.iter().any(|folder| !folder.is_ascii())
        {
            "`%C3%A9` are two bytes, and one character of UTF-8. Collect bytes, then make a \
             `String` of them"
        } else {
            "each part between two `/` is a folder, unchanged but decoded, and the last part is \
             the file"
        };
        differs("folders and file", &show(&wanted), &show(&got), why);
    }
    if got.transfer != wanted.transfer {
        differs(
            "type",
            &format!("{:?}", wanted.transfer),
            &format!("{:?}", got.transfer),
            "`;type=` has `a` for Ascii, `i` for Image, `d` for Directory, or their capitals; \
             without it the type is Image, which changes no byte",
        );
    }
}

/// Why a text is refused: the first reason that a reader would see.
fn why_not(url: &str) -> &'static str {
    let lower = url.to_ascii_lowercase();
    let authority = lower.split('/').nth(2).unwrap_or_default();
    let path = lower.splitn(4, '/').nth(3).unwrap_or_default();
    let port = authority
        .rsplit('@')
        .next()
        .and_then(|server| server.split_once(':'));
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        "there is a space, a control character or one that is not ASCII in it, and a URL has \
         none: they are encoded"
    } else if !lower.starts_with("ftp://") {
        "a URL of FTP begins with `ftp://`"
    } else if ["%0d", "%0a", "%00"].iter().any(|end| lower.contains(end)) {
        "what follows the encoded line end (or NUL) would be a command of its own. Look at each \
         byte that you decode"
    } else if authority.matches('@').count() > 1 {
        "there is a second `@` before the first `/`, so who knows which host is meant; in a name \
         it is `%40`"
    } else if port.is_some_and(|(_, port)| {
        !port.parse::<u16>().is_ok_and(|port| port > 0) || port.starts_with('+')
    }) {
        "a port has digits only (`parse` takes a `+`), and is 1 to 65535"
    } else if authority
        .rsplit('@')
        .next()
        .is_some_and(|server| server.split(':').next() == Some(""))
    {
        "there is no host"
    } else if path.contains(';') && !lower.contains('%') || path.contains(";type=%") {
        "behind a `;` there is `type=a`, `i` or `d` and then nothing more, and no other `;` is \
         allowed"
    } else if path.contains('%')
        || authority
            .split_once('@')
            .is_some_and(|(login, _)| login.contains('%'))
    {
        "behind a `%` there are two digits, 0 to 9 and a to f (`from_str_radix` takes a `+`), and \
         what is decoded must be UTF-8"
    } else {
        "a host has letters, digits, `-` and `.` only"
    }
}

/// What somebody may have forgotten who refuses this.
fn why_yet(url: &str) -> &'static str {
    let path = url.splitn(4, '/').nth(3);
    let login = url.split('/').nth(2).and_then(|it| it.split_once('@'));
    if !url.starts_with("ftp") {
        "the scheme may be written in capitals"
    } else if login.is_some_and(|(login, _)| login.matches(':').count() > 1) {
        "the first `:` ends the user, and another one before the `@` is part of the password"
    } else if path.is_none() {
        "there need not be a `/` behind the host; folders and file are empty then"
    } else if path.is_some_and(|path| path.contains(['@', ':'])) {
        "behind the first `/` an `@` or `:` is part of a name"
    } else if path.is_some_and(|path| path.contains(';')) {
        "a type may be given, in small letters or capitals"
    } else if path.is_some_and(|path| {
        path.ends_with('/') || path.is_empty() || path.contains("//") || path.starts_with('/')
    }) {
        "a part of the path may be empty"
    } else if url.contains('%') {
        "in the login and in the path, `%` and two digits are one byte"
    } else if url.contains('@') {
        "user and password may be there, and either may be empty"
    } else {
        "which of your conditions refuses it?"
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(url: &str, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `parse_ftp_url({})` panicked: {why}. Anybody may have written it: it may end right \
         behind a `%`, parts may be missing, and characters may have more than one byte",
        shown(url)
    );
}

/// The text as Rust would write it, and of a long one the beginning.
fn shown(text: &str) -> String {
    match text.char_indices().nth(80) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}… ({} bytes)", &text[..end], text.len()),
    }
}

/// The beginning of a text that may be very long.
fn shown_debug(text: &str) -> String {
    match text.char_indices().nth(300) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_word() -> String {
    format!("{:x}", RandomState::new().hash_one(0))
}

/// Random enough (xorshift), and another row of numbers at each run.
struct Random(u64);

impl Random {
    fn new() -> Self {
        Random(RandomState::new().hash_one(0) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
