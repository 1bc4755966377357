//! Runs the examples of Part IV as processes, and judges what they send, print, keep and survive.
//!
//! The client here is a hand-written one, so that it can misbehave. The last tests, which `cargo test`
//! ignores, bring clients that nobody here wrote: curl and Python's ftplib.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{DEADLINE, closed_port, fails, program, run};
use socket2::{Domain, Socket, Type};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

const SERVER: &str = "ftp_server_20";
const FREE: &str = "127.0.0.1:0";
const ADA: (&str, &str) = ("ada", "lovelace");
const GUEST: (&str, &str) = ("guest", "welcome");
const ANONYMOUS: (&str, &str) = ("anonymous", "somebody@example.com");
/// What files a folder has: path below it, and content (`None` for a folder).
type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

// ---- What it costs the other parts ----

#[test]
fn the_crates_of_this_part_cost_no_other_part_anything() {
    for (package, edges) in [
        ("loopback", "normal,build"),
        ("sockets", "all"),
        ("exercises", "all"),
    ] {
        let tree = assert_cmd::Command::new(env!("CARGO"))
            .args([
                "tree",
                "--package",
                package,
                "--edges",
                edges,
                "--prefix",
                "none",
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .timeout(DEADLINE)
            .assert()
            .success();
        let tree = String::from_utf8_lossy(&tree.get_output().stdout).into_owned();
        assert!(tree.starts_with(package), "{tree}");
        let heavy = [
            "libunftp ",
            "unftp-",
            "rustls ",
            "rcgen ",
            "ring ",
            "cap-std ",
        ];
        let found = tree
            .lines()
            .find(|line| heavy.iter().any(|name| line.starts_with(name)));
        assert_eq!(found, None, "{package} needs it");
    }
}

// ---- Starting and ending ----

#[test]
fn a_bad_argument_gives_one_line_and_exit_code_1() {
    for address in ["nonsense", "127.0.0.1", "", "\x1b[2J\n"] {
        let says = format!("{address:?} is not an address: write IP:PORT");
        fails(run(SERVER, [address]).stdout(""), SERVER, &says);
    }
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        fails(run(SERVER, [address]).stdout(""), SERVER, "take 127.0.0.1");
    }
    fails(run(SERVER, [FREE, "a", "b"]), SERVER, "too many arguments");
    let taken = TcpListener::bind(FREE).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let says = format!("another program has {address}");
    fails(run(SERVER, [&address]).stdout(""), SERVER, &says);
}

#[test]
fn a_root_that_cannot_be_served_gives_one_line_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let missing = folder.path().join("missing");
    for (root, says) in [(&file, "it is no folder"), (&missing, "No such file")] {
        let ended = run(SERVER, [Path::new(FREE), root]).stdout("");
        fails(ended, SERVER, &format!("cannot serve {}", root.display()));
        let ended = run(SERVER, [Path::new(FREE), root]);
        fails(ended, SERVER, says);
    }
    // Root may write everywhere but here.
    if cfg!(target_os = "linux") {
        let ended = run(SERVER, [FREE, "/proc"]).stdout("");
        fails(ended, SERVER, "we may not write there");
    }
    fs::write(folder.path().join("home"), "in the way").unwrap();
    let ended = run(SERVER, [Path::new(FREE), folder.path()]).stdout("");
    fails(ended, SERVER, "home/ada");
}

