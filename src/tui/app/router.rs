//! The router's side of the playground: the settings under the person's hand, and the history that
//! is decided again whenever they move.

use std::time::Duration;

use crate::routing::{History, Policy, Score, Settings};

/// Steps of the threshold that follow on each other within this time are one movement: what any of
/// them turned stays marked until the next movement.
pub const ONE_MOVEMENT: Duration = Duration::from_millis(1500);

/// The router's settings and all its decisions in this run.
#[derive(Debug, Clone, Default)]
pub struct Router {
    pub settings: Settings,
    pub history: History,
    /// When the threshold was last moved, if nothing else was changed since.
    pub(super) moved_at: Option<Duration>,
    /// The threshold that was in force before a policy came that goes by another score.
    pub(super) left: Option<Threshold>,
}

/// A threshold that is not in force now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Threshold {
    pub score: Score,
    pub value: f32,
    /// What the configuration said of any model and language.
    pub configured: Option<f32>,
    /// It was moved by hand.
    pub moved: bool,
}

impl Router {
    /// Puts new settings in force and decides the whole history again.
    fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.moved_at = None;
        self.history.redecide(&settings);
    }

    /// Moves τ by `steps` of the score's step, within its range, at the time `now`.
    pub fn move_threshold(&mut self, steps: i32, now: Duration) {
        let Settings {
            score, threshold, ..
        } = self.settings;
        let (low, high) = score.range();
        // A configured threshold may lie outside the useful range; a step does not pull it in.
        let (low, high) = (low.min(threshold), high.max(threshold));
        // Whole steps, so that going up and down again ends where it began.
        let at = (threshold / score.step()).round() + steps as f32;
        let threshold = (at * score.step()).clamp(low, high);
        self.settings.threshold = threshold;
        let moving = |at: Duration| now.saturating_sub(at) < ONE_MOVEMENT;
        match self.moved_at.is_some_and(moving) {
            true => self.history.redecide_on(&self.settings),
            false => self.history.redecide(&self.settings),
        }
        self.moved_at = Some(now);
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
