//! The inverted index and BM25. It stores for each term the chunks that contain it, with counts, so
//! the cost of a query depends on its terms' frequency, not on the size of the index.
//!
//! We do not use the `bm25` crate's scorer. For each term of the query, it scans every document
//! that shares any term with the query. That takes hundreds of millions of steps if nearly every
//! chunk contains `return`. It also cannot weight terms.
//!
//! A posting is one `u32`: the chunk in the upper bits, the count in the lower. Removed chunks stay
//! until a quarter of all are dead, as in search engines; until then terms seem slightly more
//! common than they are.

use std::collections::HashMap;

use super::terms::Term;

/// BM25's saturation of repeated terms, and its normalization by chunk length.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// A term's count in a chunk is capped at 63.
const COUNT_BITS: u32 = 6;
const MOST_COUNT: u32 = (1 << COUNT_BITS) - 1;
const MOST_CHUNKS: usize = 1 << (32 - COUNT_BITS);
/// 256 MiB of postings: some 400 MB of code.
const MOST_POSTINGS: usize = 64 << 20;

/// The number of a chunk.
pub(super) type ChunkId = u32;

/// A term of a query with its weight.
pub(super) type Weighted = (Term, f32);

#[derive(Default)]
pub(super) struct Postings {
    terms: HashMap<Term, Vec<u32>>,
    /// Number of terms in each chunk; 0 if it was removed.
    lengths: Vec<u16>,
    postings: usize,
    alive: usize,
    total_length: u64,
}

impl Postings {
    /// Adds a chunk by its terms, which it sorts. Do not add a chunk without terms.
    pub fn add(&mut self, terms: &mut [Term]) -> ChunkId {
        let id = self.lengths.len() as u32;
        let length = terms.len().min(u16::MAX.into()) as u16;
        self.lengths.push(length);
        self.total_length += u64::from(length);
        self.alive += usize::from(length > 0);
        terms.sort_unstable();
        for run in terms.chunk_by(|a, b| a == b) {
            let count = (run.len() as u32).min(MOST_COUNT);
            let posting = (id << COUNT_BITS) | count;
            self.terms.entry(run[0]).or_default().push(posting);
            self.postings += 1;
        }
        id
    }

    /// Removes a chunk from future results.
    pub fn remove(&mut self, id: ChunkId) {
        let length = std::mem::take(&mut self.lengths[id as usize]);
        self.total_length -= u64::from(length);
        self.alive -= usize::from(length > 0);
    }

    /// Whether the index has reached its size limit.
    pub fn is_full(&self) -> bool {
        self.postings >= MOST_POSTINGS || self.lengths.len() >= MOST_CHUNKS - (1 << 20)
    }

    /// Whether enough chunks are dead to compact the index.
    pub fn wants_compaction(&self) -> bool {
        (self.lengths.len() - self.alive) * 4 > self.lengths.len()
    }

    /// Removes dead chunks and renumbers the rest in the same order; returns the old number of
    /// each.
    pub fn compact(&mut self) -> Vec<ChunkId> {
        let alive = (0..self.lengths.len() as u32).filter(|id| self.lengths[*id as usize] > 0);
        let kept: Vec<ChunkId> = alive.collect();
        let mut renumbered = vec![None; self.lengths.len()];
        for (new, old) in kept.iter().enumerate() {
            renumbered[*old as usize] = Some(new as u32);
        }
        for list in self.terms.values_mut() {
            list.retain_mut(|posting| {
                let count = *posting & MOST_COUNT;
                let new = renumbered[(*posting >> COUNT_BITS) as usize];
                *posting = (new.unwrap_or_default() << COUNT_BITS) | count;
                new.is_some()
            });
            list.shrink_to_fit();
        }
        self.terms.retain(|_, list| !list.is_empty());
        self.postings = self.terms.values().map(Vec::len).sum();
        self.lengths.retain(|length| *length > 0);
        kept
    }

    /// Whether any chunk contains the term.
    pub fn holds(&self, term: Term) -> bool {
        self.terms.contains_key(&term)
    }

    /// BM25's inverse document frequency of a term, never negative.
    pub fn rarity(&self, term: Term) -> f32 {
        let holding = self.terms.get(&term).map_or(0, Vec::len) as f32;
        let all = (self.lengths.len() as f32).max(holding);
        (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln()
    }

    /// The BM25 score of each chunk, by number; 0 if no term is shared.
    pub fn scores(&self, query: &[Weighted]) -> Vec<f32> {
        let mut scores = vec![0.0; self.lengths.len()];
        let average = (self.total_length as f32 / self.alive.max(1) as f32).max(1.0);
        for (term, weight) in query {
            let Some(list) = self.terms.get(term) else {
                continue;
            };
            let worth = weight * self.rarity(*term) * (K1 + 1.0);
            for posting in list {
                let chunk = (posting >> COUNT_BITS) as usize;
                let length = f32::from(self.lengths[chunk]);
                if length > 0.0 {
                    let count = (posting & MOST_COUNT) as f32;
                    let saturation = K1 * (1.0 - B + B * length / average);
                    scores[chunk] += worth * count / (count + saturation);
                }
            }
        }
        scores
    }

    /// Number of live chunks.
    pub fn len(&self) -> usize {
        self.alive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_of_the_formula() {
        let mut postings = Postings::default();
        postings.add(&mut [1, 2, 2, 3]);
        postings.add(&mut [1, 4]);
        let scores = postings.scores(&[(2, 1.0), (1, 2.0), (9, 5.0)]);
        // By hand: both of average length 3; term 2 in one of two chunks, twice; term 1 in both.
        let norm = |length: f32| 1.2 * (0.25 + 0.75 * length / 3.0);
        let rare = (1.0f32 + 1.5 / 1.5).ln() * 2.2 * 2.0 / (2.0 + norm(4.0));
        let common = |length| 2.0 * (1.0f32 + 0.5 / 2.5).ln() * 2.2 / (1.0 + norm(length));
        assert!(
            (scores[0] - (rare + common(4.0))).abs() < 1e-5,
            "{scores:?}"
        );
        assert!((scores[1] - common(2.0)).abs() < 1e-5, "{scores:?}");
    }

    #[test]
    fn what_is_removed_is_not_found_and_clearing_it_away_changes_no_order() {
        let mut postings = Postings::default();
        for chunk in 0..10u64 {
            postings.add(&mut [1, 100 + chunk]);
        }
        for id in [0, 3, 4] {
            postings.remove(id);
        }
        assert_eq!(postings.scores(&[(103, 1.0)]), [0.0; 10]);
        assert!(postings.wants_compaction());
        let kept = postings.compact();
        assert_eq!(kept, [1, 2, 5, 6, 7, 8, 9]);
        assert!(!postings.wants_compaction() && postings.len() == 7);
        for (new, old) in kept.iter().enumerate() {
            let scores = postings.scores(&[(100 + u64::from(*old), 1.0)]);
            let found: Vec<usize> = (0..7).filter(|at| scores[*at] > 0.0).collect();
            assert_eq!(found, [new]);
        }
    }
}
