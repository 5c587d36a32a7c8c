//! Routing in the playground: the settings, and the history, which is decided again whenever they
//! change.

use std::{mem, time::Duration};

use crate::{
    completion::RequestId,
    config::Config,
    language::Language,
    routing::{Entry, Feedback, History, Policy, Score, Settings},
};

/// Threshold steps within this time of each other count as one movement: every decision that they
/// change stays marked until the next movement.
pub const ONE_MOVEMENT: Duration = Duration::from_millis(1500);

/// The router's settings and all its decisions in this run.
#[derive(Debug, Clone, Default)]
pub struct Router {
    settings: Settings,
    history: History,
    /// When the threshold was last moved, if nothing else was changed since.
    moved_at: Option<Duration>,
    /// The threshold was moved by hand in this run, so the configuration's no longer applies.
    is_by_hand: bool,
    /// The threshold before the policy changed to one that uses another score.
    left: Option<Threshold>,
}

/// The small model and the language, for which the configuration may have a threshold.
pub(super) type Subject<'a> = (&'a str, Option<Language>);

/// A threshold that is not used now.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Threshold {
    score: Score,
    value: f32,
    /// The configuration's threshold for any model and language.
    configured: Option<f32>,
    is_by_hand: bool,
}

/// What the view reads.
impl Router {
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The decisions of this run.
    pub fn history(&self) -> &History {
        &self.history
    }
}

impl Router {
    pub(super) fn new(settings: Settings) -> Self {
        Router {
            settings,
            ..Router::default()
        }
    }

    /// Whether the threshold was moved by hand in this run.
    pub(super) fn is_by_hand(&self) -> bool {
        self.is_by_hand
    }

    /// Uses new settings and decides the whole history again.
    fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.moved_at = None;
        self.history.redecide(&settings);
    }

    /// Moves τ by hand at the time `now`, by `steps` of the score's step, within its range. It then
    /// stays, whatever model or file is opened.
    pub(super) fn move_threshold(&mut self, steps: i32, now: Duration) {
        self.is_by_hand = true;
        let Settings {
            score, threshold, ..
        } = self.settings;
        let (low, high) = score.range();
        // A configured threshold may be outside the useful range; a step does not clamp it.
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

    /// Changes the policy. One with a score of its own has a threshold of its own too; that of the
    /// chosen score returns with the next policy.
    pub(super) fn set_policy(&mut self, policy: Policy, config: &mut Config, subject: Subject) {
        config.policy = policy;
        let score = config.score_in_force();
        let before = self.settings;
        if score != before.score {
            let left = Threshold {
                score: before.score,
                value: before.threshold,
                configured: config.threshold.take(),
                is_by_hand: mem::take(&mut self.is_by_hand),
            };
            let known = self.left.replace(left);
            let threshold = match known.filter(|known| known.score == score) {
                Some(known) => {
                    config.threshold = known.configured;
                    self.is_by_hand = known.is_by_hand;
                    known.value
                }
                None => configured(config, subject),
            };
            self.put_score(score, threshold);
        }
        self.set(Settings {
            policy,
            ..self.settings
        });
    }

    /// Changes the score, with the threshold that the configuration has for it. Returns a
    /// message if the policy has a score of its own, so that the chosen one applies to the others.
    pub(super) fn set_score(
        &mut self,
        score: Score,
        config: &mut Config,
        subject: Subject,
    ) -> Result<(), String> {
        config.score = score;
        let used = config.score_in_force();
        if used != score {
            let policy = config.policy.name();
            let (own, chosen) = (used.name(), score.name());
            self.left = None;
            return Err(format!(
                "{policy} always uses {own}; {chosen} applies to the others"
            ));
        }
        config.threshold = None;
        self.is_by_hand = false;
        self.put_score(score, configured(config, subject));
        Ok(())
    }

    fn put_score(&mut self, score: Score, threshold: f32) {
        self.set(Settings {
            score,
            threshold,
            ..self.settings
        });
    }

    /// Changes how many first tokens count. Past evidence keeps the scores it was made with.
    pub(super) fn set_first_k(&mut self, k: usize) {
        self.set(Settings {
            k: k.max(1),
            ..self.settings
        });
    }

    /// Takes the threshold of the configuration, unless it was moved by hand in this run.
    pub(super) fn follow(&mut self, config: &Config, subject: Subject) {
        if !self.is_by_hand {
            self.set(Settings {
                threshold: configured(config, subject),
                ..self.settings
            });
        }
    }

    /// Records a decision.
    pub(super) fn record(&mut self, entry: Entry) {
        self.history.record(entry);
    }

    /// Records what the user did with a small completion.
    pub(super) fn respond(&mut self, id: RequestId, feedback: Feedback) {
        self.history.respond(id, feedback);
    }

    /// A completion continues under the id of another request.
    pub(super) fn renumber(&mut self, before: RequestId, after: RequestId) {
        self.history.renumber(before, after);
    }

    /// Records how long the large model took to answer after a small completion.
    pub(super) fn answered(&mut self, id: RequestId, large_ms: f64) {
        self.history.answered(id, large_ms);
    }
}

/// The threshold that the configuration has.
fn configured(config: &Config, (model, language): Subject) -> f32 {
    config.routing(model, language).threshold
}
