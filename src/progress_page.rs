//! The page that lists all exercises by part. The served page fills in how each one stands; without a server, it is
//! a list with links.

use crate::{
    book::Placement,
    exercises::{self, Exercise},
    read,
};
use anyhow::Result;
use std::{collections::HashMap, fmt::Write, path::Path};

/// The list, in Markdown, from where the book sets its exercises.
pub(crate) fn progress_block(root: &Path, placements: &[Placement]) -> Result<String> {
    let summary = read(&root.join("book/src/SUMMARY.md"))?;
    let (mut part, mut parts) = ("", HashMap::new());
    for line in summary.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            part = title;
        } else if let Some((_, page)) = line.split_once("](") {
            parts.insert(page.split(')').next().unwrap_or_default(), part);
        }
    }
    let all = exercises::list(root)?;
    let (mut block, mut last) = (String::from("<div class=\"progress\">\n"), "");
    for place in placements.iter().filter(|place| place.kind == "exercise") {
        let page = place.file.strip_prefix("book/src").unwrap_or(&place.file);
        let page = page.to_string_lossy().replace('\\', "/");
        let part = parts.get(page.as_str()).copied().unwrap_or_default();
        if part != last {
            let folder = page.split('/').next().unwrap_or_default();
            write!(block, "\n## {part} {{#progress_{folder}}}\n\n")?;
            last = part;
        }
        let name = &place.name;
        let title = match all.iter().find(|exercise| exercise.name == *name) {
            Some(exercise) => title(root, exercise)?,
            None => name.clone(),
        };
        writeln!(
            block,
            "- [{title}]({page}#exercise-{name}) <span class=\"exercise-state\" data-exercise-state=\"{name}\"></span>"
        )?;
    }
    block += "\n</div>\n";
    Ok(block)
}

/// What its task is headed with, without the word before it.
fn title(root: &Path, exercise: &Exercise) -> Result<String> {
    let task = exercise.task(root)?;
    let title = task.lines().next().unwrap_or_default();
    let title = title.trim_start_matches("# ");
    Ok(title.strip_prefix("Exercise: ").unwrap_or(title).to_owned())
}
