//! The message store: letters in maildirs on disk.
//!
//! `ROOT/ada/Maildir` is a maildir: a file for each letter. A letter is written in `tmp`, and moved to `new` when it is whole and
//! safe on the disk; so nobody ever sees a part of one, and it needs no lock on a file. When a program has shown it
//! to its owner, it moves on to `cur`, where the end of its name tells its flags: `:2,FS` is flagged and seen. Other
//! folders are maildirs inside that one: `Maildir/.Sent`.
//!
//! A file's name begins with the letter's unique id: `0000000007.650f1c2ab3d4e`. The number before the dot never comes
//! again in this folder. It is IMAP's UID; the whole is POP3's unique id. Files with other names are left alone.
//!
//! One process at a time uses a root: it holds a lock on `ROOT/lock`. So what the folders hold is known from memory,
//! once it has been read.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    fs::{self, File, TryLockError},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};
use tempfile::NamedTempFile;

/// What stands between a file's name and its letter's flags. Windows takes no colon in a name.
const FLAGS: &str = if cfg!(windows) { ";2," } else { ":2," };
/// How many folders a mailbox may have.
const MOST_FOLDERS: usize = 100;

/// What is known about a letter: each is a character in Maildir's file names, and a flag in IMAP (RFC 3501 §2.3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `D`, `\Draft`: it is not finished.
    pub draft: bool,
    /// `F`, `\Flagged`: it is important.
    pub flagged: bool,
    /// `R`, `\Answered`: it has been replied to.
    pub answered: bool,
    /// `S`, `\Seen`: it has been read.
    pub seen: bool,
    /// `T` for trashed, `\Deleted`: the next EXPUNGE removes it.
    pub deleted: bool,
}

impl Flags {
    /// From the end of a file's name. Characters that nobody knows are passed over.
    pub fn from_name(characters: &str) -> Flags {
        Flags {
            draft: characters.contains('D'),
            flagged: characters.contains('F'),
            answered: characters.contains('R'),
            seen: characters.contains('S'),
            deleted: characters.contains('T'),
        }
    }
}

/// As in a file's name: in the order of the alphabet.
impl fmt::Display for Flags {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.draft, "D"),
            (self.flagged, "F"),
            (self.answered, "R"),
            (self.seen, "S"),
            (self.deleted, "T"),
        ];
        all.iter()
            .filter(|(set, _)| *set)
            .try_for_each(|(_, character)| formatter.write_str(character))
    }
}

/// A folder's name that may become a part of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Folder(String);

impl Folder {
    /// The folder where letters arrive.
    pub fn inbox() -> Folder {
        Folder("INBOX".to_owned())
    }

    // ANCHOR: folder_name
    /// A folder called like this. `.` separates a folder from those in it: `Work.2026`. INBOX is the same in small letters.
    ///
    /// `None` for whatever is not printable ASCII (IMAP encodes the rest into that: RFC 3501 §5.1.3), for a separator of
    /// paths or a character that some system takes for one, for an empty part as in `..`, and for more than 100 characters.
    pub fn named(name: &str) -> Option<Folder> {
        if name.eq_ignore_ascii_case("INBOX") {
            return Some(Folder::inbox());
        }
        let harmless =
            |c: char| (c.is_ascii_graphic() || c == ' ') && !r#"/\:;<>"|?*%"#.contains(c);
        let part = |part: &str| !part.is_empty() && part == part.trim();
        let fits = name.len() <= 100 && name.chars().all(harmless) && name.split('.').all(part);
        fits.then(|| Folder(name.to_owned()))
    }
    // ANCHOR_END: folder_name

    /// Its name, as a client knows it.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Is it the folder where letters arrive?
    pub fn is_inbox(&self) -> bool {
        self.0 == "INBOX"
    }
}

