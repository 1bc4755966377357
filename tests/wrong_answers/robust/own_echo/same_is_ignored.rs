//! # Wrong: what says nothing new is ignored
//!
//! Each hello of one that is listed is an update.
//!
//! The check says: is an update even so

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
    let known = me.others.contains_key(&heard.instance);
    match heard.kind {
        Kind::Goodbye if known => {
            me.others.remove(&heard.instance);
            Reaction::Forget
        }
        Kind::Goodbye => Reaction::Ignore,
        Kind::Hello
            if me.others.get(&heard.instance) == Some(&(heard.name.clone(), heard.from)) =>
        {
            Reaction::Ignore
        }
        Kind::Hello if known => {
            me.others.insert(heard.instance, (heard.name, heard.from));
            Reaction::Update
        }
        Kind::Hello if me.others.len() >= MOST => Reaction::Ignore,
        Kind::Hello => {
            me.others.insert(heard.instance, (heard.name, heard.from));
            Reaction::Greet
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/own_echo.rs"]
mod check;
