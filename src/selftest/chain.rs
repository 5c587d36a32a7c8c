//! Model after model, the smallest first, until the solutions and tests of one agree well enough: its
//! best solution is returned. Where none does, the last one's best is.

use super::{
    SelfTesting,
    attempt::Sampled,
    trial::{Trial, Want},
};
use crate::completion::{Completion, Hole, Sampling};

/// What a chain returns in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Which model's solution it is.
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
    /// Whether every model has its turn, whatever comes of those before it.
    every: bool,
    ended: bool,
}

impl Chain {
    /// Begins with the first of `models`, for which see [`Trial::new`].
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

    /// Gives every model its turn, so that all can be compared; what is returned stays the same.
    pub fn go_through_all(&mut self) {
        self.every = true;
    }

    /// The model whose turn it is: what is wanted is wanted of it.
    pub fn model(&self) -> usize {
        self.trials.len().saturating_sub(1)
    }

    /// The turns so far, of the models in order.
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

    /// The model whose turn it is cannot answer: the next one is wanted.
    pub fn failed(&mut self, why: impl Into<String>) -> Option<Want> {
        self.trials.last_mut()?.failed(why);
        self.go_on(None)
    }

    /// Whether all that was wanted has been given.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// What is returned, once it has ended: the best solution of the first model that reached θ, or
    /// else of the last that wrote any. `None` while it has not ended, or where no model wrote any.
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

    /// Where a turn has ended, begins the next one; the hole being as it is, one that cannot be
    /// tested ends the chain. That a file runs with no solution of one model may also be that
    /// model's doing, so where all are compared, all have their turns.
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
