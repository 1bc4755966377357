//! The encapsulation explorer as the page has it before anybody types.

use super::{
    DATA, LONGEST_MESSAGE, SHORTEST_FRAME, WORDS, Words, answer, bytes,
    fields::{ETHERTYPES, LAYERS, Layer, PROTOCOLS},
    frame, hex, place,
};
use crate::explorers::{Input, escape, section, status, table};
use anyhow::Result;
use serde::Serialize;
use std::fmt::Write;

/// What the explorer shows first.
const FIRST: &str = "hello";

const ROWS: [(&str, &str); 4] = [
    ("ip_verdict", "IPv4 header checksum"),
    ("udp_verdict", "UDP checksum"),
    ("receiver", "The receiver"),
    ("card", "The network card"),
];

#[derive(Serialize)]
struct Tables {
    words: Words,
    layers: &'static [Layer],
    ethertypes: &'static [(u16, &'static str)],
    protocols: &'static [(u8, &'static str)],
    longest_message: usize,
    shortest_frame: usize,
    /// The headers around no message, as hexadecimal digits.
    headers: String,
}

/// The explorer with its first message.
pub fn html() -> Result<String> {
    let frame = frame(FIRST)?;
    let values = answer(&frame, &frame);
    // Writing to a String never fails.
    let (mut strip, mut list) = (String::new(), String::new());
    for Layer { key, name, fields } in &LAYERS {
        let mut length = 0;
        let (mut chunks, mut items) = (String::new(), String::new());
        for field in *fields {
            let place = place(field, &frame);
            length += place.len();
            let (key, name, meaning) = (field.key, escape(field.name), escape(field.meaning));
            let bytes = hex(&frame[place]);
            let value = escape(values.get(key).map_or("", String::as_str));
            let _ = writeln!(chunks, "<code data-chunk=\"{key}\">{bytes}</code>");
            let _ = writeln!(
                items,
                "<li data-field=\"{key}\"><span class=\"field-name\" id=\"explorer-field-{key}\">{name}</span>\
                 <code class=\"field-bytes\" data-bytes=\"{key}\">{bytes}</code>\
                 <span class=\"field-value\" data-out=\"{key}\">{value}</span>\
                 <span class=\"field-meaning\" id=\"explorer-field-{key}-meaning\">{meaning}</span></li>"
            );
        }
        let length = bytes(length);
        let _ = write!(
            strip,
            "<div class=\"layer layer-{key}\"><p class=\"layer-name\">{name} <span data-length=\"{key}\">{length}</span></p>\n\
             <div class=\"layer-bytes\">\n{chunks}</div>\n"
        );
        let _ = write!(
            list,
            "<div class=\"layer layer-{key}\"><p class=\"layer-name\" id=\"explorer-layer-{key}\">{name}</p>\n\
             <ul class=\"fields\" aria-labelledby=\"explorer-layer-{key}\">\n{items}</ul>\n</div>\n"
        );
    }
    // Each layer stands inside of the one before.
    strip += &"</div>\n".repeat(LAYERS.len());
    let body = format!(
        "<div class=\"frame\" role=\"group\" aria-label=\"The frame’s bytes\">\n{strip}</div>\n\
         <p class=\"explorer-detail\" hidden></p>\n{}{}\
         <div class=\"explorer-buttons\" hidden>\n<button type=\"button\" data-do=\"recompute\">Recompute both checksums</button>\n\
         <button type=\"button\" data-do=\"reset\">Undo all edits</button>\n</div>\n{list}",
        status(&values),
        table(&ROWS, &values),
    );
    let input = Input {
        label: "Message",
        hint: "Then edit a field below: which checksum notices?",
        value: FIRST,
    };
    let tables = Tables {
        words: WORDS,
        layers: &LAYERS,
        ethertypes: &ETHERTYPES,
        protocols: &PROTOCOLS,
        longest_message: LONGEST_MESSAGE,
        shortest_frame: SHORTEST_FRAME,
        headers: hex(&self::frame("")?[..DATA]),
    };
    Ok(section(
        "encapsulation",
        "Explore: a message and its three envelopes",
        &input,
        &body,
        &tables,
    ))
}
