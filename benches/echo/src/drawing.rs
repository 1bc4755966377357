//! The tables and the picture of the book, drawn from what was measured and from nothing else.

use crate::results::{Failure, Kind, Language, Point, Results, Server};
use std::fmt::Write;

/// With so many connections, the processor's time for a round trip is told.
const BUSY: usize = 100;

/// A machine with nothing else to do is not quite idle. One with more must be told of.
pub const QUIET_PERCENT: f64 = 10.0;

/// What a table says where there is no number.
const NONE: &str = "–";

// ---- The tables ----

/// Both tables in Markdown, with the machine named.
pub fn tables(results: &Results) -> String {
    let machine = &results.machine;
    let tools = [
        Some(&machine.rust),
        machine.c.as_ref(),
        machine.python.as_ref(),
    ];
    let tools: Vec<&str> = tools.into_iter().flatten().map(String::as_str).collect();
    format!(
        "{speeds}\n*Round trips a second: the median of {rounds} rounds of {seconds} s. In brackets: how many times what the \
         server in Rust does there. Lost: of 100 datagrams, so many had no answer within 0.1 s. {processor}, {cores} cores; \
         {system}; {tools}.{busy}*\n\n{costs}",
        speeds = speeds(results),
        rounds = results.rounds,
        seconds = results.seconds,
        processor = machine.processor,
        cores = machine.cores,
        system = machine.system,
        tools = tools.join(", "),
        busy = match machine.busy_percent {
            Some(busy) if busy > QUIET_PERCENT =>
                format!(" Other programs had {busy} % of the machine when it began."),
            _ => String::new(),
        },
        costs = costs(results)
    )
}

/// How many round trips, for each server and each number of connections.
fn speeds(results: &Results) -> String {
    let numbers = results
        .connections
        .iter()
        .map(|number| grouped(*number as f64));
    let mut rows = vec![
        [vec!["clients at once".into()], numbers.collect()].concat(),
        [
            vec!["---".into()],
            vec!["--:".into(); results.connections.len()],
        ]
        .concat(),
    ];
    for server in &results.servers {
        let rust = results.server(server.kind, Language::Rust);
        let cells = results.connections.iter().map(|connections| {
            if let Some(point) = server.at(*connections) {
                return speed(point, rust.filter(|_| server.language != Language::Rust));
            }
            match &server.failed {
                Some(failed) if failed.connections == *connections => failed.why.clone(),
                _ => NONE.into(),
            }
        });
        let mut row = [vec![name(server)], cells.collect()].concat();
        if let Some(why) = &server.skipped {
            row[1].clone_from(why);
        }
        rows.push(row);
    }
    markdown(&rows)
}

fn speed(point: &Point, rust: Option<&Server>) -> String {
    let mut cell = grouped(point.median);
    if let Some(rust) = rust.and_then(|rust| rust.at(point.connections)) {
        let _ = write!(cell, " ({})", short(point.median / rust.median));
    }
    if point.lost_percent >= 0.5 {
        let _ = write!(cell, "; {:.0}\u{a0}% lost", point.lost_percent);
    }
    cell
}

/// What a connection and a round trip cost the server.
fn costs(results: &Results) -> String {
    let most = results.connections.last().copied().unwrap_or(0);
    let mut rows = vec![
        vec![
            "what it costs the server".into(),
            format!("memory for each of {} clients", grouped(most as f64)),
            format!("processor for a round trip, {BUSY} clients"),
        ],
        vec!["---".into(), "--:".into(), "--:".into()],
    ];
    for server in &results.servers {
        let Some(busy) = server.at(BUSY) else {
            continue;
        };
        let memory = server.points.iter().rev().find_map(|point| {
            let memory = format!("{} KiB", short(point.bytes_a_connection? / 1024.0));
            Some(match point.connections {
                connections if connections == most => memory,
                connections => format!("{memory} (of {})", grouped(connections as f64)),
            })
        });
        let processor = busy.processor_us.map(|time| format!("{} µs", short(time)));
        let or_none = |cell: Option<String>| cell.unwrap_or_else(|| NONE.into());
        rows.push(vec![name(server), or_none(memory), or_none(processor)]);
    }
    markdown(&rows)
}

fn name(server: &Server) -> String {
    let language = server.language.name();
    match &server.with {
        Some(with) => format!("{}: {language}, {with}", server.kind.name()),
        None => format!("{}: {language}", server.kind.name()),
    }
}

fn markdown(rows: &[Vec<String>]) -> String {
    rows.iter()
        .map(|row| format!("| {} |\n", row.join(" | ")))
        .collect()
}

