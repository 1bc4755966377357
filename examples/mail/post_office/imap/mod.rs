//! IMAP.
use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};
mod letter;
mod search;
mod structure;

/// Whether a set contains a number. `last` is what `*` stands for (RFC 3501 §9, seq-range): `4:*` and `*:4` are the
/// same, and contain the last one even where it is smaller than 4.
fn contains(set: &SequenceSet, number: u32, last: u32) -> bool {
    let value = |end: &SeqOrUid| match end {
        SeqOrUid::Value(value) => value.get(),
        SeqOrUid::Asterisk => last,
    };
    set.0.as_ref().iter().any(|sequence| match sequence {
        Sequence::Single(one) => value(one) == number,
        Sequence::Range(from, to) => {
            let (from, to) = (value(from), value(to));
            (from.min(to)..=from.max(to)).contains(&number)
        }
    })
}
