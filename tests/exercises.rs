//! Proves every check, from the list of exercises: it accepts the solution, rejects each wrong answer
//! in its own words, and the file that the reader starts from fails because it is unsolved.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use loopback::exercises::{self, Exercise, failures};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Output,
    sync::Mutex,
    time::Duration,
};

/// The longest that one file's tests may take; a check's own deadlines are 2 or 3 s each.
const DEADLINE: Duration = Duration::from_secs(30);

/// How many programs with a wrong answer run at one time.
const WRONG_ANSWERS_AT_ONCE: usize = 32;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn all_exercises() -> Vec<Exercise> {
    let all = exercises::list(root()).unwrap();
    assert!(!all.is_empty(), "exercises/Cargo.toml lists no exercise");
    all
}

/// A package's test targets by their names.
struct Built {
    /// The test program of each target that compiled.
    programs: BTreeMap<String, PathBuf>,
    /// What the compiler said of each target that it said something of.
    complaints: BTreeMap<String, String>,
}

/// Builds a package's tests. A target that does not compile does not keep the others from it.
fn build_tests(package: &str) -> Built {
    let output = assert_cmd::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--tests", "--keep-going", "--package"])
        .args([package, "--message-format", "json"])
        .current_dir(root())
        .timeout(Duration::from_secs(1200))
        .output()
        .unwrap();
    let mut built = Built {
        programs: BTreeMap::new(),
        complaints: BTreeMap::new(),
    };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(name) = message["target"]["name"].as_str() else {
            continue;
        };
        if let Some(complaint) = message["message"]["rendered"].as_str() {
            *built.complaints.entry(name.into()).or_default() += complaint;
        } else if message["profile"]["test"] == true
            && let Some(program) = message["executable"].as_str()
        {
            built.programs.insert(name.into(), program.into());
        }
    }
    built
}

fn run(program: &Path, filter: &str) -> Output {
    assert_cmd::Command::new(program)
        .arg(filter)
        // They mostly wait for deadlines, so they can wait together.
        .arg("--test-threads=8")
        .env("RUST_BACKTRACE", "0")
        .timeout(DEADLINE)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    // Windows writes paths with the other stroke.
    String::from_utf8_lossy(&output.stdout).replace('\\', "/")
}

#[test]
fn every_solution_passes_its_check() {
    let built = build_tests("solutions");
    let program = &built.programs["solutions"];
    for Exercise { name, part } in all_exercises() {
        let output = run(program, &format!("{part}::{name}::"));
        let said = text(&output);
        assert!(
            output.status.success(),
            "the solution of {name} fails:\n{said}"
        );
        assert!(
            !said.contains(" 0 passed"),
            "solutions/{part}/{name}.rs is not in solutions/all.rs, or has no check:\n{said}"
        );
    }
}

#[test]
fn every_unsolved_exercise_fails_because_it_is_unsolved() {
    let built = build_tests("exercises");
    for exercise in all_exercises() {
        let (name, file) = (&exercise.name, exercise.file());
        let source = fs::read_to_string(root().join(&file)).unwrap();
        // On a reader's machine the files change, and `cargo test` must not mind.
        if env::var_os("CI").is_none()
            && !(built.programs.contains_key(name) && source.contains("todo!("))
        {
            eprintln!("{file} has been worked on; not judged here");
            continue;
        }
        let complaint = built.complaints.get(name);
        assert_eq!(complaint, None, "the compiler is not silent about {file}");
        let output = run(&built.programs[name], "");
        let said = text(&output);
        assert!(!output.status.success(), "{file} passes unsolved:\n{said}");
        let failures = failures(&said);
        assert!(!failures.is_empty(), "{file} fails without a test:\n{said}");
        for failure in failures {
            assert_eq!(
                (
                    panics(&failure).len(),
                    failure.contains("not yet implemented")
                ),
                (1, true),
                "{file} must fail at its `todo!()` and nowhere else, and fails so:\n{failure}"
            );
        }
        assert!(
            said.contains("test result: FAILED. 0 passed"),
            "{file}: a test passes although nothing is solved:\n{said}"
        );
    }
}

/// Each panic in what a test printed: where it was, and its message.
fn panics(said: &str) -> Vec<(String, String)> {
    let mut panics: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in said.lines() {
        if let Some((_, place)) = line.split_once("panicked at ") {
            panics.push((place.to_owned(), String::new()));
            inside = true;
        } else if line.is_empty() || line.starts_with("note: ") {
            inside = false;
        } else if inside && let Some((_, message)) = panics.last_mut() {
            message.push_str(line);
            message.push('\n');
        }
    }
    panics
}

