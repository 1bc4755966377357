//! The stream slicer as the page has it before anybody cuts.

use super::{
    FRAMINGS, Framing, LENGTH, MESSAGES, Shown, WORDS, Words, answer, between_frames, frames,
    stream,
};
use crate::explorers::{escape, picture};
use anyhow::Result;
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write};

/// The slicings that have a name: what the button says, and behind how many bytes of each stream a read ends.
const PRESETS: [(&str, &str, [Cuts; 2]); 4] = [
    (
        "middle",
        "In the middle of ë",
        [Cuts::At(&[6, 13, 14]), Cuts::At(&[3, 6, 8])],
    ),
    (
        "frames",
        "One read a message",
        [Cuts::BetweenFrames, Cuts::BetweenFrames],
    ),
    ("joined", "All in one read", [Cuts::At(&[]), Cuts::At(&[])]),
    (
        "bytes",
        "One read a byte",
        [Cuts::Everywhere, Cuts::Everywhere],
    ),
];

enum Cuts {
    At(&'static [usize]),
    BetweenFrames,
    Everywhere,
}

/// One byte of the stream, as the page labels it.
#[derive(Serialize)]
struct Byte {
    hex: String,
    label: String,
    /// Which message it belongs to, counted from 1.
    message: usize,
}

#[derive(Serialize)]
struct Stream {
    framing: Framing,
    bytes: Vec<Byte>,
}

#[derive(Serialize)]
struct Preset {
    key: &'static str,
    cuts: BTreeMap<Framing, Vec<usize>>,
}

#[derive(Serialize)]
struct Tables {
    words: Words,
    streams: Vec<Stream>,
    presets: Vec<Preset>,
}

/// Behind how many bytes of this stream a read ends.
fn cuts(framing: Framing, of: &[Cuts; 2]) -> Vec<usize> {
    match &of[framing as usize] {
        Cuts::At(cuts) => cuts.to_vec(),
        Cuts::BetweenFrames => between_frames(framing),
        Cuts::Everywhere => (1..stream(framing).len()).collect(),
    }
}

/// The stream's bytes with their labels.
fn labelled(framing: Framing) -> Stream {
    let mut bytes = Vec::new();
    for (index, (frame, message)) in frames(framing).zip(MESSAGES).enumerate() {
        let mut labels = Vec::new();
        for character in message.chars() {
            match character.len_utf8() {
                1 => labels.push(character.to_string()),
                length => labels.extend((1..=length).map(|part| format!("{character} {part}"))),
            }
        }
        match framing {
            Framing::Lengths => {
                let length = std::iter::repeat_n(WORDS.length_byte.into(), LENGTH);
                labels.splice(0..0, length);
            }
            Framing::Lines => labels.push(WORDS.line_feed.into()),
        }
        let labelled = frame.iter().zip(labels).map(|(byte, label)| Byte {
            hex: format!("{byte:02x}"),
            label,
            message: index + 1,
        });
        bytes.extend(labelled);
    }
    Stream { framing, bytes }
}

/// The slicings that have a name, for this stream: the name, and behind how many bytes a read ends.
pub fn presets(framing: Framing) -> impl Iterator<Item = (&'static str, Vec<usize>)> {
    let presets = PRESETS.iter();
    presets.map(move |(key, _, of)| (*key, cuts(framing, of)))
}

/// The slicer with its first slicing, and all slicings that have a name as text.
pub fn html() -> Result<String> {
    let first = FRAMINGS[0];
    let cut = cuts(first, &PRESETS[0].2);
    let Shown { said, rows } = answer(first, &cut);
    // Writing to a String never fails.
    let mut reads = String::new();
    for (index, row) in rows.iter().enumerate() {
        let class = if row.right { "" } else { " class=\"broken\"" };
        let [one_read, framed] = [&row.one_read, &row.framed].map(|text| escape(text));
        let _ = writeln!(
            reads,
            "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td{class}><code>{one_read}</code></td>\
             <td><code>{framed}</code></td></tr>",
            index + 1,
            row.bytes
        );
    }
    let body = format!(
        "{}<p class=\"explorer-hint\">Above the bytes, lines with numbers show what was sent as one message; below them, <i>len</i> is a byte \
         of a length, <i>LF</i> a line feed, and ë has two bytes. Bytes without a bar between them come in one read.</p>\n\
         <p class=\"explorer-said\" role=\"status\" data-out=\"said\">{}</p>\n\
         <table class=\"explorer-table slicer-reads\"><thead><tr><th scope=\"col\">Read</th><th scope=\"col\">Bytes</th>\
         <th scope=\"col\">One read, one message</th><th scope=\"col\">The framed reader</th></tr></thead>\n\
         <tbody>\n{reads}</tbody></table>\n\
         <p class=\"explorer-hint\">Messages are written as Rust prints them: <code>\\0</code> and <code>\\u{{4}}</code> are bytes that are \
         no letters, <code>�</code> stands for bytes that are no text. ✗: this read did not bring one whole message, and nothing else.</p>\n\
         <p class=\"explorer-hint\"><b>One read, one message</b> <span data-out=\"one_read_rule\">{}</span></p>\n\
         <p class=\"explorer-hint\"><b>The framed reader</b> <span data-out=\"framed_rule\">{}</span></p>\n{}",
        stream_html(&labelled(first), &cut),
        escape(&said),
        WORDS.one_read_lengths,
        WORDS.framed_lengths,
        all_presets(),
    );
    let preset = |(key, _, of): &(&'static str, _, _)| Preset {
        key,
        cuts: FRAMINGS.map(|framing| (framing, cuts(framing, of))).into(),
    };
    let tables = Tables {
        words: WORDS,
        streams: FRAMINGS.map(labelled).into(),
        presets: PRESETS.iter().map(preset).collect(),
    };
    let title = "Explore: a stream and its reads";
    Ok(picture("slicer", title, &choice(), &body, &tables))
}

/// The two framings, and a button for each slicing that has a name.
fn choice() -> String {
    let mut buttons = String::new();
    for (key, label, _) in &PRESETS {
        let _ = writeln!(
            buttons,
            "<button type=\"button\" data-preset=\"{key}\">{label}</button>"
        );
    }
    format!(
        "<fieldset><legend>A message’s end is known by</legend>\n\
         <label><input type=\"radio\" name=\"slicer-framing\" value=\"lengths\" checked> its length, before it</label>\n\
         <label><input type=\"radio\" name=\"slicer-framing\" value=\"lines\"> a line feed, behind it</label></fieldset>\n\
         <fieldset><legend>Cut the stream</legend>\n{buttons}\
         <button type=\"button\" data-preset=\"chance\">By chance</button></fieldset>\n\
         <p class=\"explorer-hint\">Or cut it yourself: press between two bytes. By keyboard: Tab to a gap, arrow keys to the \
         others, Space to cut or to join.</p>\n"
    )
}

/// What both readers make of each slicing that has a name, in words.
fn all_presets() -> String {
    let mut rows = String::new();
    for (framing, name) in FRAMINGS.into_iter().zip(["its length", "a line feed"]) {
        for (_, label, of) in &PRESETS {
            let said = escape(&answer(framing, &cuts(framing, of)).said);
            let _ = writeln!(
                rows,
                "<tr><td>{name}</td><td>{label}</td><td>{said}</td></tr>"
            );
        }
    }
    format!(
        "<details><summary>Each slicing that has a name, in words</summary>\n\
         <table class=\"explorer-table\"><thead><tr><th scope=\"col\">End known by</th><th scope=\"col\">Cut</th>\
         <th scope=\"col\">What the readers take</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n</details>\n"
    )
}

/// The bytes in a row, with a mark in each gap where a read ends.
fn stream_html(stream: &Stream, cuts: &[usize]) -> String {
    let mut html = String::from(
        "<div class=\"slicer-stream\" role=\"group\" aria-label=\"The bytes, and where a read ends\">\n",
    );
    for (index, byte) in stream.bytes.iter().enumerate() {
        let Byte {
            hex,
            label,
            message,
        } = byte;
        let first = index == 0 || stream.bytes[index - 1].message != *message;
        let number = match first {
            true => format!(" data-message=\"{message}\""),
            false => String::new(),
        };
        let _ = writeln!(
            html,
            "<span class=\"slicer-byte\"{number}><code>{hex}</code> <span>{label}</span></span>"
        );
        let Some(next) = stream.bytes.get(index + 1) else {
            break;
        };
        let inside = if next.message == *message {
            " inside"
        } else {
            ""
        };
        let (cut, mark) = match cuts.contains(&(index + 1)) {
            true => (" cut", "|"),
            false => ("", ""),
        };
        let _ = writeln!(html, "<i class=\"slicer-gap{inside}{cut}\">{mark}</i>");
    }
    html + "</div>\n"
}
