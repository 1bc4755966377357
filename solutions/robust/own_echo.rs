//! # Know your own voice: one way to do it
//!
//! One comparison, and everything hangs on what is compared. The address seems natural, for `recv_from` gives it. But two
//! programs on one machine have the same IP address, and if both send from the shared socket, the same port as well; and
//! on a machine with two interfaces, your own echo comes from the address of the other one. A name is chosen by people,
//! who choose `printer` twice. A number of 64 bits, drawn at the start, is the program's own.
//!
//! There is another way out that is none: `set_multicast_loop_v4(false)` asks the system for no copies on this machine.
//! Then the other programs on it hear nothing either.
//!
//! Not greeting what is known is the other half. Each greeting is an announcement that all hear. If each of them answered
//! it, ten participants would make of one datagram ten, of these a hundred, and so on: a storm.
//!
//! Last, the list. It is made of what strangers send, so it has an end. An instance that says goodbye makes room; one that
//! crashes does not, and a real program forgets what was silent for a while.

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
    /// Whether it comes or goes.
    pub kind: Kind,
    /// Drawn by its sender when it started.
    pub instance: u64,
    /// For people to read. Two may have the same.
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
    /// Its own instance.
    pub instance: u64,
    /// Its own name.
    pub name: String,
    /// Its own address.
    pub address: SocketAddr,
    /// The others: each one's name and address, by its instance.
    pub others: BTreeMap<u64, (String, SocketAddr)>,
}

/// What to do with an announcement that was heard.
pub fn react(me: &mut Participant, heard: Announcement) -> Reaction {
    // Before the kind: the echo of our own goodbye is an echo, too.
    if heard.instance == me.instance {
        return Reaction::Ignore;
    }
    if heard.kind == Kind::Goodbye {
        return match me.others.remove(&heard.instance) {
            Some(_) => Reaction::Forget,
            None => Reaction::Ignore,
        };
    }
    let known = me.others.contains_key(&heard.instance);
    if !known && me.others.len() >= MOST {
        return Reaction::Ignore;
    }
    me.others.insert(heard.instance, (heard.name, heard.from));
    // Greeting what is known, too, would be answered by all others, and that again by all.
    if known {
        Reaction::Update
    } else {
        Reaction::Greet
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/own_echo.rs"]
mod check;
