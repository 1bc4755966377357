//! # Wrong: numbers are thought to move up after each DELE
//!
//! They stay for the whole session.
//!
//! The check says: by the number that it has in this listing

use std::collections::BTreeSet;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    pub seen: BTreeSet<String>,
    pub unwanted: BTreeSet<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub fetch: Vec<(u32, String)>,
    pub delete: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadListing {
    pub line: String,
}

const LONGEST_ID: usize = 70;

pub fn plan(memory: &mut Memory, listing: &[&str]) -> Result<Plan, BadListing> {
    let mut messages = Vec::new();
    let mut numbers = BTreeSet::new();
    for line in listing {
        let message = parse(line).filter(|(number, _)| numbers.insert(*number));
        messages.push(message.ok_or_else(|| BadListing {
            line: (*line).to_owned(),
        })?);
    }
    let listed: BTreeSet<&str> = messages.iter().map(|(_, id)| *id).collect();
    memory.seen.retain(|id| listed.contains(&id[..]));
    memory.unwanted.retain(|id| listed.contains(&id[..]));

    let mut plan = Plan::default();
    let mut planned = BTreeSet::new();
    for (number, id) in messages {
        if memory.unwanted.contains(id) {
            plan.delete.push(number - plan.delete.len() as u32);
        } else if !memory.seen.contains(id) && planned.insert(id) {
            plan.fetch.push((number, id.to_owned()));
        }
    }
    Ok(plan)
}

fn parse(line: &str) -> Option<(u32, &str)> {
    let (number, id) = line.split_once(' ')?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = number.parse().ok().filter(|number| *number > 0)?;
    let is_id =
        (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_id.then_some((number, id))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/uidl_sync.rs"]
mod check;
