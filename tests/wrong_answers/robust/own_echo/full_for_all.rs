//! # Wrong: a full list takes no update either
//!
//! Those who are listed are told to wait like strangers.
//!
//! The check says: what is listed goes on as before

use std::{collections::BTreeMap, net::SocketAddr};

pub const MOST: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Hello,
    Goodbye,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub kind: Kind,
    pub instance: u64,
    pub name: String,
    pub from: SocketAddr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    Greet,
    Update,
    Forget,
    Ignore,
}

#[derive(Debug, Clone)]
pub struct Participant {
    pub instance: u64,
    pub name: String,
    pub address: SocketAddr,
    pub others: BTreeMap<u64, (String, SocketAddr)>,
}

pub fn react(me: &mut Participant, heard: Announcement) -> Reaction {
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
    if me.others.len() >= MOST {
        return Reaction::Ignore;
    }
    me.others.insert(heard.instance, (heard.name, heard.from));
    if known {
        Reaction::Update
    } else {
        Reaction::Greet
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/own_echo.rs"]
mod check;
