//! The server timeline as the page has it before anybody chooses.

use super::{
    Bar, CLIENTS, Row, SERVERS, SLOW, Server, Shown, Trace, WORDS, WORK, Words, answer, reply, run,
};
use crate::explorers::{escape, picture};
use anyhow::{Context, Result};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fmt::{Display, Write},
};

/// What the page shows first: the server, how long the slow client takes, and how many clients come.
const FIRST: (Server, usize, usize) = (Server::Sequential, 12, 4);

#[derive(Serialize)]
struct Tables {
    words: Words,
    /// How many units the axis has, for every choice: what moves is the bars.
    end: usize,
    /// By server, units of the slow client, and number of clients: `sequential-12-4`.
    traces: BTreeMap<String, Trace>,
}

/// The timeline with its first choice, and the other servers in words.
pub fn html() -> Result<String> {
    let (server, slow, clients) = FIRST;
    let mut traces = BTreeMap::new();
    for (server, key, _) in SERVERS {
        for slow in SLOW {
            for clients in CLIENTS {
                let trace = run(server, slow, clients);
                traces.insert(format!("{key}-{slow}-{clients}"), trace);
            }
        }
    }
    let lines = traces.values().flat_map(|trace| &trace.clients);
    let end = lines.map(|line| reply(line)).max().context("no client")?;
    let Shown { said, note, rows } = answer(server, slow, clients);
    let drawn: String = rows.iter().map(|row| bars_html(row, end)).collect();
    let words: String = rows.iter().map(words_html).collect();
    let mut others = String::new();
    for (server, _, label) in SERVERS {
        let said = escape(&answer(server, slow, clients).said);
        // Writing to a String never fails.
        let _ = writeln!(
            others,
            "<tr><th scope=\"row\">{label}</th><td>{said}</td></tr>"
        );
    }
    let tick = |at| format!("<span style=\"left:{:.3}%\">{at}</span>", percent(at, end));
    let axis: String = (0..end).step_by(4).map(tick).collect();
    let body = format!(
        "<p data-out=\"note\">{note}</p>\n\
         <p class=\"explorer-said\" role=\"status\" data-out=\"said\">{said}</p>\n\
         <ul class=\"timeline-key\" aria-hidden=\"true\">\n\
         <li><span class=\"bar-b\"></span> in the backlog</li>\n\
         <li><span class=\"bar-r\"></span> the server waits for its message</li>\n\
         <li><span class=\"bar-q\"></span> its message is there, and the thread is not free</li>\n\
         <li><span class=\"bar-w\"></span> served</li>\n</ul>\n\
         <div class=\"timeline\" style=\"--units:{end}\" aria-hidden=\"true\">\n\
         <p class=\"timeline-row\"><b>time</b> <span class=\"timeline-axis\">{axis}</span></p>\n\
         <div class=\"timeline-rows\">\n{drawn}</div>\n</div>\n\
         <details><summary>The same in words</summary>\n\
         <table class=\"explorer-table timeline-words\"><tbody>\n{words}</tbody></table>\n</details>\n\
         <p class=\"explorer-hint\">Every client but A takes 1 unit to send its message. The server works {WORK} units for a \
         message, then it replies. All else takes no time.</p>\n\
         <details><summary>All four servers in words, where A takes {slow} units and {clients} clients come</summary>\n\
         <table class=\"explorer-table\"><tbody>\n{others}</tbody></table>\n</details>\n"
    );
    let tables = Tables {
        words: WORDS,
        end,
        traces,
    };
    let title = "Explore: a server’s time";
    Ok(picture("timeline", title, &choice(), &body, &tables))
}

/// Where on the axis this time is.
fn percent(units: usize, end: usize) -> f64 {
    100.0 * units as f64 / end as f64
}

/// A client or a thread in the picture.
fn bars_html(row: &Row, end: usize) -> String {
    let bars = row.bars.iter().map(|bar| {
        let Bar {
            kind,
            from,
            to,
            label,
        } = bar;
        let (left, width) = (percent(*from, end), percent(to - from, end));
        format!(
            "<span class=\"bar-{kind}\" style=\"left:{left:.3}%;width:{width:.3}%\">{label}</span>"
        )
    });
    format!(
        "<p class=\"timeline-row{}\"><b>{}</b> <span class=\"timeline-track\">{}</span></p>\n",
        if row.thread { " thread" } else { "" },
        row.name,
        bars.collect::<String>()
    )
}

/// A client or a thread in words.
fn words_html(row: &Row) -> String {
    let (name, text) = (&row.name, escape(&row.text));
    format!("<tr><th scope=\"row\">{name}</th><td>{text}</td></tr>\n")
}

/// What the reader chooses.
fn choice() -> String {
    let (server, slow, clients) = FIRST;
    let servers = SERVERS.map(|(own, key, label)| radio("server", key, label, own == server));
    let number = |name, own: usize, first| radio(name, own, own, own == first);
    let slow = SLOW.map(|own| number("slow", own, slow));
    let clients: String = CLIENTS.map(|own| number("clients", own, clients)).collect();
    format!(
        "<fieldset><legend>The server</legend>\n{}</fieldset>\n\
         <fieldset><legend>How many units A takes to send its message</legend>\n{}</fieldset>\n\
         <fieldset><legend>How many clients</legend>\n{clients}</fieldset>\n",
        servers.concat(),
        slow.concat(),
    )
}

fn radio(name: &str, value: impl Display, label: impl Display, checked: bool) -> String {
    let checked = if checked { " checked" } else { "" };
    format!(
        "<label><input type=\"radio\" name=\"timeline-{name}\" value=\"{value}\"{checked}> {label}</label>\n"
    )
}
