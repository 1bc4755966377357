//! The workings behind `cargo run`: the book, its labs, its exercises and the server that shows them.
//! The command line is in `main.rs`; the tests use this library as it does.

pub mod book;
pub mod builds;
pub mod cargo;
pub mod exercises;
pub mod explorers;
pub mod guard;
pub mod keeper;
mod lab_html;
pub mod labs;
pub mod live;
pub mod pages;
mod program;
pub mod progress;
mod progress_page;
pub mod recording;
pub mod relay;
mod relay_ftp;
mod relay_udp;
pub mod runner;
pub mod server;
mod verdicts;
pub mod walk;

use std::path::{Path, PathBuf};

/// The repository's folder: where the book, the examples and the exercises are.
///
/// `cargo run` says where that is now; the folder that this program was built in may have been moved.
pub fn course_root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

/// Reads a text file of the course. The error names the file.
pub(crate) fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file)
        .map_err(|error| anyhow::anyhow!("cannot read {}: {error}", file.display()))
}

/// The line, counted from 1, in which the byte at `offset` stands.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text[..offset.min(text.len())].matches('\n').count() + 1
}
