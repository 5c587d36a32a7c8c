//! How far the logits of tokens evaluated together lie from those of the same tokens evaluated one
//! by one. Back ends use other kernels for other batches, so the last bits may differ: on the CPU
//! nothing did for the demo models, on a GPU something does. Where the two most probable tokens lie
//! closer to each other than that, which one comes first must not be read from a batch.

use std::collections::HashSet;

/// How much farther apart two logits must be than the largest drift seen.
const SAFETY: f32 = 10.0;
/// They must be this far apart where no drift has been seen.
const LEAST: f32 = 1e-3;

/// What has been seen of it.
#[derive(Debug, Clone, Default)]
pub(in crate::local) struct Drift {
    largest: f32,
    /// The kinds of evaluation that were compared with single ones.
    compared: HashSet<(u32, u32)>,
}

impl Drift {
    /// Whether an evaluation of so many tokens, so far into the context, is of a kind that has not
    /// been compared with single ones yet; from now on it has. Kernels change with the size of a
    /// batch and with the length of what it attends to, in steps of about a doubling.
    pub fn is_new(&mut self, tokens: usize, context: usize) -> bool {
        let kind = (tokens.max(2).ilog2(), context.max(128).ilog2());
        self.compared.insert(kind)
    }

    /// Notes what a batch and a single evaluation gave for the same place.
    pub fn note(&mut self, together: &[f32], alone: &[f32]) {
        let pairs = together.iter().zip(alone);
        let drift = pairs.map(|(a, b)| (a - b).abs());
        self.largest = drift.fold(self.largest, f32::max);
    }

    /// Whether the most probable token may be another one when it is not read from a batch: its
    /// logit is this far from the second's.
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
