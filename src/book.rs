//! Builds the book: mdBook does the work, and this fills in what a page asks for alone on a line: a lab's recorded
//! run by `{{#lab NAME}}`, a letter's way in it by `{{#walk NAME}}`, `{{#exercise NAME}}`, `{{#explorer NAME}}`, and
//! the list of all exercises by `{{#progress}}`.

use crate::{
    exercises::{self, Exercise},
    explorers,
    lab_html::lab_html,
    labs,
    progress_page::progress_block,
    read,
    walk::walk_html,
};
use anyhow::{Context, Result, ensure};
use mdbook_driver::MDBook;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, book::Book};
use std::{
    collections::HashMap,
    fmt::Write,
    path::{Path, PathBuf},
};

/// A place where a page asks for a lab, a walk, an exercise or an explorer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The page, from the repository's root.
    pub file: PathBuf,
    /// The line in it, counted from 1.
    pub line: usize,
    /// `lab`, `walk`, `exercise`, `explorer` or `progress`.
    pub kind: String,
    /// Which one; nothing for `progress`, of which there is one.
    pub name: String,
}

/// Builds the static book into `directory`, which is emptied first.
pub fn build(root: &Path, directory: &Path) -> Result<()> {
    let mut book = MDBook::load(root.join("book")).map_err(one_line)?;
    book.config.build.build_dir = std::path::absolute(directory)?;
    // Takes the place of the command of the same name in book.toml.
    book.with_preprocessor(Course);
    book.build().map_err(one_line)
}

/// mdBook tells an error as a chain; the reader gets it as one line.
fn one_line(error: anyhow::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

/// All places, in the order of the book's pages, where a page asks for one of these.
/// Fails, naming file and line, where there is none of that name.
pub fn placements(root: &Path) -> Result<Vec<Placement>> {
    let labs = labs::list(root)?;
    let exercises = exercises::list(root)?;
    let mut placements = Vec::new();
    for page in pages(root)? {
        for (index, line) in read(&root.join(&page))?.lines().enumerate() {
            let Some((kind, name)) = directive(line) else {
                continue;
            };
            let (known, list) = match kind {
                "lab" | "walk" => (labs.iter().any(|lab| lab.name() == name), "book/labs.toml"),
                "progress" => (true, ""),
                "explorer" => (explorers::NAMES.contains(&name), "src/explorers.rs"),
                _ => (
                    exercises.iter().any(|exercise| exercise.name == name),
                    "exercises/Cargo.toml",
                ),
            };
            let (page_name, line) = (page.display(), index + 1);
            ensure!(
                known,
                "{page_name}:{line}: there is no {kind} {name:?} in {list}"
            );
            placements.push(Placement {
                file: page.clone(),
                line,
                kind: kind.into(),
                name: name.into(),
            });
        }
    }
    Ok(placements)
}

/// The book's pages in the order of SUMMARY.md, as paths from the repository's root.
pub fn pages(root: &Path) -> Result<Vec<PathBuf>> {
    let summary = read(&root.join("book/src/SUMMARY.md"))?;
    Ok(summary
        .lines()
        .filter_map(|line| Some(line.split_once("](")?.1.split_once(')')?.0))
        .map(|page| Path::new("book/src").join(page))
        .collect())
}

/// The kind and the name, if this line is `{{#KIND NAME}}` with a kind of ours; `{{#progress}}` has no name.
fn directive(line: &str) -> Option<(&str, &str)> {
    let inside = line.trim_end().strip_prefix("{{#")?.strip_suffix("}}")?;
    if inside == "progress" {
        return Some((inside, ""));
    }
    let (kind, name) = inside.split_once(' ')?;
    matches!(kind, "lab" | "walk" | "exercise" | "explorer").then_some((kind, name.trim()))
}

/// The preprocessor that fills in what pages ask for.
pub struct Course;

impl Preprocessor for Course {
    fn name(&self) -> &str {
        "course"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let root = context.root.parent().context("the book has no parent")?;
        let placements = placements(root)?;
        let labs = labs::list(root)?;
        let mut blocks = HashMap::new();
        for lab in &labs {
            let recording = lab.recording(root)?;
            let walks = |place: &Placement| place.kind == "walk" && place.name == lab.name();
            if placements.iter().any(walks) {
                let block = walk_html(lab, &recording)?;
                blocks.insert(("walk", lab.name().to_owned()), block);
            }
            let block = lab_html(lab, &recording)?;
            blocks.insert(("lab", lab.name().to_owned()), block);
        }
        for exercise in exercises::list(root)? {
            let block = exercise_block(root, &exercise)?;
            blocks.insert(("exercise", exercise.name), block);
        }
        for name in explorers::NAMES {
            blocks.insert(("explorer", name.to_owned()), explorers::html(name)?);
        }
        let progress = progress_block(root, &placements)?;
        blocks.insert(("progress", String::new()), progress);
        book.for_each_chapter_mut(|chapter| {
            let lines = chapter.content.lines().map(|line| {
                directive(line)
                    .and_then(|(kind, name)| blocks.get(&(kind, name.to_owned())))
                    .map_or(line, String::as_str)
            });
            chapter.content = lines.collect::<Vec<_>>().join("\n");
        });
        Ok(book)
    }
}

/// An exercise as a page shows it, in Markdown.
fn exercise_block(root: &Path, exercise: &Exercise) -> Result<String> {
    let (name, task) = (&exercise.name, exercise.task(root)?);
    let (title, task) = task.split_once('\n').unwrap_or((&task, ""));
    let mut block = format!(
        "<section class=\"exercise\" data-exercise=\"{name}\">\n\n\
         ### {} {{#exercise-{name}}}\n{task}\n\n\
         Edit `{}`, then have it checked:\n\n\
         ```console\n$ cargo exercise {name}\n```\n\n",
        title.trim_start_matches("# "),
        exercise.file(),
    );
    let hints = exercise.hints(root)?;
    for (index, hint) in hints.iter().enumerate() {
        let (number, all) = (index + 1, hints.len());
        // One inside the other, so that the second hint shows only behind the first.
        write!(
            block,
            "<details class=\"hint\"><summary>Hint {number} of {all}</summary>\n\n{hint}\n\n"
        )?;
    }
    block += &"</details>\n".repeat(hints.len());
    write!(
        block,
        "\n<p>Solved it? Compare with <code>{}</code>, which says why it is written so.</p>\n\n</section>\n",
        exercise.solution()
    )?;
    Ok(block)
}
