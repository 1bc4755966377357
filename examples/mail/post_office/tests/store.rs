//! The message store: what a maildir has to keep, through threads, restarts and strange neighbours.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use post_office::store::{Flags, Folder, Listing, Store, from_name};
use proptest::prelude::*;
use std::{
    collections::HashSet,
    fs,
    io::{ErrorKind, Read},
    path::Path,
    thread,
    time::{Duration, SystemTime},
};

const ADA: &str = "ada";

fn open(root: &Path) -> Store {
    Store::open(root, ["ada", "grace"], 1_000_000).unwrap()
}

fn deliver(store: &Store, letter: &[u8]) -> u32 {
    store.deliver(&[ADA.to_owned()], letter).unwrap()[0].uid
}

fn inbox(store: &Store) -> Listing {
    store.list(ADA, &Folder::inbox()).unwrap()
}

fn uids(store: &Store, folder: &Folder) -> Vec<u32> {
    let listing = store.list(ADA, folder).unwrap();
    listing.letters.iter().map(|letter| letter.uid).collect()
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_letter_is_a_file_with_its_bytes() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let letter = b"A: b\r\n\r\n\x00\xff\r\n.\r\n";
    let both = ["grace".to_owned(), "ada".to_owned()];
    let stored = store.deliver(&both, letter).unwrap();
    assert!(stored[0].file.starts_with("grace/Maildir/new/0000000001."));
    for stored in &stored {
        assert_eq!(fs::read(root.path().join(&stored.file)).unwrap(), letter);
    }
    let listing = inbox(&store);
    let found = &listing.letters[0];
    assert_eq!(
        (found.uid, found.size, found.recent, found.flags),
        (1, 15, true, Flags::default())
    );
    assert_eq!(
        (listing.uid_next, listing.uid_validity),
        (2, stored[1].uid_validity)
    );
    assert!(stored[1].file.ends_with(&found.unique));
    assert_eq!(store.read(ADA, &Folder::inbox(), 1).unwrap(), letter);
    assert_eq!(
        store.file(ADA, &Folder::inbox(), 1).unwrap(),
        stored[1].file
    );
    let missing = store.read(ADA, &Folder::inbox(), 2).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(store.deliver(&["nobody".to_owned()], letter).is_err());
}

#[test]
fn a_number_never_comes_again_even_after_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let mut seen = HashSet::new();
    let mut last = 0;
    let mut validity = None;
    for round in 0..4_u32 {
        let store = open(root.path());
        let listing = inbox(&store);
        assert_eq!(
            *validity.get_or_insert(listing.uid_validity),
            listing.uid_validity
        );
        assert!(listing.uid_next > last);
        for _ in 0..3 {
            let uid = deliver(&store, b"x\r\n");
            assert!(uid > last, "{uid} after {last}");
            last = uid;
        }
        for letter in inbox(&store).letters {
            assert!(seen.insert(letter.unique.clone()) || letter.uid <= last - 3);
        }
        // All of them, or the last alone, so that the files that are left tell nothing.
        let gone: Vec<u32> = if round % 2 == 0 {
            (1..=last).collect()
        } else {
            vec![last]
        };
        store.remove(ADA, &Folder::inbox(), &gone).unwrap();
        drop(store);
    }
}

#[test]
fn flags_are_in_the_name_and_survive_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let uid = deliver(&store, b"x\r\n");
    let flags = Flags {
        seen: true,
        answered: true,
        flagged: true,
        ..Flags::default()
    };
    store.set_flags(ADA, &Folder::inbox(), uid, flags).unwrap();
    let file = store.file(ADA, &Folder::inbox(), uid).unwrap();
    assert!(
        file.starts_with("ada/Maildir/cur/") && file.ends_with("2,FRS"),
        "{file}"
    );
    let all = Flags {
        draft: true,
        deleted: true,
        ..flags
    };
    let stored = store
        .append(ADA, &Folder::inbox(), all, None, b"y\r\n")
        .unwrap();
    assert!(stored.file.ends_with("2,DFRST"));
    let before = inbox(&store);
    drop(store);
    assert_eq!(inbox(&open(root.path())), before);
}

#[test]
fn recent_letters_move_on_when_they_are_shown() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    deliver(&store, b"x\r\n");
    deliver(&store, b"y\r\n");
    assert_eq!(store.take_recent(ADA, &Folder::inbox()).unwrap(), [1, 2]);
    assert_eq!(store.take_recent(ADA, &Folder::inbox()).unwrap(), [0; 0]);
    assert_eq!(files(&root.path().join("ada/Maildir/new")), [""; 0]);
    assert_eq!(files(&root.path().join("ada/Maildir/cur")).len(), 2);
    assert_eq!(store.read(ADA, &Folder::inbox(), 2).unwrap(), b"y\r\n");
}

