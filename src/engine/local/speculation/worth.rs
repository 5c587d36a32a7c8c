//! Decides whether a draft is worth verifying: how likely its tokens are, judged by the past
//! success of similar guesses, against the measured cost of batches.
//!
//! Guesses are compared with the model's tokens whether or not they were drafted, so learning costs
//! nothing, and no drafts are verified if they do not pay.

use super::LONGEST;
use crate::completion::DraftSource;

/// A guess at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    pub id: i32,
    source: DraftSource,
    /// How well-founded it is, in steps that depend on the source.
    grade: usize,
}

/// The number of grades.
const GRADES: usize = 8;

impl Guess {
    /// A guess from a text that agrees with the last `agreed` tokens written.
    pub fn matched(source: DraftSource, id: i32, agreed: usize) -> Self {
        let grade = match agreed {
            0..=4 => agreed,
            5..=6 => 5,
            7..=10 => 6,
            _ => 7,
        };
        Guess { id, source, grade }
    }

    /// A guess from recent candidates: the most probable one, with its probability.
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

/// How often guesses are right, by source and grade.
#[derive(Debug, Clone)]
pub(super) struct Acceptance {
    /// For each source and grade: right guesses, and all guesses. Old ones decay.
    seen: [[(f64, f64); GRADES]; DraftSource::ALL.len()],
}

/// Prior share of right guesses for each grade, on the low side; it matters only at the start of a
/// session.
const GRANTED: [[f64; GRADES]; DraftSource::ALL.len()] = [
    [0.2, 0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 0.9],
    [0.2, 0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 0.9],
    [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8],
    [0.4, 0.45, 0.5, 0.6, 0.65, 0.75, 0.85, 0.9],
];
/// Weight of the prior, in guesses.
const GRANTED_WEIGHT: f64 = 8.0;
/// Decay of older guesses with each new one of the same grade.
const FADING: f64 = 0.99;

impl Default for Acceptance {
    fn default() -> Self {
        let seen =
            GRANTED.map(|grades| grades.map(|share| (share * GRANTED_WEIGHT, GRANTED_WEIGHT)));
        Acceptance { seen }
    }
}

impl Acceptance {
    /// Records whether a guess was right.
    pub fn note(&mut self, guess: Guess, came_true: bool) {
        let (hits, all) = &mut self.seen[guess.source as usize][guess.grade];
        *hits = *hits * FADING + f64::from(u8::from(came_true));
        *all = *all * FADING + 1.0;
    }

    /// Probability that a guess is right, given that those before it in its draft are.
    fn chance(&self, guess: Guess) -> f64 {
        let (hits, all) = self.seen[guess.source as usize][guess.grade];
        hits / all
    }

    /// How many of these guesses to verify together, and the expected speed-up over writing token
    /// by token; `None` if there is none.
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

/// Minimum expected speed-up. Costs are known only to a few percent.
const WORTHWHILE: f64 = 1.05;

/// Cost of an evaluation by its number of tokens, in milliseconds.
#[derive(Debug, Clone)]
pub(in crate::local) struct Costs {
    /// Index n is for n tokens; 0 if never measured.
    seen: [f64; LONGEST + 2],
    /// Number of measurements.
    times: [u32; LONGEST + 2],
    /// How much drafts may still lose, in units of single tokens. It bounds the slowdown of a
    /// session to [`REFILL`] in the long run, whatever the drafts promise.
    purse: f64,
}

/// The initial and maximum budget.
const PURSE: f64 = 4.0;
/// Added to the budget by each token written without a draft.
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

/// Weight of a new measurement.
const NEW: f64 = 0.1;
/// Assumed cost of each further token, as a fraction of a single one, before any measurement:
/// optimistic, so that drafts are tried; the few trials cost little.
const HOPED: f64 = 0.3;
/// How many measurements make a cost known.
const TRIALS: u32 = 2;

impl Costs {
    /// Records the time of an evaluation that gave logits for each of its tokens.
    pub fn note(&mut self, tokens: usize, ms: f64) {
        if let Some(seen) = self.seen.get_mut(tokens) {
            self.times[tokens] += 1;
            if tokens == 1 {
                self.purse = (self.purse + REFILL).min(PURSE);
            }
            // The first measurements often suffer from cold caches; a single slow one only means
            // that the machine was busy.
            *seen = match self.times[tokens] {
                1 => ms,
                2..=3 => seen.min(ms),
                _ => *seen + NEW * (ms.min(2.0 * *seen) - *seen),
            };
        }
    }

    /// Records that a draft brought `tokens` tokens in `ms`.
    pub fn note_draft(&mut self, tokens: usize, ms: f64) {
        if let Some(single) = self.single().filter(|single| *single > 0.0) {
            self.purse = (self.purse + tokens as f64 - ms / single).min(PURSE);
        }
    }

    /// Cost of a single token; `None` while unknown.
    pub fn single(&self) -> Option<f64> {
        (self.times[1] > 0).then_some(self.seen[1])
    }

    /// Estimated cost of a batch of `tokens` tokens.
    fn of(&self, tokens: usize) -> Option<f64> {
        let single = self.single()?;
        if self.times.get(tokens).is_some_and(|times| *times >= TRIALS) {
            return Some(self.seen[tokens]);
        }
        // Linear between two known sizes; beyond the last known one, extrapolated.
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

    /// Costs on a machine where each further token of a batch costs this fraction of a single one.
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
        assert_eq!(length(1, 0.8), 0, "too poor a guess");
        assert!(length(9, 0.1) > length(9, 0.6) && length(9, 0.6) > 0);
        assert!(length(9, 0.3) > length(2, 0.3));
        let unknown = acceptance.best_length(&guesses(9), &Costs::default());
        assert_eq!(unknown, None, "single-token cost unknown");
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
