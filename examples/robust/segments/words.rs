//! What a trace says, in words: why each segment was sent, and what a loss cost.

use crate::{SPACING, Segment, Side, State, Trace};
use serde_json::{Value, json};

/// A segment as the book shows it.
pub struct Row {
    /// Who sent it.
    pub from: Side,
    /// When it left, in milliseconds.
    pub left: u64,
    /// When it arrived; `None` if it was lost.
    pub arrived: Option<u64>,
    /// Whether all of it had been sent before.
    pub again: bool,
    /// A name that is short enough for a picture.
    pub label: String,
    /// Its flags and numbers.
    pub segment: String,
    /// Into which state the client and the server got: from which one, and to which. The sender by sending this, the
    /// receiver by getting it.
    pub changes: [Option<(State, State)>; 2],
    /// Why it was sent, and what is special about its arrival.
    pub why: String,
}

impl Row {
    /// This row for the book's picture.
    pub fn json(&self) -> Value {
        let [client, server] = self
            .changes
            .map(|change| change.map(|(from, to)| [from.to_string(), to.to_string()]));
        json!({
            "from": self.from.name(),
            "left": self.left,
            "arrived": self.arrived,
            "again": self.again,
            "label": self.label,
            "segment": self.segment,
            "client": client,
            "server": server,
            "why": self.why,
        })
    }
}

/// Why somebody sends what they have sent before.
enum Cause {
    /// Nothing new was acknowledged for so long.
    Timer,
    /// A third acknowledgement asks for what an earlier one had asked for.
    ThirdDuplicate,
    /// The segment before was sent again, and this one follows it.
    Along,
}

impl Trace {
    /// All segments, explained.
    pub fn rows(&self) -> Vec<Row> {
        let rows = self
            .segments
            .iter()
            .enumerate()
            .map(|(place, segment)| Row {
                from: segment.from,
                left: segment.left,
                arrived: segment.arrived,
                again: segment.again,
                label: label(segment),
                segment: flags_and_numbers(segment),
                changes: [Side::Client, Side::Server].map(|side| self.change(side, place)),
                why: self.why(place),
            });
        rows.collect()
    }

    /// What gets lost.
    pub fn lost(&self) -> String {
        let mut lost = self.segments.iter().filter(|one| one.arrived.is_none());
        lost.next().map_or_else(|| "nothing".into(), name)
    }

    /// What came of the loss, compared with the run in which nothing was lost.
    pub fn said(&self, whole: &Trace) -> String {
        let [client, server] = self.closed;
        let lost = self.segments.iter().position(|one| one.arrived.is_none());
        let Some(lost) = lost else {
            let last = self.segments.last().map_or(0, |one| one.left);
            return format!(
                "Nothing is lost: {} segments, and after {server} ms both directions have ended. \
                 The client stays in TIME-WAIT for {} s.",
                self.segments.len(),
                client.saturating_sub(last) / 1000
            );
        };
        let segment = &self.segments[lost];
        let again = self.segments.iter().position(|one| one.again);
        let noticed = match again.map(|place| (&self.segments[place], self.cause(place))) {
            None => format!(
                "Nobody notices, and nothing is sent again: the {}’s next segment acknowledges as much, or more.",
                segment.from.name()
            ),
            Some((again, Cause::ThirdDuplicate)) => format!(
                "The {}’s acknowledgements go on asking for byte {}. At the third of these, at {} ms, the {} sends it again.",
                again.from.other().name(),
                again.number,
                again.left,
                again.from.name(),
            ),
            Some((again, _)) => format!(
                "The {} can’t be sure of it until its timer is up, at {} ms.",
                again.from.name(),
                again.left,
            ),
        };
        let repeated = match self.segments.iter().filter(|one| one.again).count() {
            0 => "",
            1 => "Sent again: 1 segment. ",
            count => &format!("Sent again: {count} segments. "),
        };
        let base = whole.closed[Side::Server as usize];
        let cost = match server == base {
            true => format!("Both directions have ended after {server} ms, as without the loss."),
            false => format!("Both directions have ended after {server} ms instead of {base} ms."),
        };
        format!(
            "Segment {} is lost, {}. {noticed} {repeated}{cost}",
            lost + 1,
            name(segment)
        )
    }

