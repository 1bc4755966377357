//! The sequence explorer: a TCP connection, segment by segment, with a loss that the reader chooses.
//!
//! Nothing is computed here, nor in the page: all runs were, by `examples/robust/segments/`, and a test runs them again.
//! `cargo run -q --example tcp_segments json > book/traces/tcp_segments.json` writes them anew.

use super::{escape, fill};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

const RUNS: &str = include_str!("../../book/traces/tcp_segments.json");

words! {
    time: "{0} → {1} ms",
    time_lost: "{0} ms, lost",
    time_again: "{0} → {1} ms, again",
    change: "{0} {1} → {2}",
    step: "{0} of {1}, {2}",
    picture: "The segments as arrows between two lines, the client’s and the server’s, from top to bottom. The list below says the same.",
    pause: "{0} ms later",
    tick: "{0} ms",
    one_by_one: "One by one",
    all: "All at once",
}

/// One run of the connection.
#[derive(Deserialize, Serialize)]
pub struct Run {
    /// What gets lost.
    pub lost: String,
    /// What came of it.
    pub said: String,
    /// The segments, as they left one after the other.
    pub rows: Vec<Row>,
}

/// One segment.
#[derive(Deserialize, Serialize)]
pub struct Row {
    /// `client` or `server`.
    pub from: String,
    /// When it left, in milliseconds.
    pub left: u64,
    /// When it arrived; nothing if it was lost.
    pub arrived: Option<u64>,
    /// Whether it had been sent before.
    pub again: bool,
    /// Its short name in the picture.
    pub label: String,
    /// Its flags and numbers.
    pub segment: String,
    /// From which state to which it brought the client.
    pub client: Option<[String; 2]>,
    /// From which state to which it brought the server.
    pub server: Option<[String; 2]>,
    /// Why it was sent, and what is special about it.
    pub why: String,
}

impl Row {
    /// What the list says of it: its name, its times, the changes of state, and why.
    pub fn texts(&self) -> [(&'static str, String); 4] {
        let left = self.left.to_string();
        let time = match self.arrived.map(|arrived| arrived.to_string()) {
            None => fill(WORDS.time_lost, &[&left]),
            Some(arrived) if self.again => fill(WORDS.time_again, &[&left, &arrived]),
            Some(arrived) => fill(WORDS.time, &[&left, &arrived]),
        };
        let changes = [("client", &self.client), ("server", &self.server)];
        let changes = changes.into_iter().filter_map(|(side, change)| {
            let [from, to] = change.as_ref()?;
            Some(fill(WORDS.change, &[side, from, to]))
        });
        [
            ("name", format!("{}: {}", self.from, self.segment)),
            ("time", time),
            ("changes", changes.collect::<Vec<_>>().join(", ")),
            ("why", self.why.clone()),
        ]
    }
}

/// All runs: one without a loss, then one for each of its segments.
pub fn runs() -> Result<Vec<Run>> {
    serde_json::from_str(RUNS).context("book/traces/tcp_segments.json")
}

#[derive(Serialize)]
struct Tables {
    words: Words,
    runs: Vec<Run>,
}

/// The explorer with the run in which nothing is lost.
pub fn html() -> Result<String> {
    let runs = runs()?;
    let first = runs.first().context("there is no run")?;
    // Writing to a String never fails.
    let (mut options, mut list) = (String::new(), String::new());
    for (number, run) in runs.iter().enumerate() {
        let lost = escape(&run.lost);
        let text = match number {
            0 => lost,
            _ => format!("{number}: {lost}"),
        };
        let _ = writeln!(options, "<option value=\"{number}\">{text}</option>");
    }
    for row in &first.rows {
        let texts = row.texts();
        let texts = texts.iter().filter(|(_, text)| !text.is_empty());
        let texts = texts.map(|(name, text)| {
            let text = escape(text);
            format!("<span class=\"segment-{name}\">{text}</span>")
        });
        let texts: Vec<String> = texts.collect();
        let _ = writeln!(list, "<li>{}</li>", texts.join(" "));
    }
    let mut all = String::new();
    for run in &runs {
        let [lost, said] = [&run.lost, &run.said].map(|text| escape(text));
        let _ = writeln!(all, "<tr><td>{lost}</td><td>{said}</td></tr>");
    }
    let said = escape(&first.said);
    let data = serde_json::json!({ "tables": Tables { words: WORDS, runs } });
    // A `<` in the JSON could end the script element.
    let data = data.to_string().replace('<', "\\u003c");
    Ok(format!(
        "<section class=\"explorer\" id=\"explorer-sequence\" data-sequence aria-labelledby=\"explorer-sequence-title\">\n\
         <p class=\"explorer-title\" id=\"explorer-sequence-title\">Explore: a connection, segment by segment</p>\n\
         <div class=\"explorer-input\" hidden>\n\
         <label for=\"explorer-sequence-lost\">What gets lost</label>\n\
         <select id=\"explorer-sequence-lost\" autocomplete=\"off\">\n{options}</select>\n</div>\n\
         <div class=\"sequence-now\">\n\
         <div class=\"explorer-buttons\" hidden>\n<button type=\"button\" data-do=\"back\">Back</button>\n\
         <button type=\"button\" data-do=\"next\">Next</button>\n\
         <button type=\"button\" data-do=\"all\">{}</button>\n</div>\n\
         <p class=\"explorer-said\" role=\"status\">{said}</p>\n</div>\n\
         <div class=\"sequence-picture\"></div>\n\
         <p class=\"explorer-hint\" hidden>1–100: a segment with these bytes. ↻ was sent before, ✕ is lost. \
         At the edges: the states, where there is room.</p>\n\
         <details open><summary>The same as a list</summary>\n<ol class=\"segments\">\n{list}</ol>\n</details>\n\
         <details><summary>Each loss, in words</summary>\n\
         <table class=\"explorer-table\"><thead><tr><th scope=\"col\">Lost</th><th scope=\"col\">What comes of it</th></tr></thead>\n\
         <tbody>\n{all}</tbody></table>\n</details>\n\
         <script type=\"application/json\">{data}</script>\n</section>\n",
        WORDS.one_by_one
    ))
}
