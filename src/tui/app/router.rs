//! The router's side of the playground: the settings under the person's hand, and the history that
//! is decided again whenever they move.

use crate::routing::{History, Policy, Score, Settings};

/// The router's settings and all its decisions in this run.
#[derive(Debug, Clone, Default)]
pub struct Router {
    pub settings: Settings,
    pub history: History,
    /// How many requests actually went to the large model.
    pub asked_large: usize,
}

impl Router {
    /// Puts new settings in force and decides the whole history again.
    fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.history.redecide(&settings);
    }

    /// Moves τ by `steps` of the score's step, within its range.
    pub fn move_threshold(&mut self, steps: i32) {
        let Settings {
            score, threshold, ..
        } = self.settings;
        let (low, high) = score.range();
        // Whole steps, so that going up and down again ends where it began.
        let at = (threshold / score.step()).round() + steps as f32;
        let threshold = (at * score.step()).clamp(low, high);
        self.set(Settings {
            threshold,
            ..self.settings
        });
    }

    pub fn set_policy(&mut self, policy: Policy) {
        self.set(Settings {
            policy,
            ..self.settings
        });
    }

    /// Changes the score, with the threshold to go with it.
    pub fn set_score(&mut self, score: Score, threshold: f32) {
        self.set(Settings {
            score,
            threshold,
            ..self.settings
        });
    }

    /// Changes how many first tokens count. Past evidence keeps the scores it was made with.
    pub fn set_first_k(&mut self, k: usize) {
        self.set(Settings {
            k: k.max(1),
            ..self.settings
        });
    }

    pub fn set_threshold(&mut self, threshold: f32) {
        self.set(Settings {
            threshold,
            ..self.settings
        });
    }
}
