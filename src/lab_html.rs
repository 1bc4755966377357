//! A lab's recorded run as a page shows it: the terminals side by side, and what passed between them.

use crate::{
    labs::{Lab, Program},
    recording::{Recording, What},
    relay::{Direction, Protocol, Seen},
};
use anyhow::Result;
use serde_json::json;
use std::fmt::Write;

/// How many bytes of a datagram or read a page shows.
const SHOWN_BYTES: usize = 64;

/// A lab's recorded run as a page shows it, in HTML that is complete without JavaScript.
/// It has no empty line in it: there, Markdown would end the HTML.
pub(crate) fn lab_html(lab: &Lab, recording: &Recording) -> Result<String> {
    // What the served page offers to change.
    let message = lab.message();
    let message = message.map(|words| format!(" data-message=\"{}\"", escape(words)));
    let message = message.unwrap_or_default();
    let mut block = format!(
        "<section class=\"lab\" id=\"lab-{0}\" data-lab=\"{0}\"{message} aria-label=\"Recorded run: {1}\">\n\
         <p class=\"lab-title\">Recorded run: {1}</p>\n<div class=\"lab-terminals\">\n",
        lab.name(),
        escape(&lab.title)
    );
    for (number, terminal) in terminals(lab, recording).iter().enumerate() {
        let number = number + 1;
        writeln!(
            block,
            "<div class=\"lab-terminal\"><p>Terminal {number}</p>\
             <pre tabindex=\"0\" aria-label=\"Terminal {number}\">{terminal}</pre></div>"
        )?;
    }
    block += "</div>\n";
    if lab.watch.is_some() {
        block += &wire_table(lab, recording)?;
    }
    block += &data(lab, recording)?;
    block += "</section>\n";
    Ok(block)
}

/// The recording and what its reader must know of the lab, for the scripts of the page: they show a new run in the
/// same places, and this one again. In the page, since a page from a disk may fetch nothing.
fn data(lab: &Lab, recording: &Recording) -> Result<String> {
    let programs = 0..lab.programs.len();
    let (client, server) = speakers(lab);
    let data = json!({
        "title": lab.title,
        "terminals": programs.map(|program| terminal_of(lab, program)).collect::<Vec<_>>(),
        "two_lanes": lab.watch == Some(Protocol::Ftp),
        "client": client,
        "server": server,
        "events": recording.events,
    });
    // A `<` in the JSON could end the script element.
    let data = data.to_string().replace('<', "\\u003c");
    Ok(format!(
        "<script type=\"application/json\">{data}</script>\n"
    ))
}

/// Which terminal a program has: each server its own, and after these one for all other programs.
fn terminal_of(lab: &Lab, program: usize) -> usize {
    let is_server = |program: &&Program| program.ready.is_some();
    match lab.programs.get(program) {
        Some(own) if is_server(&own) => lab.programs[..program].iter().filter(is_server).count(),
        _ => lab.programs.iter().filter(is_server).count(),
    }
}

/// What the two sides of a watched connection are called.
fn speakers(lab: &Lab) -> (&str, &str) {
    let server = lab.programs.iter().find(|p| p.ready.is_some());
    let server = server.map_or("silent peer", |program| &program.example);
    let client = lab.programs.iter().rfind(|p| p.ready.is_none());
    let client = client.map_or("client", |program| &program.example);
    (client, server)
}

/// What each terminal shows: one for each server, and one for all other programs together.
fn terminals(lab: &Lab, recording: &Recording) -> Vec<String> {
    // The last one is that of no program in particular.
    let mut terminals = vec![String::new(); terminal_of(lab, usize::MAX) + 1];
    for event in &recording.events {
        let (program, line) = match &event.what {
            What::Started { program, command } => (
                *program,
                format!("<span class=\"lab-command\">$ {}</span>", escape(command)),
            ),
            What::Printed {
                program,
                error: true,
                line,
            } => (
                *program,
                format!("<span class=\"lab-error\">{}</span>", escape(line)),
            ),
            What::Printed { program, line, .. } if is_row(line) => (
                *program,
                format!("<span class=\"lab-row\">{}</span>", escape(line)),
            ),
            What::Printed { program, line, .. } => (*program, escape(line)),
            What::Ended {
                program,
                code: Some(code @ 1..),
            } => (
                *program,
                format!("<span class=\"lab-note\">(exit code {code})</span>"),
            ),
            What::Ended { .. } | What::Wire { .. } => continue,
        };
        let terminal = &mut terminals[terminal_of(lab, program)];
        // As a reference, since an empty line would end the HTML block.
        if !terminal.is_empty() {
            *terminal += "&#10;";
        }
        *terminal += &line;
    }
    terminals.retain(|terminal| !terminal.is_empty());
    terminals
}

