//! A chain of models, smallest first. It ends with the first model whose solutions and tests agree
//! well enough, and returns that model's best solution; if none does, the last model's best (Model
//! Cascading for Code, arXiv 2405.15842).
//!
//! A chain returns the next step and receives the results; it asks no model itself. The steps of a
//! single model are in [`crate::selftest::Trial`].

use std::{collections::HashMap, sync::Arc};

use crate::{
    completion::{Completion, Hole, Sampling},
    routing::SelfTest,
    sandbox::{Execution, TestResult},
    selftest::{Matrix, Purpose, SelfTesting, Trial, TrialRequest, Want, attempt::Sampled},
};

use super::RunKind;

/// The result of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The model whose solution it is.
    pub model: usize,
    pub text: String,
    /// Whether that model's score reached θ.
    pub reached: bool,
}

/// Models that test themselves, one after another.
#[derive(Debug)]
pub struct Chain {
    models: Vec<String>,
    hole: Arc<Hole>,
    settings: SelfTesting,
    sampling: Sampling,
    links: Vec<Link>,
    /// Whether each model's own completion of the hole is its first solution.
    completed: bool,
    /// Whether every model gets a turn, whatever the earlier ones scored.
    every: bool,
    ended: bool,
}

/// One model of a chain.
#[derive(Debug)]
pub struct Link {
    pub doing: Doing,
    /// θ: the threshold for its score.
    pub theta: f32,
    /// The time of its requests, in milliseconds.
    pub asking_ms: f64,
    trial: Trial,
    /// The completion of each row of the matrix, as the model first wrote it.
    written: Vec<(Completion, RunKind)>,
    /// How the current request is sampled.
    sampling: Option<Sampling>,
    /// Solution and test of each program in the current batch.
    cells: Vec<(usize, usize)>,
    /// The result of each cell.
    executions: HashMap<(usize, usize), Execution>,
}

/// The current step of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Doing {
    /// Waiting for the model's own completion of the hole.
    #[default]
    Waiting,
    /// Writing the nth of this many, counted from 0.
    Writing(Purpose, usize, usize),
    /// How many programs have ended, and their total.
    Running(usize, usize),
    Done,
}

impl Chain {
    /// A chain of `models` that has not begun; see [`Chain::go_on`].
    pub fn new(
        models: Vec<String>,
        hole: impl Into<Arc<Hole>>,
        settings: SelfTesting,
        sampling: Sampling,
    ) -> Self {
        Chain {
            models,
            hole: hole.into(),
            settings,
            sampling,
            links: Vec::new(),
            completed: false,
            every: false,
            ended: false,
        }
    }

    /// Makes each model's own completion of the hole its first solution; pass it to
    /// [`Chain::complete`].
    pub fn wait_for_completions(&mut self) {
        self.completed = true;
    }

    /// Gives every model a turn, so that all can be compared; the returned solution stays the same.
    pub fn go_through_all(&mut self) {
        self.every = true;
    }

    /// The hole that the solutions are for.
    pub fn hole(&self) -> &Arc<Hole> {
        &self.hole
    }

    /// The model whose turn it is: requests are for this one.
    pub fn model(&self) -> usize {
        self.links.len().saturating_sub(1)
    }

    /// The models that have begun, in order.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Passes the completion that a link waits for.
    pub fn complete(&mut self, completion: Completion) -> Option<Want> {
        let name = self.models.get(self.model())?.clone();
        let (trial, want) = Trial::new(
            name,
            Arc::clone(&self.hole),
            self.settings.clone(),
            self.sampling,
            Some(Sampled::new(
                completion.text.clone(),
                completion.timing.total_ms,
            )),
        );
        let link = self.links.last_mut()?;
        link.trial = trial;
        link.written.push((completion, RunKind::Greedy));
        link.wants(want)
    }

    /// The model has answered.
    pub fn answered(&mut self, answer: Completion) -> Option<Want> {
        self.links.last_mut()?.answered(answer)
    }

    /// The program at `index` in the current batch has ended. A second result for the same program
    /// is ignored.
    pub fn ran(&mut self, index: usize, execution: Execution) -> Option<Want> {
        self.links.last_mut()?.ran(index, execution)
    }

    /// The current model cannot answer, or its programs cannot run.
    pub fn failed(&mut self, why: impl Into<String>) {
        if let Some(link) = self.links.last_mut() {
            link.trial.failed(why);
            link.doing = Doing::Done;
        }
    }

    /// Whether the current model has nothing left to do.
    pub fn is_idle(&self) -> bool {
        self.links
            .last()
            .is_none_or(|link| link.doing == Doing::Done)
    }

