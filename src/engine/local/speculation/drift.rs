//! Drift: the difference between logits of tokens evaluated in a batch and one by one. Back ends
//! use different kernels for different batch sizes, so the last bits may differ; with the demo
//! models they never did on the CPU, but they did on a GPU. If the two most probable tokens are
//! closer than the drift, their order must not be read from a batch.

use std::collections::HashSet;

/// Safety factor over the largest drift seen.
const SAFETY: f32 = 10.0;
/// Minimum distance before any drift has been seen.
const LEAST: f32 = 1e-3;

/// The drift seen so far.
#[derive(Debug, Clone, Default)]
pub(in crate::local) struct Drift {
    largest: f32,
    /// The kinds of batch that were compared with single evaluations.
    compared: HashSet<(u32, u32)>,
}

impl Drift {
    /// Whether a batch of `tokens` tokens at this context length is of a kind not yet compared with
    /// single evaluations; marks it as compared. Kernels change with batch size and context length,
    /// in steps of about a factor of two.
    pub fn is_new(&mut self, tokens: usize, context: usize) -> bool {
        let kind = (tokens.max(2).ilog2(), context.max(128).ilog2());
        self.compared.insert(kind)
    }

    /// Records the logits of a batch and of a single evaluation at the same position.
    pub fn note(&mut self, together: &[f32], alone: &[f32]) {
        let pairs = together.iter().zip(alone);
        let drift = pairs.map(|(a, b)| (a - b).abs());
        self.largest = drift.fold(self.largest, f32::max);
    }

    /// Whether a single evaluation might change the most probable token, given its logit's distance
    /// from the second.
    pub fn may_turn(&self, apart: f32) -> bool {
        apart < (SAFETY * self.largest).max(LEAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_tie_is_one_that_the_drift_seen_could_turn() {
        let mut drift = Drift::default();
        assert!(drift.may_turn(0.0));
        assert!(!drift.may_turn(0.01));
        drift.note(&[1.0, 3.0, 3.0], &[1.0, 3.002, 3.0]);
        assert!(drift.may_turn(0.01));
        assert!(!drift.may_turn(0.1));
    }

    #[test]
    fn each_kind_of_evaluation_is_compared_once() {
        let mut drift = Drift::default();
        assert!(drift.is_new(4, 300));
        assert!(!drift.is_new(5, 400));
        assert!(drift.is_new(9, 300) && drift.is_new(4, 600));
    }
}