#[test]
fn a_bad_idle_time_gives_one_line_and_exit_code_1() {
    for seconds in ["0", "-1", "soon", "99999999"] {
        let mut command = assert_cmd::Command::new(program(SERVER));
        let command = command.arg(FREE).env("IDLE_SECONDS", seconds);
        fails(
            command.timeout(DEADLINE).assert(),
            SERVER,
            "IDLE_SECONDS is",
        );
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_and_removes_its_folder_but_not_a_given_one() {
    for signal in ["INT", "TERM"] {
        let mut server = Server::start();
        let mut client = server.log_in(ADA);
        assert_eq!(client.say("NOOP")[..3], *"200");
        let own = server.authority.parent().unwrap().to_owned();
        assert!(own.join("root/home/ada/notes.txt").is_file());
        assert!(server.end(signal).success());
        assert!(!own.exists(), "{} is there still", own.display());
    }
    let root = tempfile::tempdir().unwrap();
    let mut server = Server::start_with(FREE, Some(root.path()), &[]);
    assert!(server.end("INT").success());
    let expected = ["home", "home/ada", "public", "shared"].map(PathBuf::from);
    assert!(tree(root.path()).keys().eq(expected.iter()));
}

#[test]
fn its_files_are_what_the_course_says() {
    let server = Server::start();
    let files: Vec<PathBuf> = tree(&server.root)
        .into_iter()
        .filter_map(|(path, content)| content.map(|_| path))
        .collect();
    let expected = [
        "home/ada/notes.txt",
        "home/ada/picture.png",
        "public/course/lesson.txt",
        "public/welcome.txt",
        "shared/readme.txt",
    ];
    assert_eq!(files, expected.map(PathBuf::from));
    let notes = fs::read(server.root.join("home/ada/notes.txt")).unwrap();
    assert!(!notes.is_ascii() && String::from_utf8(notes).is_ok());
    let picture = fs::read(server.root.join("home/ada/picture.png")).unwrap();
    assert!(
        picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture.ends_with(b"IEND\xae\x42\x60\x82")
    );
}

// ---- What it prints ----

#[test]
fn it_prints_each_command_and_reply_and_no_password() {
    let server = Server::start();
    let mut client = server.log_in(ADA);
    client.say("SYST");
    client.say("FEAT");
    client.say("QUIT");
    server.expect("[1] = ended");
    let printed: Vec<String> = server.lines();
    let conversation = printed.iter().filter_map(|line| {
        let rest = line.strip_prefix("[1] ")?;
        rest.starts_with(['<', '>']).then_some(rest)
    });
    let conversation: Vec<&str> = conversation.collect();
    assert_eq!(
        conversation[..5],
        [
            "< 220 ftp_server_20 is ready",
            "> USER ada",
            "< 331 Password Required",
            "> PASS ***",
            "< 230 User logged in, proceed",
        ]
    );
    // What it prints is what we got.
    let replies = conversation
        .iter()
        .filter_map(|line| line.strip_prefix("< "));
    assert_eq!(replies.collect::<Vec<_>>(), client.heard);

    let mut client = server.connect();
    for secret in [
        "PASS SECRET",
        "pass SECRET",
        "PaSs SECRET",
        " PASS SECRET",
        "PASS  SECRET",
        "PASS\tSECRET",
        "\x01PASS SECRET",
        "ACCT SECRET",
    ] {
        client.say(secret);
    }
    client.send(b"\xff\xf4PASS SECRET\r\nPASS \xff SECRET\r\n");
    client.reply();
    client.reply();
    client.send(b"PASS SECR"); // and never more
    drop(client);
    server.expect("[2] = ended");
    for (name, password) in [ADA, GUEST, ANONYMOUS] {
        server.log_in((name, password));
    }
    server.expect("[5] = connected");
    for word in ["SECR", ADA.1, GUEST.1, ANONYMOUS.1] {
        let lines = server.lines();
        let told = lines.iter().find(|line| line.contains(word));
        assert_eq!(told, None, "{word} was printed");
    }
}

#[test]
fn control_characters_are_shown_and_not_obeyed() {
    let server = Server::start();
    let mut client = server.connect();
    client.send("USER \u{9b}2J\x1b[2J\r\nHELP a\rb\r\nUSER é ★\r\n".as_bytes());
    assert_eq!(client.reply()[..3], *"501");
    assert_eq!(client.reply()[..3], *"501");
    assert_eq!(client.reply()[..3], *"331");
    server.expect("[1] > USER é ★");
    let lines = server.lines();
    assert!(
        lines.iter().all(|line| !line.contains(char::is_control)),
        "{lines:?}"
    );
}

// ---- Logging in ----

#[test]
fn nobody_does_anything_before_the_password() {
    let server = Server::start();
    let before = tree(&server.root);
    let mut client = server.connect();
    for moment in 0..2 {
        for command in [
            "PWD",
            "CWD /",
            "CDUP",
            "LIST",
            "NLST",
            "MLSD",
            "RETR x",
            "STOR x",
            "APPE x",
            "STOU",
            "DELE x",
            "MKD x",
            "RMD x",
            "RNFR x",
            "RNTO x",
            "SIZE x",
            "MDTM x",
            "MLST x",
            "STAT",
            "STAT /",
            "PASV",
            "EPSV",
            "PORT 127,0,0,1,9,9",
            "EPRT |1|127.0.0.1|9999|",
            "REST 1",
            "TYPE I",
            "ABOR",
            "SITE MD5 x",
        ] {
            let reply = client.say(command);
            assert_eq!(reply[..4], *"530 ", "{command}, moment {moment}: {reply}");
        }
        client.say("USER ada");
    }
    assert_eq!(tree(&server.root), before);
}

#[test]
fn a_wrong_name_and_a_wrong_password_look_the_same_and_the_third_try_is_the_last() {
    let server = Server::start();
    let mut client = server.connect();
    let mut replies = Vec::new();
    for (name, password) in [("ada", "x"), ("nobody", "x"), ("guest", "lovelace")] {
        assert_eq!(client.say(&format!("USER {name}"))[..3], *"331");
        let start = Instant::now();
        replies.push(client.say(&format!("PASS {password}")));
        assert!(
            start.elapsed() >= Duration::from_millis(500),
            "guessing is fast"
        );
    }
    assert_eq!(
        replies,
        [replies[0].clone(), replies[0].clone(), replies[0].clone()]
    );
    assert_eq!(replies[0][..3], *"530");
    assert_eq!(client.reply()[..3], *"421");
    assert!(client.has_ended());
    server.log_in(ADA);
}

#[test]
fn anonymous_takes_any_password_and_the_others_only_theirs() {
    let server = Server::start();
    for (name, password, code) in [
        ("anonymous", "", "230"),
        ("anonymous", "é ★", "230"),
        ("ftp", "x", "230"),
        ("ADA", "lovelace", "530"),
        ("ada", "", "530"),
        ("ada", "Lovelace", "530"),
        ("ada", "lovelace ", "530"),
        ("", "", "530"),
        ("../ada", "lovelace", "530"),
    ] {
        let mut client = server.connect();
        client.say(&format!("USER {name}"));
        let reply = client.say(&format!("PASS {password}"));
        assert_eq!(&reply[..3], code, "{name:?} with {password:?}: {reply}");
    }
}

// ---- The three accounts ----

#[test]
fn each_account_sees_its_own_folder_as_the_root() {
    let server = Server::start();
    for (account, there) in [
        (ADA, &["notes.txt", "picture.png"][..]),
        (GUEST, &["readme.txt"]),
        (ANONYMOUS, &["course", "welcome.txt"]),
    ] {
        let mut client = server.log_in(account);
        assert_eq!(client.say("PWD"), "257 \"/\"");
        for listing in ["NLST", "NLST /", "NLST ."] {
            let mut names = client.fetch_text(listing);
            names.sort();
            assert_eq!(names, there, "{account:?}");
        }
        let long = client.fetch_text("LIST");
        assert_eq!(long.len(), there.len(), "{long:?}");
        let facts = client.fetch_text("MLSD");
        assert!(
            there
                .iter()
                .all(|name| facts.iter().any(|line| line.ends_with(name)))
        );
    }
    let mut client = server.log_in(ANONYMOUS);
    assert_eq!(client.say("CWD course")[..3], *"250");
    assert_eq!(client.say("PWD"), "257 \"/course\"");
    client.say("TYPE I");
    let lesson = fs::read(server.root.join("public/course/lesson.txt")).unwrap();
    assert_eq!(client.fetch("RETR lesson.txt").unwrap(), lesson);
    for up in ["CDUP", "CWD .."] {
        client.say("CWD /course");
        assert_eq!(client.say(up)[..1], *"2");
        assert_eq!(client.say("PWD"), "257 \"/\"", "{up}");
        assert_eq!(client.say(up)[..1], *"2");
        assert_eq!(client.say("PWD"), "257 \"/\"", "{up} at the root");
    }
}

#[test]
fn the_real_account_may_do_everything_at_home() {
    let server = Server::start();
    let home = server.root.join("home/ada");
    let mut ada = server.log_in(ADA);
    ada.say("TYPE I");
    let bytes = noise(100_000);
    assert_eq!(ada.store("STOR a file", &bytes)[..3], *"226");
    assert_eq!(fs::read(home.join("a file")).unwrap(), bytes);
    assert_eq!(ada.fetch("RETR a file").unwrap(), bytes);
    assert_eq!(ada.say("SIZE a file"), "213 100000");
    assert_eq!(ada.store("STOR a file", b"short")[..3], *"226");
    assert_eq!(fs::read(home.join("a file")).unwrap(), b"short");
    assert_eq!(ada.store("APPE a file", b"er")[..3], *"226");
    assert_eq!(ada.store("APPE new", b"n")[..3], *"226");
    assert_eq!(fs::read(home.join("a file")).unwrap(), b"shorter");
    assert_eq!(ada.store("STOR empty", b"")[..3], *"226");
    assert_eq!(ada.fetch("RETR empty").unwrap(), b"");
    assert_eq!(ada.say("MKD folder"), "257 \"/folder\" is there");
    assert_eq!(ada.say("MKD folder"), "550 It exists already");
    assert_eq!(ada.say("MKD a file"), "550 It exists already");
    assert_eq!(ada.say("MKD missing/folder"), "550 File not found");
    assert_eq!(ada.say("MKD a\"b"), "257 \"/a\"\"b\" is there");
    assert_eq!(ada.say("RNFR a file")[..3], *"350");
    assert_eq!(ada.say("RNTO folder/b")[..3], *"250");
    assert_eq!(fs::read(home.join("folder/b")).unwrap(), b"shorter");
    assert_eq!(ada.say("RMD folder")[..3], *"550", "not empty");
    assert_eq!(ada.say("DELE folder/b")[..3], *"250");
    assert_eq!(ada.say("RMD folder")[..3], *"250");
    assert_eq!(ada.say("DELE missing")[..3], *"550");
    assert_eq!(ada.say("RNTO x")[..1], *"4", "no RNFR before");
    let reply = ada.store("STOU", b"unique");
    assert_eq!(reply[..3], *"226");
    let found = tree(&home);
    assert!(
        found
            .values()
            .any(|content| content.as_deref() == Some(b"unique"))
    );
    assert!(!found.contains_key(Path::new("folder")));
}

#[test]
fn the_guest_may_add_and_change_nothing() {
    let server = Server::start();
    let mut guest = server.log_in(GUEST);
    guest.say("TYPE I");
    assert_eq!(guest.store("STOR mine", b"mine")[..3], *"226");
    assert_eq!(guest.store("APPE mine too", b"mine")[..3], *"226");
    assert_eq!(guest.store("STOU", b"unique")[..3], *"226");
    assert_eq!(guest.say("MKD box")[..3], *"257");
    assert_eq!(guest.store("STOR box/x", b"x")[..3], *"226");
    assert_eq!(guest.say("MKD empty")[..3], *"257");
    guest.say("REST 0");
    assert_eq!(guest.store("STOR at 0", b"0")[..3], *"226");
    let before = tree(&server.root);
    for name in [
        "readme.txt",
        "mine",
        "/mine",
        "./mine",
        "box/../mine",
        "box/x",
        "box",
    ] {
        for command in ["STOR", "APPE"] {
            let reply = guest.store(&format!("{command} {name}"), b"overwritten");
            assert_eq!(reply[..3], *"550", "{command} {name}: {reply}");
        }
        guest.say("REST 1");
        assert_eq!(
            guest.store(&format!("STOR {name}"), b"resumed")[..3],
            *"550"
        );
        assert_eq!(guest.say(&format!("DELE {name}"))[..3], *"550");
        assert_eq!(guest.say(&format!("RMD {name}"))[..3], *"550");
        for to in ["other", "readme.txt"] {
            guest.say(&format!("RNFR {name}"));
            assert_eq!(guest.say(&format!("RNTO {to}"))[..3], *"550");
        }
    }
    assert_eq!(guest.say("RMD empty")[..3], *"550");
    assert_eq!(tree(&server.root), before);
    assert_eq!(
        guest.fetch("RETR readme.txt").unwrap(),
        before[Path::new("shared/readme.txt")].clone().unwrap()
    );
    // A link that leads nowhere yet is a name that is taken.
    #[cfg(unix)]
    {
        let shared = server.root.join("shared");
        std::os::unix::fs::symlink("later", shared.join("link")).unwrap();
        assert_eq!(guest.store("STOR link", b"through")[..3], *"550");
        assert!(!shared.join("later").exists());
    }
}

#[test]
fn of_two_guests_with_the_same_name_in_mind_one_succeeds() {
    let server = Server::start();
    for round in 0..5 {
        let name = format!("race {round}");
        let mut replies: Vec<(String, Vec<u8>)> = thread::scope(|scope| {
            let guests: Vec<_> = [b"first".to_vec(), b"second".to_vec()]
                .into_iter()
                .map(|content| {
                    let (server, name) = (&server, &name);
                    scope.spawn(move || {
                        let mut guest = server.log_in(GUEST);
                        guest.say("TYPE I");
                        let reply = guest.store(&format!("STOR {name}"), &content);
                        (reply[..3].to_owned(), content)
                    })
                })
                .collect();
            guests
                .into_iter()
                .map(|guest| guest.join().unwrap())
                .collect()
        });
        replies.sort();
        assert_eq!(
            (&*replies[0].0, &*replies[1].0),
            ("226", "550"),
            "{replies:?}"
        );
        assert_eq!(
            fs::read(server.root.join("shared").join(name)).unwrap(),
            replies[0].1
        );
    }
}

#[test]
fn anonymous_may_only_look() {
    let server = Server::start();
    let before = tree(&server.root);
    let mut anonymous = server.log_in(ANONYMOUS);
    anonymous.say("TYPE I");
    for command in [
        "STOR new",
        "STOR welcome.txt",
        "APPE new",
        "APPE welcome.txt",
        "STOU",
        "STOR course/x",
    ] {
        let reply = anonymous.store(command, b"x");
        assert_eq!(reply[..3], *"550", "{command}: {reply}");
    }
    anonymous.say("REST 1");
    assert_eq!(anonymous.store("STOR welcome.txt", b"x")[..3], *"550");
    for command in [
        "MKD new",
        "RMD course",
        "DELE welcome.txt",
        "DELE course/lesson.txt",
    ] {
        assert_eq!(anonymous.say(command)[..3], *"550", "{command}");
    }
    anonymous.say("RNFR welcome.txt");
    assert_eq!(anonymous.say("RNTO other")[..3], *"550");
    for command in [
        "SITE CHMOD 777 welcome.txt",
        "SITE MD5 welcome.txt",
        "SITE EXEC ls",
        "SITE",
        "SITE  ",
    ] {
        assert_eq!(anonymous.say(command)[..1], *"5", "{command}");
    }
    assert_eq!(tree(&server.root), before);
}

// ---- Nobody leaves ----

#[cfg(unix)]
#[test]
fn nobody_leaves_their_folder() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    let root = outside.path().join("root");
    fs::create_dir(&root).unwrap();
    let secret = b"the secret outside";
    fs::write(outside.path().join("secret.txt"), secret).unwrap();
    fs::create_dir(outside.path().join("vault")).unwrap();
    fs::write(outside.path().join("vault/secret.txt"), secret).unwrap();
    let server = Server::start_with(FREE, Some(&root), &[]);
    for folder in ["home/ada", "shared", "public"] {
        let home = root.join(folder);
        fs::create_dir(home.join("sub")).unwrap();
        fs::write(home.join("sub/own.txt"), "own").unwrap();
        symlink("sub/own.txt", home.join("inside")).unwrap();
        symlink(outside.path().join("secret.txt"), home.join("absolute")).unwrap();
        symlink(outside.path().join("vault"), home.join("vault")).unwrap();
        symlink("../../secret.txt", home.join("up2")).unwrap();
        symlink("../../../secret.txt", home.join("up3")).unwrap();
        symlink("up3", home.join("chain")).unwrap();
        symlink("..", home.join("parent")).unwrap();
        symlink("/", home.join("everything")).unwrap();
        symlink("loop", home.join("loop")).unwrap();
        fs::write(root.join("neighbour.txt"), secret).unwrap();
    }
    let before = tree_beside(outside.path(), &root);
    let neighbour = root.join("neighbour.txt");
    let deep = outside.path().join("secret.txt").display().to_string();
    let long = "n".repeat(300);
    let very_long = "d/".repeat(2_000);
    let paths = [
        "../secret.txt",
        "../../secret.txt",
        "../../../secret.txt",
        "/../../../secret.txt",
        "sub/../../secret.txt",
        "sub/../../../../secret.txt",
        "/sub/../../../secret.txt",
        "..",
        "../",
        "../..",
        "/..",
        "/../../..",
        "....//....//secret.txt",
        "..\\..\\secret.txt",
        "..%2f..%2fsecret.txt",
        "%2e%2e/%2e%2e/secret.txt",
        "..%00/secret.txt",
        "%2e%2e",
        "..;/secret.txt",
        "\u{2025}/secret.txt",
        "\u{ff0e}\u{ff0e}/secret.txt",
        "~/secret.txt",
        "~root",
        "~",
        "-la /",
        "//etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "C:\\secret.txt",
        "\\\\host\\share",
        "../neighbour.txt",
        "../../neighbour.txt",
        "absolute",
        "vault",
        "vault/",
        "vault/secret.txt",
        "vault/new",
        "up2",
        "up3",
        "chain",
        "parent",
        "parent/neighbour.txt",
        "parent/parent/secret.txt",
        "parent/new",
        "everything",
        "everything/etc/passwd",
        "everything/tmp/new",
        "loop",
        "loop/x",
        "sub/../parent/../secret.txt",
        &deep,
        &long,
        &very_long,
    ];
    let (ada, guest, anonymous) = (
        server.log_in(ADA),
        server.log_in(GUEST),
        server.log_in(ANONYMOUS),
    );
    for mut client in [ada, guest, anonymous] {
        client.say("TYPE I");
        // It works, as far as it is allowed.
        assert_eq!(client.fetch("RETR inside").unwrap(), b"own");
        for path in paths {
            for command in ["RETR", "LIST", "NLST", "MLSD"] {
                let got = client
                    .fetch(&format!("{command} {path}"))
                    .unwrap_or_default();
                let text = String::from_utf8_lossy(&got);
                let word = ["secret outside", "neighbour", "root:"]
                    .into_iter()
                    .find(|word| text.contains(word));
                assert_eq!(word, None, "{command} {path}");
            }
            for command in ["SIZE", "MDTM", "MLST", "STAT", "CWD", "RNFR"] {
                let reply = client.say(&format!("{command} {path}"));
                assert!(
                    !reply.contains("neighbour") && !reply.contains("root:"),
                    "{command} {path}: {reply}"
                );
                assert!(
                    !(command == "SIZE" && reply == "213 18"),
                    "{command} {path}: {reply}"
                );
                if command == "CWD" {
                    let names = client.fetch("NLST").unwrap_or_default();
                    let names = String::from_utf8_lossy(&names).into_owned();
                    let outside = ["secret.txt", "neighbour.txt", "home", "etc"];
                    let seen = names.lines().find(|name| outside.contains(name));
                    assert_eq!(seen, None, "CWD {path}");
                    client.say("CWD /");
                }
            }
            for command in ["STOR", "APPE"] {
                client.store(&format!("{command} {path}"), b"overwritten");
            }
            client.say(&format!("MKD {path}"));
            client.say("RNFR sub/own.txt");
            client.say(&format!("RNTO {path}"));
            client.say(&format!("RNFR {path}"));
            client.say("RNTO sub/own.txt");
            client.say(&format!("DELE {path}"));
            client.say(&format!("RMD {path}"));
            assert_eq!(fs::read(&neighbour).unwrap(), secret, "after {path}");
            assert_eq!(tree_beside(outside.path(), &root), before, "after {path}");
        }
        assert_eq!(client.say("NOOP")[..3], *"200", "the session lives");
    }
    let top: Vec<_> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(
        top.len(),
        4,
        "only home, shared, public and the neighbour: {top:?}"
    );
    assert_eq!(fs::read_dir(root.join("home")).unwrap().count(), 1);
}

#[test]
fn a_name_with_a_nul_or_a_line_end_in_it_is_refused() {
    let server = Server::start();
    let before = tree(&server.root);
    let mut ada = server.log_in(ADA);
    for name in [
        &b"notes.txt\0.png"[..],
        b"\0",
        b"..\0/x",
        b"a\rb",
        b"a\r\0b",
        b"a\x7f",
        b"\xff\xfe",
        b"\xc0\xae\xc0\xae/x",
    ] {
        for command in ["RETR", "STOR", "MKD", "DELE", "CWD", "SIZE"] {
            ada.send(&[command.as_bytes(), b" ", name, b"\r\n"].concat());
            let reply = ada.reply();
            assert_eq!(reply[..3], *"501", "{command} {name:?}: {reply}");
        }
    }
    assert_eq!(tree(&server.root), before);
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_not_sent_and_keeps_nobody_waiting() {
    let server = Server::start();
    let home = server.root.join("home/ada");
    let made = Command::new("mkfifo").arg(home.join("pipe")).status();
    assert!(made.is_ok_and(|made| made.success()), "mkfifo");
    let mut ada = server.log_in(ADA);
    ada.say("MKD folder");
    for name in ["pipe", "folder", "/", "."] {
        let refused = ada.fetch(&format!("RETR {name}")).unwrap_err();
        assert_eq!(refused[..3], *"550", "RETR {name}: {refused}");
        assert_eq!(
            ada.store(&format!("STOR {name}"), b"x")[..3],
            *"550",
            "STOR {name}"
        );
    }
}

// ---- Types, REST, SIZE, MDTM ----

#[test]
fn text_has_cr_lf_on_the_wire_and_lf_in_the_file() {
    let server = Server::start();
    let home = server.root.join("home/ada");
    let mut ada = server.log_in(ADA);
    let (file, wire) = (b"one\ntwo\r\n\nend\r", b"one\r\ntwo\r\r\n\r\nend\r");
    fs::write(home.join("text"), file).unwrap();
    // ASCII is the default (RFC 959 §3.1.1.1).
    assert_eq!(ada.fetch("RETR text").unwrap(), wire);
    assert_eq!(ada.store("STOR back", wire)[..3], *"226");
    assert_eq!(fs::read(home.join("back")).unwrap(), file);
    // Each byte by itself, so that CR and LF come in two reads.
    let mut data = ada.passive();
    ada.send(b"STOR slow\r\n");
    assert_eq!(ada.reply()[..3], *"150");
    for byte in wire {
        data.write_all(&[*byte]).unwrap();
        thread::sleep(Duration::from_millis(3));
    }
    drop(data);
    assert_eq!(ada.reply()[..3], *"226");
    assert_eq!(fs::read(home.join("slow")).unwrap(), file);

    let picture = fs::read(home.join("picture.png")).unwrap();
    let damaged = ada.fetch("RETR picture.png").unwrap();
    let line_feeds = picture.iter().filter(|byte| **byte == b'\n').count();
    assert!(line_feeds > 0);
    assert_eq!(damaged.len(), picture.len() + line_feeds);
    assert_eq!(ada.store("STOR damaged.png", &picture)[..3], *"226");
    assert!(
        fs::read(home.join("damaged.png")).unwrap().len() < picture.len(),
        "CR LF in it became LF"
    );

    for (command, code) in [
        ("TYPE I", "200"),
        ("TYPE A", "200"),
        ("TYPE a n", "200"),
        ("TYPE L 8", "200"),
        ("type i", "200"),
        ("TYPE E", "504"),
        ("TYPE A T", "504"),
        ("TYPE L 36", "504"),
        ("TYPE", "504"),
        ("TYPE IA", "504"),
    ] {
        assert_eq!(&ada.say(command)[..3], code, "{command}");
    }
    // A refused TYPE changes nothing: it is I still.
    assert_eq!(ada.fetch("RETR picture.png").unwrap(), picture);
    assert_eq!(
        ada.say("SIZE picture.png"),
        format!("213 {}", picture.len())
    );
    ada.say("TYPE A");
    assert_eq!(ada.say("SIZE picture.png")[..3], *"550");
    assert_eq!(ada.say("REST 5")[..3], *"504");
    assert_eq!(ada.say("REST 0")[..3], *"350");
    assert_eq!(
        server.log_in(ADA).fetch("RETR text").unwrap(),
        wire,
        "a new session begins with A"
    );
}

#[test]
fn rest_holds_for_one_transfer() {
    let server = Server::start();
    let file = server.root.join("home/ada/digits");
    fs::write(&file, "0123456789").unwrap();
    let mut ada = server.log_in(ADA);
    ada.say("TYPE I");
    assert_eq!(ada.say("REST 4")[..3], *"350");
    assert_eq!(ada.fetch("RETR digits").unwrap(), b"456789");
    assert_eq!(ada.fetch("RETR digits").unwrap(), b"0123456789");
    // Used up by a transfer that failed, too.
    ada.say("REST 4");
    ada.fetch("RETR missing").unwrap_err();
    assert_eq!(ada.fetch("RETR digits").unwrap(), b"0123456789");
    for (offset, rest) in [("10", &b""[..]), ("99999999999", b""), ("0", b"0123456789")] {
        ada.say(&format!("REST {offset}"));
        assert_eq!(ada.fetch("RETR digits").unwrap(), rest, "REST {offset}");
    }
    for bad in [
        "REST",
        "REST x",
        "REST -1",
        "REST 1.5",
        "REST 99999999999999999999999",
    ] {
        assert_eq!(ada.say(bad)[..3], *"501", "{bad}");
    }
    ada.say("REST 8");
    assert_eq!(ada.store("STOR digits", b"xyz")[..3], *"226");
    assert_eq!(fs::read(&file).unwrap(), b"01234567xyz");
    for name in ["digits", "new"] {
        ada.say("REST 1000000000000");
        assert_eq!(
            ada.store(&format!("STOR {name}"), b"far away")[..3],
            *"552",
            "{name}"
        );
    }
    assert_eq!(fs::read(&file).unwrap(), b"01234567xyz");
    assert_eq!(ada.store("STOR digits", b"whole")[..3], *"226");
    assert_eq!(fs::read(&file).unwrap(), b"whole");
}

#[test]
fn mdtm_and_feat_say_what_is_there() {
    let server = Server::start();
    let file = server.root.join("home/ada/notes.txt");
    let moment = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options()
        .write(true)
        .open(file)
        .unwrap()
        .set_modified(moment)
        .unwrap();
    let mut ada = server.log_in(ADA);
    assert_eq!(ada.say("MDTM notes.txt"), "213 20010909014640");
    assert_eq!(ada.say("MDTM missing")[..3], *"550");
    let features = ada.say("FEAT");
    for feature in [
        "AUTH TLS",
        "EPSV",
        "MDTM",
        "PBSZ",
        "PROT",
        "REST STREAM",
        "SIZE",
        "UTF8",
    ] {
        assert!(
            features.contains(&format!("\n {feature}\n")),
            "{feature} in {features}"
        );
    }
    assert!(!features.contains("MD5"), "{features}");
}

// ---- Passive and active ----

#[test]
fn passive_extended_passive_and_active_give_the_same_bytes() {
    let server = Server::start();
    let picture = fs::read(server.root.join("home/ada/picture.png")).unwrap();
    let mut ada = server.log_in(ADA);
    ada.say("TYPE I");
    for mode in ["PASV", "EPSV", "EPSV 1", "PORT", "EPRT"] {
        for _ in 0..2 {
            assert_eq!(
                ada.fetch_by(mode, "RETR picture.png").unwrap(),
                picture,
                "{mode}"
            );
            let reply = ada.store_by(mode, "STOR copy", &picture);
            assert_eq!(reply[..3], *"226", "{mode}: {reply}");
            assert_eq!(ada.fetch_by(mode, "RETR copy").unwrap(), picture);
        }
    }
}

#[test]
fn an_active_data_connection_goes_to_the_client_only() {
    let server = Server::start();
    let mut ada = server.log_in(ADA);
    let victim = TcpListener::bind("127.0.0.1:0").unwrap();
    victim.set_nonblocking(true).unwrap();
    let port = victim.local_addr().unwrap().port();
    let (high, low) = (port / 256, port % 256);
    for command in [
        format!("PORT 127,0,0,2,{high},{low}"),
        format!("PORT 192,0,2,1,{high},{low}"),
        format!("PORT 0,0,0,0,{high},{low}"),
        format!("EPRT |1|127.0.0.2|{port}|"),
        format!("EPRT |1|192.0.2.1|{port}|"),
        format!("EPRT |2|::1|{port}|"),
        format!("EPRT |2|::ffff:127.0.0.1|{port}|"),
        "PORT 127,0,0,1,0,22".into(),
        "PORT 127,0,0,1,3,255".into(),
        "EPRT |1|127.0.0.1|1023|".into(),
        "EPRT |1|127.0.0.1|0|".into(),
    ] {
        let reply = ada.say(&command);
        assert_eq!(reply[..3], *"504", "{command}: {reply}");
    }
    for command in [
        "PORT",
        "PORT 127,0,0,1,9",
        "PORT 127,0,0,1,9,9,9",
        "PORT 127,0,0,1,256,1",
        "PORT 127,0,0,1,-1,1",
        "PORT 127.0.0.1,9,9",
        "PORT a,b,c,d,e,f",
        "PORT 127,0,0,1,9,",
        "EPRT",
        "EPRT |",
        "EPRT |1|127.0.0.1|9999",
        "EPRT 1|127.0.0.1|9999|",
        "EPRT |2|127.0.0.1|9999|",
        "EPRT |1|::1|9999|",
        "EPRT |3|127.0.0.1|9999|",
        "EPRT |1|127.0.0.1|99999|",
        "EPRT |1|localhost|9999|",
        "EPRT |1|127.0.0.1|9999|9|",
    ] {
        let reply = ada.say(command);
        assert_eq!(reply[..3], *"501", "{command}: {reply}");
    }
    assert!(victim.accept().is_err(), "it connected to somebody else");
    // Nobody listens there: said at once, and the session goes on.
    let (_held, closed) = closed_port();
    let (high, low) = (closed.port() / 256, closed.port() % 256);
    let reply = ada.say(&format!("PORT 127,0,0,1,{high},{low}"));
    assert_eq!(reply[..3], *"425", "{reply}");
    ada.fetch("RETR notes.txt").unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_strangers_data_connection_gets_nothing() {
    let server = Server::start_with(FREE, None, &[("IDLE_SECONDS", "2")]);
    let mut ada = server.log_in(ADA);
    let port = ada.passive_port("EPSV");
    // The same machine, but another address than the client's.
    let stranger = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    stranger
        .bind(&SocketAddr::from(([127, 0, 0, 2], 0)).into())
        .unwrap();
    stranger
        .connect(&SocketAddr::from(([127, 0, 0, 1], port)).into())
        .unwrap();
    let mut stranger = with_deadlines(stranger.into());
    ada.send(b"RETR notes.txt\r\n");
    let mut got = Vec::new();
    let _ = stranger.read_to_end(&mut got);
    assert_eq!(got, b"");
}

#[test]
fn it_serves_ipv6() {
    if TcpListener::bind("[::1]:0").is_err() {
        return skip("this machine has no ::1");
    }
    let server = Server::start_with("[::1]:0", None, &[]);
    let mut ada = server.log_in(ADA);
    let notes = fs::read(server.root.join("home/ada/notes.txt")).unwrap();
    ada.say("TYPE I");
    assert_eq!(ada.fetch_by("EPSV", "RETR notes.txt").unwrap(), notes);
    assert_eq!(ada.say("PASV")[..3], *"425");
    assert_eq!(ada.say("EPRT |2|::1|9999|")[..3], *"522");
    assert_eq!(ada.say("PORT 127,0,0,1,9,9")[..3], *"504");
    assert_eq!(ada.fetch_by("EPSV", "RETR notes.txt").unwrap(), notes);
}

#[test]
fn a_transfer_without_a_data_connection_is_refused() {
    let server = Server::start();
    let mut ada = server.log_in(ADA);
    for command in [
        "RETR notes.txt",
        "STOR x",
        "LIST",
        "NLST",
        "MLSD",
        "APPE x",
        "STOU",
    ] {
        let reply = ada.say(command);
        assert_eq!(reply[..3], *"425", "{command}: {reply}");
    }
}

// ---- TLS, as far as a client without TLS can see it ----

#[test]
fn tls_is_offered_and_nothing_said_before_it_counts_as_said_in_it() {
    let server = Server::start();
    let mut client = server.connect();
    for (command, code) in [
        ("AUTH SSL", "504"),
        ("AUTH GSSAPI", "504"),
        ("AUTH", "504"),
        ("PROT P", "503"),
        ("PBSZ 0", "503"),
        ("CCC", "530"),
        ("auth tls", "234"),
    ] {
        assert_eq!(&client.say(command)[..3], code, "{command}");
    }
    client.send(b"this is no handshake\r\n");
    let mut alert = Vec::new();
    let _ = client.control.read_to_end(&mut alert);
    server.expect("[1] = ended: the handshake failed");

    let mut client = server.connect();
    client.send(b"AUTH TLS\r\nUSER ada\r\nPASS lovelace\r\n");
    assert_eq!(client.reply()[..3], *"234");
    assert!(client.has_ended());
    server.expect("[2] = ended: plain text after AUTH TLS");
    assert!(!server.lines().iter().any(|line| line.contains("> USER")));

    let mut client = server.log_in(ADA);
    assert_eq!(client.say("AUTH TLS")[..3], *"503", "too late");
    let pem = fs::read_to_string(&server.authority).unwrap();
    assert!(
        pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"),
        "{pem}"
    );
    let folder = server.authority.parent().unwrap();
    let others: Vec<_> = tree(folder)
        .into_iter()
        .filter(|(path, _)| !path.starts_with("root"))
        .collect();
    assert_eq!(others.len(), 1, "no private key on the disk: {others:?}");
}

// ---- Several clients, and bad ones ----

#[test]
fn pipelined_and_split_commands_are_answered_in_order() {
    let server = Server::start();
    let mut ada = server.log_in(ADA);
    ada.send(
        b"TYPE I\r\nSIZE notes.txt\r\nNOOP\r\nTYPE A\r\nPWD\nnoop\r\nREST 0\r\nMDTM missing\r\n",
    );
    let codes: Vec<String> = (0..8).map(|_| ada.reply()[..3].to_owned()).collect();
    assert_eq!(
        codes,
        ["200", "213", "200", "200", "257", "200", "350", "550"]
    );
    for byte in b"SYST\r\n" {
        ada.send(&[*byte]);
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(ada.reply()[..3], *"215");
    // A command in the middle of a transfer waits for its end.
    let mut data = ada.passive();
    ada.send(b"STOR x\r\nPWD\r\nQUIT\r\n");
    assert_eq!(ada.reply()[..3], *"150");
    thread::sleep(Duration::from_millis(100));
    data.write_all(b"x").unwrap();
    drop(data);
    let codes: Vec<String> = (0..3).map(|_| ada.reply()[..3].to_owned()).collect();
    assert_eq!(codes, ["226", "257", "221"]);
    assert!(ada.has_ended());
}

#[test]
fn a_client_that_has_sent_everything_gets_all_replies() {
    let server = Server::start();
    let mut client = server.connect();
    client.send(b"USER ada\r\nPASS lovelace\r\nPWD\r\nHALF A COMM");
    client.control.get_ref().shutdown(Shutdown::Write).unwrap();
    let codes: Vec<String> = (0..3).map(|_| client.reply()[..3].to_owned()).collect();
    assert_eq!(codes, ["331", "230", "257"]);
    assert!(client.has_ended());
    assert!(!server.lines().iter().any(|line| line.contains("HALF")));
}

#[test]
fn a_stalled_client_holds_up_nobody() {
    let server = Server::start();
    big_file(&server, "big");
    let mut slow = server.log_in(ADA);
    slow.say("TYPE I");
    let stalled = slow.passive();
    slow.send(b"RETR big\r\n");
    assert_eq!(slow.reply()[..3], *"150");
    let mut uploads = server.log_in(ADA);
    let half_done = uploads.passive();
    uploads.send(b"STOR half\r\n");
    assert_eq!(uploads.reply()[..3], *"150");
    let _silent = server.connect();
    let start = Instant::now();
    let mut other = server.log_in(ADA);
    other.fetch("RETR notes.txt").unwrap();
    assert_eq!(other.store("STOR other", b"x")[..3], *"226");
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    drop((stalled, half_done));
    assert_eq!(slow.reply()[..3], *"426");
    assert_eq!(
        uploads.reply()[..3],
        *"226",
        "the end of the connection is the end of the file"
    );
    slow.fetch("RETR notes.txt").unwrap();
}

#[test]
fn abor_ends_a_transfer_and_not_the_session() {
    let server = Server::start();
    big_file(&server, "big");
    let mut ada = server.log_in(ADA);
    ada.say("TYPE I");
    for abort in [&b"ABOR\r\n"[..], b"abor\r\n", b"\xff\xf4\xff\xf2ABOR\r\n"] {
        let mut data = ada.passive();
        ada.send(b"RETR big\r\n");
        assert_eq!(ada.reply()[..3], *"150");
        data.read_exact(&mut [0; 1000]).unwrap();
        ada.send(abort);
        assert_eq!(ada.reply()[..3], *"426");
        assert_eq!(ada.reply()[..3], *"226");
        ada.fetch("RETR notes.txt").unwrap();
    }
    // At once, perhaps before the first byte has passed.
    let data = ada.passive();
    ada.send(b"RETR big\r\nABOR\r\n");
    let codes: Vec<String> = (0..3).map(|_| ada.reply()[..3].to_owned()).collect();
    assert_eq!(codes, ["150", "426", "226"]);
    drop(data);
    let data = ada.passive();
    ada.send(b"STOR half\r\n");
    assert_eq!(ada.reply()[..3], *"150");
    ada.send(b"ABOR\r\n");
    assert_eq!(ada.reply()[..3], *"426");
    assert_eq!(ada.reply()[..3], *"226");
    drop(data);
    assert_eq!(ada.say("ABOR")[..3], *"226", "nothing to abort");
    ada.fetch("RETR notes.txt").unwrap();
}

#[test]
fn who_is_silent_or_lets_a_transfer_stand_still_is_sent_away() {
    let server = Server::start_with(FREE, None, &[("IDLE_SECONDS", "2")]);
    big_file(&server, "big");
    let sent_away = |mut client: Client, what: &str| {
        let start = Instant::now();
        assert_eq!(client.reply()[..3], *"421", "{what}");
        assert!(client.has_ended(), "{what}");
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{what}: {:?}",
            start.elapsed()
        );
    };
    sent_away(server.connect(), "never logged in");
    sent_away(server.log_in(ADA), "logged in, then silent");
    let dripping = server.connect();
    let drip = dripping.control.get_ref().try_clone().unwrap();
    thread::spawn(move || {
        for _ in 0..100 {
            thread::sleep(Duration::from_millis(100));
            if (&drip).write_all(b"x").is_err() {
                break;
            }
        }
    });
    sent_away(dripping, "a byte now and then, and never a line");
    let mut reads_nothing = server.log_in(ADA);
    let mut data = reads_nothing.passive();
    reads_nothing.send(b"RETR big\r\n");
    assert_eq!(reads_nothing.reply()[..3], *"150");
    sent_away(reads_nothing, "a download that nobody reads");
    let mut rest = Vec::new();
    let _ = data.read_to_end(&mut rest);
    assert!(rest.len() < BIG, "the data connection is closed, too");
    let mut sends_nothing = server.log_in(ADA);
    let mut data = sends_nothing.passive();
    sends_nothing.send(b"STOR half\r\n");
    assert_eq!(sends_nothing.reply()[..3], *"150");
    sent_away(sends_nothing, "an upload that nobody sends");
    assert!(matches!(data.read(&mut [0; 1]), Ok(0) | Err(_)));
    let mut never_connects = server.log_in(ADA);
    never_connects.passive_port("EPSV");
    never_connects.send(b"RETR notes.txt\r\n");
    assert_eq!(never_connects.reply()[..3], *"150");
    sent_away(never_connects, "a data connection that never comes");
    // A transfer that goes on slowly may take longer than that.
    let mut slow = server.log_in(ADA);
    let mut data = slow.passive();
    slow.send(b"STOR slow\r\n");
    assert_eq!(slow.reply()[..3], *"150");
    for _ in 0..15 {
        thread::sleep(Duration::from_millis(200));
        data.write_all(b"x").unwrap();
    }
    drop(data);
    assert_eq!(slow.reply()[..3], *"226");
}

#[test]
fn a_client_that_goes_away_frees_its_place() {
    let server = Server::start();
    let mut clients: Vec<Client> = (0..20).map(|_| server.log_in(ADA)).collect();
    let mut one_too_many = server.greeted_by("421");
    assert!(one_too_many.has_ended());
    // In the middle of everything: silent, half a command, uploading, downloading.
    big_file(&server, "big");
    let mut data = Vec::new();
    for (number, client) in clients.iter_mut().enumerate().take(4) {
        match number {
            0 => {}
            1 => client.send(b"RETR no"),
            2 => {
                data.push(client.passive());
                client.send(b"STOR half\r\n");
                client.reply();
            }
            _ => {
                data.push(client.passive());
                client.send(b"RETR big\r\n");
                client.reply();
            }
        }
    }
    drop((data, clients));
    let deadline = Instant::now() + DEADLINE;
    let free = || {
        (0..20)
            .map(|_| server.try_greeted_by("220"))
            .collect::<Option<Vec<Client>>>()
    };
    while free().is_none() {
        assert!(Instant::now() < deadline, "the places are not free");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn it_survives_whatever_a_stranger_sends() {
    let server = Server::start();
    for garbage in [
        &noise(50_000)[..],
        b"\0\0\0\0",
        b"\r\n\r\n\n\r\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"USER",
        b"\x16\x03\x01\x02\x00",
    ] {
        let mut client = server.connect();
        // It may have closed already: that is its right.
        let _ = client.control.get_mut().write_all(garbage);
        let _ = client.control.get_ref().shutdown(Shutdown::Write);
        let mut rest = Vec::new();
        let _ = client.control.read_to_end(&mut rest);
    }
    let mut client = server.connect();
    let endless = vec![b'A'; 100_000];
    let _ = client.control.get_mut().write_all(&endless);
    let mut rest = Vec::new();
    let _ = client.control.read_to_end(&mut rest);
    server.expect("ended: the client sent an endless line");
    let mut ada = server.log_in(ADA);
    for command in [
        "", " ", "XYZZY", "RETR", "STOR", "CWD", "MKD", "MODE B", "STRU R", "SITE X", "ALLO 1",
        "ACCT x", "HELP", "OPTS X", "EPSV 9", "MLST", "APPE", "DELE", "RMD", "RNFR", "RNTO",
        "SIZE", "MDTM", "NOOP x", "PASV x", "PWD x", "CDUP x", "FEAT x", "QUIT x", "ABOR x",
        "STOU x", "MODE", "MODE X", "STRU", "OPTS", "PBSZ", "PROT", "TYPE", "REST", "PORT", "EPRT",
        "USER", "PASS", "STAT", "STAT x", "AUTH", "CCC",
    ] {
        let reply = ada.say(command);
        assert!(reply.as_bytes()[0].is_ascii_digit(), "{command}: {reply}");
    }
    // A line of the longest length allowed.
    let reply = ada.say(&format!("CWD {}", "x".repeat(4_096)));
    assert_eq!(reply[..1], *"5", "{reply}");
    ada.fetch("RETR notes.txt").unwrap();
}

#[test]
fn a_large_file_passes_in_little_memory() {
    let server = Server::start();
    let mut ada = server.log_in(ADA);
    ada.say("TYPE I");
    let large = noise(64 << 20);
    assert_eq!(ada.store("STOR large", &large)[..3], *"226");
    assert!(
        ada.fetch("RETR large").unwrap() == large,
        "other bytes came back"
    );
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id()));
    let Some(peak) = status.ok().and_then(|status| {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
    }) else {
        return skip("this system does not tell the memory of a process");
    };
    assert!(peak < 48 << 10, "it needed {peak} kB");
}

// ---- Clients that nobody here wrote ----

/// Runs curl against this path as this account. Gives its exit code, what it printed, and what it complained.
fn curl(
    server: &Server,
    account: (&str, &str),
    path: &str,
    options: &[&str],
) -> (i32, Vec<u8>, String) {
    let url = format!("ftp://{}/{path}", server.address);
    let user = format!("{}:{}", account.0, account.1);
    let mut command = assert_cmd::Command::new("curl");
    // Of the reader's own settings, none counts here.
    command.args([
        "--disable",
        "--silent",
        "--show-error",
        "--path-as-is",
        "--max-time",
        "20",
    ]);
    command.args(["--user", &user]).args(options).arg(url);
    let output = command.timeout(DEADLINE).output().expect("curl runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into();
    (output.status.code().unwrap_or(-1), output.stdout, complaint)
}

const PASSIVE_AND_ACTIVE: [&[&str]; 4] = [
    &[],
    &["--disable-epsv"],
    &["--ftp-port", "127.0.0.1"],
    &["--ftp-port", "127.0.0.1", "--disable-eprt"],
];

#[test]
#[ignore = "needs curl"]
fn curl_downloads_and_uploads_in_each_mode_as_each_account() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("upload");
    let content = noise(300_000);
    fs::write(&file, &content).unwrap();
    let file = file.to_str().unwrap();
    let tls = ["--ssl-reqd", "--cacert", server.authority.to_str().unwrap()];
    for (number, mode) in PASSIVE_AND_ACTIVE.into_iter().enumerate() {
        for secure in [&[][..], &tls] {
            // curl before 8.0.0 forgets TLS on an active data connection; ftplib brings that case.
            if number > 1 && !secure.is_empty() {
                continue;
            }
            let options = [mode, secure].concat();
            for (account, home, there) in [
                (ADA, "home/ada", "picture.png"),
                (GUEST, "shared", "readme.txt"),
                (ANONYMOUS, "public", "course/lesson.txt"),
            ] {
                let what = format!("{options:?} {account:?}");
                let (code, got, complaint) = curl(&server, account, there, &options);
                assert_eq!((code, &*complaint), (0, ""), "{what}");
                assert_eq!(
                    got,
                    fs::read(server.root.join(home).join(there)).unwrap(),
                    "{what}"
                );
                let (code, names, _) = curl(
                    &server,
                    account,
                    "",
                    &[&options[..], &["--list-only"]].concat(),
                );
                assert_eq!(code, 0, "{what}");
                assert!(String::from_utf8_lossy(&names).contains(there.split('/').next().unwrap()));
                let name = format!("new {number} {}", secure.len());
                let path = name.replace(' ', "%20");
                let upload = [&options[..], &["--upload-file", file]].concat();
                let (code, _, complaint) = curl(&server, account, &path, &upload);
                let stored = fs::read(server.root.join(home).join(&name)).ok();
                if account == ANONYMOUS {
                    assert_ne!(code, 0, "{what}");
                    assert_eq!(stored, None, "{what}");
                } else {
                    assert_eq!((code, &*complaint), (0, ""), "{what}");
                    assert_eq!(stored.as_deref(), Some(&content[..]), "{what}");
                }
                if account == GUEST {
                    assert_ne!(
                        curl(&server, account, there, &upload).0,
                        0,
                        "overwritten: {what}"
                    );
                }
            }
        }
    }
}

#[test]
#[ignore = "needs curl"]
fn curl_resumes_renames_deletes_and_makes_folders() {
    let server = Server::start();
    let home = server.root.join("home/ada");
    let folder = tempfile::tempdir().unwrap();
    let content = noise(300_000);
    fs::write(home.join("whole"), &content).unwrap();
    let part = folder.path().join("part");
    fs::write(&part, &content[..123_456]).unwrap();
    let name = part.to_str().unwrap();
    let (code, _, complaint) = curl(
        &server,
        ADA,
        "whole",
        &["--continue-at", "-", "--output", name],
    );
    assert_eq!((code, &*complaint), (0, ""));
    assert_eq!(
        fs::read(&part).unwrap(),
        content,
        "the download was resumed"
    );
    fs::write(home.join("part"), &content[..123_456]).unwrap();
    let (code, _, complaint) = curl(
        &server,
        ADA,
        "part",
        &["--continue-at", "-", "--upload-file", name],
    );
    assert_eq!((code, &*complaint), (0, ""));
    assert_eq!(
        fs::read(home.join("part")).unwrap(),
        content,
        "the upload was resumed"
    );

    let quotes =
        ["RNFR part", "RNTO renamed", "MKD box", "DELE whole"].map(|quote| ["--quote", quote]);
    let (code, _, complaint) = curl(
        &server,
        ADA,
        "",
        &[quotes.as_flattened(), &["--list-only"]].concat(),
    );
    assert_eq!((code, &*complaint), (0, ""));
    assert!(home.join("renamed").is_file() && home.join("box").is_dir());
    assert!(!home.join("part").exists() && !home.join("whole").exists());
    let (code, ..) = curl(
        &server,
        ADA,
        "made/on/the/way",
        &["--ftp-create-dirs", "--upload-file", name],
    );
    assert_eq!(code, 0);
    assert_eq!(fs::read(home.join("made/on/the/way")).unwrap(), content);
    for (account, quote) in [(GUEST, "DELE readme.txt"), (ANONYMOUS, "DELE welcome.txt")] {
        assert_eq!(
            curl(&server, account, "", &["--quote", quote]).0,
            21,
            "{quote}"
        );
    }
    let text = curl(&server, ANONYMOUS, "welcome.txt;type=a", &[]).1;
    let welcome = fs::read(server.root.join("public/welcome.txt")).unwrap();
    assert_eq!(text, welcome, "curl makes CR LF to LF again");
}

#[test]
#[ignore = "needs curl"]
fn curl_believes_only_the_printed_authority_and_nobody_leaves() {
    let server = Server::start();
    let (code, got, _) = curl(&server, ADA, "notes.txt", &["--ssl-reqd"]);
    assert_eq!((code, got), (60, Vec::new()), "not verified, and used");
    server.expect("= no TLS: ");
    let other = Server::start();
    let authority = other.authority.to_str().unwrap();
    let (code, got, _) = curl(
        &server,
        ADA,
        "notes.txt",
        &["--ssl-reqd", "--cacert", authority],
    );
    assert_eq!((code, got), (60, Vec::new()), "another run's authority");
    let authority = server.authority.to_str().unwrap();
    let tls = ["--ssl-reqd", "--cacert", authority];
    for version in [&["--tls-max", "1.2"][..], &["--tlsv1.3"]] {
        let (code, got, complaint) = curl(&server, ADA, "notes.txt", &[&tls[..], version].concat());
        assert_eq!((code, &*complaint), (0, ""), "{version:?}");
        assert_eq!(
            got,
            fs::read(server.root.join("home/ada/notes.txt")).unwrap()
        );
    }
    // Inside TLS, we see what was inside, and the bounce is refused as well.
    server.expect("> RETR notes.txt");
    let (code, ..) = curl(
        &server,
        ADA,
        "notes.txt",
        &[&tls[..], &["--quote", "PORT 127,0,0,2,9,9"]].concat(),
    );
    assert_eq!(code, 21);
    server.expect("> PORT 127,0,0,2,9,9");
    // The data connection's TLS is up to the client, and its failure costs nobody else anything.
    for path in [
        "../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "%2Fetc/passwd",
        "..%2F..%2Fetc%2Fpasswd",
    ] {
        let (code, got, _) = curl(&server, ANONYMOUS, path, &[]);
        assert_ne!(code, 0, "{path}");
        assert_eq!(got, b"", "{path}");
    }
}

/// Does what its account may, says so, and says what was refused.
const FTPLIB: &str = r#"
import ftplib, io, ssl, sys
port, name, password, mode, ca = sys.argv[1:]
if ca: ftp = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=ca))
else: ftp = ftplib.FTP()
ftp.connect('localhost' if ca else '127.0.0.1', int(port), 10)
ftp.login(name, password)
if ca: ftp.prot_p()
ftp.set_pasv(mode == 'passive')
def get(path, **more):
    got = io.BytesIO()
    ftp.retrbinary('RETR ' + path, got.write, **more)
    return got.getvalue()
def tried(what, *arguments):
    try: return what(*arguments)[:3]
    except ftplib.error_perm as refusal: return str(refusal)[:3]
print(ftp.pwd(), sorted(ftp.nlst()), sorted(name for name, facts in ftp.mlsd()))
content = bytes(range(256)) * 1000
print(tried(ftp.storbinary, 'STOR new', io.BytesIO(content)))
print(tried(ftp.storbinary, 'STOR new', io.BytesIO(content)))
try: print(get('new') == content, get('new', rest=1000) == content[1000:], ftp.size('new'))
except ftplib.error_perm as refusal: print(str(refusal)[:3])
print(tried(ftp.storlines, 'STOR lines', io.BytesIO(b'one\r\ntwo\r\n')))
try: print(get('lines'))
except ftplib.error_perm as refusal: print(str(refusal)[:3])
lines = []
try: ftp.retrlines('RETR lines', lines.append); print(lines)
except ftplib.error_perm as refusal: print(str(refusal)[:3])
print(tried(ftp.mkd, 'box'), tried(ftp.rename, 'new', 'newer'), tried(ftp.delete, 'lines'), tried(ftp.rmd, 'box'))
print(ftp.quit()[:3])
"#;

#[test]
#[ignore = "needs Python 3"]
fn pythons_ftplib_does_what_each_account_may_in_each_mode() {
    let does = [
        (
            ADA,
            "/ ['notes.txt', 'picture.png'] ['notes.txt', 'picture.png']
226\n226\nTrue True 256000\n226\nb'one\\ntwo\\n'\n['one', 'two']\n/bo 250 250 250\n221\n",
        ),
        (
            GUEST,
            "/ ['readme.txt'] ['readme.txt']
226\n550\nTrue True 256000\n226\nb'one\\ntwo\\n'\n['one', 'two']\n/bo 550 550 550\n221\n",
        ),
        (
            ANONYMOUS,
            "/ ['course', 'welcome.txt'] ['course', 'welcome.txt']
550\n550\n550\n550\n550\n550\n550 550 550 550\n221\n",
        ),
    ];
    for mode in ["passive", "active"] {
        for secure in [false, true] {
            let server = Server::start();
            let authority = if secure {
                server.authority.to_str().unwrap()
            } else {
                ""
            };
            let port = server.address.port().to_string();
            for (account, expected) in does {
                let mut python = assert_cmd::Command::new("python3");
                python.args(["-c", FTPLIB, &port, account.0, account.1, mode, authority]);
                let ended = python.timeout(DEADLINE).assert();
                let ended = ended.success().stderr("");
                let printed = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
                assert_eq!(printed, expected, "{account:?}, {mode}, TLS: {secure}");
            }
        }
    }
}

/// Lets TLS of data connections go wrong: no handshake at all, and an end that was not announced. Often, because what
/// the server sees first is chance.
const FTPLIB_MISBEHAVES: &str = r#"
import ftplib, io, socket, ssl, sys
port, ca = sys.argv[1:]
def response(ftp):
    try: return ftp.getresp()[:3]
    except ftplib.all_errors as error: return str(error)[:3]
for _ in range(30):
    ftp = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=ca))
    ftp.connect('localhost', int(port), 10)
    ftp.login('ada', 'lovelace')
    ftp.prot_p()
    host, data_port = ftp.makepasv()
    data = socket.create_connection((host, data_port), 10)
    ftp.putcmd('RETR notes.txt')
    replies = [response(ftp)]
    data.sendall(b'this is no handshake')
    data.close()
    replies.append(response(ftp))
    data = ftp.transfercmd('STOR cut')
    data.sendall(b'half of it')
    data.close()
    replies.append(response(ftp))
    print(*replies, ftp.quit()[:3])
