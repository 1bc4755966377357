//! The machine, and what it tells about a process. What a system does not tell is left out.

use crate::results::Machine;
use std::{env::consts, fs, process::Command, thread, time::Duration};
use tokio::time::sleep;

/// The compiler for C, and the Python, that a reader's shell would find.
pub const CC: &str = "cc";
pub const PYTHON: &str = "python3";

/// Linux counts a process's time in hundredths of a second, whatever the machine.
const TICKS: f64 = 100.0;

/// Names the machine. Looks for so long at what it does for others.
pub async fn machine(time: Duration) -> Machine {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let of = |name: &str| {
        let line = cpuinfo.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let processor = of("model name").unwrap_or_else(|| consts::ARCH.into());
    let mut processor = processor.replace("(R)", "").replace("(TM)", "");
    if of("flags").is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor")) {
        processor += ", in a virtual machine";
    }
    // The release, as far as it says what the kernel can do: `6.18.44-1-amd64` is 6.18.
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release: Vec<&str> = release.split('.').take(2).collect();
    let system = format!("{} {}", consts::OS, release.join("."));
    Machine {
        system: system.trim().replace("linux", "Linux"),
        processor,
        busy_percent: busy_percent(time).await,
        cores: thread::available_parallelism().map_or(1, usize::from),
        rust: first_line("rustc", "--version").unwrap_or_else(|| "rustc".into()),
        c: first_line(CC, "--version"),
        python: first_line(PYTHON, "--version"),
    }
}

/// How much of the processors is taken, while this program waits.
async fn busy_percent(time: Duration) -> Option<f64> {
    let before = moments()?;
    sleep(time).await;
    let then = moments()?;
    let (all, idle) = (then.0 - before.0, then.1 - before.1);
    (all > 0.0).then(|| (100.0 * (1.0 - idle / all)).round())
}

/// How many moments the processors have had, and how many of these they were idle: the first line of `/proc/stat`.
fn moments() -> Option<(f64, f64)> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    // Two more numbers follow, of which these eight already know.
    let numbers = line
        .split_whitespace()
        .take(8)
        .map(|number| number.parse().ok());
    let numbers: Vec<f64> = numbers.collect::<Option<_>>()?;
    Some((numbers.iter().sum(), numbers.get(3)? + numbers.get(4)?))
}

/// The first line that a program prints, without what stands in brackets; nothing, if there is no such program.
fn first_line(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().filter(|_| output.status.success())?;
    // `cc (Debian 12.2.0-14) 12.2.0`, `rustc 1.95.0 (59807616e 2026-04-14)`
    let outside = line.split('(').flat_map(|part| match part.split_once(')') {
        Some((_, behind)) => behind.split_whitespace(),
        None => part.split_whitespace(),
    });
    Some(outside.collect::<Vec<_>>().join(" "))
}

/// How many bytes of memory the process has.
pub fn memory(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0)
}

/// How many seconds of a processor the process has taken, for itself and in the system for it.
pub fn processor(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program, in brackets, may hold anything. Behind it, these are fields 14 and 15 of proc(5).
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS)
}
