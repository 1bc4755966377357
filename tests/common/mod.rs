//! What the tests of every part need: an example's program, built once, run and judged.

// Not every test needs all of it.
#![allow(dead_code)]

use assert_cmd::assert::Assert;
use predicates::str::ends_with;
use socket2::{Domain, Socket, Type};
use std::{
    collections::HashMap,
    ffi::OsStr,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

/// How long a test waits for anything: longer than the longest patience of an example, 10 s.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Where an example's program is. Builds it first.
pub fn program(example: &str) -> PathBuf {
    static BUILT: OnceLock<Mutex<HashMap<String, PathBuf>>> = OnceLock::new();
    // Poisoned, when another example did not build: that is no failure of this one.
    let built = BUILT.get_or_init(Mutex::default).lock();
    let mut built = built.unwrap_or_else(PoisonError::into_inner);
    let build = || {
        let cargo = escargot::CargoBuild::new()
            .example(example)
            .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        cargo.run().expect("the example builds").path().into()
    };
    built.entry(example.into()).or_insert_with(build).clone()
}

/// A TCP port of 127.0.0.1 where nobody listens. While the socket is held, nobody else can be given it.
pub fn closed_port() -> (Socket, SocketAddr) {
    // Bound, but not listening: the system refuses connections.
    let held = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    held.bind(&any.into()).unwrap();
    let closed = held.local_addr().unwrap().as_socket().unwrap();
    (held, closed)
}

/// Runs an example to its end, or kills it at the deadline: then it has no exit code.
pub fn run(example: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Assert {
    let mut command = assert_cmd::Command::new(program(example));
    command.args(arguments).timeout(DEADLINE).assert()
}

/// Holds a run to its success: exit code 0, no complaint, and output with this end.
#[track_caller]
pub fn succeeds(ended: Assert, end: &str) {
    ended.success().stderr("").stdout(ends_with(end));
}

/// Holds a failure to its form: exit code 1, and one line from the program, saying what to do.
#[track_caller]
pub fn fails(ended: Assert, example: &str, saying: &str) {
    let ended = ended.code(1);
    let stderr = String::from_utf8_lossy(&ended.get_output().stderr);
    let line = stderr.strip_prefix(example);
    let line = line.and_then(|rest| rest.strip_prefix(": ")?.strip_suffix('\n'));
    assert!(
        line.is_some_and(|line| line.contains(saying) && !line.contains(char::is_control)),
        "expected one line, \"{example}: … {saying} …\", got {stderr:?}"
    );
}
