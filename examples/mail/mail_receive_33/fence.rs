//! Work that may spin, panic or grow, in a process of its own, which can be ended.

use std::{
    env, fmt, fs,
    io::{self, BufRead, BufReader, Read, Write},
    panic,
    process::{self, Child, ChildStdout, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// The argument by which this program knows that it is the process inside the fence.
pub const INSIDE: &str = "--inside-the-fence";

/// How often we look at how much memory it takes.
const LOOK: Duration = Duration::from_millis(50);

/// What the process inside the fence may take.
pub struct Limits {
    /// From one report to the next.
    pub step: Duration,
    /// From its start to its end.
    pub whole: Duration,
    /// Bytes that it may print.
    pub output: u64,
    /// Memory, in KiB. Only Linux tells us; elsewhere, the deadlines alone keep it small.
    pub memory: u64,
}

/// Why the work was not done.
pub enum Broken {
    /// It was not possible to start it, or to listen to it.
    Io(io::Error),
    /// The work itself says why.
    Failed(String),
    /// It panicked, with this message.
    Panicked(String),
    /// Something printed this line that is no report.
    Printed(String),
    /// It ended without a word.
    Died,
    /// No report came for so long, and it was ended. By so many KiB it had grown since its last report, where that can be known.
    TooSlow(Duration, Option<u64>),
    /// It took more memory than it may, and was ended.
    TooBig,
    /// It printed more than it may, and was ended.
    TooMuch,
}

// ANCHOR: fence
/// Starts this program once more, inside the fence, hands it the job, and passes on what it reports.
///
/// A job is some lines. They go through a pipe, for everybody on this machine may see the arguments of a process.
pub fn run(job: &[&str], limits: &Limits, mut each: impl FnMut(String)) -> Result<(), Broken> {
    let child = Command::new(env::current_exe()?)
        .arg(INSIDE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut inside = Inside(child);
    if let Some(pipe) = &mut inside.0.stdin {
        // The pipe stays open: when it closes, we are gone, and the process inside ends itself.
        pipe.write_all(format!("{}\n\n", job.join("\n")).as_bytes())?;
    }
    let (tell, told) = mpsc::sync_channel(1);
    if let Some(output) = inside.0.stdout.take() {
        let reports = BufReader::new(output.take(limits.output));
        thread::spawn(move || listen(reports, |report| tell.send(report).is_ok()));
    }
    let end = Instant::now() + limits.whole;
    loop {
        let (began, before) = (Instant::now(), inside.memory());
        let late = end.min(began + limits.step);
        let report = loop {
            let now = Instant::now();
            if now >= late {
                let grown = inside.memory().zip(before);
                let grown = grown.map(|(now, before)| now.saturating_sub(before));
                return Err(Broken::TooSlow(now - began, grown));
            }
            if inside.memory().is_some_and(|memory| memory > limits.memory) {
                return Err(Broken::TooBig);
            }
            match told.recv_timeout((late - now).min(LOOK)) {
                Ok(report) => break report?,
                Err(RecvTimeoutError::Disconnected) => return Err(Broken::Died),
                Err(RecvTimeoutError::Timeout) => {}
            }
        };
        match report {
            Some(report) => each(report),
            None => return Ok(()),
        }
    }
}

/// The process inside the fence. Whatever happens, it does not outlive this.
struct Inside(Child);

impl Drop for Inside {
    fn drop(&mut self) {
        // A process can be ended at any moment; a thread that spins cannot be.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
// ANCHOR_END: fence

impl Inside {
    /// How much memory it takes now, in KiB.
    fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }
}

/// Takes apart what the process prints, until it is done, `pass` wants no more, or something is wrong.
fn listen(
    mut output: BufReader<io::Take<ChildStdout>>,
    pass: impl Fn(Result<Option<String>, Broken>) -> bool,
) {
    loop {
        let report = next(&mut output);
        let last = !matches!(report, Ok(Some(_)));
        if !pass(report) || last {
            return;
        }
    }
}

fn next(output: &mut BufReader<io::Take<ChildStdout>>) -> Result<Option<String>, Broken> {
    let mut line = Vec::new();
    output.read_until(b'\n', &mut line)?;
    let line = String::from_utf8_lossy(&line).into_owned();
    let Some(line) = line.strip_suffix('\n') else {
        return Err(if output.get_ref().limit() == 0 {
            Broken::TooMuch
        } else {
            Broken::Died
        });
    };
    match line.split_once(' ') {
        _ if line == "done" => Ok(None),
        Some(("said", text)) => Ok(Some(text.into())),
        Some(("failed", why)) => Err(Broken::Failed(why.into())),
        Some(("panicked", why)) => Err(Broken::Panicked(why.into())),
        _ => Err(Broken::Printed(line.into())),
    }
}

// ANCHOR: inside
/// Inside the fence: takes the job from the pipe, does it, and reports how it ended.
pub fn inside(work: impl FnOnce(&[String]) -> Result<(), String>) {
    let lines = io::stdin().lines().map_while(Result::ok);
    let job: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    thread::spawn(|| {
        // Nothing comes any more, until the pipe ends with the process that holds its other end.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(1);
    });
    panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("without a message");
        println!("panicked {}", text.replace('\n', " "));
        process::exit(1);
    }));
    match work(&job) {
        Ok(()) => println!("done"),
        Err(why) => println!("failed {}", why.replace('\n', " ")),
    }
}
// ANCHOR_END: inside

/// Inside the fence: reports a line.
pub fn say(text: &str) {
    println!("said {}", text.replace('\n', " "));
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Broken::Io(error)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Broken::Io(error) => {
                write!(to, "cannot run the crate in a process of its own: {error}")
            }
            Broken::Failed(why) => write!(to, "{why}"),
            Broken::Panicked(why) => write!(to, "the crate pop3 panicked: {why}"),
            Broken::Printed(line) => write!(
                to,
                "the crate pop3 printed {line:?}, and went on reading: it was ended"
            ),
            Broken::Died => write!(
                to,
                "the process with the crates has ended without a word: something had too much in it"
            ),
            Broken::TooSlow(..) => write!(
                to,
                "the crate pop3 did not come back in time, and was ended: the server stopped, or hung up, or sends without an end"
            ),
            Broken::TooBig => write!(
                to,
                "the process with the crates took too much memory, and was ended: the server sends without an end, or a letter has too much in it"
            ),
            Broken::TooMuch => write!(
                to,
                "there is more than this program takes: delete some letters, or fetch them with pop3_by_hand_32"
            ),
        }
    }
}