/// Whether a line is a row of a table: columns stand apart by two spaces at least. Broken in two,
/// a row could not be read any more.
fn is_row(line: &str) -> bool {
    line.trim().contains("  ")
}

/// What the relay saw, one row for each datagram, read or end.
fn wire_table(lab: &Lab, recording: &Recording) -> Result<String> {
    let (client, server) = speakers(lab);
    let two_lanes = lab.watch == Some(Protocol::Ftp);
    let (caption, columns) = if two_lanes {
        (
            "What passed between them, as a relay in the middle saw it. It writes a port of its own \
             into each line that announces a data connection, or it would see nothing of that",
            "<th>control connection: → to the server, ← to the client</th><th>data connections</th>",
        )
    } else {
        (
            "What passed between them, as a relay in the middle saw it (which is why their ports differ)",
            "<th>from → to</th><th>what</th><th>bytes</th>",
        )
    };
    let mut data_connections = Vec::new();
    let mut table = format!(
        "<div class=\"lab-wire\" tabindex=\"0\" role=\"region\" aria-label=\"What passed between them: {}\">\n\
         <table><caption>{caption}</caption>\n\
         <thead><tr><th>ms</th>{columns}</tr></thead><tbody>\n",
        escape(&lab.title)
    );
    for event in &recording.events {
        let What::Wire {
            connection,
            direction,
            seen,
        } = &event.what
        else {
            continue;
        };
        let (from, to) = match direction {
            Direction::ToServer => (client, server),
            Direction::ToClient => (server, client),
        };
        // In whole numbers, so that JavaScript rounds a half in the same way.
        let tenths = (event.at_us + 50) / 100;
        let at_ms = format!("{}.{}", tenths / 10, tenths % 10);
        let (what, bytes) = what_and_bytes(*connection, seen);
        if !two_lanes {
            writeln!(
                table,
                "<tr><td>{at_ms}</td><td>{from} → {to}</td><td>{what}</td><td>{}</td></tr>",
                bytes_cell(bytes)
            )?;
            continue;
        }
        if *seen == Seen::DataConnect {
            data_connections.push(*connection);
        }
        // In the control connection a read is a line; in a data connection it is part of a file.
        let data = data_connections.iter().position(|data| data == connection);
        let arrow = match direction {
            Direction::ToServer => "→",
            Direction::ToClient => "←",
        };
        let cells = match (data, seen) {
            (None, Seen::Read(hex)) => format!("{arrow} <code>{}</code></td><td>", text(hex)),
            (None, _) => format!("{arrow} {what}</td><td>"),
            (Some(data), _) => format!(
                "</td><td>{arrow} data connection {}: {what}<br>{}",
                data + 1,
                bytes_cell(bytes)
            ),
        };
        writeln!(table, "<tr><td>{at_ms}</td><td>{cells}</td></tr>")?;
    }
    table += "</tbody></table></div>\n";
    Ok(table)
}

/// What the relay saw, in words, and its bytes as hexadecimal digits.
fn what_and_bytes(connection: usize, seen: &Seen) -> (String, &str) {
    match seen {
        Seen::Connect => (format!("connection {} is made", connection + 1), ""),
        Seen::DataConnect => ("made".into(), ""),
        Seen::Datagram(hex) => (format!("datagram, {} bytes", hex.len() / 2), hex),
        Seen::Read(hex) => (format!("read, {} bytes", hex.len() / 2), hex),
        Seen::Encrypted(length) => (format!("encrypted, {length} bytes"), ""),
        Seen::End => ("end of stream".into(), ""),
        Seen::Reset => ("reset".into(), ""),
        Seen::Refused => ("refused: nobody listens".into(), ""),
    }
}

/// Bytes as the text that they are in UTF-8, with its control characters visible.
fn text(hex: &str) -> String {
    let pairs = (0..hex.len() / 2).map(|byte| &hex[2 * byte..2 * byte + 2]);
    let bytes: Vec<u8> = pairs
        .map_while(|pair| u8::from_str_radix(pair, 16).ok())
        .collect();
    escape(&format!("{:?}", String::from_utf8_lossy(&bytes)))
}

/// The first bytes, as hexadecimal digits in pairs and as the text that they are in UTF-8.
fn bytes_cell(hex: &str) -> String {
    if hex.is_empty() {
        return String::new();
    }
    let pairs: Vec<&str> = (0..hex.len() / 2)
        .map(|byte| &hex[2 * byte..2 * byte + 2])
        .collect();
    let shown = &pairs[..pairs.len().min(SHOWN_BYTES)];
    let more = if pairs.len() > SHOWN_BYTES {
        " …"
    } else {
        ""
    };
    format!(
        "<code>{}{more}</code><br><code>{}{more}</code>",
        shown.join(" "),
        text(&shown.concat())
    )
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
