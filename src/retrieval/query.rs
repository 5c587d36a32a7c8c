//! What to ask the index for a hole: the terms around it, each with what it is worth. The constants
//! are ours, from a sweep over cross-file holes: how often a passage held the name that was wanted.

use std::collections::HashMap;

use super::{
    postings::{Postings, Weighted},
    terms,
};
use crate::completion::Hole;

/// So many lines before the hole are asked with, the hole's own included, and so many after it.
const LINES_BEFORE: usize = 20;
const LINES_AFTER: usize = 5;
/// Of a completion's query, the lines that it continues.
const LINES_CONTINUED: usize = 3;
/// What a line is worth, of what the line next to it on the side of the hole is.
const FADING: f32 = 0.8;
/// A query has at most so many terms, the ones that say most: what it costs is bounded.
const MOST_TERMS: usize = 32;

/// The query of the code around a hole.
pub(super) fn around(hole: &Hole, postings: &Postings) -> Vec<Weighted> {
    let mut terms = HashMap::new();
    let before = hole.prefix.rsplit('\n').take(LINES_BEFORE);
    let after = hole.suffix.split('\n').take(LINES_AFTER);
    add(&mut terms, before);
    add(&mut terms, after);
    strongest(terms, postings)
}

/// The query of a completion of a hole: alone it would be too little, and a wrong one misleads, so
/// the lines that it continues are part of it.
pub(super) fn completed(hole: &Hole, text: &str, postings: &Postings) -> Vec<Weighted> {
    let mut terms = HashMap::new();
    add(&mut terms, std::iter::once(text));
    add(&mut terms, hole.prefix.rsplit('\n').take(LINES_CONTINUED));
    strongest(terms, postings)
}

/// Each term counts once, as what it is worth where it is nearest.
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

/// The terms that say most, in an order that does not depend on chance. A term that no chunk holds is
/// the rarest of all and finds nothing: it must not take the place of one that does.
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
