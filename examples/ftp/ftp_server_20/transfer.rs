//! How the bytes of one file pass: as they are (`TYPE I`), or as lines of text (`TYPE A`).

use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::Notify,
};

/// How many bytes an account may store in one file. Without a limit, one upload could fill the disk.
pub const LARGEST_FILE: u64 = 1 << 30;

/// What the control connection of a session decides about its next transfer, and learns of it.
#[derive(Debug)]
pub struct Transfer {
    ascii: AtomicBool,
    restart: AtomicU64,
    moved: Mutex<Instant>,
    aborted: AtomicBool,
    abort: Notify,
}

impl Transfer {
    /// As a session begins: RFC 959 §3.1.1.1 makes ASCII the default.
    pub fn new() -> Self {
        Self {
            ascii: AtomicBool::new(true),
            restart: AtomicU64::new(0),
            moved: Mutex::new(Instant::now()),
            aborted: AtomicBool::new(false),
            abort: Notify::new(),
        }
    }

    /// `TYPE A` or `TYPE I`.
    pub fn set_ascii(&self, ascii: bool) {
        self.ascii.store(ascii, Ordering::Relaxed);
    }

    /// Is it `TYPE A`?
    pub fn is_ascii(&self) -> bool {
        self.ascii.load(Ordering::Relaxed)
    }

    /// `REST offset`: where the next file begins. It holds for one transfer.
    pub fn set_restart(&self, offset: u64) {
        self.restart.store(offset, Ordering::Relaxed);
    }

    /// The offset of the last `REST`, 0 without one.
    pub fn restart(&self) -> u64 {
        self.restart.load(Ordering::Relaxed)
    }

    /// Bytes have passed, or are about to.
    pub fn note_movement(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// When bytes passed for the last time.
    pub fn moved(&self) -> Instant {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transfer begins, and nobody has aborted it yet.
    pub fn begin(&self) {
        self.aborted.store(false, Ordering::Relaxed);
        self.note_movement();
    }

    /// `ABOR`: ends the transfer that is going on.
    pub fn abort(&self) {
        self.aborted.store(true, Ordering::Relaxed);
        self.abort.notify_waiters();
    }

    /// Returns when somebody aborts, at once if somebody has.
    pub async fn aborted(&self) {
        let later = self.abort.notified();
        if !self.aborted.load(Ordering::Relaxed) {
            later.await;
        }
    }

    /// Copies all of a file from `from` to `to`, converting it on the way. Gives the number of bytes written.
    pub async fn copy(
        &self,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        mut conversion: Conversion,
    ) -> io::Result<u64> {
        let mut buffer = vec![0; 65_536];
        let mut converted = Vec::new();
        let mut written = 0;
        loop {
            let length = from.read(&mut buffer).await?;
            self.note_movement();
            converted.clear();
            match length {
                0 => conversion.finish(&mut converted),
                length => conversion.convert(&buffer[..length], &mut converted),
            }
            to.write_all(&converted).await?;
            written += converted.len() as u64;
            self.note_movement();
            if length == 0 {
                to.flush().await?;
                return Ok(written);
            }
            if written > LARGEST_FILE && conversion.stores() {
                return Err(io::ErrorKind::QuotaExceeded.into());
            }
        }
    }
}

// ANCHOR: conversion
/// What happens to the bytes of a file on their way. On the wire, a line of text ends with CR LF
/// (RFC 959 §3.1.1.1); in our files it ends with LF.
#[derive(Clone, Copy, Debug)]
pub enum Conversion {
    /// `TYPE I`, to the client or from it: nothing.
    None { stores: bool },
    /// `TYPE A`, to the client: each LF becomes CR LF.
    ToWire,
    /// `TYPE A`, from the client: each CR LF becomes LF. The two may come in two reads, so a CR at the
    /// end of one waits for the next.
    FromWire { carriage_return: bool },
}

impl Conversion {
    fn convert(&mut self, bytes: &[u8], converted: &mut Vec<u8>) {
        match self {
            Conversion::None { .. } => converted.extend_from_slice(bytes),
            Conversion::ToWire => {
                for &byte in bytes {
                    if byte == b'\n' {
                        converted.push(b'\r');
                    }
                    converted.push(byte);
                }
            }
            Conversion::FromWire { carriage_return } => {
                for &byte in bytes {
                    if *carriage_return && byte != b'\n' {
                        converted.push(b'\r');
                    }
                    *carriage_return = byte == b'\r';
                    if byte != b'\r' {
                        converted.push(byte);
                    }
                }
            }
        }
    }

    fn finish(&mut self, converted: &mut Vec<u8>) {
        if let Conversion::FromWire {
            carriage_return: true,
        } = self
        {
            converted.push(b'\r');
        }
    }
    // ANCHOR_END: conversion

    /// Does it write into a file of ours?
    fn stores(self) -> bool {
        !matches!(
            self,
            Conversion::ToWire | Conversion::None { stores: false }
        )
    }
}
