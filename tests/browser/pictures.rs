//! What the stream slicer and the server timeline must show, for `pictures.mjs`.

use loopback::explorers::{
    slicer::{self, FRAMINGS, Framing},
    timeline::{self, CLIENTS, SERVERS, SLOW},
};
use serde_json::{Value, json};

/// Every slicing of the stream of lines, and of the longer one those with a name, the simple ones, and some by chance.
pub fn slicer_cases(numbers: impl Iterator<Item = u32>) -> Vec<Value> {
    let case = |framing: Framing, cuts: Vec<usize>| {
        let shown = slicer::answer(framing, &cuts);
        json!({ "framing": framing, "cuts": cuts, "shown": shown })
    };
    let cuts = |framing: Framing, set: u32| {
        let gaps = 1..slicer::stream(framing).len();
        gaps.filter(|gap| set >> (gap - 1) & 1 == 1).collect()
    };
    let lengths = Framing::Lengths;
    let gaps = slicer::stream(lengths).len() - 1;
    // What the page shows first.
    let named = slicer::presets(lengths).map(|(_, cuts)| case(lengths, cuts));
    let single = (0..gaps).map(|gap| case(lengths, cuts(lengths, 1 << gap)));
    let joined = (0..gaps).map(|gap| case(lengths, cuts(lengths, !(1 << gap))));
    let by_chance = numbers
        .take(300)
        .map(|set| case(lengths, cuts(lengths, set)));
    let mut cases: Vec<Value> = named.chain(single).chain(joined).chain(by_chance).collect();
    let lines = Framing::Lines;
    let all = 0..1_u32 << (slicer::stream(lines).len() - 1);
    // In this order (Gray's code), each differs from the one before in one gap.
    cases.extend(all.map(|number| case(lines, cuts(lines, number ^ (number >> 1)))));
    cases
}

/// The slicings that have a button: which one, for which stream, and behind how many bytes it cuts.
pub fn presets() -> Vec<Value> {
    let presets = FRAMINGS.into_iter().flat_map(|framing| {
        slicer::presets(framing)
            .map(move |(key, cuts)| json!({ "framing": framing, "key": key, "cuts": cuts }))
    });
    presets.collect()
}

/// Every choice that the timeline offers.
pub fn timeline_cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for (server, key, _) in SERVERS {
        for slow in SLOW {
            for clients in CLIENTS {
                let shown = timeline::answer(server, slow, clients);
                cases.push(
                    json!({ "server": key, "slow": slow, "clients": clients, "shown": shown }),
                );
            }
        }
    }
    cases
}
