//! Plans which parts of the KV cache the next prompt can use. Pure: token lists in, a plan out.
//!
//! A common prefix is kept as it is. After it, runs of tokens that occur in both prompts can be
//! moved to their new place, so that typing a character before the cursor does not cost the
//! evaluation of the whole suffix. Moved entries attended to the old text before them, so the
//! result is close to a fresh evaluation, but not equal.

use std::collections::HashMap;

/// Tokens in both cache and prompt, at different positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReusedRun {
    /// Position in the cache.
    pub from: usize,
    /// Position in the prompt.
    pub to: usize,
    pub length: usize,
}

/// What to keep and what to move; the rest of the prompt is evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ReusePlan {
    /// Length of the common prefix.
    pub keep: usize,
    /// In prompt order, which is also cache order.
    pub matches: Vec<ReusedRun>,
}

impl ReusePlan {
    /// Tokens that need no evaluation.
    pub fn reused(&self) -> usize {
        self.keep + self.matches.iter().map(|found| found.length).sum::<usize>()
    }
}

/// Shorter matches are not worth moving.
const SHORTEST_MATCH: usize = 16;
/// How many tokens at the start of a match to evaluate again. They attended most to the old text
/// (above all the marker after the prefix) and cause nearly all of the error of moved entries. With
/// eight of them fresh, the demo models' distributions equal a cold evaluation up to rounding.
const AFRESH: usize = 8;

/// How many tokens `cached` and `prompt` share at the beginning. The last token of the prompt is
/// always evaluated, because its logits are needed.
pub(super) fn common_prefix(cached: &[i32], prompt: &[i32]) -> usize {
    let common = cached
        .iter()
        .zip(prompt)
        .take_while(|(a, b)| a == b)
        .count();
    common.min(prompt.len().saturating_sub(1))
}

/// The plan, with at most `most` moved matches.
pub(super) fn plan(cached: &[i32], prompt: &[i32], most: usize) -> ReusePlan {
    let keep = common_prefix(cached, prompt);
    let end = prompt.len().saturating_sub(1);
    let mut matches = Vec::new();
    let mut places: HashMap<&[i32], Vec<usize>> = HashMap::new();
    if cached.len() >= keep + SHORTEST_MATCH && end >= keep + SHORTEST_MATCH {
        for (at, window) in cached[keep..].windows(SHORTEST_MATCH).enumerate() {
            places.entry(window).or_default().push(keep + at);
        }
    }
    let (mut from, mut to) = (keep, keep);
    while matches.len() < most && to + SHORTEST_MATCH <= end && !places.is_empty() {
        let found = places
            .get(&prompt[to..to + SHORTEST_MATCH])
            .into_iter()
            .flatten()
            .filter(|place| **place >= from)
            .map(|place| (length(&cached[*place..], &prompt[to..end]), *place))
            // The longest match; among equals the first, which skips least.
            .max_by_key(|(length, place)| (*length, std::cmp::Reverse(*place)));
        match found {
            Some((length, place)) => {
                matches.push(ReusedRun {
                    from: place + AFRESH,
                    to: to + AFRESH,
                    length: length - AFRESH,
                });
                from = place + length;
                to += length;
            }
            None => to += 1,
        }
    }
    ReusePlan { keep, matches }
}

fn length(a: &[i32], b: &[i32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(range: std::ops::Range<i32>) -> Vec<i32> {
        range.collect()
    }

    #[test]
    fn a_token_typed_in_the_middle_moves_the_rest_by_one() {
        let cached = numbers(0..100);
        let mut prompt = cached.clone();
        prompt.insert(40, 1000);
        let plan = plan(&cached, &prompt, 8);
        assert_eq!(plan.keep, 40);
        let found = ReusedRun {
            from: 40 + AFRESH,
            to: 41 + AFRESH,
            length: 59 - AFRESH,
        };
        assert_eq!(plan.matches, [found], "the last token is always evaluated");
    }

    #[test]
    fn a_window_that_slid_keeps_what_is_still_in_it() {
        let cached = numbers(0..100);
        let prompt = [&[0], &cached[30..]].concat();
        let plan = plan(&cached, &prompt, 8);
        assert_eq!((plan.keep, plan.reused()), (1, prompt.len() - 1 - AFRESH));
    }

    #[test]
    fn the_same_prompt_evaluates_one_token() {
        let cached = numbers(0..50);
        assert_eq!(plan(&cached, &cached, 8).keep, 49);
        assert_eq!(plan(&cached, &[], 8), ReusePlan::default());
    }

    proptest! {
        #[test]
        fn every_plan_is_true(
            cached in prop::collection::vec(0..3i32, 0..120),
            cuts in (0usize..120, 0usize..120),
            inserted in prop::collection::vec(0..3i32, 0..30),
        ) {
            let (a, b) = (cuts.0.min(cached.len()), cuts.1.min(cached.len()));
            let (a, b) = (a.min(b), a.max(b));
            let prompt = [&cached[..a], &inserted, &cached[b..]].concat();
            let plan = plan(&cached, &prompt, 4);
            prop_assert_eq!(&cached[..plan.keep], &prompt[..plan.keep]);
            prop_assert!(plan.matches.len() <= 4);
            let (mut from, mut to) = (plan.keep, plan.keep);
            for found in &plan.matches {
                prop_assert!(found.from >= from && found.to >= to && found.length >= SHORTEST_MATCH - AFRESH);
                (from, to) = (found.from + found.length, found.to + found.length);
                prop_assert_eq!(&cached[found.from..from], &prompt[found.to..to]);
            }
            prop_assert!(prompt.is_empty() || to < prompt.len());
        }
    }
}
