use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    panic,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

const ACTIONS: [Action; 5] = [
    Action::Read,
    Action::Create,
    Action::Overwrite,
    Action::Delete,
    Action::Rename,
];

#[test]
fn each_account_has_the_actions_of_its_row() {
    judge(everywhere(&["notes.txt", "a", "letters/1/draft.txt"]));
    judge(everywhere(&[
        &random_word(),
        &format!("a/{}", random_word()),
    ]));
}

#[test]
fn a_path_may_begin_at_the_root() {
    judge(absolute(&[
        "/notes.txt",
        "/a/b/c/d",
        &format!("/{}", random_word()),
    ]));
    judge(everywhere(&[
        "/",
        "/notes.txt",
        "/home",
        "/etc/passwd",
        "/bin",
    ]));
    judge(everywhere(&[
        "/home/ada",
        "/home/ada/notes.txt",
        "/home/eve/a",
    ]));
    judge(everywhere(&["/shared/readme.txt", "/public/welcome.txt"]));
    judge(everywhere(&[
        "/shared/home/ada",
        "/home/shared/a",
        "/a/public/b",
    ]));
}

#[test]
fn a_name_that_begins_alike_is_another_name() {
    judge(everywhere(&[
        "/shared-secret",
        "/shared-secret/a",
        "/sharedx/a",
    ]));
    judge(everywhere(&[
        "/publicity",
        "/public.old/a",
        "/home/adam/notes.txt",
    ]));
    judge(everywhere(&[
        "/home/ada2/a",
        "/share/a",
        "/hom/ada/a",
        "/home/ad/a",
    ]));
    judge(everywhere(&["/Shared/a", "/PUBLIC/a", "/home/Ada/a"]));
}

#[test]
fn two_dots_lead_one_folder_up() {
    judge(everywhere(&[
        "..",
        "../",
        "../..",
        "../a",
        "../../a",
        "../../../etc/passwd",
    ]));
    judge(everywhere(&[
        "a/../../b",
        "a/b/../../../c",
        "../home/ada/a",
        "../../home/ada/a",
    ]));
    judge(absolute(&["/../a", "/a/../../b", "/a/b/../../../c", "/.."]));
    judge(everywhere(&[
        "../shared-secret/a",
        "../sharedx",
        "../adam/a",
        "../ada/../eve/a",
    ]));
    // The same number of names up and down, and yet outside on the way or at the end.
    judge(everywhere(&["../x/a", "../../x/y", "a/../../x/b"]));
}

#[test]
fn only_where_the_path_ends_counts() {
    judge(everywhere(&[
        "a/../b",
        "a/b/../../c",
        "a/../b/../c/d",
        "./a/.././b",
    ]));
    judge(everywhere(&[
        "../shared/a",
        "../public/a",
        "../ada/a",
        "../../home/ada/a",
    ]));
    judge(everywhere(&[
        "/home/ada/../../shared/a",
        "/a/../public/b",
        "/x/y/../../home/ada/z",
    ]));
    judge(everywhere(&[
        "/shared/../home/ada/a",
        "/public/../shared/a",
    ]));
}

#[test]
fn above_the_root_is_the_root() {
    judge(everywhere(&[
        "/../shared/a",
        "/../../../public/a",
        "/../home/ada/a",
    ]));
    judge(everywhere(&[
        "../../../../../shared/a",
        "../../../../public/a",
        "../../../../home/ada/a",
    ]));
    judge(everywhere(&["/../../..", "../../../../.."]));
}

#[test]
fn one_dot_and_no_name_change_nothing() {
    judge(everywhere(&[
        "./a", "a/./b", "a//b", "a/", "a/.", "a///", "././/./a",
    ]));
    judge(absolute(&["//a", "/./a", "/.//./a/", "///a//"]));
    judge(everywhere(&[
        "//shared//a",
        "/./public/./a",
        "//home//ada//a",
        "///",
    ]));
    judge(everywhere(&[
        ".//..//a",
        "..//../a",
        "/shared/.//..//home/ada/a",
    ]));
}

#[test]
fn the_folder_itself_may_only_be_read() {
    judge(everywhere(&["", ".", "./", "a/..", "a/b/../.."]));
    judge(absolute(&["", "/", "/.", "/a/.."]));
}

