//! Derives a query from a hole: the terms around it with their weights. The constants are ours,
//! from a sweep over cross-file holes that counted how often a passage contained the needed name.

use std::collections::HashMap;

use super::{
    postings::{Postings, Weighted},
    terms,
};
use crate::completion::Hole;

/// How many lines before the hole (including its own) and after it go into the query.
const LINES_BEFORE: usize = 20;
const LINES_AFTER: usize = 5;
/// How many lines that a completion continues go into its query.
const LINES_CONTINUED: usize = 3;
/// The weight of each line relative to its neighbour nearer to the hole.
const FADING: f32 = 0.8;
/// Maximum number of terms, the most significant ones; bounds the cost.
const MOST_TERMS: usize = 32;

/// The query for the code around a hole.
pub(super) fn around(hole: &Hole, postings: &Postings) -> Vec<Weighted> {
    let mut terms = HashMap::new();
    let before = hole.prefix.rsplit('\n').take(LINES_BEFORE);
    let after = hole.suffix.split('\n').take(LINES_AFTER);
    add(&mut terms, before);
    add(&mut terms, after);
    strongest(terms, postings)
}

/// The query for a completion of a hole. It includes the lines that the completion continues,
/// because a completion alone is too little, and a wrong one misleads.
pub(super) fn completed(hole: &Hole, text: &str, postings: &Postings) -> Vec<Weighted> {
    let mut terms = HashMap::new();
    add(&mut terms, std::iter::once(text));
    add(&mut terms, hole.prefix.rsplit('\n').take(LINES_CONTINUED));
    strongest(terms, postings)
}

/// Counts each term once, with its weight at the nearest position.
fn add<'a>(terms: &mut HashMap<u64, f32>, lines: impl Iterator<Item = &'a str>) {
    let mut worth = 1.0;
    for line in lines {
        terms::for_each(line, |term| {
            let known = terms.entry(terms::hash(term)).or_insert(0.0);
            *known = known.max(worth);
        });
        worth *= FADING;
    }
}

/// The most significant terms, in a deterministic order. A term that no chunk contains would be the
/// rarest of all but finds nothing, so it must not displace one that does.
fn strongest(terms: HashMap<u64, f32>, postings: &Postings) -> Vec<Weighted> {
    let mut rated: Vec<(f32, Weighted)> = terms
        .into_iter()
        .filter(|(term, _)| postings.holds(*term))
        .map(|(term, worth)| (worth * postings.rarity(term), (term, worth)))
        .collect();
    rated.sort_by(|(a, (x, _)), (b, (y, _))| b.total_cmp(a).then(x.cmp(y)));
    rated.truncate(MOST_TERMS);
    rated.into_iter().map(|(_, weighted)| weighted).collect()
}