/// One letter in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Ascends with each letter that comes, and never comes again in this folder: IMAP's UID.
    pub uid: u32,
    /// The name of its file without its flags: POP3's unique id (RFC 1939 §7).
    pub unique: String,
    /// Octets, with each line's CR LF.
    pub size: u64,
    /// See [`Flags`].
    pub flags: Flags,
    /// No program has shown it to its owner yet: it lies in `new`.
    pub recent: bool,
    /// When it came, or what APPEND said.
    pub received: SystemTime,
}

impl Letter {
    /// Where its file is, inside the folder's maildir.
    fn place(&self) -> PathBuf {
        if self.recent {
            Path::new("new").join(&self.unique)
        } else {
            let name = format!("{}{FLAGS}{}", self.unique, self.flags);
            Path::new("cur").join(name)
        }
    }
}

/// What a folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// As long as this stays the same, a UID means the same letter (RFC 3501 §2.3.1.1).
    pub uid_validity: u32,
    /// The next letter's UID is this or a greater one.
    pub uid_next: u32,
    /// By ascending UID.
    pub letters: Vec<Letter>,
}

/// A letter that is safe on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its UID in its folder.
    pub uid: u32,
    /// The UIDVALIDITY of that folder.
    pub uid_validity: u32,
    /// Its file, below the root, with `/` on each system: `ada/Maildir/new/0000000007.650f1c2ab3d4e`.
    pub file: String,
}

/// A folder as it is on the disk.
struct Maildir {
    path: PathBuf,
    uid_validity: u32,
    /// Greater than each UID that has been given.
    uid_next: u32,
    letters: BTreeMap<u32, Letter>,
}

/// All folders of one account.
struct Mailbox {
    /// `ROOT/ada/Maildir`
    path: PathBuf,
    folders: HashMap<Folder, Maildir>,
    /// Grows with each change.
    changes: u64,
}

/// All mailboxes. Any number of threads may use it: each of its functions has one mailbox for itself while it runs.
pub struct Store {
    root: PathBuf,
    mailboxes: HashMap<String, Mutex<Mailbox>>,
    /// Who has a POP3 session.
    in_pop3: Mutex<HashSet<String>>,
    /// How many octets a mailbox may hold.
    quota: u64,
    last_id: Mutex<u64>,
    last_validity: Mutex<u32>,
    /// Locked as long as this lives.
    _lock: File,
}