    /// Begins with the next model if the current one is done and another must follow; otherwise the
    /// chain has ended. If the hole itself cannot be tested, the chain ends. If a file runs with
    /// none of a model's solutions, that may be the model's fault; so when all models are compared,
    /// each gets its turn.
    pub fn go_on(&mut self) -> Option<Want> {
        while self.is_idle() && !self.ended {
            let enough = self.links.last().is_some_and(|link| {
                let trial = &link.trial;
                let hopeless = trial.has_no_site() && !(self.every && trial.cannot_run_alone());
                (trial.reached() && !self.every) || hopeless
            });
            let Some(model) = self.models.get(self.links.len()).filter(|_| !enough) else {
                self.ended = true;
                return None;
            };
            let (trial, want) = Trial::new(
                model.clone(),
                Arc::clone(&self.hole),
                self.settings.clone(),
                self.sampling,
                None,
            );
            let mut link = Link::new(self.settings.theta, trial);
            let want = match self.completed {
                true => None,
                false => link.wants(want),
            };
            self.links.push(link);
            if want.is_some() {
                return want;
            }
        }
        None
    }

    /// Ends the chain: no further model gets a turn.
    pub fn end(&mut self) {
        self.ended = true;
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
        let best = |(model, link): (usize, &Link)| {
            Some(Returned {
                model,
                text: link.trial.best()?.to_owned(),
                reached: link.trial.reached(),
            })
        };
        let mut links = self.links.iter().enumerate();
        let reached = links.find(|(_, link)| link.trial.reached()).and_then(best);
        reached.or_else(|| self.links.iter().enumerate().rev().find_map(best))
    }
}

impl Link {
    fn new(theta: f32, trial: Trial) -> Self {
        Link {
            doing: Doing::Waiting,
            theta,
            asking_ms: 0.0,
            trial,
            written: Vec::new(),
            sampling: None,
            cells: Vec::new(),
            executions: HashMap::new(),
        }
    }

    /// Its solutions, its tests and how it ended.
    pub fn trial(&self) -> &Trial {
        &self.trial
    }

    /// Solutions against tests, as far as known.
    pub fn matrix(&self) -> &Matrix {
        self.trial.matrix()
    }

    /// Its result for the router, once its turn is over.
    pub fn result(&self) -> Option<SelfTest> {
        let over = self.doing == Doing::Done;
        self.trial
            .result()
            .filter(|_| over)
            .map(|end| end.self_test)
    }

    /// Why nothing could be tested, if nothing could.
    pub fn why(&self) -> Option<&str> {
        self.trial.result()?.why.as_deref()
    }

    /// The row of the solution to return, once its turn is over.
    pub fn best(&self) -> Option<usize> {
        self.trial.result()?.best
    }

    /// The result of running a solution against a test.
    pub fn execution(&self, solution: usize, test: usize) -> Option<&Execution> {
        self.executions.get(&(solution, test))
    }

    /// The results of all its programs.
    pub fn executions(&self) -> impl Iterator<Item = &Execution> {
        self.executions.values()
    }

    /// The completion behind a row of the matrix.
    pub(super) fn written(&self, row: usize) -> Option<&(Completion, RunKind)> {
        self.written.get(row)
    }

    /// Records the new step.
    fn wants(&mut self, want: Option<Want>) -> Option<Want> {
        match &want {
            Some(Want::Ask(TrialRequest {
                purpose,
                number,
                of,
                sampling,
                ..
            })) => {
                self.doing = Doing::Writing(*purpose, *number, *of);
                self.sampling = Some(*sampling);
            }
            Some(Want::Run(cells)) => {
                self.cells = cells
                    .iter()
                    .map(|cell| (cell.solution, cell.test))
                    .collect();
                self.doing = Doing::Running(0, cells.len());
            }
            None if self.trial.result().is_some() => self.doing = Doing::Done,
            None => {}
        }
        want
    }

    fn answered(&mut self, completion: Completion) -> Option<Want> {
        let solution = matches!(self.doing, Doing::Writing(Purpose::Solution, ..));
        self.asking_ms += completion.timing.total_ms;
        let want = self.trial.answered(&completion);
        // A new solution gets its own row, at the end.
        if solution && self.matrix().solutions.len() > self.written.len() {
            let kind = self.sampling.map_or(RunKind::Greedy, RunKind::of);
            self.written.push((completion, kind));
        }
        self.wants(want)
    }

    fn ran(&mut self, index: usize, execution: Execution) -> Option<Want> {
        let (solution, test) = self.cells.get(index).copied()?;
        if self.executions.contains_key(&(solution, test)) {
            return None;
        }
        let passed = execution.result == TestResult::Passed;
        self.executions.insert((solution, test), execution);
        let ended = |cell: &&(usize, usize)| self.executions.contains_key(*cell);
        self.doing = Doing::Running(self.cells.iter().filter(ended).count(), self.cells.len());
        let want = self.trial.ran(solution, test, passed);
        self.wants(want)
    }
}
