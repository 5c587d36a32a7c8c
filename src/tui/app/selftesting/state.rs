//! What is known of the self-tests on a hole: the models in order, each with its turn, and how they
//! stand.

use std::{collections::HashMap, sync::Arc};

use super::super::{RunKind, event::LaneKind};
use crate::{
    completion::{Completion, Hole, RequestId, Sampling},
    routing::SelfTest,
    sandbox::Execution,
    selftest::{Matrix, Purpose, SelfTesting, Trial, Want, letter},
};

/// The self-tests of the models on one hole.
#[derive(Debug)]
pub struct SelfTests {
    /// The hole that the solutions are for.
    pub hole: Arc<Hole>,
    /// Whose models have their turns, in order.
    pub chain: Vec<LaneKind>,
    /// Models of the configuration's chain that are in no lane, and so are not asked.
    pub elsewhere: Vec<String>,
    /// The turns that have begun, in the order of the chain.
    pub turns: Vec<Turn>,
    pub standing: Standing,
    /// The small completion that it began with.
    pub(super) of: RequestId,
    pub(super) settings: SelfTesting,
    /// The policy asked for it, so that it decides what is shown.
    pub(super) by_policy: bool,
    /// The request or the batch of programs that is answered next; whatever else comes is stale.
    pub(super) expected: Option<RequestId>,
}

/// Where the self-tests stand as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Running,
    /// Ended early: why.
    Stopped(String),
    Over,
}

/// One model's turn.
#[derive(Debug)]
pub struct Turn {
    pub lane: LaneKind,
    pub doing: Doing,
    /// θ: what its score is held against.
    pub theta: f32,
    pub(super) trial: Trial,
    /// The completion of each row of the matrix, as the model wrote it first.
    pub(super) written: Vec<(Completion, RunKind)>,
    /// How the request that goes on is sampled.
    pub(super) sampling: Option<Sampling>,
    /// Solution and test of each program of the batch that runs.
    pub(super) cells: Vec<(usize, usize)>,
    /// What came of each cell.
    pub(super) executions: HashMap<(usize, usize), Execution>,
}

/// What a turn is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Doing {
    /// For the model's own completion of the hole.
    #[default]
    Waiting,
    /// Which of how many, counted from 0.
    Writing(Purpose, usize, usize),
    /// So many of so many programs have ended.
    Running(usize, usize),
    Done,
}

impl SelfTests {
    pub fn is_running(&self) -> bool {
        self.standing == Standing::Running
    }

    /// Turn and row of the solution that is returned: that of the last model which has one.
    pub fn returned(&self) -> Option<(usize, usize)> {
        let turns = self.turns.iter().enumerate().rev();
        turns
            .filter_map(|(index, turn)| Some((index, turn.best()?)))
            .next()
    }

    /// What the turns came to, in a sentence without its full stop; nothing where none could be
    /// tried, which [`Turn::why`] tells of.
    pub fn conclusion(&self) -> Option<String> {
        let tried = |turn: &Turn| matches!(turn.result(), Some(SelfTest::Tried { .. }));
        if !self.turns.iter().any(tried) {
            return None;
        }
        let (index, row) = self.returned()?;
        let turn = &self.turns[index];
        let name = turn.lane.name();
        Some(match turn.trial.reached() {
            true => format!("the {name} model reaches θ with solution {}", letter(row)),
            false => format!(
                "no model reaches θ; the best of the {name} model is solution {}",
                letter(row)
            ),
        })
    }
}

impl Turn {
    pub(super) fn new(lane: LaneKind, theta: f32, trial: Trial) -> Self {
        Turn {
            lane,
            theta,
            doing: Doing::Waiting,
            trial,
            written: Vec::new(),
            sampling: None,
            cells: Vec::new(),
            executions: HashMap::new(),
        }
    }

    /// Solutions against tests, as far as known.
    pub fn matrix(&self) -> &Matrix {
        self.trial.matrix()
    }

    /// What the router hears of it, once it is over.
    pub fn result(&self) -> Option<SelfTest> {
        let over = self.doing == Doing::Done;
        self.trial.outcome().filter(|_| over).map(|end| end.result)
    }

    /// Why it could not be tried, where it could not.
    pub fn why(&self) -> Option<&str> {
        self.trial.outcome()?.why.as_deref()
    }

    /// The row of the solution to return, once it is over.
    pub fn best(&self) -> Option<usize> {
        self.trial.outcome()?.best
    }

    /// What came of running a solution against a test.
    pub fn execution(&self, solution: usize, test: usize) -> Option<&Execution> {
        self.executions.get(&(solution, test))
    }

    /// Whether no other model need have its turn: this one will do, or none can be tried.
    pub(super) fn ends_chain(&self) -> bool {
        self.trial.reached() || self.trial.has_no_site()
    }

    /// The model has written a solution or a test.
    pub(super) fn answered(&mut self, completion: Completion) -> Option<Want> {
        let solution = matches!(self.doing, Doing::Writing(Purpose::Solution, ..));
        let want = self.trial.answered(&completion);
        // A solution that is new has a row of its own, at the end.
        if solution && self.matrix().solutions.len() > self.written.len() {
            let seed = self.sampling.map_or(0, |sampling| sampling.seed);
            self.written.push((completion, RunKind::Sampled(seed)));
        }
        want
    }
}