#[test]
fn names_with_dots_are_names() {
    judge(everywhere(&[
        "...", "....", ".hidden", "a..b", "..a", "a..", ". ", ".. ",
    ]));
    judge(everywhere(&[
        "..../a",
        "....//a",
        "....//....//a",
        ".../.../b",
        "..a/b",
        "a../b",
    ]));
    judge(everywhere(&[
        "%2e%2e/a",
        "%2e%2e%2fa",
        "..%2fa",
        "a\\b",
        "..\\..\\a",
        "~",
        "~eve/a",
        "C:\\a",
        "C:a",
    ]));
    judge(everywhere(&[
        " ",
        "a b",
        " /a",
        "ü/é",
        "文件/a",
        "..\u{301}/a",
        "．．/a",
        "*",
        "-rf",
    ]));
}

#[test]
fn control_characters_are_part_of_a_name() {
    judge(everywhere(&[
        "a\nb",
        "a\rb",
        "a\r\n",
        "a\tb",
        "\u{1}",
        "\u{1b}[2J",
        "\u{7f}",
        "\u{85}",
        "\n/a",
    ]));
    judge(absolute(&["/a\nb", "/\t/../\r"]));
}

#[test]
fn a_path_with_a_nul_is_refused() {
    judge(everywhere(&[
        "\0", "a\0", "\0a", "a\0.txt", "a\0/../b", "a/\0/b", "a\0/..",
    ]));
    judge(absolute(&["\0", "/a\0b", "/\0/../a"]));
}

#[test]
fn a_real_account_has_its_own_home() {
    let names = [
        "ada",
        "eve",
        "adam",
        "grace.hopper",
        "shared",
        "public",
        "home",
        &random_word(),
    ];
    let paths = names.map(|name| format!("/home/{name}/a"));
    let mut questions = Vec::new();
    for name in names {
        for path in &paths {
            questions.push((Account::Real(name.into()), path.clone()));
            questions.push((
                Account::Real(name.into()),
                format!("../{}", &path["/home/".len()..]),
            ));
        }
    }
    judge(questions);
}

#[test]
fn a_path_may_be_very_long() {
    const MANY: usize = 1_000;
    judge(everywhere(&[
        &"../".repeat(MANY),
        &("a/".repeat(MANY) + &"../".repeat(MANY) + "b"),
        &("a/".repeat(MANY) + &"../".repeat(MANY + 1) + "b"),
        &("../".repeat(MANY) + "shared/a"),
        &"/".repeat(MANY),
        &("/public/".to_owned() + &"./".repeat(MANY) + "a"),
        &"x".repeat(MANY),
    ]));
}

#[test]
fn any_path_has_an_answer() {
    const PARTS: [&str; 14] = [
        "/", "/", "/", "/", "..", "..", ".", "shared", "public", "home", "ada", "a", "-secret", "",
    ];
    let mut random = Random::new();
    let paths: Vec<String> = (0..500)
        .map(|_| {
            (0..random.below(12))
                .map(|_| PARTS[random.below(PARTS.len())])
                .collect()
        })
        .collect();
    judge(everywhere(
        &paths.iter().map(String::as_str).collect::<Vec<_>>(),
    ));
}

fn accounts() -> [Account; 4] {
    [
        Account::Real("ada".into()),
        Account::Real(random_word()),
        Account::Guest,
        Account::Anonymous,
    ]
}

/// The account's folder, name by name.
fn folder_of(account: &Account) -> Vec<String> {
    match account {
        Account::Real(name) => vec!["home".into(), name.clone()],
        Account::Guest => vec!["shared".into()],
        Account::Anonymous => vec!["public".into()],
    }
}

/// Each path for each account, as it is.
fn everywhere(paths: &[&str]) -> Vec<(Account, String)> {
    let all = accounts().into_iter();
    all.flat_map(|account| {
        paths
            .iter()
            .map(move |&path| (account.clone(), path.to_owned()))
    })
    .collect()
}

/// Each path behind the full path of the account's folder, for each account.
fn absolute(paths: &[&str]) -> Vec<(Account, String)> {
    let all = everywhere(paths).into_iter();
    all.map(|(account, path)| {
        let folder = folder_of(&account).join("/");
        (account, format!("/{folder}{path}"))
    })
    .collect()
}

/// Where a path ends, worked out from its end: each `..` takes away the next name before it.
fn end_of(account: &Account, path: &str) -> Vec<String> {
    let mut names: Vec<String> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder_of(account),
    };
    names.extend(path.split('/').map(String::from));
    let (mut end, mut up) = (Vec::new(), 0);
    for name in names.into_iter().rev() {
        match name.as_str() {
            "" | "." => {}
            ".." => up += 1,
            _ if up > 0 => up -= 1,
            _ => end.push(name),
        }
    }
    end.reverse();
    end
}