    /// Why a segment was sent, and what is special about its arrival.
    fn why(&self, place: usize) -> String {
        let segment = &self.segments[place];
        let mut why = if segment.again {
            self.why_again(place)
        } else if segment.is_ack() {
            self.why_acknowledged(place)
        } else {
            why_sent(segment)
        };
        let before = self.segments[..place].iter().rev();
        let mut before = before.filter(|one| one.from == segment.from);
        // Every segment acknowledges. If the one before did nothing else and was lost, this one makes up for it.
        let made_up = before
            .next()
            .is_some_and(|one| one.is_ack() && one.arrived.is_none());
        if made_up && !segment.again && self.cause_of(place).is_none_or(|cause| !cause.again) {
            why += " Its ack makes up for the lost one.";
        }
        match segment.arrived {
            None => why += " This segment is lost.",
            Some(arrived) if segment.fin && segment.length == 0 => {
                if self.in_order(segment.from, arrived) < segment.number {
                    why += &format!(
                        " It arrives, but bytes before it are missing: the {} can’t take it for the end yet.",
                        segment.from.other().name()
                    );
                }
            }
            Some(_) => {}
        }
        why
    }

    /// Why a side sends what it has sent before.
    fn why_again(&self, place: usize) -> String {
        let segment = &self.segments[place];
        let (from, to) = (segment.from.name(), segment.from.other().name());
        match self.cause(place) {
            Cause::Timer => {
                let what = match segment {
                    Segment { syn: true, .. } => "the SYN is".into(),
                    Segment { length: 0, .. } => "the FIN is".into(),
                    Segment { fin: true, .. } => {
                        format!("byte {} and what follows are", segment.number)
                    }
                    _ => format!("byte {} is", segment.number),
                };
                let along = match segment {
                    Segment {
                        fin: true,
                        length: 1..,
                        ..
                    } => " The FIN goes along.",
                    _ => "",
                };
                format!(
                    "The {from}’s timer of 1 s is up, and {what} not acknowledged: again.{along}"
                )
            }
            Cause::ThirdDuplicate => format!(
                "The third acknowledgement that asks for byte {} once more. Others get through, so this one must be \
                 missing: the {from} sends it again, without waiting for its timer.",
                segment.number
            ),
            Cause::Along => {
                let earlier = self.segments[..place].iter();
                let had = earlier.filter(|one| {
                    one.from == segment.from
                        && one.number == segment.number
                        && one.arrived.is_some_and(|arrived| arrived <= segment.left)
                });
                match had.count() {
                    0 => format!(
                        "And what was sent after it, too: the {from} goes back to byte {}.",
                        segment.number
                    ),
                    _ => format!(
                        "This {from} sends everything again from there on. The {to} has had these bytes since the first time."
                    ),
                }
            }
        }
    }

    fn cause(&self, place: usize) -> Cause {
        let segment = &self.segments[place];
        let sent_again_just_before = self.segments[..place]
            .iter()
            .any(|one| one.from == segment.from && one.again && one.left + SPACING == segment.left);
        let asks_for_it = |one: &&Segment| {
            one.from != segment.from && one.is_ack() && one.acknowledges == Some(segment.number)
        };
        let mut arrivals = self.segments[..place].iter().filter(asks_for_it);
        if sent_again_just_before {
            Cause::Along
        } else if arrivals.any(|one| one.arrived == Some(segment.left)) {
            Cause::ThirdDuplicate
        } else {
            Cause::Timer
        }
    }

    /// Why a side sends an acknowledgement and nothing else.
    fn why_acknowledged(&self, place: usize) -> String {
        let segment = &self.segments[place];
        let from = segment.from.name();
        let to = segment.from.other().name();
        let number = segment.acknowledges.unwrap_or(0);
        let Some(cause) = self.cause_of(place) else {
            return format!("The {from} acknowledges.");
        };
        let own = self.segments[..place].iter().rev();
        let mut own = own.filter(|one| one.from == segment.from);
        let before = own.next().and_then(|one| one.acknowledges);
        if cause.syn {
            return format!(
                "The {from} acknowledges the {to}’s SYN. For the {from}, the connection stands."
            );
        }
        let (first, last) = (
            cause.number,
            cause.number + cause.length - u32::from(cause.length > 0),
        );
        if before == Some(number) {
            return match (cause.end() > number, cause.fin) {
                (true, _) => format!(
                    "The {from} has bytes {first} to {last} now and keeps them, but byte {number} is missing. \
                     So it goes on asking for {number}."
                ),
                (false, true) => format!(
                    "The {to} asks again, so it did not hear: the {from} acknowledges the FIN once more. \
                     For this it has stayed in TIME-WAIT, and the wait begins anew."
                ),
                (false, false) => format!(
                    "The {from} had this already. It acknowledges all the same: perhaps the {to} did not hear."
                ),
            };
        }
        if cause.fin && number == cause.end() {
            let what = match cause.length {
                0 => "the FIN".into(),
                _ => format!("every byte up to {last}, and the FIN"),
            };
            let then = match segment.states[segment.from as usize] {
                State::TimeWait => format!(
                    "Both directions have ended. But if this acknowledgement is lost, the {to} will ask again, \
                     so the {from} stays in TIME-WAIT."
                ),
                _ => format!("The {to} sends no more; the {from} still may."),
            };
            return format!("The {from} acknowledges {what}. {then}");
        }
        match number > cause.end() {
            true => format!(
                "The gap is filled: together with what it had kept, the {from} has every byte up to {}.",
                number - 1
            ),
            false => format!(
                "The {from} has every byte up to {}, and waits for {number}.",
                number - 1
            ),
        }
    }

