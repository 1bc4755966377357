use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// The way within a house, and between two, as the table has it.
const ROLES: [Role; 6] = [
    Role::AuthorsMua,
    Role::Msa,
    Role::Mta,
    Role::Mda,
    Role::Store,
    Role::RecipientsMua,
];

#[test]
fn a_new_letter_goes_to_the_msa() {
    judge_role(Role::AuthorsMua);
}

#[test]
fn the_msa_gives_it_to_the_mta() {
    judge_role(Role::Msa);
}

#[test]
fn the_mta_of_the_recipients_house_gives_it_to_the_mda() {
    for home in houses() {
        for recipient in [
            format!("grace@{home}"),
            format!("{}@{home}", random_word()),
            format!("GRACE@{home}"),
        ] {
            judge(Role::Mta, &home, letter(&recipient));
        }
    }
}

#[test]
fn another_mta_gives_it_to_the_mta_of_the_recipients_house() {
    for here in houses() {
        for home in houses() {
            judge(Role::Mta, &here, letter(&format!("grace@{home}")));
        }
    }
}

#[test]
fn the_mda_puts_it_into_the_store() {
    judge_role(Role::Mda);
}

#[test]
fn the_recipients_mua_fetches_it_from_the_store() {
    judge_role(Role::Store);
}

#[test]
fn at_the_recipients_mua_it_has_arrived() {
    judge_role(Role::RecipientsMua);
}

#[test]
fn capital_letters_make_no_other_domain() {
    for (here, home) in [
        ("loopback.example", "LOOPBACK.example"),
        ("Loopback.Example", "loopback.example"),
        ("LOOPBACK.EXAMPLE", "loopback.example"),
        ("loopback.example", "Elsewhere.Example"),
    ] {
        judge(Role::Mta, here, letter(&format!("grace@{home}")));
    }
}

#[test]
fn a_domain_that_looks_alike_is_another() {
    for (here, home) in [
        ("loopback.example", "mail.loopback.example"),
        ("mail.loopback.example", "loopback.example"),
        ("loopback.example", "notloopback.example"),
        ("loopback.example", "loopback.example.org"),
        ("loopback.example", "loopback.exampl"),
        ("loopback.example", "example"),
        ("example", "loopback.example"),
    ] {
        judge(Role::Mta, here, letter(&format!("grace@{home}")));
    }
}

#[test]
fn the_last_at_sign_counts() {
    for recipient in [
        "\"a@b\"@loopback.example",
        "\"grace@loopback.example\"@elsewhere.example",
        "\"@\"@elsewhere.example",
        "\"x@elsewhere.example\"@loopback.example",
    ] {
        judge(Role::Mta, "loopback.example", letter(recipient));
    }
}

#[test]
fn the_local_part_does_not_count() {
    for recipient in [
        "loopback.example@elsewhere.example",
        "elsewhere.example@loopback.example",
        "mta@elsewhere.example",
    ] {
        judge(Role::Mta, "loopback.example", letter(recipient));
    }
}

#[test]
fn the_header_does_not_count() {
    for (header, recipient) in [
        ("list@elsewhere.example", "grace@loopback.example"),
        ("list@loopback.example", "grace@elsewhere.example"),
        ("undisclosed-recipients:;", "grace@elsewhere.example"),
        ("", "grace@loopback.example"),
    ] {
        for role in ROLES {
            let here = if matches!(role, Role::Mda | Role::Store | Role::RecipientsMua) {
                recipient.rsplit('@').next().unwrap_or_default()
            } else {
                "loopback.example"
            };
            let letter = Letter {
                header_to: header.into(),
                ..letter(recipient)
            };
            judge(role, here, letter);
        }
    }
}

#[test]
fn the_sender_does_not_count() {
    for sender in [
        "",
        "ada@loopback.example",
        "someone@elsewhere.example",
        "someone@third.example",
    ] {
        for home in ["loopback.example", "elsewhere.example"] {
            for role in ROLES {
                let here = match role {
                    Role::AuthorsMua | Role::Msa | Role::Mta => "loopback.example",
                    Role::Mda | Role::Store | Role::RecipientsMua => home,
                };
                let letter = Letter {
                    sender: sender.into(),
                    ..letter(&format!("grace@{home}"))
                };
                judge(role, here, letter);
            }
        }
    }
}

#[test]
fn a_letter_arrives_step_by_step() {
    for (from, to) in [
        ("loopback.example", "loopback.example"),
        ("loopback.example", "elsewhere.example"),
    ] {
        let letter = letter(&format!("grace@{to}"));
        let mut here = Station {
            role: Role::AuthorsMua,
            domain: from.into(),
        };
        while let Some(hop) = expected(&here, &letter) {
            judge(here.role, &here.domain, letter.clone());
            here = hop.to;
        }
    }
}

