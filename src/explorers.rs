//! The explorers: parts of a page that compute something from what the reader types or chooses.
//!
//! Here are their values and their words, and the HTML for the first input, which is what a reader without
//! JavaScript sees. `book/assets/explorers.js` computes the same in the page (`slicer.js` and `timeline.js` for those
//! two); it gets every table and every sentence from here, as JSON, and the browser test compares what both say.

use anyhow::{Result, bail};
use serde::Serialize;
use std::collections::BTreeMap;

/// Writes down an explorer's sentences once, for Rust and, as JSON, for JavaScript.
macro_rules! words {
    ($($key:ident: $text:expr,)+) => {
        #[derive(serde::Serialize)]
        struct Words { $($key: &'static str),+ }
        const WORDS: Words = Words { $($key: $text),+ };
    };
}

pub mod address;
pub mod encapsulation;
pub mod port;
pub mod sequence;
pub mod slicer;
pub mod timeline;

/// What an explorer shows: the text of each place in the page, by the place's name (`data-out` in the HTML).
pub type Values = BTreeMap<&'static str, String>;

/// The explorers that a page may ask for.
pub const NAMES: [&str; 6] = [
    "address",
    "encapsulation",
    "port",
    "sequence",
    "slicer",
    "timeline",
];

/// The explorer of this name, in HTML that is complete without JavaScript. It has no empty line in it:
/// there, Markdown would end the HTML.
pub fn html(name: &str) -> Result<String> {
    match name {
        "address" => address::html(),
        "encapsulation" => encapsulation::html(),
        "port" => port::html(),
        "sequence" => sequence::html(),
        "slicer" => slicer::html(),
        "timeline" => timeline::html(),
        _ => bail!("there is no explorer {name:?}"),
    }
}

/// What surrounds every explorer: its title, the input that JavaScript shows, and the tables for JavaScript.
fn section(name: &str, title: &str, input: &Input, body: &str, data: &impl Serialize) -> String {
    let Input { label, hint, value } = input;
    let data = script(&serde_json::json!({ "first": value, "tables": data }));
    format!(
        "<section class=\"explorer\" id=\"explorer-{name}\" data-explorer=\"{name}\" aria-labelledby=\"explorer-{name}-title\">\n\
         <p class=\"explorer-title\" id=\"explorer-{name}-title\">{title}</p>\n\
         <div class=\"explorer-input\" hidden>\n\
         <label for=\"explorer-{name}-input\">{label}</label>\n\
         <input id=\"explorer-{name}-input\" type=\"text\" autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\" \
         aria-describedby=\"explorer-{name}-error explorer-{name}-hint\">\n\
         <p class=\"explorer-error\" id=\"explorer-{name}-error\" aria-live=\"polite\"></p>\n\
         <p class=\"explorer-hint\" id=\"explorer-{name}-hint\">{hint}</p>\n</div>\n\
         {body}{data}</section>\n"
    )
}

/// What surrounds a picture that the reader changes by buttons: its title, the choices that JavaScript shows, and the
/// tables for JavaScript, which is in a file of its own.
fn picture(name: &str, title: &str, choice: &str, body: &str, data: &impl Serialize) -> String {
    let data = script(&serde_json::json!({ "tables": data }));
    format!(
        "<section class=\"explorer\" data-picture=\"{name}\" aria-labelledby=\"{name}-title\">\n\
         <p class=\"explorer-title\" id=\"{name}-title\">{title}</p>\n\
         <div class=\"picture-choice\" hidden>\n{choice}</div>\n\
         {body}{data}</section>\n"
    )
}

/// Data for JavaScript.
fn script(data: &serde_json::Value) -> String {
    // A `<` in the JSON could end the script element.
    let data = data.to_string().replace('<', "\\u003c");
    format!("<script type=\"application/json\">{data}</script>\n")
}

/// The one line that an explorer's reader types.
struct Input {
    label: &'static str,
    hint: &'static str,
    /// What stands in it at first.
    value: &'static str,
}

/// A table of names and values, one row each; JavaScript writes new values into the same places.
fn table(rows: &[(&str, &str)], values: &Values) -> String {
    let rows: String = rows
        .iter()
        .map(|(key, label)| {
            let value = escape(values.get(key).map_or("", String::as_str));
            format!("<tr><th scope=\"row\">{label}</th><td data-out=\"{key}\">{value}</td></tr>\n")
        })
        .collect();
    format!("<table class=\"explorer-table\"><tbody>\n{rows}</tbody></table>\n")
}

/// The sentence that sums up a result; a screen reader says it when it changes.
fn status(values: &Values) -> String {
    let said = escape(values.get("said").map_or("", String::as_str));
    format!("<p class=\"explorer-said\" role=\"status\" data-out=\"said\">{said}</p>\n")
}

/// Puts the arguments into a sentence, at `{0}`, `{1}` …
fn fill(sentence: &str, arguments: &[&str]) -> String {
    let mut pieces = sentence.split('{');
    let mut filled = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        let (number, rest) = piece.split_once('}').unwrap_or(("", piece));
        let argument = number.parse().ok().and_then(|n: usize| arguments.get(n));
        filled += argument.copied().unwrap_or("");
        filled += rest;
    }
    filled
}

/// Makes text fit for HTML, between tags and in attributes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Whether this is a number in decimal digits and nothing else.
fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
