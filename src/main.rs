//! The command line: serves the book, checks exercises, records labs, builds the static site.

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Parser, Subcommand};
use loopback::{
    book,
    cargo::Cargo,
    exercises::{self, Exercise, State},
    keeper, labs, server,
};
use mdbook_preprocessor::Preprocessor;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Loopback: Network Programming in Rust, Step by Step.
///
/// Without a command: builds the book and serves it on this machine.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Task>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Args)]
struct Serve {
    /// The port to serve on [default: 7080, or the next free one]
    #[arg(long)]
    port: Option<u16>,
    /// Open the book in your browser
    #[arg(long)]
    open: bool,
}

#[derive(Subcommand)]
enum Task {
    /// Check the exercises in the book's order, up to the first that is not solved
    Check {
        /// Check this one only
        name: Option<String>,
        /// Show the next hint for it, too
        #[arg(long)]
        hint: bool,
    },
    /// Build the static site, with the recorded runs in it
    Build {
        /// Where to; it must be empty or hold an earlier build
        #[arg(default_value = "book/book")]
        directory: PathBuf,
    },
    /// Run labs and keep their runs for the book
    Record {
        /// Record this lab only
        lab: Option<String>,
        /// Keep nothing: compare with the recorded runs, and fail where one differs
        #[arg(long)]
        check: bool,
    },
    /// Run a program, and end it when standard input ends: see src/keeper.rs
    #[command(hide = true)]
    Keep {
        /// Let whatever else the machine does go first
        #[arg(long)]
        gentle: bool,
        /// The program and its arguments
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// What `mdbook build book` calls
    #[command(hide = true)]
    Preprocess {
        /// `supports RENDERER` asks whether this renderer is supported; all are
        question: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let root = loopback::course_root();
    let arguments = Arguments::parse();
    let done = match arguments.command {
        None => server::serve(root, arguments.serve.port, arguments.serve.open).await,
        Some(Task::Check { name, hint }) => check(&root, name.as_deref(), hint).await,
        Some(Task::Build { directory }) => build(&root, &directory),
        Some(Task::Record { lab, check }) => record(&root, lab.as_deref(), check).await,
        Some(Task::Keep { gentle, command }) => keeper::keep(gentle, &command),
        Some(Task::Preprocess { question }) if question.is_empty() => preprocess(),
        Some(Task::Preprocess { .. }) => Ok(()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loopback: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Judges one exercise after the other. An unsolved one ends it with exit code 1.
async fn check(root: &Path, name: Option<&str>, hint: bool) -> Result<()> {
    let all = exercises::list(root)?;
    let chosen: Vec<&Exercise> = match name {
        None => all.iter().collect(),
        Some(name) => vec![
            all.iter()
                .find(|exercise| exercise.name == name)
                .with_context(|| {
                    format!("there is no exercise {name:?}; `cargo exercise` lists their names")
                })?,
        ],
    };
    let cargo = Cargo::new(root);
    for (done, exercise) in chosen.iter().enumerate() {
        let bar = format!("[{}{}]", "#".repeat(done), ".".repeat(chosen.len() - done));
        print!(
            "{bar} {done}/{} solved; checking {} ... ",
            chosen.len(),
            exercise.name
        );
        io::stdout().flush()?;
        let state = exercise.judge(&cargo, false).await?;
        let problem = match &state {
            State::Solved => {
                println!("solved");
                continue;
            }
            State::Unsolved => "not solved yet",
            State::DoesNotCompile(_) => "does not compile",
            State::Failed(_) => "not right yet",
            State::Hangs => "does not end",
        };
        println!("{problem}\n");
        match &state {
            State::DoesNotCompile(message) | State::Failed(message) => println!("{message}\n"),
            State::Hangs => println!("{}\n", exercises::HANGS),
            State::Solved | State::Unsolved => {}
        }
        println!("your file   {}", exercise.file());
        if let Some(place) = placement(root, exercise)? {
            println!("the task    {place}");
        }
        println!("check it    cargo exercise {}", exercise.name);
        if hint {
            show_hint(root, exercise)?;
        } else {
            let name = name.map(|name| format!("{name} ")).unwrap_or_default();
            println!("a hint      cargo run -- check {name}--hint");
        }
        bail!("{}: {problem}", exercise.name);
    }
    match name {
        None => println!("all {} exercises are solved", chosen.len()),
        Some(name) => println!("{name} is solved; compare it with the one in solutions/"),
    }
    Ok(())
}

/// Where the book sets an exercise.
fn placement(root: &Path, exercise: &Exercise) -> Result<Option<String>> {
    let placements = book::placements(root)?;
    let place = placements
        .iter()
        .find(|place| place.kind == "exercise" && place.name == exercise.name);
    Ok(place.map(|place| {
        let page = place.file.strip_prefix("book/src").unwrap_or(&place.file);
        format!(
            "{}, in the served book /{}#exercise-{}",
            place.file.display(),
            page.with_extension("html").display(),
            exercise.name
        )
    }))
}

/// Prints the next hint for an exercise; how many were shown is remembered until `cargo clean`.
fn show_hint(root: &Path, exercise: &Exercise) -> Result<()> {
    let hints = exercise.hints(root)?;
    let file = root.join("target/hints.toml");
    let remembered = fs::read_to_string(&file).unwrap_or_default();
    let mut shown: BTreeMap<String, usize> = toml::from_str(&remembered).unwrap_or_default();
    let count = shown.entry(exercise.name.clone()).or_default();
    *count = (*count + 1).min(hints.len());
    println!("\nHint {count} of {}: {}\n", hints.len(), hints[*count - 1]);
    if *count == hints.len() {
        println!(
            "That was the last. A worked answer is in {}.",
            exercise.solution()
        );
    }
    fs::create_dir_all(root.join("target"))?;
    fs::write(&file, toml::to_string(&shown)?)
        .with_context(|| format!("cannot remember the hint in {}", file.display()))
}

fn build(root: &Path, directory: &Path) -> Result<()> {
    // mdBook empties the folder first, so make sure that it holds nothing but a book.
    let entries = || fs::read_dir(directory).with_context(|| directory.display().to_string());
    let empty = !directory.exists() || entries()?.next().is_none();
    ensure!(
        empty || directory.join("toc.html").exists(),
        "{} is not empty and holds no earlier build of the book: name another folder",
        directory.display()
    );
    book::build(root, directory)?;
    println!(
        "open {}",
        std::path::absolute(directory)?.join("index.html").display()
    );
    Ok(())
}

async fn record(root: &Path, name: Option<&str>, check: bool) -> Result<()> {
    let mut labs = labs::list(root)?;
    if let Some(name) = name {
        labs.retain(|lab| lab.name() == name);
        ensure!(
            !labs.is_empty(),
            "there is no lab {name:?} in book/labs.toml"
        );
    }
    println!("building the examples ...");
    let built = labs::build(root, &labs)?;
    let mut different = 0;
    for lab in &labs {
        print!("{} ... ", lab.name());
        io::stdout().flush()?;
        let now = lab.record(&built).await?;
        let difference = match lab.recording(root) {
            Ok(recorded) => lab.difference(&recorded, &now)?,
            Err(error) => Some(format!("{error:#}")),
        };
        match difference {
            // Kept as it is: times and ports alone are not worth a change of the file.
            None => println!("as recorded"),
            Some(difference) if check => {
                println!("different: {difference}");
                different += 1;
            }
            Some(_) => {
                let file = lab.recording_file(root);
                fs::write(&file, serde_json::to_string_pretty(&now)? + "\n")
                    .with_context(|| format!("cannot write {}", file.display()))?;
                println!("recorded");
            }
        }
    }
    ensure!(
        different == 0,
        "{different} labs differ from the book; if today's are right, `cargo run -- record`"
    );
    Ok(())
}

/// Reads a book from mdBook on standard input, fills it in, and gives it back on standard output.
fn preprocess() -> Result<()> {
    let (context, book) = mdbook_preprocessor::parse_input(io::stdin())?;
    serde_json::to_writer(io::stdout(), &book::Course.run(&context, book)?)?;
    Ok(())
}