/// `52,300`
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The digits that mean something: `0.31`, `1.4`, `14`.
fn short(number: f64) -> String {
    match number {
        ..0.0005 => "0".into(),
        ..0.01 => format!("{number:.3}"),
        ..1.0 => format!("{number:.2}"),
        ..10.0 => format!("{number:.1}"),
        _ => grouped(number),
    }
}

// ---- The picture ----

/// Four small plots of the same scale.
const PLOTS: [Kind; 4] = [
    Kind::TcpSequential,
    Kind::TcpThreads,
    Kind::TcpTasks,
    Kind::UdpSequential,
];
const LANGUAGES: [Language; 3] = [Language::Rust, Language::C, Language::Python];

/// The size of a plot, and where the first one begins.
const WIDTH: f64 = 254.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 76.0;
const TOP: f64 = 84.0;

/// From the beginning of a plot to that of the next one, to the right and down.
const RIGHT: f64 = 292.0;
const DOWN: f64 = 282.0;

/// How far the first and the last number of connections are from the plot's sides.
const MARGIN: f64 = 20.0;

/// The picture of how many round trips, as SVG.
pub fn picture(results: &Results) -> String {
    let shown = |server: &&Server| PLOTS.contains(&server.kind);
    let points = results
        .servers
        .iter()
        .filter(shown)
        .flat_map(|server| &server.points);
    let highest = points.map(|point| point.highest).fold(1.0, f64::max);
    let (step, top) = scale(highest);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 620" role="img" aria-labelledby="measured-title measured-desc" font-size="17" fill="currentColor" stroke="none" style="width:100%;max-width:56rem;height:auto">
<title id="measured-title">How many round trips a second, with 1 to {most} clients at once</title>
<desc id="measured-desc">Four plots of the same scale, one for each kind of server, each with a line for Rust, for C and for Python. {said} All numbers are in the table.</desc>
"#,
        most = grouped(results.connections.last().copied().unwrap_or(0) as f64),
        said = said(results),
    );
    // Which line is whose.
    for (language, x) in LANGUAGES.into_iter().zip([76.0, 216.0, 326.0]) {
        line(&mut svg, language, &[(x, 18.0), (x + 50.0, 18.0)]);
        mark(&mut svg, language, (x + 25.0, 18.0));
        text(&mut svg, (x + 60.0, 24.0), "start", language.name());
    }
    text(&mut svg, (10.0, 50.0), "start", "round trips a second");
    for (index, kind) in PLOTS.into_iter().enumerate() {
        let left = LEFT + RIGHT * (index % 2) as f64;
        let above = TOP + DOWN * (index / 2) as f64;
        let plot = Plot {
            left,
            above,
            top,
            connections: &results.connections,
        };
        plot.draw(&mut svg, results, kind, step);
    }
    text(&mut svg, (622.0, 612.0), "end", "clients at once");
    svg + "</svg>\n"
}

/// The picture in words: where each line begins and ends.
fn said(results: &Results) -> String {
    let mut said = String::new();
    for kind in PLOTS {
        for server in LANGUAGES
            .into_iter()
            .filter_map(|language| results.server(kind, language))
        {
            let (Some(first), Some(last)) = (server.points.first(), server.points.last()) else {
                continue;
            };
            let of = |point: &Point| {
                let (speed, clients) = (grouped(point.median), grouped(point.connections as f64));
                format!("{speed} with {clients}")
            };
            let _ = write!(
                said,
                "{}, {}: {}",
                kind.name(),
                server.language.name(),
                of(first)
            );
            if last.connections > first.connections {
                let _ = write!(said, ", {}", of(last));
            }
            if let Some(failed) = &server.failed {
                let clients = grouped(failed.connections as f64);
                let _ = write!(said, "; with {clients}: {}", failed.why);
            }
            said += ". ";
        }
    }
    said.trim_end().into()
}

/// The distance of two lines of the scale, and where it ends: 1, 2 or 5 with noughts, five lines at most.
fn scale(highest: f64) -> (f64, f64) {
    let mut step = 1.0;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle() {
        if highest / step <= 5.0 {
            break;
        }
        step *= factor;
    }
    (step, (highest / step).ceil() * step)
}

/// One of the four, and where it is.
struct Plot<'a> {
    left: f64,
    above: f64,
    /// The number at its upper side.
    top: f64,
    connections: &'a [usize],
}