/// The files `tests/wrong_answers/PART/EXERCISE/MISTAKE.rs`, as `(PART, EXERCISE, MISTAKE)`.
fn wrong_answers() -> BTreeSet<(String, String, String)> {
    let children = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut found = BTreeSet::new();
    let parts = children(&root().join("tests/wrong_answers"));
    for part in parts.iter().filter(|path| path.is_dir()) {
        for exercise in children(part).iter().filter(|path| path.is_dir()) {
            for mistake in children(exercise) {
                found.insert((name(part), name(exercise), name(&mistake)));
            }
        }
    }
    found
}

#[test]
fn every_file_of_an_exercise_is_in_the_list() {
    let listed: BTreeSet<String> = all_exercises().iter().map(Exercise::file).collect();
    for part in all_exercises().into_iter().map(|exercise| exercise.part) {
        for entry in fs::read_dir(root().join("exercises").join(&part)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let file = format!("exercises/{part}/{name}");
            assert!(listed.contains(&file), "exercises/Cargo.toml lacks {file}");
        }
    }
}

#[test]
fn every_wrong_answer_belongs_to_an_exercise_and_each_exercise_has_two() {
    let mut count: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (part, exercise, _) in wrong_answers() {
        *count.entry((part, exercise)).or_default() += 1;
    }
    for Exercise { name, part } in all_exercises() {
        let answers = count.remove(&(part, name.clone())).unwrap_or(0);
        assert!(answers >= 2, "{name} has {answers} wrong answers, not two");
    }
    assert!(
        count.is_empty(),
        "wrong answers without an exercise: {count:?}"
    );
}

#[test]
fn every_wrong_answer_is_rejected_in_the_checks_own_words() {
    let built = build_tests("wrong_answers");
    // They mostly wait for deadlines, so many can wait together.
    let waiting = Mutex::new(wrong_answers().into_iter());
    let doubtful = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WRONG_ANSWERS_AT_ONCE {
            scope.spawn(|| {
                while let Some(answer) = { waiting.lock().unwrap().next() } {
                    if judge_wrong_answer(&built, answer.clone()).is_err() {
                        doubtful.lock().unwrap().push(answer);
                    }
                }
            });
        }
    });
    // Together they starve each other, and a check of time limits then sees pauses that it did
    // not make. So each that was not rejected there is judged again, alone; that verdict counts.
    let problems: Vec<String> = doubtful
        .into_inner()
        .unwrap()
        .into_iter()
        .filter_map(|answer| {
            // A check of time limits gives the benefit of the doubt to a slow moment: three chances.
            (0..3)
                .map(|_| judge_wrong_answer(&built, answer.clone()))
                .reduce(Result::or)?
                .err()
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

fn judge_wrong_answer(
    built: &Built,
    (part, exercise, mistake): (String, String, String),
) -> Result<(), String> {
    let file = format!("tests/wrong_answers/{part}/{exercise}/{mistake}.rs");
    let source = fs::read_to_string(root().join(&file)).unwrap();
    let Some(phrase) = source
        .lines()
        .find_map(|line| line.strip_prefix("//! The check says: "))
    else {
        return Err(format!("{file} lacks its line `//! The check says: …`"));
    };
    let Some(program) = built.programs.get(&format!("{exercise}_wrong")) else {
        return Err(format!(
            "{file}: its target is not in tests/wrong_answers/Cargo.toml, or does not compile"
        ));
    };
    let output = run(program, &format!("{exercise}::{mistake}::"));
    let said = text(&output);
    if output.status.success() {
        return Err(format!(
            "{file} is accepted, or is not in tests/wrong_answers/{part}/{exercise}.rs:\n{said}"
        ));
    }
    if !said.contains("test result: FAILED") {
        return Err(format!(
            "{file} was ended, not rejected: does it hang?\n{said}"
        ));
    }
    let check = format!("exercises/checks/{part}/{exercise}.rs:");
    let panics = panics(&said);
    if panics
        .iter()
        .any(|(_, why)| why.contains("not yet implemented"))
    {
        return Err(format!("{file} is unsolved, not wrong:\n{said}"));
    }
    if !panics
        .iter()
        .any(|(place, why)| place.contains(&check) && why.contains(phrase.trim()))
    {
        return Err(format!(
            "{file}: the check never says {phrase:?}, it says:\n{said}"
        ));
    }
    Ok(())
}