"#;

#[test]
#[ignore = "needs Python 3"]
fn broken_tls_on_a_data_connection_is_no_success_and_ends_no_session() {
    let server = Server::start();
    let (port, authority) = (
        server.address.port().to_string(),
        server.authority.to_str().unwrap(),
    );
    let mut python = assert_cmd::Command::new("python3");
    python.args(["-c", FTPLIB_MISBEHAVES, &port, authority]);
    python
        .timeout(DEADLINE)
        .assert()
        .success()
        .stdout("150 426 426 221\n".repeat(30));
    let mut ada = server.log_in(ADA);
    ada.fetch("RETR notes.txt").unwrap();
}

// ---- Programs ----

/// A server that runs until this value is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
    root: PathBuf,
    authority: PathBuf,
    printed: Arc<(Mutex<Vec<String>>, Condvar)>,
}

impl Server {
    fn start() -> Self {
        Self::start_with(FREE, None, &[])
    }

    /// Starts one, and waits until it has said everything that it says at its start.
    fn start_with(address: &str, root: Option<&Path>, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program(SERVER));
        command.arg(address).args(root).stdin(Stdio::null());
        command.envs(environment.iter().copied());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let printed = Arc::<(Mutex<Vec<String>>, Condvar)>::default();
        collect(child.stdout.take().unwrap(), &printed);
        collect(child.stderr.take().unwrap(), &printed);
        let mut server = Self {
            child,
            address: SocketAddr::from(([0; 4], 0)),
            root: PathBuf::new(),
            authority: PathBuf::new(),
            printed,
        };
        let authority = server.expect("certificate authority: ");
        server.authority = authority.split_once(": ").unwrap().1.into();
        let lines = server.lines();
        let bound = lines[0]
            .strip_prefix("listening on ")
            .expect("this comes first");
        server.address = bound.parse().unwrap();
        assert_ne!(server.address.port(), 0);
        let home = lines[1]
            .strip_prefix("account ada: Real, ")
            .expect("then the accounts");
        server.root = home.strip_suffix("/home/ada").unwrap().into();
        server
    }

    fn lines(&self) -> Vec<String> {
        self.printed.0.lock().unwrap().clone()
    }

    /// Waits for a line with this in it, unless there was one before.
    #[track_caller]
    fn expect(&self, words: &str) -> String {
        let (lines, more) = &*self.printed;
        let lines = lines.lock().unwrap();
        let missing = |lines: &mut Vec<String>| !lines.iter().any(|line| line.contains(words));
        let (lines, _) = more.wait_timeout_while(lines, DEADLINE, missing).unwrap();
        let found = lines.iter().find(|line| line.contains(words));
        found
            .unwrap_or_else(|| panic!("no line {words:?} in {lines:#?}"))
            .clone()
    }

    /// Sends a signal, and waits for the end.
    #[cfg(unix)]
    fn end(&mut self, signal: &str) -> std::process::ExitStatus {
        let kill = format!("kill -{signal} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &kill]).status();
        assert!(status.is_ok_and(|status| status.success()), "{kill}");
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "{kill} did not end it");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn connect(&self) -> Client {
        self.greeted_by("220")
    }

    /// A connection whose first reply has this code.
    #[track_caller]
    fn greeted_by(&self, code: &str) -> Client {
        self.try_greeted_by(code).expect("another greeting")
    }

    fn try_greeted_by(&self, code: &str) -> Option<Client> {
        let control = TcpStream::connect_timeout(&self.address, DEADLINE).unwrap();
        let mut client = Client {
            control: BufReader::new(with_deadlines(control)),
            heard: Vec::new(),
        };
        (client.reply()[..3] == *code).then_some(client)
    }

    #[track_caller]
    fn log_in(&self, (name, password): (&str, &str)) -> Client {
        let mut client = self.connect();
        assert_eq!(client.say(&format!("USER {name}"))[..3], *"331");
        assert_eq!(client.say(&format!("PASS {password}"))[..3], *"230");
        client
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Killed, it could not remove its folder.
        if let Some(own) = self.authority.parent().filter(|own| own.is_absolute()) {
            let _ = fs::remove_dir_all(own);
        }
    }
}

