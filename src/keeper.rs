//! Keeps what the book starts from outliving it, even where the book is ended by force.
//!
//! A program is started by way of this program's hidden command `keep`, which is its keeper. The keeper holds the
//! reading end of a pipe whose other end is here, in [`Kept`]. When that end closes, because the `Kept` was
//! dropped or because this process is no more, the keeper ends its whole process group: the program, all that the
//! program has started, and itself. The system closes a dead process's pipes, so no signal can go unnoticed.

use anyhow::{Context, Result};
use std::{
    env,
    ffi::{OsStr, OsString},
    io::{self, Read},
    path::PathBuf,
    process::{self, ExitStatus, Stdio},
    thread,
};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
};

/// How much lower the priority of work is that nobody waits for, on Unix' scale from 0 to 19.
#[cfg(unix)]
const GENTLE: i32 = 10;

/// The byte in the pipe that asks for Ctrl-C; a keyboard sends the same.
const CTRL_C: u8 = 3;

/// A program that runs with its keeper. It is ended, with all that it has started, when this is dropped.
pub struct Kept {
    /// The keeper, which ends as the program does and has its output. Its standard input is closed already.
    pub child: Child,
    /// The end of the pipe that says that somebody still wants the program to run.
    wanted: Option<ChildStdin>,
}

impl Kept {
    /// Stops the program where it is, on Unix, so that it does nothing more before it is ended.
    pub fn pause(&self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::STOP);
    }

    /// Presses Ctrl-C in the program's terminal. A system without signals ends the program instead.
    pub async fn interrupt(&mut self) -> io::Result<()> {
        match &mut self.wanted {
            Some(wanted) => wanted.write_all(&[CTRL_C]).await,
            None => Ok(()),
        }
    }

    /// Ends the program, and its keeper. What it printed before can still be read.
    pub fn end(&mut self) {
        // The keeper would do it, too, but only when it is its turn.
        #[cfg(unix)]
        self.signal(rustix::process::Signal::KILL);
        self.wanted = None;
    }

    /// Sends a signal to the program, its keeper, and all that the program has started.
    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(rustix::process::Pid::from_raw) {
            // It may have ended by itself.
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }
}

/// A command that will run `program`. Give it arguments and the like, then [`start`] it.
/// Where it is `gentle`, whatever else the machine does goes first.
pub fn command(program: impl AsRef<OsStr>, gentle: bool) -> io::Result<Command> {
    let mut command = Command::new(keeper()?);
    command.arg("keep");
    if gentle {
        command.arg("--gentle");
    }
    command.arg("--").arg(program);
    // A group of its own, so that it can be ended at once, and so that Ctrl-C in the terminal is the book's alone.
    #[cfg(unix)]
    command.process_group(0);
    Ok(command)
}

/// Starts it, with nothing to read on standard input. Give its outputs a [`Stdio`] before.
pub fn start(mut command: Command) -> io::Result<Kept> {
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    let wanted = child.stdin.take();
    Ok(Kept { child, wanted })
}

/// This program. Cargo tells a test where it is.
fn keeper() -> io::Result<PathBuf> {
    if let Some(program) = env::var_os("CARGO_BIN_EXE_loopback") {
        return Ok(program.into());
    }
    // Linux finds it here even when the file was built anew since we were started.
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    env::current_exe()
}

/// The command `keep`: runs a program, and ends as it does. Ends it when standard input ends.
pub fn keep(gentle: bool, command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no program to keep")?;
    #[cfg(unix)]
    if gentle {
        let _ = rustix::process::nice(GENTLE);
    }
    #[cfg(not(unix))]
    let _ = gentle;
    // Whoever started us may have had Ctrl-C ignored, as a shell does for what it runs in the background. A program
    // inherits that, but not that we listen.
    #[cfg(unix)]
    let _listening = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    let mut child = process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let id = child.id();
    thread::spawn(move || {
        loop {
            match io::stdin().read(&mut [0]) {
                // Nothing else is ever written to it than CTRL_C.
                Ok(1..) => interrupt(id),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
            }
        }
        end_all(id);
    });
    end_as(child.wait()?)
}

/// Does to the program what Ctrl-C does. The keeper stays, to end with it.
#[cfg(unix)]
fn interrupt(program: u32) {
    let id = i32::try_from(program)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(id) = id {
        let _ = rustix::process::kill_process(id, rustix::process::Signal::INT);
    }
}

/// Does to the program what Ctrl-C does to one that does not listen to it.
#[cfg(not(unix))]
fn interrupt(program: u32) {
    end_all(program);
}

/// Ends this process, the program and all that it has started.
#[cfg(unix)]
fn end_all(_program: u32) {
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::KILL);
}

/// Ends this process, the program and all that it has started.
#[cfg(not(unix))]
fn end_all(program: u32) {
    let program = program.to_string();
    let _ = process::Command::new("taskkill")
        .args(["/F", "/T", "/PID", &program])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    process::exit(1);
}

/// Ends with the same exit code, or by the same signal.
fn end_as(status: ExitStatus) -> Result<()> {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status)
        && let Some(signal) = rustix::process::Signal::from_named_raw(signal)
    {
        rustix::process::kill_process(rustix::process::getpid(), signal)?;
    }
    process::exit(status.code().unwrap_or(1))
}