    /// What had come last to a segment's sender when the segment left.
    fn cause_of(&self, place: usize) -> Option<&Segment> {
        let segment = &self.segments[place];
        let arrivals = self.segments[..place].iter().filter(|one| {
            one.from != segment.from && one.arrived.is_some_and(|arrived| arrived <= segment.left)
        });
        arrivals.max_by_key(|one| one.arrived)
    }

    /// Into which state a side got by sending or getting a segment.
    fn change(&self, side: Side, place: usize) -> Option<(State, State)> {
        // When a segment was there for this side, and the state that it had then.
        let seen = |segment: &Segment| {
            let time = match segment.from == side {
                true => Some(segment.left),
                false => segment.arrived,
            };
            time.map(|time| (time, segment.states[side as usize]))
        };
        let (time, state) = seen(&self.segments[place])?;
        let others = self.segments.iter().enumerate();
        let earlier = others.filter_map(|(other, segment)| {
            let (when, state) = seen(segment)?;
            ((when, other) < (time, place)).then_some((when, other, state))
        });
        let before = earlier.max_by_key(|(when, other, _)| (*when, *other));
        let before = before.map_or(side.first_state(), |(_, _, state)| state);
        (before != state).then_some((before, state))
    }

    /// What a receiver that has got everything up to some time waits for: the number of the first byte that is missing.
    fn in_order(&self, from: Side, until: u64) -> u32 {
        let mut arrived: Vec<&Segment> = self
            .segments
            .iter()
            .filter(|one| one.from == from && one.arrived.is_some_and(|arrived| arrived < until))
            .collect();
        arrived.sort_by_key(|one| one.number);
        arrived
            .iter()
            .fold(0, |next, one| match one.number <= next {
                true => next.max(one.end()),
                false => next,
            })
    }
}

/// Why a side sends something for the first time.
fn why_sent(segment: &Segment) -> String {
    let (from, to) = (segment.from.name(), segment.from.other().name());
    let first = segment.number;
    match segment {
        Segment {
            syn: true,
            acknowledges: None,
            ..
        } => format!(
            "The {from} asks for a connection. Its SYN takes the number {first}; its bytes are counted from {}.",
            first + 1
        ),
        Segment { syn: true, .. } => format!(
            "The {from} agrees: one segment acknowledges the {to}’s SYN and brings its own."
        ),
        Segment { fin: true, .. } if segment.states[segment.from as usize] == State::LastAck => {
            format!(
                "The {from}’s program ends its direction, too. This FIN takes the number {first}."
            )
        }
        Segment { fin: true, .. } => format!(
            "The {from}’s program ends its direction. The FIN takes a number as a byte does, {first}."
        ),
        _ => {
            let open = match segment.states[segment.from as usize] {
                State::CloseWait => format!(" Half closed: the {to} has ended, and still reads."),
                _ => String::new(),
            };
            format!("The {from}’s bytes {first} to {}.{open}", segment.end() - 1)
        }
    }
}

/// A name for a sentence.
fn name(segment: &Segment) -> String {
    let what = match segment.length {
        0 => label(segment),
        _ => format!("bytes {}", label(segment)),
    };
    format!("the {}’s {what}", segment.from.name())
}

/// A name for a picture: an acknowledgement is said only where there is nothing else.
fn label(segment: &Segment) -> String {
    let Segment { number, length, .. } = segment;
    match (segment.syn, segment.fin, segment.acknowledges) {
        (true, _, None) => "SYN".into(),
        (true, _, Some(_)) => "SYN-ACK".into(),
        (_, true, _) if *length == 0 => "FIN".into(),
        (_, true, _) => format!("{number}–{} FIN", number + length - 1),
        (_, _, Some(number)) if *length == 0 => format!("ACK {number}"),
        _ => format!("{number}–{}", number + length - 1),
    }
}

/// The flags as they stand in the header, and the numbers.
fn flags_and_numbers(segment: &Segment) -> String {
    let flags = [
        (segment.syn, "SYN"),
        (segment.fin, "FIN"),
        (segment.psh, "PSH"),
        (segment.acknowledges.is_some(), "ACK"),
    ];
    let flags = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name);
    let mut text = flags.collect::<Vec<_>>().join(" ");
    text += &format!(", seq {}", segment.number);
    if let Some(number) = segment.acknowledges {
        text += &format!(", ack {number}");
    }
    match segment.length {
        0 => text,
        length => text + &format!(", {length} bytes"),
    }
}