fn collect(output: impl Read + Send + 'static, printed: &Arc<(Mutex<Vec<String>>, Condvar)>) {
    let printed = Arc::clone(printed);
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into();
            printed.0.lock().unwrap().push(line);
            printed.1.notify_all();
        }
    });
}

/// A client that does what the test says, and nothing by itself.
struct Client {
    control: BufReader<TcpStream>,
    /// Each line of a reply, without its end.
    heard: Vec<String>,
}

impl Client {
    #[track_caller]
    fn send(&mut self, bytes: &[u8]) {
        self.control.get_mut().write_all(bytes).unwrap();
    }

    /// The next reply: all its lines, with `\n` between them.
    #[track_caller]
    fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            let read = self.control.read_line(&mut line);
            let heard = &self.heard;
            assert!(read.is_ok(), "{read:?} after {reply:?}, {heard:?}");
            let whole = line.strip_suffix("\r\n");
            let line = whole.unwrap_or_else(|| panic!("{line:?} after {reply:?}, {heard:?}"));
            self.heard.push(line.into());
            reply += line;
            let first = reply[..3].to_owned();
            if line
                .strip_prefix(&first)
                .is_some_and(|rest| !rest.starts_with('-'))
            {
                return reply;
            }
            reply.push('\n');
        }
    }

    #[track_caller]
    fn say(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n").as_bytes());
        self.reply()
    }

    /// Has the server closed the connection?
    fn has_ended(&mut self) -> bool {
        let mut rest = Vec::new();
        match self.control.read_to_end(&mut rest) {
            Ok(_) => rest.is_empty(),
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }

    /// Says PASV or EPSV. Gives the port.
    #[track_caller]
    fn passive_port(&mut self, command: &str) -> u16 {
        let reply = self.say(command);
        if command == "PASV" {
            let numbers = reply.strip_prefix("227 Entering Passive Mode (");
            let numbers = numbers
                .and_then(|rest| rest.strip_suffix(')'))
                .expect(&reply);
            let numbers: Vec<u16> = numbers
                .split(',')
                .map(|number| number.parse().unwrap())
                .collect();
            assert_eq!((numbers.len(), &numbers[..4]), (6, &[127, 0, 0, 1][..]));
            return numbers[4] * 256 + numbers[5];
        }
        let port = reply.strip_prefix("229 Entering Extended Passive Mode (|||");
        port.and_then(|rest| rest.strip_suffix("|)"))
            .expect(&reply)
            .parse()
            .unwrap()
    }

    /// A data connection by EPSV.
    #[track_caller]
    fn passive(&mut self) -> TcpStream {
        self.data("EPSV")
    }

    #[track_caller]
    fn data(&mut self, mode: &str) -> TcpStream {
        let here = self.control.get_ref().local_addr().unwrap().ip();
        if mode.contains("PAS") || mode.contains("PSV") {
            let peer = self.control.get_ref().peer_addr().unwrap().ip();
            let address = SocketAddr::new(peer, self.passive_port(mode));
            return with_deadlines(TcpStream::connect_timeout(&address, DEADLINE).unwrap());
        }
        let listener = TcpListener::bind((here, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let command = match mode {
            "PORT" => format!("PORT 127,0,0,1,{},{}", port / 256, port % 256),
            _ => format!("EPRT |1|{}|{port}|", Ipv4Addr::LOCALHOST),
        };
        // libunftp connects at once, so it waits in the listener's queue.
        assert_eq!(self.say(&command)[..3], *"200");
        with_deadlines(listener.accept().unwrap().0)
    }

    /// Fetches by EPSV what this command sends. Gives the bytes, or the reply that refused.
    #[track_caller]
    fn fetch(&mut self, command: &str) -> Result<Vec<u8>, String> {
        self.fetch_by("EPSV", command)
    }

    #[track_caller]
    fn fetch_by(&mut self, mode: &str, command: &str) -> Result<Vec<u8>, String> {
        let mut data = self.data(mode);
        let first = self.say(command);
        if !first.starts_with("150") {
            return Err(first);
        }
        let mut bytes = Vec::new();
        // Refused, it may end by a reset: the reply says more.
        let read = data.read_to_end(&mut bytes);
        let last = self.reply();
        if last.starts_with("226") {
            read.expect(&last);
            Ok(bytes)
        } else {
            Err(last)
        }
    }

    /// The lines of a listing.
    #[track_caller]
    fn fetch_text(&mut self, command: &str) -> Vec<String> {
        let text = String::from_utf8(self.fetch(command).unwrap()).unwrap();
        assert!(text.is_empty() || text.ends_with("\r\n"), "{text:?}");
        text.split_terminator("\r\n").map(str::to_owned).collect()
    }

    /// Sends a file by EPSV. Gives the last reply.
    #[track_caller]
    fn store(&mut self, command: &str, bytes: &[u8]) -> String {
        self.store_by("EPSV", command, bytes)
    }

    #[track_caller]
    fn store_by(&mut self, mode: &str, command: &str, bytes: &[u8]) -> String {
        let mut data = self.data(mode);
        let first = self.say(command);
        if !first.starts_with("150") {
            return first;
        }
        // Refused, it may close at once: the reply says more.
        let _ = data.write_all(bytes);
        drop(data);
        self.reply()
    }
}

fn with_deadlines(connection: TcpStream) -> TcpStream {
    connection.set_read_timeout(Some(DEADLINE)).unwrap();
    connection.set_write_timeout(Some(DEADLINE)).unwrap();
    connection
}

/// More than all buffers on the way can hold.
const BIG: usize = 32 << 20;

fn big_file(server: &Server, name: &str) {
    fs::write(server.root.join("home/ada").join(name), noise(BIG)).unwrap();
}

/// Bytes of all values, in no order, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        // xorshift
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Everything below a folder. A link counts as a file with its target in it.
fn tree(folder: &Path) -> Tree {
    fn add(folder: &Path, below: &Path, found: &mut Tree) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (kind, path) = (entry.file_type().unwrap(), below.join(entry.file_name()));
            if kind.is_dir() {
                add(&entry.path(), &path, found);
                found.insert(path, None);
            } else if kind.is_symlink() {
                let target = fs::read_link(entry.path()).unwrap();
                found.insert(path, Some(target.as_os_str().as_encoded_bytes().into()));
            } else {
                found.insert(path, Some(fs::read(entry.path()).unwrap()));
            }
        }
    }
    let mut found = Tree::new();
    add(folder, Path::new(""), &mut found);
    found
}

/// Everything below a folder, except what is below one of its folders.
fn tree_beside(folder: &Path, except: &Path) -> Tree {
    let except = except.strip_prefix(folder).unwrap();
    let mut found = tree(folder);
    found.retain(|path, _| !path.starts_with(except));
    found
}

/// Says on the terminal, past the test harness, that a test judged nothing here.
fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
