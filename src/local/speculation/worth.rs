//! Whether a draft is worth verifying: how likely its tokens are, from how often guesses of the same
//! kind came true, against what a batch costs, from what batches have cost.
//!
//! Guesses are compared with what the model writes whether or not they were drafted, so that
//! learning costs nothing, and where drafts do not pay none are verified.

use super::LONGEST;
use crate::completion::DraftSource;

/// A guess at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    pub id: i32,
    source: DraftSource,
    /// How well it is founded, in steps that depend on the source.
    grade: usize,
}

/// How many grades there are.
const GRADES: usize = 8;

impl Guess {
    /// A guess from a text of which so many tokens before it agree with those written.
    pub fn matched(source: DraftSource, id: i32, agreed: usize) -> Self {
        let grade = match agreed {
            0..=4 => agreed,
            5..=6 => 5,
            7..=10 => 6,
            _ => 7,
        };
        Guess { id, source, grade }
    }

    /// A guess from recent candidates: the first of them, which had this probability.
    pub fn recycled(id: i32, probability: f32) -> Self {
        let limits = [0.01, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97];
        let grade = limits.iter().filter(|limit| probability >= **limit).count();
        Guess {
            id,
            source: DraftSource::Recycled,
            grade,
        }
    }
}

/// How often guesses come true, by source and grade.
#[derive(Debug, Clone)]
pub(super) struct Acceptance {
    /// For each source and grade: how many came true, and how many there were. Old ones fade.
    seen: [[(f64, f64); GRADES]; DraftSource::ALL.len()],
}

/// What is taken for granted of each grade before anything was seen: the share that comes true. A
/// guess on the low side; only the beginning of a session hangs on it.
const GRANTED: [[f64; GRADES]; DraftSource::ALL.len()] = [
    [0.2, 0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 0.9],
    [0.2, 0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 0.9],
    [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8],
    [0.4, 0.45, 0.5, 0.6, 0.65, 0.75, 0.85, 0.9],
];
/// How many guesses what is taken for granted counts for.
const GRANTED_WEIGHT: f64 = 8.0;
/// What is left of an old guess's weight when a new one of the same grade is noted.
const FADING: f64 = 0.99;

impl Default for Acceptance {
    fn default() -> Self {
        let seen =
            GRANTED.map(|grades| grades.map(|share| (share * GRANTED_WEIGHT, GRANTED_WEIGHT)));
        Acceptance { seen }
    }
}

impl Acceptance {
    /// Notes whether a guess came true.
    pub fn note(&mut self, guess: Guess, came_true: bool) {
        let (hits, all) = &mut self.seen[guess.source as usize][guess.grade];
        *hits = *hits * FADING + f64::from(u8::from(came_true));
        *all = *all * FADING + 1.0;
    }

    /// The probability that a guess comes true, if those before it in its draft did.
    fn chance(&self, guess: Guess) -> f64 {
        let (hits, all) = self.seen[guess.source as usize][guess.grade];
        hits / all
    }

    /// How many of these guesses to verify together, and the speed that promises against writing
    /// token by token; `None` where it promises nothing.
    pub fn best_length(&self, guesses: &[Guess], costs: &Costs) -> Option<(usize, f64)> {
        let single = costs.single().filter(|_| costs.purse > 0.0)?;
        let (mut all_true, mut tokens) = (1.0, 1.0);
        let mut best = None;
        let mut most = WORTHWHILE;
        for (guess, length) in guesses.iter().zip(1..) {
            all_true *= self.chance(*guess);
            tokens += all_true;
            let speed = tokens * single / costs.of(length + 1)?;
            if speed > most {
                most = speed;
                best = Some((length, speed));
            }
        }
        best
    }
}

/// The speed that a draft must promise, against writing token by token. Costs are not known better
/// than to a few percent.
const WORTHWHILE: f64 = 1.05;

/// What evaluations cost by how many tokens they are of, in milliseconds.
#[derive(Debug, Clone)]
pub(in crate::local) struct Costs {
    /// At place n for n tokens; 0 for those never seen.
    seen: [f64; LONGEST + 2],
    /// How often each was seen.
    times: [u32; LONGEST + 2],
    /// What drafts may still lose, in single tokens: whatever they promise, they can slow a session
    /// down by no more than [`REFILL`] in the long run.
    purse: f64,
}

/// The purse at first, and when it is full.
const PURSE: f64 = 4.0;
/// What each token written by itself puts in.
const REFILL: f64 = 0.02;

impl Default for Costs {
    fn default() -> Self {
        Costs {
            seen: [0.0; LONGEST + 2],
            times: [0; LONGEST + 2],
            purse: PURSE,
        }
    }
}