/// Asks the learner's `is_allowed` about each action at each path, on a thread of its own, and fails
/// at the first wrong answer, at a panic, and when the time is up.
fn judge(questions: Vec<(Account, String)>) {
    let questions: Vec<_> = questions
        .into_iter()
        .flat_map(|(account, path)| ACTIONS.map(|action| (account.clone(), action, path.clone())))
        .collect();
    let asked = questions.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for (account, action, path) in asked {
            let answer = panic::catch_unwind(|| is_allowed(&account, action, &path));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let deadline = Instant::now() + DEADLINE;
    for (account, action, path) in &questions {
        let call = format!("`is_allowed(&{account:?}, {action:?}, {})`", shown(path));
        match answers.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => compare(&call, answer, account, *action, path),
            Ok(Err(panic)) => report_panic(&call, panic),
            Err(_) => {
                panic!("{call} has not returned after {DEADLINE:?}: is there an endless loop?")
            }
        }
    }
}

fn compare(call: &str, answer: bool, account: &Account, action: Action, path: &str) {
    let (folder, end) = (folder_of(account), end_of(account, path));
    let row = match account {
        Account::Real(_) => &ACTIONS[..],
        Account::Guest => &ACTIONS[..2],
        Account::Anonymous => &ACTIONS[..1],
    };
    let inside = end.len() >= folder.len() && end[..folder.len()] == folder[..];
    let why_not = if path.contains('\0') {
        Some(
            "there is a NUL byte in the path. Many systems end a name there, and would open \
             another file than the one you judged",
        )
    } else if (!inside || end == folder) && answer && takes_its_folder_for_the_root(account) {
        Some(
            "do you take the account's folder for its `/`, as the server of the lesson does? Here \
             `/` is the root of the server's whole tree, for each account, and `..` leads up to it",
        )
    } else if !inside && text(&end).starts_with(&text(&folder)) {
        Some("the names begin alike, but it is another folder. Compare name by name, not texts")
    } else if !inside {
        Some("that is outside of the account's folder")
    } else if !row.contains(&action) {
        Some(match account {
            Account::Anonymous => "anonymous may read and nothing else",
            _ => "a guest may read and create, and nothing else",
        })
    } else if end == folder && action != Action::Read {
        Some("that is the account's folder itself, which may only be read")
    } else {
        None
    };
    let where_it_ends = || {
        format!(
            "the account's folder is {}, and the path ends at {}",
            shown(&text(&folder)),
            shown(&text(&end))
        )
    };
    match (why_not, answer) {
        (None, true) | (Some(_), false) => {}
        (Some(why_not), true) => {
            panic!(
                "{call} must be false and is true: {}. No: {why_not}",
                where_it_ends()
            )
        }
        (None, false) => panic!(
            "{call} must be true and is false: {}. That is its own, and it may do \
             this. {}",
            where_it_ends(),
            if end == folder {
                "It may read the folder itself"
            } else if path.contains(char::is_control) {
                "The NUL byte alone is refused; any other control character is part of a name"
            } else if path.contains('\\') {
                "Only a `/` is between two names. A backslash is part of a name, whatever is beside \
                 it"
            } else if path.starts_with('/') && !path.contains("..") {
                "Does a path that begins with `/` start at the root?"
            } else if path.split('/').any(|name| name == "..") {
                "Do you refuse every `..`? It leads one folder up (and from the root to the \
                 root); only where the path ends counts"
            } else if path.contains("..") {
                "Two dots within a name are part of the name"
            } else {
                "Does a path that does not begin with `/` start in the account's folder, and what \
                 is in its row of the table?"
            }
        ),
    }
}

/// Whether the learner's answer keeps the rows of the table, but looks for `/NAME` in the account's
/// folder.
fn takes_its_folder_for_the_root(account: &Account) -> bool {
    let (account, path) = (account.clone(), format!("/{}", random_word()));
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        sender.send(
            is_allowed(&account, Action::Read, &path)
                && !is_allowed(&Account::Anonymous, Action::Delete, &path),
        )
    });
    answer.recv_timeout(DEADLINE).unwrap_or(false)
}

fn text(names: &[String]) -> String {
    format!("/{}", names.join("/"))
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(call: &str, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your {call} panicked: {why}. A stranger wrote the path: it may be empty, have more `..` \
         than names, and need not be ASCII"
    );
}

/// The text as Rust would write it, and of a long one the beginning.
fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}… ({} bytes)", &text[..end], text.len()),
    }
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_word() -> String {
    format!("{:x}", RandomState::new().hash_one(0))
}

/// Random enough (xorshift), and another row of numbers at each run.
struct Random(u64);

impl Random {
    fn new() -> Self {
        Random(RandomState::new().hash_one(0) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
