use super::*;
use std::{
    any::Any,
    collections::BTreeSet,
    hash::{BuildHasher, RandomState},
    panic,
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for what a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

#[test]
fn what_was_not_seen_is_new() {
    plans("", "", "1 a\n2 b\n3 c", "1 a, 2 b, 3 c", "");
    plans("a", "", "1 a\n2 b\n3 c", "2 b, 3 c", "");
    plans("a b c", "", "1 a\n2 b\n3 c", "", "");
    plans("", "", "", "", "");
    let (one, two) = (random_word(), random_word());
    plans(
        &one,
        "",
        &format!("1 {two}x\n2 {one}\n3 {two}"),
        &format!("1 {two}x, 3 {two}"),
        "",
    );
}

#[test]
fn numbers_are_of_this_session_only() {
    // 1 was deleted: the others have moved up, and the count is the same as before.
    plans("whqtswO00WBw QhdPYR", "", "1 QhdPYR\n2 new", "2 new", "");
    // And here are fewer than before, one of them new.
    plans("a b c d", "", "1 d\n2 new", "2 new", "");
    // A server that sorts in another way today.
    plans("a b", "b", "1 new\n2 b\n3 a", "1 new", "2");
    plans("a b", "a b", "1 b\n2 a", "", "1, 2");
}

#[test]
fn numbers_are_the_listings() {
    plans(
        "b",
        "d",
        "2 a\n3 b\n7 c\n12 d\n30 e",
        "2 a, 7 c, 30 e",
        "12",
    );
    plans("", "c", "3 a\n1 b\n2 c", "3 a, 1 b", "2");
    plans("", "", "4294967295 a", "4294967295 a", "");
}

#[test]
fn what_is_unwanted_is_deleted_and_not_fetched() {
    plans("a b c", "b", "1 a\n2 b\n3 c", "", "2");
    plans("a c", "b", "1 a\n2 b\n3 c", "", "2");
    plans("", "a b", "1 a\n2 b\n3 c", "3 c", "1, 2");
}

#[test]
fn ids_are_compared_whole_and_exactly() {
    plans(
        "ab AB a1",
        "b",
        "1 a\n2 abc\n3 Ab\n4 B\n5 aB",
        "1 a, 2 abc, 3 Ab, 4 B, 5 aB",
        "",
    );
    // One is seen or unwanted, and the others only look like it.
    plans(
        "ab",
        "B",
        "1 ab\n2 Ab\n3 a\n4 abc\n5 B\n6 b\n7 BB",
        "2 Ab, 3 a, 4 abc, 6 b, 7 BB",
        "5",
    );
    // Ids that look like numbers are none.
    plans("1 02", "3", "1 2\n2 3\n3 1\n4 01\n5 02", "1 2, 4 01", "2");
    plans(
        "",
        "",
        "1 18446744073709551616",
        "1 18446744073709551616",
        "",
    );
    plans(
        "",
        "",
        "1 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "1 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "",
    );
    let longest = "x".repeat(70);
    plans("", "", &format!("1 {longest}"), &format!("1 {longest}"), "");
}

#[test]
fn two_copies_may_have_one_id() {
    plans("", "", "1 a\n2 b\n3 a\n4 a", "1 a, 2 b", "");
    plans("a", "", "1 a\n2 b\n3 a", "2 b", "");
    plans("", "a", "1 a\n2 b\n3 a", "2 b", "1, 3");
    plans("a", "a", "1 a\n2 a", "", "1, 2");
}

#[test]
fn what_the_server_forgot_is_forgotten() {
    plans("a b c", "d e", "1 b\n2 d", "", "2");
    plans("a b c", "d e", "", "", "");
    plans("gone", "gone", "1 here", "1 here", "");
}

#[test]
fn the_next_session_begins_where_this_one_broke() {
    // The link breaks when one of two messages is stored, and before QUIT: nothing is deleted.
    let memory = memory("old", "bad");
    let listing = ["1 old", "2 bad", "3 first", "4 second"];
    let (plan, mut memory) = accepted(&memory, &listing);
    compare(&listing, &plan, "3 first, 4 second", "2");
    memory.seen.insert("first".into());
    // A message came, and the server counts it first.
    let listing = ["1 third", "2 old", "3 bad", "4 first", "5 second"];
    let (plan, memory) = accepted(&memory, &listing);
    compare(&listing, &plan, "1 third, 5 second", "3");
    // QUIT was said: now it is gone, and its number is another's.
    let listing = ["1 third", "2 old", "3 first", "4 second"];
    let (plan, memory) = accepted(&memory, &listing);
    compare(&listing, &plan, "1 third, 4 second", "");
    assert!(
        memory.unwanted.is_empty(),
        "three sessions: the server has deleted {:?}, and you still want it deleted. An id that is \
         not listed any more is forgotten",
        memory.unwanted
    );
}

#[test]
fn a_bad_line_is_an_error() {
    for line in [
        "",
        " ",
        "1",
        "1 ",
        "a",
        " a",
        "a 1",
        "0 a",
        "-1 a",
        "+1 a",
        "1. a",
        "1.0 a",
        "x1 a",
        "１ a",
        "٣ a",
        "4294967296 a",
        "99999999999999999999 a",
        "1  a",
        " 1 a",
        "1 a b",
        "1 a ",
        "1 a 120",
        "1\ta",
        "1 a\t",
        "1 \u{7f}",
        "1 a\0",
        "1 a\r",
        "1 é",
        "1 文",
        "+OK",
        ".",
        &format!("1 {}", "x".repeat(71)),
        &format!("1 {}", "é".repeat(35)),
    ] {
        bad(&[line], line);
        bad(&["8 a", line, "9 b"], line);
    }
    bad(&["1 a", "2 b", "1 c"], "1 c");
    bad(&["1 a", "1 a"], "1 a");
    // The first one counts.
    bad(&["1 a", "x", "y"], "x");
    bad(&["1 a", "1 b", "y"], "1 b");
}

#[test]
fn any_mailbox_is_kept_in_step() {
    let mut random = Random::new();
    for _ in 0..500 {
        let mut some = |most: usize| -> Vec<String> {
            let count = random.below(most + 1);
            (0..count)
                .map(|_| format!("id{}", random.below(9)))
                .collect()
        };
        let (seen, unwanted, ids) = (some(6).join(" "), some(4).join(" "), some(9));
        let (mut number, mut listing) = (0, Vec::new());
        for id in ids {
            number += 1 + random.below(3);
            listing.push(format!("{number} {id}"));
        }
        let memory = memory(&seen, &unwanted);
        let lines: Vec<&str> = listing.iter().map(String::as_str).collect();
        let mut fetch: Vec<&str> = Vec::new();
        let mut delete: Vec<&str> = Vec::new();
        for line in &lines {
            let (number, id) = line.split_once(' ').unwrap_or_default();
            if memory.unwanted.contains(id) {
                delete.push(number);
            } else if !memory.seen.contains(id) && !fetch.iter().any(|line| line.ends_with(id)) {
                fetch.push(line);
            }
        }
        plans(
            &seen,
            &unwanted,
            &listing.join("\n"),
            &fetch.join(", "),
            &delete.join(", "),
        );
    }
}

fn memory(seen: &str, unwanted: &str) -> Memory {
    let set = |ids: &str| ids.split_whitespace().map(str::to_owned).collect();
    Memory {
        seen: set(seen),
        unwanted: set(unwanted),
    }
}

/// Wants this plan, with its numbers and ids as text, and the right ids remembered.
fn plans(seen: &str, unwanted: &str, listing: &str, fetch: &str, delete: &str) {
    let before = memory(seen, unwanted);
    let listing: Vec<&str> = listing.lines().collect();
    let (plan, after) = accepted(&before, &listing);
    let call = described(&before, &listing);
    let ids: BTreeSet<&str> = listing
        .iter()
        .filter_map(|line| line.split_once(' '))
        .map(|(_, id)| id)
        .collect();
    judge_plan(&call, &before, &listing, &plan, fetch, delete);
    for (what, before, after) in [
        ("seen", &before.seen, &after.seen),
        ("unwanted", &before.unwanted, &after.unwanted),
    ] {
        for id in before {
            assert!(
                !ids.contains(&id[..]) || after.contains(id),
                "{call}, and {id:?} is not in `{what}` any more: it is still on the server. \
                 Nothing is deleted before QUIT, and the connection may break before it"
            );
        }
        for id in after {
            assert!(
                before.contains(id),
                "{call}, and you have put {id:?} into `{what}`: {}",
                if what == "seen" {
                    "the message is not stored yet, and the connection may break before it is; \
                     the caller puts it there when it is"
                } else {
                    "only the reader decides what is unwanted"
                }
            );
            assert!(
                ids.contains(&id[..]),
                "{call}, and {id:?} is still in `{what}`: the server does not have it any more, \
                 so forget it"
            );
        }
    }
}

fn compare(listing: &[&str], plan: &Plan, fetch: &str, delete: &str) {
    let call = format!("in a row of sessions, the listing is {listing:?}");
    judge_plan(&call, &Memory::default(), listing, plan, fetch, delete);
}

fn judge_plan(
    call: &str,
    before: &Memory,
    listing: &[&str],
    plan: &Plan,
    fetch: &str,
    delete: &str,
) {
    let got: Vec<String> = plan
        .fetch
        .iter()
        .map(|(number, id)| format!("{number} {id}"))
        .collect();
    let numbers: Vec<String> = plan.delete.iter().map(u32::to_string).collect();
    for line in &got {
        assert!(
            listing.contains(&&line[..]),
            "{call}, and you fetch {line:?}: the listing has no such line. A message's number is \
             the one in its line, and not its place in the listing"
        );
    }
    let got = got.join(", ");
    let numbers = numbers.join(", ");
    assert!(
        numbers == delete,
        "{call}, and you delete [{numbers}], not [{delete}]: each message whose id is in \
         `unwanted`, every copy of it and nothing else, by the number that it has in this listing"
    );
    assert!(
        got == fetch,
        "{call}, and you fetch [{got}], not [{fetch}]: {}",
        if plan
            .fetch
            .iter()
            .any(|(_, id)| before.unwanted.contains(id))
        {
            "what is unwanted is deleted, not fetched"
        } else if plan.fetch.iter().any(|(_, id)| before.seen.contains(id)) {
            "what is in `seen` is stored already, whatever its number is today"
        } else if plan.fetch.len() > fetch.split_terminator(", ").count() {
            "of two copies with one id, only the first is fetched"
        } else {
            "each message whose id is neither in `seen` nor in `unwanted`, in the listing's order. \
             Ids are compared whole, and as they are"
        }
    );
}

/// The plan for a good listing, and what is remembered then.
fn accepted(memory: &Memory, listing: &[&str]) -> (Plan, Memory) {
    match learners_plan(memory, listing) {
        (Ok(plan), after) => (plan, after),
        (Err(BadListing { line }), _) => panic!(
            "{}, and you refuse the line {line:?}: this is a good listing. An id is any 1 to 70 \
             characters from `!` to `~`, and numbers may have gaps",
            described(memory, listing)
        ),
    }
}

fn bad(listing: &[&str], line: &str) {
    for before in [
        memory("a b gone", "gone c"),
        memory("", ""),
        memory("a", "b"),
    ] {
        let (result, after) = learners_plan(&before, listing);
        let call = described(&before, listing);
        match result {
            Err(BadListing { line: got }) => assert!(
                got == line,
                "{call}, and you give the line {got:?} as the error: the first bad one is {line:?}"
            ),
            Ok(plan) => panic!(
                "{call}, and you give {plan:?}: the line {line:?} is bad, and must be the error. A \
                 line is a number from 1 on, in digits and no number twice, one space, and an id \
                 of 1 to 70 characters from `!` to `~`"
            ),
        }
        assert!(
            after == before,
            "{call}, which has a bad line, and afterwards `memory` is {after:?}: it must stay as \
             it was. Read all lines before you change anything"
        );
    }
}

fn described(memory: &Memory, listing: &[&str]) -> String {
    format!(
        "`seen` is {:?}, `unwanted` is {:?}, the listing is {listing:?}",
        memory.seen, memory.unwanted
    )
}

/// Asks the learner's `plan`, on a thread of its own.
fn learners_plan(memory: &Memory, listing: &[&str]) -> (Result<Plan, BadListing>, Memory) {
    let mut its_memory = memory.clone();
    let lines: Vec<String> = listing.iter().map(|line| (*line).to_owned()).collect();
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let answer = panic::catch_unwind(move || {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let result = plan(&mut its_memory, &lines);
            (result, its_memory)
        });
        let _ = sender.send(answer);
    });
    match verdict.recv_timeout(DEADLINE) {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => report_panic(&described(memory, listing), panic),
        Err(_) => panic!(
            "{}, and `plan` has not returned after {DEADLINE:?}: is there an endless loop?",
            described(memory, listing)
        ),
    }
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
    panic!("{call}, and your `plan` panicked: {why}. A server may send any line");
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