/// The weight of a new measurement.
const NEW: f64 = 0.1;
/// What each further token is taken to cost, as a part of a single one, while no measurement says
/// otherwise: few enough are tried for this to be found out at little cost.
const HOPED: f64 = 0.3;
/// How often a size is tried before its cost counts as known.
const TRIALS: u32 = 2;

impl Costs {
    /// Notes how long an evaluation took that gave logits for each of its tokens.
    pub fn note(&mut self, tokens: usize, ms: f64) {
        if let Some(seen) = self.seen.get_mut(tokens) {
            self.times[tokens] += 1;
            if tokens == 1 {
                self.purse = (self.purse + REFILL).min(PURSE);
            }
            // The first measurements are of cold caches more often than not; a single slow one says
            // that the machine was busy with something else.
            *seen = match self.times[tokens] {
                1 => ms,
                2..=3 => seen.min(ms),
                _ => *seen + NEW * (ms.min(2.0 * *seen) - *seen),
            };
        }
    }

    /// Notes that a draft brought so many tokens in `ms`.
    pub fn note_draft(&mut self, tokens: usize, ms: f64) {
        if let Some(single) = self.single().filter(|single| *single > 0.0) {
            self.purse = (self.purse + tokens as f64 - ms / single).min(PURSE);
        }
    }

    /// What one token costs by itself; `None` while that is not known.
    pub fn single(&self) -> Option<f64> {
        (self.times[1] > 0).then_some(self.seen[1])
    }

    /// What so many tokens cost together, as far as that can be told.
    fn of(&self, tokens: usize) -> Option<f64> {
        let single = self.single()?;
        if self.times.get(tokens).is_some_and(|times| *times >= TRIALS) {
            return Some(self.seen[tokens]);
        }
        // Between two known sizes the straight line; past the last known one at what a token more
        // has cost on the way there.
        let known = |at: &usize| *at == 1 || self.times[*at] >= TRIALS;
        let below = (1..tokens.min(self.seen.len())).rev().find(known)?;
        let above = (tokens + 1..self.seen.len()).find(known);
        let more = (tokens - below) as f64;
        Some(match above {
            Some(above) => {
                let (low, high) = (self.seen[below], self.seen[above]);
                low + (high - low) * more / (above - below) as f64
            }
            None if below == 1 => single * (1.0 + HOPED * more),
            None => {
                let each = (self.seen[below] - single) / (below - 1) as f64;
                self.seen[below] + each.max(0.0) * more
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Costs of a machine on which each further token of a batch costs this part of a single one.
    fn costs(further: f64) -> Costs {
        let mut costs = Costs::default();
        for _ in 0..TRIALS {
            for tokens in 1..=LONGEST + 1 {
                costs.note(tokens, 1.0 + further * (tokens - 1) as f64);
            }
        }
        costs
    }

    fn guesses(agreed: usize) -> Vec<Guess> {
        let guess = |place| Guess::matched(DraftSource::Context, 7, agreed + place);
        (0..LONGEST).map(guess).collect()
    }

    #[test]
    fn drafts_are_as_long_as_they_pay() {
        let acceptance = Acceptance::default();
        let length = |agreed, further| {
            let best = acceptance.best_length(&guesses(agreed), &costs(further));
            best.map_or(0, |(length, _)| length)
        };
        assert_eq!(length(9, 1.0), 0, "a batch brings nothing");
        assert_eq!(length(1, 0.8), 0, "a guess this poor is not worth it");
        assert!(length(9, 0.1) > length(9, 0.6) && length(9, 0.6) > 0);
        assert!(length(9, 0.3) > length(2, 0.3));
        let unknown = acceptance.best_length(&guesses(9), &Costs::default());
        assert_eq!(unknown, None, "nothing is known of single tokens");
    }

    #[test]
    fn guesses_that_do_not_come_true_are_no_longer_verified_and_may_come_back() {
        let (mut acceptance, costs) = (Acceptance::default(), costs(0.4));
        let drafted =
            |acceptance: &Acceptance| acceptance.best_length(&guesses(4), &costs).is_some();
        assert!(drafted(&acceptance));
        (0..100).for_each(|_| acceptance.note(guesses(4)[0], false));
        assert!(!drafted(&acceptance));
        (0..300).for_each(|_| acceptance.note(guesses(4)[0], true));
        assert!(drafted(&acceptance));
    }

    #[test]
    fn drafts_that_lose_are_stopped_whatever_they_promise() {
        let (acceptance, mut costs) = (Acceptance::default(), costs(0.1));
        let drafted = |costs: &Costs| acceptance.best_length(&guesses(9), costs).is_some();
        assert!(drafted(&costs));
        (0..5).for_each(|_| costs.note_draft(1, 2.0));
        assert!(!drafted(&costs));
        (0..100).for_each(|_| costs.note(1, 1.0));
        assert!(drafted(&costs), "tried again after a while");
    }
}