impl Store {
    /// Opens the store in `root`, a folder that exists, and makes what is missing in it: a mailbox for each of these names.
    ///
    /// What a process that was killed has left in `tmp` is removed: nobody was told that it was delivered.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ResourceBusy`] if another process has it open; whatever the file system refuses.
    pub fn open<'a>(
        root: &Path,
        names: impl IntoIterator<Item = &'a str>,
        quota: u64,
    ) -> io::Result<Store> {
        let lock = File::create(root.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ErrorKind::ResourceBusy.into(),
            TryLockError::Error(error) => error,
        })?;
        let store = Store {
            root: root.to_owned(),
            mailboxes: HashMap::new(),
            in_pop3: Mutex::default(),
            quota,
            last_id: Mutex::new(0),
            last_validity: Mutex::new(0),
            _lock: lock,
        };
        let mut mailboxes = HashMap::new();
        for name in names {
            let path = root.join(name).join("Maildir");
            mailboxes.insert(name.to_owned(), Mutex::new(Mailbox::open(path, &store)?));
        }
        Ok(Store { mailboxes, ..store })
    }

    // ANCHOR: deliver
    /// Puts a letter into the INBOX of each of these accounts. After `Ok`, it survives a kill and a loss of power.
    ///
    /// First all copies are written and safe in `tmp`; only then they are moved to `new`, which costs next to nothing
    /// and hardly fails. So either all have it, or, after an error, none. A kill between two moves is another matter: some have
    /// it and some have not, and nobody has been told, so the sender comes again, and some have it twice. Never is one lost.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::QuotaExceeded`] if a mailbox is full; whatever the file system refuses.
    pub fn deliver(&self, accounts: &[String], letter: &[u8]) -> io::Result<Vec<Stored>> {
        let mut written = Vec::new();
        for account in accounts {
            written.push((account, self.write(account, letter)?));
        }
        let mut stored = Vec::new();
        for (account, file) in written {
            let size = letter.len() as u64;
            match self.take_in(
                account,
                &Folder::inbox(),
                file,
                size,
                Flags::default(),
                None,
            ) {
                Ok(new) => stored.push((account, new)),
                Err(error) => {
                    for (account, new) in stored {
                        let _ = self.remove(account, &Folder::inbox(), &[new.uid]);
                    }
                    return Err(error);
                }
            }
        }
        Ok(stored.into_iter().map(|(_, stored)| stored).collect())
    }

    /// Writes a letter into `tmp`, down to the disk. Nobody looks there, and the file goes away again unless it is kept.
    fn write(&self, account: &str, letter: &[u8]) -> io::Result<NamedTempFile> {
        let path = {
            let mailbox = self.mailbox(account)?;
            let full = mailbox.size().saturating_add(letter.len() as u64) > self.quota;
            if full {
                return Err(ErrorKind::QuotaExceeded.into());
            }
            mailbox.path.join("tmp")
        };
        let mut file = NamedTempFile::new_in(path)?;
        file.write_all(letter)?;
        // Without this, the file's name could be on the disk before its content is.
        file.as_file().sync_all()?;
        Ok(file)
    }

    /// Moves a file out of `tmp`, where all programs find it.
    fn take_in(
        &self,
        account: &str,
        folder: &Folder,
        file: NamedTempFile,
        size: u64,
        flags: Flags,
        received: Option<SystemTime>,
    ) -> io::Result<Stored> {
        if let Some(received) = received {
            file.as_file().set_modified(received)?;
        }
        let received = file.as_file().metadata()?.modified()?;
        let mut mailbox = self.mailbox(account)?;
        let maildir = mailbox.folder(folder)?;
        let uid = maildir.uid_next;
        let letter = Letter {
            uid,
            unique: format!("{uid:010}.{}", self.new_id()),
            size,
            flags,
            recent: flags == Flags::default(),
            received,
        };
        let place = letter.place();
        maildir.uid_next = uid.checked_add(1).ok_or(ErrorKind::QuotaExceeded)?;
        file.persist(maildir.path.join(&place))?;
        // The new name is an entry in the folder, and that has to reach the disk, too.
        if let Err(error) = sync_folder(&maildir.path.join(&place)) {
            let _ = fs::remove_file(maildir.path.join(&place));
            return Err(error);
        }
        maildir.letters.insert(uid, letter);
        let file = maildir.path.join(&place);
        let stored = Stored {
            uid,
            uid_validity: maildir.uid_validity,
            file: self.below_root(&file),
        };
        mailbox.changes += 1;
        Ok(stored)
    }
    // ANCHOR_END: deliver

    /// Puts a letter into a folder, with these flags, as IMAP's APPEND does. As safe as [`Store::deliver`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] without such a folder; [`ErrorKind::QuotaExceeded`]; whatever the file system refuses.
    pub fn append(
        &self,
        account: &str,
        folder: &Folder,
        flags: Flags,
        received: Option<SystemTime>,
        letter: &[u8],
    ) -> io::Result<Stored> {
        self.mailbox(account)?.folder(folder)?;
        let file = self.write(account, letter)?;
        self.take_in(account, folder, file, letter.len() as u64, flags, received)
    }

    /// What the folder holds now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] without such a folder.
    pub fn list(&self, account: &str, folder: &Folder) -> io::Result<Listing> {
        let mut mailbox = self.mailbox(account)?;
        let maildir = mailbox.folder(folder)?;
        Ok(Listing {
            uid_validity: maildir.uid_validity,
            uid_next: maildir.uid_next,
            letters: maildir.letters.values().cloned().collect(),
        })
    }

    /// A number that grows whenever something in this account's folders changes: who waits for letters compares it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] without such an account.
    pub fn changes(&self, account: &str) -> io::Result<u64> {
        Ok(self.mailbox(account)?.changes)
    }

    /// A letter's file, open for reading. Once it is open, it can be read to its end, even if the letter is removed meanwhile.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such letter (any more); whatever the file system refuses.
    pub fn open_letter(&self, account: &str, folder: &Folder, uid: u32) -> io::Result<File> {
        let mut mailbox = self.mailbox(account)?;
        let maildir = mailbox.folder(folder)?;
        let letter = maildir.letters.get(&uid).ok_or(ErrorKind::NotFound)?;
        File::open(maildir.path.join(letter.place()))
    }

    /// A letter, byte for byte as it was stored.
    ///
    /// # Errors
    ///
    /// As [`Store::open_letter`].
    pub fn read(&self, account: &str, folder: &Folder, uid: u32) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut self.open_letter(account, folder, uid)?, &mut bytes)?;
        Ok(bytes)
    }

    /// What is known about one letter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such letter (any more).
    pub fn letter(&self, account: &str, folder: &Folder, uid: u32) -> io::Result<Letter> {
        let mut mailbox = self.mailbox(account)?;
        let maildir = mailbox.folder(folder)?;
        let letter = maildir.letters.get(&uid).ok_or(ErrorKind::NotFound)?;
        Ok(letter.clone())
    }

    /// Where a letter's file is, below the root, for a log.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such letter (any more).
    pub fn file(&self, account: &str, folder: &Folder, uid: u32) -> io::Result<String> {
        let mut mailbox = self.mailbox(account)?;
        let maildir = mailbox.folder(folder)?;
        let letter = maildir.letters.get(&uid).ok_or(ErrorKind::NotFound)?;
        Ok(self.below_root(&maildir.path.join(letter.place())))
    }

    /// Gives a letter these flags and no others. It is not recent any more.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such letter (any more); whatever the file system refuses.
    pub fn set_flags(
        &self,
        account: &str,
        folder: &Folder,
        uid: u32,
        flags: Flags,
    ) -> io::Result<()> {
        self.change_flags(account, folder, uid, |_| flags).map(drop)
    }

    /// Changes a letter's flags, with nobody else changing them meanwhile. Gives what they are now.
    ///
    /// # Errors
    ///
    /// As [`Store::set_flags`].
    pub fn change_flags(
        &self,
        account: &str,
        folder: &Folder,
        uid: u32,
        change: impl FnOnce(Flags) -> Flags,
    ) -> io::Result<Flags> {
        let mut mailbox = self.mailbox(account)?;
        let maildir = mailbox.folder(folder)?;
        let letter = maildir.letters.get_mut(&uid).ok_or(ErrorKind::NotFound)?;
        let flags = change(letter.flags);
        let changed = Letter {
            flags,
            recent: false,
            ..letter.clone()
        };
        if changed != *letter {
            let (from, to) = (letter.place(), changed.place());
            fs::rename(maildir.path.join(from), maildir.path.join(to))?;
            *letter = changed;
            mailbox.changes += 1;
        }
        Ok(flags)
    }

    /// Moves all letters in `new` to `cur`: a session has been told about them. Gives their UIDs, ascending.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] without such a folder; whatever the file system refuses.
    pub fn take_recent(&self, account: &str, folder: &Folder) -> io::Result<Vec<u32>> {
        let mut mailbox = self.mailbox(account)?;
        let maildir = mailbox.folder(folder)?;
        let mut taken = Vec::new();
        for letter in maildir.letters.values_mut().filter(|letter| letter.recent) {
            let from = letter.place();
            letter.recent = false;
            if let Err(error) =
                fs::rename(maildir.path.join(from), maildir.path.join(letter.place()))
            {
                letter.recent = true;
                return Err(error);
            }
            taken.push(letter.uid);
        }
        Ok(taken)
    }

    /// Removes these letters, for ever: POP3's UPDATE state, IMAP's EXPUNGE. Those that are gone already are passed over.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] without such a folder; whatever the file system refuses. Then some may have been removed.
    pub fn remove(&self, account: &str, folder: &Folder, uids: &[u32]) -> io::Result<()> {
        let mut mailbox = self.mailbox(account)?;
        mailbox.changes += 1;
        let maildir = mailbox.folder(folder)?;
        maildir.remember_next()?;
        for uid in uids {
            let Some(letter) = maildir.letters.get(uid) else {
                continue;
            };
            match fs::remove_file(maildir.path.join(letter.place())) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => maildir.letters.remove(uid),
            };
        }
        sync_folder(&maildir.path.join("cur/x"))?;
        sync_folder(&maildir.path.join("new/x"))
    }

    /// Puts copies of these letters into another folder, with their flags and times. All or, after an error, none. Gives each
    /// letter's UID and that of its copy; letters that are gone already are passed over.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] without one of the folders; [`ErrorKind::QuotaExceeded`]; whatever the file system refuses.
    pub fn copy(
        &self,
        account: &str,
        from: &Folder,
        uids: &[u32],
        to: &Folder,
    ) -> io::Result<Vec<(u32, u32)>> {
        self.mailbox(account)?.folder(to)?;
        let letters = self.list(account, from)?.letters;
        let mut written = Vec::new();
        for letter in letters.iter().filter(|letter| uids.contains(&letter.uid)) {
            match self.read(account, from, letter.uid) {
                Ok(bytes) => written.push((letter, self.write(account, &bytes)?)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let mut copied = Vec::new();
        for (letter, file) in written {
            let (size, time) = (letter.size, Some(letter.received));
            match self.take_in(account, to, file, size, letter.flags, time) {
                Ok(new) => copied.push((letter.uid, new.uid)),
                Err(error) => {
                    let copies: Vec<u32> = copied.iter().map(|(_, copy)| *copy).collect();
                    let _ = self.remove(account, to, &copies);
                    return Err(error);
                }
            }
        }
        Ok(copied)
    }

    /// Moves these letters into another folder, or into the same one, where they get new UIDs: each is there, once, at any time.
    /// Gives each letter's UID, and its new one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] without one of the folders; whatever the file system refuses. Then some may have been moved.
    pub fn move_to(
        &self,
        account: &str,
        from: &Folder,
        uids: &[u32],
        to: &Folder,
    ) -> io::Result<Vec<(u32, u32)>> {
        let mut mailbox = self.mailbox(account)?;
        mailbox.folder(to)?;
        let source = mailbox.folder(from)?;
        source.remember_next()?;
        let source_path = source.path.clone();
        let letters: Vec<Letter> = uids
            .iter()
            .filter_map(|uid| source.letters.get(uid).cloned())
            .collect();
        let mut moved = Vec::new();
        for old in letters {
            let target = mailbox.folder(to)?;
            let uid = target.uid_next;
            let new = Letter {
                uid,
                unique: format!("{uid:010}.{}", self.new_id()),
                ..old.clone()
            };
            target.uid_next = uid.checked_add(1).ok_or(ErrorKind::QuotaExceeded)?;
            let place = target.path.join(new.place());
            match fs::rename(source_path.join(old.place()), &place) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other?,
            }
            target.letters.insert(uid, new);
            sync_folder(&place)?;
            moved.push((old.uid, uid));
            mailbox.folder(from)?.letters.remove(&old.uid);
            mailbox.changes += 1;
        }
        sync_folder(&source_path.join("cur/x"))?;
        sync_folder(&source_path.join("new/x"))?;
        Ok(moved)
    }

    /// All folders of an account, INBOX first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] without such an account.
    pub fn folders(&self, account: &str) -> io::Result<Vec<Folder>> {
        let mailbox = self.mailbox(account)?;
        let mut folders: Vec<Folder> = mailbox.folders.keys().cloned().collect();
        folders.sort_by_key(|folder| (!folder.is_inbox(), folder.clone()));
        Ok(folders)
    }

    /// Makes a folder.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyExists`]; [`ErrorKind::QuotaExceeded`] with 100 folders; whatever the file system refuses.
    pub fn create_folder(&self, account: &str, folder: &Folder) -> io::Result<()> {
        let mut mailbox = self.mailbox(account)?;
        let same = |other: &Folder| other.0.eq_ignore_ascii_case(&folder.0);
        // Some systems take SENT and Sent for the same file.
        if mailbox.folders.keys().any(same) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        if mailbox.folders.len() >= MOST_FOLDERS {
            return Err(ErrorKind::QuotaExceeded.into());
        }
        let path = mailbox.path.join(format!(".{}", folder.name()));
        let maildir = Maildir::open(path, self.new_validity())?;
        mailbox.folders.insert(folder.clone(), maildir);
        mailbox.changes += 1;
        Ok(())
    }

    /// Removes a folder, and all letters in it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`]; [`ErrorKind::InvalidInput`] for INBOX; whatever the file system refuses.
    pub fn delete_folder(&self, account: &str, folder: &Folder) -> io::Result<()> {
        if folder.is_inbox() {
            return Err(ErrorKind::InvalidInput.into());
        }
        let mut mailbox = self.mailbox(account)?;
        let path = mailbox.folder(folder)?.path.clone();
        fs::remove_dir_all(&path)?;
        mailbox.folders.remove(folder);
        mailbox.changes += 1;
        sync_folder(&path)
    }

    /// One POP3 session a mailbox (RFC 1939 §4). `None` while another has it. Ends when it is dropped.
    pub fn lock_for_pop3(&self, account: &str) -> Option<Pop3Lock<'_>> {
        let free = locked(&self.in_pop3).insert(account.to_owned());
        free.then(|| Pop3Lock {
            store: self,
            account: account.to_owned(),
        })
    }

    /// An id that no other letter of this store has, always as long as this: `650f1c2ab3d4e`. It ascends.
    pub fn new_id(&self) -> String {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.map_or(0, |since| since.as_micros() as u64);
        let mut last = locked(&self.last_id);
        *last = now.max(*last + 1);
        // In hexadecimal digits, 13 are enough until the year 2112.
        format!("{:013x}", *last)
    }

    /// A UIDVALIDITY for a new folder: greater than that of an older one with the same name. It is the time in seconds, as most
    /// servers have it, and one more if this second has given one already.
    fn new_validity(&self) -> u32 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.map_or(1, |since| since.as_secs() as u32);
        let mut last = locked(&self.last_validity);
        *last = now.max(*last + 1);
        *last
    }

    fn mailbox(&self, account: &str) -> io::Result<MutexGuard<'_, Mailbox>> {
        let mailbox = self.mailboxes.get(account).ok_or(ErrorKind::NotFound)?;
        Ok(locked(mailbox))
    }

    fn below_root(&self, file: &Path) -> String {
        let below = file.strip_prefix(&self.root).unwrap_or(file);
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        parts.join("/")
    }
}

