//! The files of one session: the folder of its account, and what the account may do there.
//!
//! Nobody leaves their folder, because nothing here opens a path. A `cap_std` folder is an open
//! directory; whatever is asked of it is looked up below it, part by part, and a part that leads out
//! (`..`, a symbolic link) is an error of the look-up. Compare with a check of the path's text: that
//! one has to think of everything, and the folders can change between the check and the opening.

use crate::{
    accounts::{Account, Kind},
    transfer::{Conversion, Transfer},
};
use async_trait::async_trait;
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};
use std::{
    fmt::Debug,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::io::{AsyncRead, AsyncWrite};
use unftp_core::storage::{Error, ErrorKind, FEATURE_RESTART, Fileinfo, Result, StorageBackend};
use unftp_sbe_fs::{Filesystem, Meta};

/// What libunftp asks for files. Empty until somebody has logged in.
#[derive(Debug)]
pub struct Storage {
    home: Option<Home>,
    transfer: Arc<Transfer>,
}

#[derive(Debug)]
struct Home {
    files: Filesystem,
    folder: Arc<Dir>,
}

impl Storage {
    /// For a session that has not logged in yet.
    pub fn new(transfer: Arc<Transfer>) -> Self {
        Self {
            home: None,
            transfer,
        }
    }

    fn home(&self) -> Result<&Home> {
        self.home.as_ref().ok_or_else(denied)
    }

    fn files(&self) -> Result<&Filesystem> {
        Ok(&self.home()?.files)
    }
}

impl Storage {
    // ANCHOR: place
    /// Where in this file the client's bytes go, if they may. A file that is new to a guest exists from
    /// here on.
    async fn place(&self, kind: Kind, home: &Home, path: &Path, length: u64) -> Result<u64> {
        may_add(kind)?;
        if !kind.may_change() {
            home.claim(path).await?;
            return Ok(0);
        }
        let there = home.length(path).await?;
        let offset = match self.transfer.restart() {
            0 => length,
            restart => restart,
        };
        // Beyond the end would be a file with a hole, as large as anybody likes to say.
        if offset > there.unwrap_or(0) {
            return Err(ErrorKind::ExceededStorageAllocationError.into());
        }
        Ok(offset)
    }
    // ANCHOR_END: place

    /// Reads what the client sends to its end, and keeps nothing of it.
    async fn discard(&self, client: &mut (impl AsyncRead + Unpin)) {
        let conversion = Conversion::None { stores: true };
        let mut nowhere = tokio::io::sink();
        tokio::select! {
            _ = self.transfer.copy(client, &mut nowhere, conversion) => {}
            () = self.transfer.aborted() => {}
        }
    }
}

fn denied() -> Error {
    ErrorKind::PermissionDenied.into()
}

/// What a client calls `/notes.txt` is `notes.txt` below the folder that is open.
fn below(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}

// ANCHOR: rules
fn may_add(kind: Kind) -> Result<()> {
    if kind.may_add() {
        Ok(())
    } else {
        Err(denied())
    }
}

fn may_change(kind: Kind) -> Result<()> {
    if kind.may_change() {
        Ok(())
    } else {
        Err(denied())
    }
}
// ANCHOR_END: rules

impl Home {
    /// Runs what may block on a thread where it holds up nobody.
    async fn ask<T: Send + 'static>(
        &self,
        path: &Path,
        question: impl FnOnce(&Dir, &Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (folder, path) = (Arc::clone(&self.folder), below(path).to_owned());
        let answer = tokio::task::spawn_blocking(move || question(&folder, &path)).await;
        Ok(answer.map_err(io::Error::other)??)
    }

    /// The length of this file, `None` where there is none yet. Refuses what is no plain file: a folder
    /// has no content, and a pipe could keep us waiting for ever.
    async fn length(&self, path: &Path) -> Result<Option<u64>> {
        match self.ask(path, |folder, path| folder.metadata(path)).await {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(_) => Err(ErrorKind::PermanentFileNotAvailable.into()),
            Err(error) => match error.get_io_error().map(io::Error::kind) {
                Some(io::ErrorKind::NotFound) => Ok(None),
                _ => Err(error),
            },
        }
    }

    // ANCHOR: claim
    /// Makes an empty file with this name, unless something has that name. One call does both, so two
    /// guests with the same name in mind can't both succeed.
    async fn claim(&self, path: &Path) -> Result<()> {
        self.ask(path, |folder, path| {
            let mut new = OpenOptions::new();
            folder.open_with(path, new.write(true).create_new(true))
        })
        .await
        .map(drop)
        .map_err(|error| match error.get_io_error().map(io::Error::kind) {
            Some(io::ErrorKind::AlreadyExists) => denied(),
            _ => error,
        })
    }
    // ANCHOR_END: claim
}

#[async_trait]
impl StorageBackend<Account> for Storage {
    type Metadata = Meta;

    /// Somebody has logged in: from here on, their home is all there is.
    fn enter(&mut self, account: &Account) -> io::Result<()> {
        self.home = Some(Home {
            files: Filesystem::new(&account.home)?,
            folder: Arc::new(Dir::open_ambient_dir(&account.home, ambient_authority())?),
        });
        Ok(())
    }

    fn supported_features(&self) -> u32 {
        FEATURE_RESTART
    }

    async fn metadata<P: AsRef<Path> + Send + Debug>(
        &self,
        account: &Account,
        path: P,
    ) -> Result<Meta> {
        self.files()?.metadata(account, path).await
    }

    async fn list<P: AsRef<Path> + Send + Debug>(
        &self,
        account: &Account,
        path: P,
    ) -> Result<Vec<Fileinfo<PathBuf, Meta>>> {
        self.files()?.list(account, path).await
    }

    async fn cwd<P: AsRef<Path> + Send + Debug>(&self, account: &Account, path: P) -> Result<()> {
        self.files()?.cwd(account, path).await
    }

    async fn get<P: AsRef<Path> + Send + Debug>(
        &self,
        account: &Account,
        path: P,
        offset: u64,
    ) -> Result<Box<dyn AsyncRead + Send + Sync + Unpin>> {
        let home = self.home()?;
        if home.length(path.as_ref()).await?.is_none() {
            return Err(ErrorKind::PermanentFileNotAvailable.into());
        }
        home.files.get(account, path, offset).await
    }

    /// Sends a file. libunftp's offset is always 0, because the control connection keeps `REST` to itself.
    async fn get_into<'a, P, W>(
        &self,
        account: &Account,
        path: P,
        _: u64,
        mut client: &'a mut W,
    ) -> Result<u64>
    where
        W: AsyncWrite + Unpin + Sync + Send + ?Sized,
        P: AsRef<Path> + Send + Debug,
    {
        let mut file = self.get(account, path, self.transfer.restart()).await?;
        let conversion = if self.transfer.is_ascii() {
            Conversion::ToWire
        } else {
            Conversion::None { stores: false }
        };
        tokio::select! {
            sent = self.transfer.copy(&mut file, &mut client, conversion) => Ok(sent?),
            () = self.transfer.aborted() => Err(ErrorKind::ConnectionClosed.into()),
        }
    }

    /// Receives a file. libunftp's offset is 0, or for `APPE` the length of the file.
    async fn put<P, R>(&self, account: &Account, mut client: R, path: P, length: u64) -> Result<u64>
    where
        P: AsRef<Path> + Send + Debug,
        R: AsyncRead + Send + Sync + Unpin + 'static,
    {
        let home = self.home()?;
        let offset = match self.place(account.kind, home, path.as_ref(), length).await {
            Ok(offset) => offset,
            Err(refusal) => {
                // libunftp has said 150 already, so the client sends. It listens to our refusal when it is done.
                self.discard(&mut client).await;
                return Err(refusal);
            }
        };
        let conversion = if self.transfer.is_ascii() {
            Conversion::FromWire {
                carriage_return: false,
            }
        } else {
            Conversion::None { stores: true }
        };
        let (to_file, converted) = tokio::io::duplex(65_536);
        let receive = async move {
            let mut to_file = to_file;
            self.transfer
                .copy(&mut client, &mut to_file, conversion)
                .await
        };
        let both =
            async { tokio::join!(receive, home.files.put(account, converted, path, offset)) };
        tokio::select! {
            (received, stored) = both => {
                // Whatever went wrong on the disk is the cause; the other error follows from it.
                let stored = stored?;
                match received {
                    Ok(_) => Ok(stored),
                    Err(error) if error.kind() == io::ErrorKind::QuotaExceeded => {
                        Err(Error::new(ErrorKind::ExceededStorageAllocationError, error))
                    }
                    Err(error) => Err(error.into()),
                }
            }
            () = self.transfer.aborted() => Err(ErrorKind::ConnectionClosed.into()),
        }
    }

    async fn mkd<P: AsRef<Path> + Send + Debug>(&self, account: &Account, path: P) -> Result<()> {
        may_add(account.kind)?;
        let made = self.files()?.mkd(account, path).await;
        made.map_err(|error| match error.get_io_error().map(io::Error::kind) {
            // libunftp has no words for it; the control connection finds them.
            Some(io::ErrorKind::AlreadyExists) => ErrorKind::FileNameNotAllowedError.into(),
            _ => error,
        })
    }

    async fn del<P: AsRef<Path> + Send + Debug>(&self, account: &Account, path: P) -> Result<()> {
        may_change(account.kind)?;
        self.files()?.del(account, path).await
    }

    async fn rmd<P: AsRef<Path> + Send + Debug>(&self, account: &Account, path: P) -> Result<()> {
        may_change(account.kind)?;
        self.files()?.rmd(account, path).await
    }

    async fn rename<P: AsRef<Path> + Send + Debug>(
        &self,
        account: &Account,
        from: P,
        to: P,
    ) -> Result<()> {
        may_change(account.kind)?;
        self.files()?.rename(account, from, to).await
    }
}
