//! Drafts by matching: the text that followed earlier occurrences of the last tokens. The longest
//! match wins, among equals the latest; without a match there is no draft.
//!
//! The index stores where each pair of tokens last occurred, and for each such place where the pair
//! occurred before. Adding a token and finding matches therefore never scans the whole text.

use std::collections::HashMap;
use std::ops::Range;

use super::worth::Guess;
use crate::completion::DraftSource;

/// Marks the end of a text. No token has this id.
const BOUNDARY: i32 = -1;
/// Maximum length of a match: longer ones predict no better.
const LONGEST_MATCH: usize = 16;
/// How many places to examine per match, latest first.
const MOST_PLACES: usize = 32;
/// No place.
const NOWHERE: u32 = u32::MAX;

/// An earlier occurrence of the last tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Match {
    /// Position after it.
    at: usize,
    /// How many of the last tokens match.
    length: usize,
}

/// Texts in sequence, the last of which grows.
#[derive(Debug, Clone)]
pub(super) struct TokenIndex {
    tokens: Vec<i32>,
    passages: Range<usize>,
    /// Last position of each token, and of each pair (at its second token).
    tokens_last: HashMap<i32, u32>,
    pairs_last: HashMap<(i32, i32), u32>,
    /// For each position, the previous occurrence of the pair that ends there.
    earlier: Vec<u32>,
    /// The best matches for the end: in the hole's own text, and in passages.
    found: [Option<Match>; 2],
}

impl TokenIndex {
    /// Indexes passages and the two sides of a hole; [`TokenIndex::push`] adds what is written in the
    /// hole.
    pub fn new(passages: &[Vec<i32>], suffix: &[i32], prefix: &[i32]) -> Self {
        let length = passages.iter().map(|passage| passage.len() + 1).sum();
        let all = length + suffix.len() + prefix.len() + 1;
        let mut index = TokenIndex {
            tokens: Vec::with_capacity(2 * all),
            passages: 0..length,
            tokens_last: HashMap::with_capacity(all),
            pairs_last: HashMap::with_capacity(all),
            earlier: Vec::with_capacity(2 * all),
            found: [None; 2],
        };
        for text in passages.iter().map(Vec::as_slice).chain([suffix]) {
            text.iter().for_each(|id| index.push(*id));
            index.push(BOUNDARY);
        }
        prefix.iter().for_each(|id| index.push(*id));
        index
    }

    /// Appends a token.
    pub fn push(&mut self, id: i32) {
        self.enter();
        self.tokens.push(id);
    }

    /// Indexes the last token, now that something follows it.
    fn enter(&mut self) {
        let Some((&last, before)) = self.tokens.split_last() else {
            return;
        };
        let at = self.earlier.len() as u32;
        let mut earlier = NOWHERE;
        if last != BOUNDARY {
            self.tokens_last.insert(last, at);
            if let Some(&before) = before.last().filter(|id| **id != BOUNDARY) {
                let replaced = self.pairs_last.insert((before, last), at);
                earlier = replaced.unwrap_or(NOWHERE);
            }
        }
        self.earlier.push(earlier);
    }

    /// Finds the best matches for the end.
    pub fn find(&mut self) {
        self.found = [None; 2];
        let &[.., before, last] = self.tokens.as_slice() else {
            return;
        };
        let mut place = self.pairs_last.get(&(before, last)).copied();
        for _ in 0..MOST_PLACES {
            let Some(at) = place else { break };
            self.consider(at as usize);
            let earlier = self.earlier[at as usize];
            place = (earlier != NOWHERE).then_some(earlier);
        }
        if self.found == [None; 2]
            && let Some(at) = self.tokens_last.get(&last)
        {
            self.consider(*at as usize);
        }
    }

