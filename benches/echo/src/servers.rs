//! The servers that are measured: how they are built, and how each is started.

use crate::{
    load::Protocol,
    machine::{CC, PYTHON},
    results::{Kind, Language},
};
use anyhow::{Context, Result, bail};
use std::{
    env::{self, consts::EXE_SUFFIX},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
    time::timeout,
};

/// How long a server may take to say where it listens.
const LONGEST_START: Duration = Duration::from_secs(10);

/// A server, and how it is started.
pub struct Server {
    pub kind: Kind,
    pub language: Language,
    /// What it is made with, where its language alone does not say it.
    pub with: Option<&'static str>,
    pub protocol: Protocol,
    /// A program and its arguments, or why it cannot be started here.
    pub command: Result<Vec<PathBuf>, String>,
}

/// Builds all of them, and lists them in the order of the table.
pub fn build() -> Result<Vec<Server>> {
    use {Kind::*, Language::*};
    // They are built as this program was, and so they come to lie beside it.
    let this = env::current_exe()?;
    let folder = this.parent().context("this program is in no folder")?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "echo_bench", "--bins"]);
    cargo.args(["--package", "robust", "--example", "production_server_17"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let status = cargo.current_dir(crate::HERE).status().context("cargo")?;
    if !status.success() {
        bail!("the servers do not build");
    }
    let c_twin = compile(&folder.join(format!("bench_twin{EXE_SUFFIX}")));

    let beside = |name: &str| folder.join(format!("{name}{EXE_SUFFIX}"));
    let rust = |name: &str| Ok(vec![beside(name)]);
    let c = |mode: &str| c_twin.clone().map(|twin| vec![twin, mode.into()]);
    let python = |mode: &str| match runs(PYTHON) {
        true => Ok(vec![PYTHON.into(), source("twin.py"), mode.into()]),
        false => Err(format!("{PYTHON} is missing")),
    };
    let production = || {
        let program = beside("examples/production_server_17");
        Ok(vec![program, "127.0.0.1:0".into()])
    };
    let lines = Protocol::TcpLines("echo ");
    let server = |kind, language, with, protocol, command| Server {
        kind,
        language,
        with,
        protocol,
        command,
    };
    let (tcp, udp) = (Protocol::Tcp, Protocol::Udp);
    Ok(vec![
        server(TcpSequential, Rust, None, tcp, rust("bench_tcp_sequential")),
        server(TcpSequential, C, None, tcp, c("tcp_sequential")),
        server(TcpSequential, Python, None, tcp, python("tcp_sequential")),
        server(TcpThreads, Rust, None, tcp, rust("bench_tcp_threads")),
        server(TcpThreads, C, None, tcp, c("tcp_threads")),
        server(TcpThreads, Python, None, tcp, python("tcp_threads")),
        server(TcpTasks, Rust, Some("tokio"), tcp, rust("bench_tcp_tokio")),
        server(TcpTasks, C, Some("epoll"), tcp, c("tcp_epoll")),
        server(
            TcpTasks,
            Python,
            Some("asyncio"),
            tcp,
            python("tcp_asyncio"),
        ),
        server(Production, Rust, Some("tokio"), lines, production()),
        server(UdpSequential, Rust, None, udp, rust("bench_udp_sequential")),
        server(UdpSequential, C, None, udp, c("udp_sequential")),
        server(UdpSequential, Python, None, udp, python("udp_sequential")),
        server(UdpTask, Rust, Some("tokio"), udp, rust("bench_udp_tokio")),
        server(UdpTask, Python, Some("asyncio"), udp, python("udp_asyncio")),
    ])
}

/// Where a twin's source is.
fn source(name: &str) -> PathBuf {
    Path::new(crate::HERE).join("servers").join(name)
}

/// Whether there is a program of this name.
fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.arg("--version").stdout(Stdio::null());
    command
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Compiles the twin in C. Says why there is none.
fn compile(twin: &Path) -> Result<PathBuf, String> {
    if !runs(CC) {
        return Err(format!("{CC} is missing"));
    }
    if !cfg!(target_os = "linux") {
        return Err("it is for Linux".into());
    }
    let mut cc = Command::new(CC);
    cc.args(["-O2", "-pthread", "-o"])
        .arg(twin)
        .arg(source("twin.c"));
    match cc.status() {
        Ok(status) if status.success() => Ok(twin.into()),
        _ => Err(format!("{CC} does not compile it")),
    }
}

impl Server {
    /// Starts it, and waits until it says where it listens. It is ended when the process is dropped.
    pub async fn start(&self) -> Result<(Child, SocketAddr)> {
        let Ok([program, arguments @ ..]) = self.command.as_deref() else {
            bail!("there is no such server here");
        };
        let mut command = tokio::process::Command::new(program);
        command.args(arguments).kill_on_drop(true);
        // What it says of clients that it loses is of no interest: this end has lost them, too, and says so.
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let name = program.display();
        let mut child = command.spawn().with_context(|| format!("{name}"))?;
        let output = child.stdout.take().context("no output")?;
        let mut lines = BufReader::new(output).lines();
        let line = timeout(LONGEST_START, lines.next_line()).await;
        let line = line.with_context(|| format!("{name} does not listen"))??;
        let line = line.with_context(|| format!("{name} has ended at once"))?;
        let address = line.strip_prefix("listening on ");
        let address = address.and_then(|address| address.parse().ok());
        let address = address.with_context(|| format!("{name} says {line:?}"))?;
        Ok((child, address))
    }
}
