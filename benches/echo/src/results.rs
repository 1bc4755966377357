//! What a run of the bench has found, as it stands in `results.json`.

use serde::{Deserialize, Serialize};

/// All that the table and the picture are drawn from.
#[derive(Debug, Deserialize, Serialize)]
pub struct Results {
    pub machine: Machine,
    /// How often each server was measured, the others in between, and for how long each time.
    pub rounds: usize,
    pub seconds: f64,
    /// For how many connections.
    pub connections: Vec<usize>,
    pub servers: Vec<Server>,
}

/// Where it ran: without it, no number means anything.
#[derive(Debug, Deserialize, Serialize)]
pub struct Machine {
    pub system: String,
    pub processor: String,
    pub cores: usize,
    /// Of 100 moments of its processors, how many went to other programs just before.
    pub busy_percent: Option<f64>,
    pub rust: String,
    pub c: Option<String>,
    pub python: Option<String>,
}

/// What a server is written in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Language {
    Rust,
    C,
    Python,
}

/// How a server shares its time.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    TcpSequential,
    TcpThreads,
    TcpTasks,
    Production,
    UdpSequential,
    UdpTask,
}

/// One server, and what was found.
#[derive(Debug, Deserialize, Serialize)]
pub struct Server {
    pub kind: Kind,
    pub language: Language,
    /// What it is made with, where its language alone does not say it.
    pub with: Option<String>,
    /// One for each number of connections that it could serve.
    pub points: Vec<Point>,
    /// With how many it failed. With more, it was not tried.
    pub failed: Option<Failure>,
    /// Why it was not measured at all.
    pub skipped: Option<String>,
}

/// One server with so many connections.
#[derive(Debug, Deserialize, Serialize)]
pub struct Point {
    pub connections: usize,
    /// Round trips a second: the median of the rounds, and the lowest and highest of them.
    pub median: f64,
    pub lowest: f64,
    pub highest: f64,
    /// Of 100 requests, how many had to be sent again.
    pub lost_percent: f64,
    /// How much of the processor the server's process took for a round trip.
    pub processor_us: Option<f64>,
    /// By how much the process has grown, for each connection.
    pub bytes_a_connection: Option<f64>,
}

/// Why there is no number.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Failure {
    pub connections: usize,
    pub why: String,
}

impl Language {
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "Rust",
            Language::C => "C",
            Language::Python => "Python",
        }
    }
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::TcpSequential => "TCP, one after another",
            Kind::TcpThreads => "TCP, a thread each",
            Kind::TcpTasks => "TCP, a task each",
            Kind::Production => "`production_server_17`",
            Kind::UdpSequential => "UDP, one after another",
            Kind::UdpTask => "UDP, in a task",
        }
    }
}

impl Results {
    /// The server of this kind and language, if it was measured.
    pub fn server(&self, kind: Kind, language: Language) -> Option<&Server> {
        let mut servers = self.servers.iter();
        servers.find(|server| (server.kind, server.language) == (kind, language))
    }
}

impl Server {
    /// What was found with so many connections, if there is a number.
    pub fn at(&self, connections: usize) -> Option<&Point> {
        let mut points = self.points.iter();
        points.find(|point| point.connections == connections)
    }
}