/// Domains, one of them different at each run.
fn houses() -> Vec<String> {
    let random = format!("x{}.example", random_word());
    vec![
        "loopback.example".into(),
        "elsewhere.example".into(),
        random,
    ]
}

fn letter(recipient: &str) -> Letter {
    Letter {
        sender: "ada@loopback.example".into(),
        recipient: recipient.into(),
        header_to: recipient.into(),
        fetched_by: Protocol::Imap,
    }
}

/// A role at the author's house and at the recipient's, for letters to both.
fn judge_role(role: Role) {
    for here in houses() {
        for home in houses() {
            let inside = matches!(role, Role::Mda | Role::Store | Role::RecipientsMua);
            if inside && here != home {
                continue;
            }
            judge(role, &here, letter(&format!("grace@{home}")));
        }
    }
}

/// Asks for a letter whose recipient has POP3 and for one whose recipient has IMAP.
fn judge(role: Role, domain: &str, letter: Letter) {
    let here = Station {
        role,
        domain: domain.into(),
    };
    let questions = [Protocol::Imap, Protocol::Pop3].map(|fetched_by| {
        let letter = Letter {
            fetched_by,
            ..letter.clone()
        };
        (here.clone(), letter)
    });
    ask(
        questions.into(),
        |(here, letter)| next_hop(here, letter),
        call,
        compare,
    );
}

type Question = (Station, Letter);

fn call((here, letter): &Question) -> String {
    format!(
        "`next_hop` for {}, with a letter from {:?} to {:?} (header To: {:?}, fetched by {:?})",
        name(here),
        letter.sender,
        letter.recipient,
        letter.header_to,
        letter.fetched_by
    )
}

fn name(station: &Station) -> String {
    format!("the {:?} of {}", station.role, station.domain)
}

fn domain_of(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or_default()
}

/// The table.
fn expected(here: &Station, letter: &Letter) -> Option<Hop> {
    let home = domain_of(&letter.recipient);
    let lives_here = here.domain.to_ascii_lowercase() == home.to_ascii_lowercase();
    let push = |role, domain: &str, by| Hop {
        to: Station {
            role,
            domain: domain.into(),
        },
        by,
        movement: Movement::Push,
    };
    match here.role {
        Role::AuthorsMua => Some(push(Role::Msa, &here.domain, Protocol::Submission)),
        Role::Msa => Some(push(Role::Mta, &here.domain, Protocol::Smtp)),
        Role::Mta if lives_here => Some(push(Role::Mda, &here.domain, Protocol::Lmtp)),
        Role::Mta => Some(push(Role::Mta, home, Protocol::Smtp)),
        Role::Mda => Some(push(Role::Store, &here.domain, Protocol::File)),
        Role::Store => Some(Hop {
            movement: Movement::Pull,
            ..push(Role::RecipientsMua, &here.domain, letter.fetched_by)
        }),
        Role::RecipientsMua => None,
    }
}

fn compare(question: &Question, answer: Option<Hop>) {
    let (here, letter) = question;
    let call = call(question);
    let (wanted, got) = match (expected(here, letter), answer) {
        (None, None) => return,
        (None, Some(got)) => panic!(
            "{call} must be None and is {}: the recipient's mail program has it, and it has arrived",
            name(&got.to)
        ),
        (Some(wanted), None) => panic!(
            "{call} must be {} and is None: it is not yet at its recipient's mail program",
            name(&wanted.to)
        ),
        (Some(wanted), Some(got)) => (wanted, got),
    };
    let same_domain = wanted.to.domain.eq_ignore_ascii_case(&got.to.domain);
    if wanted.to.role != got.to.role || !same_domain {
        panic!(
            "{call} must be {} and is {}: {}",
            name(&wanted.to),
            name(&got.to),
            why_not(here, letter, &wanted, &got)
        );
    }
    assert!(
        wanted.by == got.by,
        "{call} goes to {}, and that by {:?}, not by {:?}: {}",
        name(&wanted.to),
        wanted.by,
        got.by,
        match (here.role, got.by) {
            (Role::Mda, Protocol::Pop3 | Protocol::Imap) =>
                "an MDA speaks no POP3 and no IMAP. It puts the letter into the store, and there \
                 somebody will ask for it",
            (Role::Mda, _) => "the mailbox is a folder on the MDA's own machine: it writes a file",
            (Role::Store, Protocol::Pop3 | Protocol::Imap) =>
                "the recipient's mail program is set up for one of the two, and the letter's \
                 `fetched_by` says for which",
            (Role::Store, _) => "SMTP carries letters to a house. POP3 and IMAP fetch them there",
            (Role::AuthorsMua, _) =>
                "new letters come by submission: the author signs in, at port 587 or 465",
            (Role::Mta, Protocol::Submission) | (Role::Msa, Protocol::Submission) =>
                "submission is for new letters from users. Between servers it is SMTP, at port 25",
            _ => "look at the table, in the column `by`",
        }
    );
    assert!(
        wanted.movement == got.movement,
        "{call} must be a {:?} and is a {:?}: {}",
        wanted.movement,
        got.movement,
        match wanted.movement {
            Movement::Push => "who has the letter connects and hands it over",
            Movement::Pull =>
                "the store connects to nobody. The mail program comes and asks, when it is switched \
                 on",
        }
    );
}