#[test]
fn folders_take_copies_and_moved_letters() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let work = Folder::named("Work.2026").unwrap();
    store.create_folder(ADA, &work).unwrap();
    let again = store.create_folder(ADA, &Folder::named("WORK.2026").unwrap());
    assert_eq!(again.unwrap_err().kind(), ErrorKind::AlreadyExists);
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let seen = Flags {
        seen: true,
        ..Flags::default()
    };
    for letter in [b"one\r\n", b"two\r\n"] {
        store
            .append(ADA, &Folder::inbox(), seen, Some(time), letter)
            .unwrap();
    }
    let changes = store.changes(ADA).unwrap();
    assert_eq!(
        store.copy(ADA, &Folder::inbox(), &[2, 7], &work).unwrap(),
        [(2, 1)]
    );
    assert_eq!(
        store
            .move_to(ADA, &Folder::inbox(), &[1, 9], &work)
            .unwrap(),
        [(1, 2)]
    );
    assert!(store.changes(ADA).unwrap() > changes);
    assert_eq!(
        (uids(&store, &Folder::inbox()), uids(&store, &work)),
        (vec![2], vec![1, 2])
    );
    assert_eq!(store.read(ADA, &work, 2).unwrap(), b"one\r\n");
    for letter in store.list(ADA, &work).unwrap().letters {
        assert_eq!((letter.received, letter.flags), (time, seen));
    }
    drop(store);
    let store = open(root.path());
    assert_eq!(store.folders(ADA).unwrap(), [Folder::inbox(), work.clone()]);
    assert_eq!(uids(&store, &work), [1, 2]);
    // What was moved away is not given again.
    assert_eq!(deliver(&store, b"x\r\n"), 3);
    let old = store.list(ADA, &work).unwrap().uid_validity;
    store.delete_folder(ADA, &work).unwrap();
    assert_eq!(
        store.list(ADA, &work).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        store
            .copy(ADA, &Folder::inbox(), &[2], &work)
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
    assert!(store.delete_folder(ADA, &Folder::inbox()).is_err());
    store.create_folder(ADA, &work).unwrap();
    assert!(
        store.list(ADA, &work).unwrap().uid_validity > old,
        "numbers begin again"
    );
}

#[test]
fn a_letter_that_is_being_read_can_be_removed() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let uid = deliver(&store, b"x\r\n");
    let mut file = store.open_letter(ADA, &Folder::inbox(), uid).unwrap();
    store
        .remove(ADA, &Folder::inbox(), &[uid, uid, 77])
        .unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "x\r\n");
    assert!(inbox(&store).letters.is_empty());
}

#[test]
fn what_a_killed_process_has_left_is_removed_and_what_is_not_ours_stays() {
    let root = tempfile::tempdir().unwrap();
    drop(open(root.path()));
    let maildir = root.path().join("ada/Maildir");
    fs::write(maildir.join("tmp/half"), "A: b").unwrap();
    fs::create_dir(maildir.join(".half")).unwrap();
    for name in [
        "new/1700000000.M1P2.other",
        "cur/0000000000.abc:2,S",
        "cur/0000000009.abc:2,ZS",
        "new/x",
    ] {
        fs::write(maildir.join(name), "A: b\r\n").unwrap();
    }
    fs::create_dir(maildir.join("new/0000000008.abc")).unwrap();
    fs::write(maildir.join("uids"), "nonsense").unwrap();
    let store = open(root.path());
    assert!(files(&maildir.join("tmp")).is_empty());
    assert!(inbox(&store).letters.is_empty());
    assert_eq!(deliver(&store, b"x\r\n"), 1);
    assert!(maildir.join("new/1700000000.M1P2.other").is_file());
}

#[test]
fn one_process_at_a_time() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let second = Store::open(root.path(), ["ada"], 1).map(drop);
    assert_eq!(second.unwrap_err().kind(), ErrorKind::ResourceBusy);
    drop(store);
    open(root.path());
}

#[test]
fn one_pop3_session_a_mailbox() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let first = store.lock_for_pop3(ADA).unwrap();
    assert!(store.lock_for_pop3(ADA).is_none());
    assert!(store.lock_for_pop3("grace").is_some());
    drop(first);
    assert!(store.lock_for_pop3(ADA).is_some());
}