    /// Takes an earlier occurrence of the last token if it matches better than those seen.
    fn consider(&mut self, place: usize) {
        if self.tokens[place + 1] == BOUNDARY {
            return;
        }
        let (end, here) = (self.tokens.iter().rev(), self.tokens[..=place].iter().rev());
        let length = end
            .zip(here)
            .take(LONGEST_MATCH)
            .take_while(|(a, b)| a == b && **a != BOUNDARY)
            .count();
        let found = &mut self.found[usize::from(self.passages.contains(&place))];
        if found.is_none_or(|other| length > other.length) {
            *found = Some(Match {
                at: place + 1,
                length,
            });
        }
    }

    /// What followed the best match, in passages or in the hole's own text. At the end of the text
    /// it continues with its own guesses: repetitive text drafts itself.
    pub fn guesses(&self, passages: bool, source: DraftSource, most: usize) -> Vec<Guess> {
        let Some(found) = self.found[usize::from(passages)] else {
            return Vec::new();
        };
        let mut guesses: Vec<Guess> = Vec::with_capacity(most);
        for place in 0..most {
            let at = found.at + place;
            let id = match self.tokens.get(at) {
                Some(id) => *id,
                None => guesses[at - self.tokens.len()].id,
            };
            if id == BOUNDARY {
                break;
            }
            guesses.push(Guess::matched(source, id, found.length + place));
        }
        guesses
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn index(passages: &[Vec<i32>], suffix: &[i32], prefix: &[i32]) -> TokenIndex {
        let mut index = TokenIndex::new(passages, suffix, prefix);
        index.find();
        index
    }

    fn drafted(index: &TokenIndex, passages: bool, most: usize) -> Vec<i32> {
        let guesses = index.guesses(passages, DraftSource::Context, most);
        guesses.iter().map(|guess| guess.id).collect()
    }

    #[test]
    fn the_longest_match_is_drafted_from_and_the_latest_of_equals() {
        let longest = index(&[], &[1, 2, 3, 7, 9, 2, 3, 8], &[1, 2, 3]);
        assert_eq!(drafted(&longest, false, 2), [7, 9]);
        let latest = index(&[], &[2, 3, 7, 9, 2, 3, 8], &[2, 3]);
        assert_eq!(drafted(&latest, false, 2), [8]);
        let shorter = index(&[], &[5, 3, 7], &[4, 3]);
        assert_eq!(drafted(&shorter, false, 9), [7]);
        assert!(drafted(&index(&[], &[1, 2, 3], &[4]), false, 9).is_empty());
        assert!(drafted(&index(&[], &[], &[]), false, 9).is_empty());
    }

    #[test]
    fn passages_and_the_own_text_are_told_apart() {
        let both = index(&[vec![1, 2, 3], vec![7, 2]], &[1, 2, 4], &[1, 2]);
        assert_eq!(drafted(&both, true, 9), [3]);
        assert_eq!(drafted(&both, false, 9), [4]);
    }

    #[test]
    fn text_that_repeats_goes_on_with_itself() {
        let repeating = index(&[], &[], &[1, 2, 1, 2, 1, 2]);
        assert_eq!(drafted(&repeating, false, 5), [1, 2, 1, 2, 1]);
    }

    proptest! {
        #[test]
        fn every_draft_followed_the_last_tokens_before(
            suffix in prop::collection::vec(0..3i32, 0..30),
            prefix in prop::collection::vec(0..3i32, 1..30),
        ) {
            let index = index(&[], &suffix, &prefix);
            let all: Vec<i32> = suffix.iter().chain(&[BOUNDARY]).chain(&prefix).copied().collect();
            let pair = &all[all.len() - 2..];
            let found = drafted(&index, false, 1);
            let followed = |id| all.windows(2).any(|two| two == [pair[1], id]);
            prop_assert!(found.iter().all(|id| *id != BOUNDARY && followed(*id)));
            let known = |id| all.windows(3).any(|three| three[..2] == *pair && three[2] == id);
            let matched = pair[0] != BOUNDARY && (0..3).any(known);
            prop_assert!(!matched || !found.is_empty(), "a pair that occurred is found");
        }
    }
}