fn why_not(here: &Station, letter: &Letter, wanted: &Hop, got: &Hop) -> &'static str {
    let home = domain_of(&letter.recipient);
    let goes_to = |address: &str| got.to.domain.eq_ignore_ascii_case(domain_of(address));
    match (here.role, wanted.to.role, got.to.role) {
        (Role::AuthorsMua, _, Role::Mta | Role::Mda) => {
            "where is the MSA? A mail program gives a new letter to the MSA of its own house, where \
             its user signs in. An MTA takes letters from strangers"
        }
        (Role::AuthorsMua, _, Role::Msa) => {
            "that is another house's MSA, which does not know this author. The MUA signs in at its \
             own house, wherever the letter goes, and whoever is its sender"
        }
        (Role::Msa, _, Role::Mda | Role::Store) => {
            "the MSA gives every letter to the MTA of its house, also one for a neighbour: the MTA \
             finds out where it goes"
        }
        (Role::Msa, _, Role::Mta) => "the MTA of the MSA's own house comes first",
        (Role::Mta, Role::Mda, Role::Store) => "the MDA puts letters into the store, not the MTA",
        (Role::Mta, Role::Mda, Role::Mta) if here.domain != home => {
            "capital letters make no other domain"
        }
        (Role::Mta, ..) if got.to.domain.contains(['@', '"']) || letter.recipient.contains('"') => {
            "the domain is what stands behind the last `@`"
        }
        (Role::Mta, ..) if !letter.header_to.eq(&letter.recipient) => {
            "do you look at the header `To`? A server acts on the envelope, and the recipient on \
             the envelope lives elsewhere"
        }
        (Role::Mta, _, Role::Mta) if goes_to(&letter.sender) && !goes_to(&letter.recipient) => {
            "that is the sender's house. The recipient's domain says where the letter goes"
        }
        (Role::Mta, Role::Mda, Role::Mta) => {
            "the recipient lives in this house, so the letter is carried no further: it is given to \
             the MDA"
        }
        (Role::Mta, Role::Mta, Role::Mda) => {
            "the recipient does not live in this house: the whole domain must be the same, no more \
             and no less"
        }
        (Role::Mta, Role::Mta, Role::Msa) => {
            "an MSA takes new letters from its own users. From house to house it goes by MTA"
        }
        (Role::Mda, ..) if got.to.role == Role::RecipientsMua => {
            "between an MDA and a mail program is the store: an MDA does not wait until somebody \
             asks"
        }
        (Role::Store, _, Role::RecipientsMua) => {
            "the store and its reader belong to the same house"
        }
        (Role::Store, ..) => "in the store a letter waits for the recipient's mail program",
        _ => "look at the table",
    }
}

/// Asks the learner's code each question, on a thread of its own, and fails at the first wrong answer,
/// at a panic, and when the time is up.
fn ask<Question, Answer>(
    questions: Vec<Question>,
    learners: fn(&Question) -> Answer,
    call: fn(&Question) -> String,
    compare: fn(&Question, Answer),
) where
    Question: Clone + Send + 'static,
    Answer: Send + 'static,
{
    let asked = questions.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for question in asked {
            let answer = panic::catch_unwind(AssertUnwindSafe(|| learners(&question)));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for question in &questions {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => compare(question, answer),
            Ok(Err(panic)) => report_panic(&call(question), panic),
            Err(_) => panic!(
                "{} has not returned after {DEADLINE:?}: is there an endless loop?",
                call(question)
            ),
        }
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
    panic!(
        "your {call} panicked: {why}. The addresses are strange and right: a name in quotes may have an `@` in it"
    );
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_word() -> String {
    format!("{:x}", RandomState::new().hash_one(0))
}