/// The right to be the only POP3 session of a mailbox.
pub struct Pop3Lock<'a> {
    store: &'a Store,
    account: String,
}

impl Drop for Pop3Lock<'_> {
    fn drop(&mut self) {
        locked(&self.store.in_pop3).remove(&self.account);
    }
}

impl Mailbox {
    fn open(path: PathBuf, store: &Store) -> io::Result<Mailbox> {
        let inbox = Maildir::open(path.clone(), store.new_validity())?;
        let mut folders = HashMap::from([(Folder::inbox(), inbox)]);
        for entry in fs::read_dir(&path)? {
            let name = entry?.file_name();
            let name = name.to_str().and_then(|name| name.strip_prefix('.'));
            // A folder that was being made when its process was killed has no `cur` yet, or it has and is complete.
            let Some(folder) = name.and_then(Folder::named) else {
                continue;
            };
            let inside = path.join(format!(".{}", folder.name()));
            if inside.join("cur").is_dir() && !folder.is_inbox() {
                let maildir = Maildir::open(inside, store.new_validity())?;
                folders.insert(folder, maildir);
            }
        }
        Ok(Mailbox {
            path,
            folders,
            changes: 0,
        })
    }

    fn folder(&mut self, folder: &Folder) -> io::Result<&mut Maildir> {
        let found = self.folders.get_mut(folder);
        found.ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Octets in all folders.
    fn size(&self) -> u64 {
        let letters = self
            .folders
            .values()
            .flat_map(|folder| folder.letters.values());
        letters.map(|letter| letter.size).sum()
    }
}

impl Maildir {
    /// Opens it, and makes what is missing. `uid_validity` is for a new one.
    fn open(path: PathBuf, uid_validity: u32) -> io::Result<Maildir> {
        // `cur` last: who finds that finds the others.
        for part in ["tmp", "new", "cur"] {
            create_private(&path.join(part))?;
        }
        for entry in fs::read_dir(path.join("tmp"))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
        let remembered = fs::read_to_string(path.join("uids")).ok();
        let remembered = remembered.as_deref().and_then(|text| {
            let (validity, next) = text.trim_end().split_once(' ')?;
            Some((validity.parse().ok()?, next.parse().ok()?))
        });
        let is_new = remembered.is_none();
        let (uid_validity, uid_next) = remembered.unwrap_or((uid_validity, 1));
        let mut maildir = Maildir {
            path,
            uid_validity,
            uid_next,
            letters: BTreeMap::new(),
        };
        maildir.find("new")?;
        maildir.find("cur")?;
        if let Some((&last, _)) = maildir.letters.last_key_value() {
            maildir.uid_next = maildir.uid_next.max(last.saturating_add(1));
        }
        if is_new {
            maildir.remember_next()?;
        }
        Ok(maildir)
    }

