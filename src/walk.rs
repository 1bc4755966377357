//! A letter's way through the post office, hop by hop, drawn from a lab's recorded run: `{{#walk LAB}}`.

use crate::{
    lab_html::escape,
    labs::Lab,
    recording::{Recording, What},
};
use anyhow::{Context, Result, ensure};
use regex::Regex;
use std::fmt::Write;

/// One step of the way, as the post office told it.
pub struct Hop {
    /// Who hands the letter on: MUA, MSA, MTA, MDA or store.
    pub from: String,
    /// Who takes it.
    pub to: String,
    /// What the post office said of it.
    pub told: String,
    /// The header lines that were added on top.
    pub added: Vec<String>,
    /// The whole letter after this hop, line by line.
    pub letter: Vec<String>,
}

/// The hops of the letter that a lab's first client sends by hand.
pub fn hops(recording: &Recording) -> Result<Vec<Hop>> {
    let printed = |only: Option<usize>| {
        let events = recording.events.iter();
        events.filter_map(move |event| match &event.what {
            What::Printed { program, line, .. } if only.is_none_or(|only| only == *program) => {
                Some(line.as_str())
            }
            _ => None,
        })
    };
    // What the client sends between DATA and the line with a dot alone.
    let content = printed(None).skip_while(|line| *line != "> DATA").skip(1);
    let mut letter: Vec<String> = content
        .filter_map(|line| line.strip_prefix("> "))
        .take_while(|line| *line != ".")
        .map(|line| line.strip_prefix('.').unwrap_or(line).to_owned())
        .collect();
    ensure!(!letter.is_empty(), "no client sends a letter in it");

    let hop = Regex::new(r"^\[\d+\] (MUA|MSA|MTA|MDA|store) -> (MUA|MSA|MTA|MDA|store)  (.+)$")?;
    let mut hops: Vec<Hop> = Vec::new();
    let mut inside = false;
    for line in printed(Some(0)) {
        if let Some(parts) = hop.captures(line) {
            let [from, to, told] = parts.extract().1.map(str::to_owned);
            let (added, letter) = (Vec::new(), Vec::new());
            hops.push(Hop {
                from,
                to,
                told,
                added,
                letter,
            });
            inside = true;
        } else if let (true, Some(header), Some(hop)) =
            (inside, line.strip_prefix("  "), hops.last_mut())
        {
            hop.added.push(header.to_owned());
        } else {
            inside = false;
        }
    }
    ensure!(!hops.is_empty(), "its server tells of no hop");
    for hop in &mut hops {
        letter.splice(0..0, hop.added.iter().cloned());
        hop.letter.clone_from(&letter);
    }
    Ok(hops)
}

/// The walk as a page shows it, in HTML that is complete without JavaScript.
/// It has no empty line in it: there, Markdown would end the HTML.
pub(crate) fn walk_html(lab: &Lab, recording: &Recording) -> Result<String> {
    let hops = hops(recording).with_context(|| format!("lab {} is no walk", lab.name()))?;
    let title = escape(&lab.title);
    let mut block = format!(
        "<section class=\"walk\" id=\"walk-{}\" aria-label=\"The letter at each hop: {title}\">\n\
         <p class=\"lab-title\">The letter at each hop, from a recorded run: {title}</p>\n<ol>\n",
        lab.name()
    );
    for hop in &hops {
        let mut lines = Vec::new();
        for (number, line) in hop.letter.iter().enumerate() {
            let line = escape(line);
            lines.push(match number < hop.added.len() {
                // No `mark`: that is what a search has found, for mdBook, and a click takes it away.
                true => format!("<ins>{line}</ins>"),
                false => line,
            });
        }
        let added = match hop.added.is_empty() {
            true => "adds nothing",
            false => "adds what is marked",
        };
        // As references, since an empty line would end the HTML block.
        writeln!(
            block,
            "<li><p><strong>{0} → {1}</strong> {2} <span class=\"walk-note\">({1} {added})</span></p>\
             <pre tabindex=\"0\" aria-label=\"The letter at the {1}\">{3}</pre></li>",
            hop.from,
            hop.to,
            escape(&hop.told),
            lines.join("&#10;")
        )?;
    }
    block += "</ol>\n</section>\n";
    Ok(block)
}