#[test]
fn a_full_mailbox_takes_nothing_and_the_other_recipient_gets_nothing_either() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::open(root.path(), ["ada", "grace"], 100).unwrap();
    store.deliver(&["ada".to_owned()], &[b'x'; 90]).unwrap();
    let both = ["grace".to_owned(), "ada".to_owned()];
    let full = store.deliver(&both, &[b'x'; 11]).unwrap_err();
    assert_eq!(full.kind(), ErrorKind::QuotaExceeded);
    assert!(
        store
            .list("grace", &Folder::inbox())
            .unwrap()
            .letters
            .is_empty()
    );
    assert!(files(&root.path().join("grace/Maildir/tmp")).is_empty());
    store.deliver(&both, &[b'x'; 10]).unwrap();
}

#[test]
fn many_threads_lose_nothing() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let work = Folder::named("Work").unwrap();
    store.create_folder(ADA, &work).unwrap();
    thread::scope(|scope| {
        for thread in 0..6 {
            let (store, work) = (&store, &work);
            scope.spawn(move || {
                for number in 0..10 {
                    let uid = deliver(store, format!("{thread}-{number}\r\n").as_bytes());
                    let seen = Flags {
                        seen: true,
                        ..Flags::default()
                    };
                    store.set_flags(ADA, &Folder::inbox(), uid, seen).unwrap();
                    match number % 3 {
                        0 => assert_eq!(
                            store
                                .move_to(ADA, &Folder::inbox(), &[uid], work)
                                .unwrap()
                                .len(),
                            1
                        ),
                        1 => store.remove(ADA, &Folder::inbox(), &[uid]).unwrap(),
                        _ => {}
                    }
                }
            });
        }
    });
    assert_eq!(
        (
            uids(&store, &Folder::inbox()).len(),
            uids(&store, &work).len()
        ),
        (18, 24)
    );
    let texts = |folder: &Folder| -> HashSet<Vec<u8>> {
        uids(&store, folder)
            .into_iter()
            .map(|uid| store.read(ADA, folder, uid).unwrap())
            .collect()
    };
    assert_eq!(
        (texts(&Folder::inbox()).len(), texts(&work).len()),
        (18, 24)
    );
    let before = (inbox(&store), store.list(ADA, &work).unwrap());
    drop(store);
    let store = open(root.path());
    assert_eq!((inbox(&store), store.list(ADA, &work).unwrap()), before);
}

#[test]
fn no_folder_s_name_leaves_the_mailbox() {
    for bad in [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "a..b",
        ".a",
        "a.",
        "a\0b",
        "a\nb",
        "C:",
        "a*",
        "a%",
        " a",
        "a ",
        "a. b",
        "é",
        "/etc/passwd",
        &"x".repeat(101),
    ] {
        assert_eq!(Folder::named(bad), None, "{bad:?}");
    }
    for good in [
        "Sent",
        "a.b.c",
        "Entw&APw-rfe",
        "two words",
        "tmp",
        "[Gmail]",
        &"x".repeat(100),
    ] {
        assert_eq!(Folder::named(good).unwrap().name(), good);
    }
    assert!(Folder::named("inBox").unwrap().is_inbox());
}

proptest! {
    #[test]
    fn any_name_of_a_folder_is_refused_or_one_part_of_a_path(name in "\\PC{0,20}|[./\\\\ a-z\\x00-\\x1f]{0,20}") {
        if let Some(folder) = Folder::named(&name) {
            let path = Path::new("Maildir").join(format!(".{}", folder.name()));
            prop_assert_eq!(path.components().count(), 2);
            prop_assert_eq!(path.parent(), Some(Path::new("Maildir")));
        }
    }

    #[test]
    fn any_file_name_is_taken_apart_or_not(name in "\\PC{0,40}|[0-9]{10}\\.[0-9a-f]{1,20}(:2,[A-Z]{0,6})?") {
        if let Some((uid, unique, _)) = from_name(&name) {
            prop_assert!(uid > 0 && name.starts_with(unique) && unique.len() <= 27);
        }
    }

    #[cfg(not(windows))]
    #[test]
    fn a_file_name_comes_apart_into_what_it_was_made_of(uid in 1_u32.., id in "[0-9a-f]{13}", set: [bool; 5]) {
        let [draft, flagged, answered, seen, deleted] = set;
        let flags = Flags { draft, flagged, answered, seen, deleted };
        let unique = format!("{uid:010}.{id}");
        let name = format!("{unique}:2,{flags}");
        prop_assert_eq!(from_name(&name), Some((uid, &*unique, flags)));
    }
}