    /// Takes in what lies in one of the two.
    fn find(&mut self, part: &str) -> io::Result<()> {
        for entry in fs::read_dir(self.path.join(part))? {
            let entry = entry?;
            let about = entry.metadata()?;
            let name = entry.file_name();
            let parts = name.to_str().and_then(from_name);
            let Some((uid, unique, flags)) = parts.filter(|_| about.is_file()) else {
                continue;
            };
            let letter = Letter {
                uid,
                unique: unique.to_owned(),
                size: about.len(),
                flags,
                recent: part == "new",
                received: about.modified()?,
            };
            // As we would write it, or we would not find it again.
            if letter.place() == Path::new(part).join(&name) {
                self.letters.insert(uid, letter);
            }
        }
        Ok(())
    }

    /// Writes down which UID comes next. Needed before a letter goes: as long as all are there, the greatest tells.
    fn remember_next(&self) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(self.path.join("tmp"))?;
        writeln!(file, "{} {}", self.uid_validity, self.uid_next)?;
        file.as_file().sync_all()?;
        file.persist(self.path.join("uids"))?;
        sync_folder(&self.path.join("uids"))
    }
}

/// Takes a file's name apart: the UID, the name without flags, the flags. `None` if it is none of ours.
pub fn from_name(name: &str) -> Option<(u32, &str, Flags)> {
    let (unique, flags) = name.split_once(FLAGS).unwrap_or((name, ""));
    let (uid, id) = unique.split_once('.')?;
    let digits = uid.len() == 10 && uid.bytes().all(|byte| byte.is_ascii_digit());
    let hexadecimal = !id.is_empty() && id.len() <= 16 && id.bytes().all(|b| b.is_ascii_hexdigit());
    let uid = uid
        .parse()
        .ok()
        .filter(|uid| *uid > 0 && digits && hexadecimal)?;
    Some((uid, unique, Flags::from_name(flags)))
}

/// Makes a folder, and those above it, for its owner only.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Brings the folder that this file is in to the disk. Windows has no such call, and needs none for NTFS's own records.
fn sync_folder(file: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(folder) = file.parent()
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The value behind a lock. A panic of another thread while it had it leaves nothing half done that matters here.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
