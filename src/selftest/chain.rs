//! A chain of models, smallest first. It ends with the first model whose solutions and tests agree
//! well enough, and returns that model's best solution; if none does, the last model's best.

use super::{
    attempt::Sampled,
    trial::{Trial, Want},
};
use crate::{
    completion::{Completion, Hole, Sampling},
    config::SelfTesting,
};

/// The result of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The model whose solution it is.
    pub model: usize,
    pub text: String,
    /// Whether that model's score reached θ.
    pub reached: bool,
}

/// The models' turns, one after another.
#[derive(Debug, Clone)]
pub struct Chain {
    models: Vec<String>,
    hole: Hole,
    settings: SelfTesting,
    sampling: Sampling,
    trials: Vec<Trial>,
    /// Whether every model gets a turn, whatever the earlier ones scored.
    every: bool,
    ended: bool,
}

impl Chain {
    /// Begins with the first of `models`; see [`Trial::new`].
    pub fn new(
        models: Vec<String>,
        hole: Hole,
        settings: SelfTesting,
        sampling: Sampling,
        first: Option<Sampled>,
    ) -> (Self, Option<Want>) {
        let mut chain = Chain {
            models,
            hole,
            settings,
            sampling,
            trials: Vec::new(),
            every: false,
            ended: false,
        };
        let want = chain.begin(first);
        let want = chain.go_on(want);
        (chain, want)
    }

    /// Gives every model a turn, so that all can be compared; the returned solution stays the same.
    pub fn go_through_all(&mut self) {
        self.every = true;
    }

    /// The model whose turn it is: requests are for this one.
    pub fn model(&self) -> usize {
        self.trials.len().saturating_sub(1)
    }

    /// The turns so far, in the order of the models.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// See [`Trial::answered`].
    pub fn answered(&mut self, answer: &Completion) -> Option<Want> {
        let want = self.trials.last_mut()?.answered(answer);
        self.go_on(want)
    }

    /// See [`Trial::ran`].
    pub fn ran(&mut self, solution: usize, test: usize, passed: bool) -> Option<Want> {
        let want = self.trials.last_mut()?.ran(solution, test, passed);
        self.go_on(want)
    }

    /// The current model cannot answer: goes on to the next one.
    pub fn failed(&mut self, why: impl Into<String>) -> Option<Want> {
        self.trials.last_mut()?.failed(why);
        self.go_on(None)
    }

    /// Whether the chain has ended.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The result, once the chain has ended: the best solution of the first model that reached θ,
    /// else of the last model that wrote any. `None` before the end, or if no model wrote any.
    pub fn returned(&self) -> Option<Returned> {
        if !self.ended {
            return None;
        }
        let best = |(model, trial): (usize, &Trial)| {
            Some(Returned {
                model,
                text: trial.best()?.to_owned(),
                reached: trial.reached(),
            })
        };
        let mut trials = self.trials.iter().enumerate();
        let reached = trials.find(|(_, trial)| trial.reached()).and_then(best);
        reached.or_else(|| self.trials.iter().enumerate().rev().find_map(best))
    }

    fn begin(&mut self, first: Option<Sampled>) -> Option<Want> {
        let model = self.models.get(self.trials.len())?.clone();
        let (trial, want) = Trial::new(
            model,
            self.hole.clone(),
            self.settings.clone(),
            self.sampling,
            first,
        );
        self.trials.push(trial);
        want
    }

    /// Begins the next turn if the current one has ended. If the hole itself cannot be tested, the
    /// chain ends. A file that runs with none of a model's solutions may also be the model's fault;
    /// so when all models are compared, each gets its turn.
    fn go_on(&mut self, mut want: Option<Want>) -> Option<Want> {
        while want.is_none() && !self.ended {
            let Some(trial) = self.trials.last() else {
                self.ended = true;
                break;
            };
            if trial.outcome().is_none() {
                break;
            }
            let last = self.trials.len() == self.models.len();
            let enough = trial.reached() && !self.every;
            let hopeless = trial.has_no_site() && !(self.every && trial.cannot_run_alone());
            if last || enough || hopeless {
                self.ended = true;
            } else {
                want = self.begin(None);
            }
        }
        want
    }
}