impl Plot<'_> {
    fn x(&self, connections: usize) -> f64 {
        let at = self
            .connections
            .iter()
            .position(|number| *number == connections);
        let steps = self.connections.len().saturating_sub(1).max(1) as f64;
        self.left + MARGIN + (WIDTH - 2.0 * MARGIN) * at.unwrap_or(0) as f64 / steps
    }

    fn y(&self, per_second: f64) -> f64 {
        self.above + HEIGHT * (1.0 - per_second / self.top)
    }

    fn draw(&self, svg: &mut String, results: &Results, kind: Kind, step: f64) {
        let (left, right, bottom) = (self.left, self.left + WIDTH, self.above + HEIGHT);
        let _ = writeln!(
            svg,
            r#"<text x="{left}" y="{}" font-weight="bold">{}</text>"#,
            self.above - 12.0,
            kind.name()
        );
        // The scale, whose numbers stand at the left plots only.
        let mut number = 0.0;
        while number <= self.top {
            let y = self.y(number);
            let _ = writeln!(
                svg,
                r#"<path d="M{left} {y:.1} L{right} {y:.1}" fill="none" stroke="currentColor" stroke-width="1" opacity="0.35"/>"#
            );
            if left == LEFT {
                tick(svg, (left - 8.0, y + 5.0), "end", &grouped(number));
            }
            number += step;
        }
        for connections in self.connections {
            let number = grouped(*connections as f64);
            tick(
                svg,
                (self.x(*connections), bottom + 20.0),
                "middle",
                &number,
            );
        }
        let servers = LANGUAGES
            .into_iter()
            .filter_map(|language| results.server(kind, language));
        let servers: Vec<&Server> = servers.collect();
        // The line that matters most is drawn last.
        for server in servers.iter().rev() {
            let at = |point: &Point| (self.x(point.connections), self.y(point.median));
            let points: Vec<(f64, f64)> = server.points.iter().map(at).collect();
            for point in &server.points {
                let x = self.x(point.connections);
                let (low, high) = (self.y(point.lowest), self.y(point.highest));
                let _ = writeln!(
                    svg,
                    r#"<path d="M{x:.1} {low:.1} L{x:.1} {high:.1}" fill="none" stroke="currentColor" stroke-width="1"/>"#
                );
            }
            line(svg, server.language, &points);
            for point in points {
                mark(svg, server.language, point);
            }
        }
        // Where lines end too early, and why: said once for those that fail alike.
        let mut told: Vec<(&Failure, Vec<&str>)> = Vec::new();
        for server in &servers {
            let Some(failure) = &server.failed else {
                continue;
            };
            let language = server.language.name();
            match told.iter_mut().find(|(told, _)| *told == failure) {
                Some((_, who)) => who.push(language),
                None => told.push((failure, vec![language])),
            }
        }
        for (index, (failure, who)) in told.iter().enumerate() {
            let _ = writeln!(
                svg,
                r#"<path d="M{:.1} {:.1} l10 10 m0 -10 l-10 10" fill="none" stroke="currentColor" stroke-width="2.5"/>"#,
                self.x(failure.connections) - 5.0,
                bottom - 5.0
            );
            let why = format!("× {}: {}", who.join(", "), failure.why);
            tick(
                svg,
                (left, bottom + 42.0 + 18.0 * index as f64),
                "start",
                &why,
            );
        }
    }
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let _ = writeln!(
        svg,
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#
    );
}

/// A number of a scale.
fn tick(svg: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let _ = writeln!(
        svg,
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="14">{text}</text>"#
    );
}

fn line(svg: &mut String, language: Language, points: &[(f64, f64)]) {
    if points.len() < 2 {
        return;
    }
    let path: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.1} {y:.1}"))
        .collect();
    let style = match language {
        Language::Rust => r#"style="stroke:var(--links)" stroke-width="3""#,
        Language::C => r#"stroke="currentColor" stroke-width="2" stroke-dasharray="8 4""#,
        Language::Python => r#"stroke="currentColor" stroke-width="2" stroke-dasharray="2 4""#,
    };
    let _ = writeln!(
        svg,
        r#"<path d="M{}" fill="none" {style}/>"#,
        path.join(" L")
    );
}

fn mark(svg: &mut String, language: Language, (x, y): (f64, f64)) {
    let hollow = r#"style="fill:var(--bg)" stroke="currentColor" stroke-width="2""#;
    let _ = match language {
        Language::Rust => writeln!(
            svg,
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="5" style="fill:var(--links)"/>"#
        ),
        Language::C => writeln!(
            svg,
            r#"<rect x="{:.1}" y="{:.1}" width="9" height="9" {hollow}/>"#,
            x - 4.5,
            y - 4.5
        ),
        Language::Python => writeln!(
            svg,
            r#"<path d="M{x:.1} {:.1} l6 10 l-12 0 z" {hollow}/>"#,
            y - 6.0
        ),
    };
}
