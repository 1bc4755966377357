//! # Exercise: know your own voice (15 minutes)
//!
//! A program announces itself to a group, and listens to the same group to learn who else is there. So it hears itself:
//! the system gives a copy of each datagram to every listener of the group on this machine. Say what to do with each
//! announcement that is heard, and keep the list of the others.
//!
//! - What you have announced yourself is ignored, and changes nothing, whatever it is. Each program draws an instance
//!   when it starts, and nothing else is its own: another one may have the same name, run on the same machine, and share
//!   the port; and your echo may come from another address of your machine.
//! - A hello of an instance that is not listed is listed, with its name and its address, and greeted: you announce yourself
//!   at once, so that the newcomer need not wait.
//! - A hello of an instance that is listed updates its name and its address, and is not greeted again.
//! - A goodbye of an instance that is listed takes it off the list. It is new if it ever comes back. Any other goodbye is
//!   ignored.
//! - At most `MOST` instances are listed, for anybody can invent more. A new one that finds no room is ignored; what is
//!   listed goes on as before.
//!
//! You will want: `BTreeMap::contains_key`, `BTreeMap::insert`, `BTreeMap::remove`.
//! Change the body of `react`, leave the rest.

use std::{collections::BTreeMap, net::SocketAddr};

/// How many others are listed.
pub const MOST: usize = 100;

/// What an announcement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// I am here.
    Hello,
    /// I end.
    Goodbye,
}

/// An announcement, as it was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub kind: Kind,
    /// Drawn by its sender when it started.
    pub instance: u64,
    pub name: String,
    /// Where the datagram came from.
    pub from: SocketAddr,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Lists it, and announces itself.
    Greet,
    /// Lists what it says now.
    Update,
    /// Takes it off the list.
    Forget,
    /// Does nothing.
    Ignore,
}

/// One that announces itself, and listens.
#[derive(Debug, Clone)]
pub struct Participant {
    /// Its own instance, name and address.
    pub instance: u64,
    pub name: String,
    pub address: SocketAddr,
    /// The others: each one's name and address, by its instance.
    pub others: BTreeMap<u64, (String, SocketAddr)>,
}

/// What to do with an announcement that was heard.
pub fn react(me: &mut Participant, heard: Announcement) -> Reaction {
    todo!("is it my own, a newcomer, or one that I know?")
}

#[cfg(test)]
#[path = "../checks/robust/own_echo.rs"]
mod check;
