//! Self-tests (Model Cascading for Code, arXiv 2405.15842): a model samples k solutions of a hole
//! and writes tests of the enclosing function; each solution runs against each test in the sandbox.
//! The score measures how far the solutions and tests agree; below θ, the next model of the chain
//! does the same.
//!
//! [`Matrix`] holds which solution passed which test, and the score. [`site`] finds the function to
//! call, [`writing`] has the model write tests and reads them, [`program`] builds what is run.
//! [`trial`] is one model's part: a state machine without IO. [`attempt`] is a recorded trial.
//! Nothing here draws, asks a model or runs a program; `crate::turn` moves from one model to the
//! next.

pub mod attempt;
pub mod program;
pub mod site;
pub mod trial;
pub mod writing;

use serde::{Deserialize, Serialize};

pub use trial::{Cell, Purpose, Trial, TrialRequest, TrialResult, Want};

/// How models test themselves (Model Cascading for Code, arXiv 2405.15842).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfTesting {
    /// k: how many solutions are sampled from each model. One is greedy.
    pub solutions: usize,
    /// How many tests each model writes.
    pub tests: usize,
    /// How many lines a test has.
    pub test_lines: usize,
    /// θ: the share of solutions × tests that the best group must reach, 0 to 1.
    pub theta: f32,
    /// The models after the small one, in order, as `large` names them; empty means the large one.
    pub chain: Vec<String>,
}

/// One model's solutions against its tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// The model that wrote both.
    pub model: String,
    /// The distinct solutions, in the order they were first sampled: the greedy one first.
    pub solutions: Vec<Solution>,
    /// The distinct tests, each of one or more lines.
    pub tests: Vec<String>,
    /// For each solution and each test, whether it passed; `None` if not yet known.
    pub passed: Vec<Vec<Option<bool>>>,
}

/// One solution of a hole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Solution {
    pub text: String,
    /// How many samples gave this solution.
    pub count: usize,
}

/// Solutions that pass the same tests: a consensus set in CodeT (arXiv 2207.10397).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsensusSet {
    /// Rows of the matrix, in order.
    pub members: Vec<usize>,
    /// Number of samples in the group.
    pub samples: usize,
    /// How many tests each member passes.
    pub tests: usize,
}

impl ConsensusSet {
    /// Tests passed × samples that pass them.
    pub fn product(&self) -> usize {
        self.samples * self.tests
    }
}

/// The letter of a row, since columns have numbers: a, b, …, z, aa, …
pub fn letter(row: usize) -> String {
    let last = char::from(b'a' + u8::try_from(row % 26).unwrap_or(0));
    match row / 26 {
        0 => last.to_string(),
        more => format!("{}{last}", letter(more - 1)),
    }
}

impl Matrix {
    /// An empty matrix.
    pub fn new(model: impl Into<String>) -> Self {
        Matrix {
            model: model.into(),
            solutions: Vec::new(),
            tests: Vec::new(),
            passed: Vec::new(),
        }
    }

    /// Counts a sampled solution and returns its row.
    pub fn add_solution(&mut self, text: &str) -> usize {
        let known = self.solutions.iter().position(|known| known.text == text);
        let row = known.unwrap_or_else(|| {
            self.solutions.push(Solution {
                text: text.to_owned(),
                count: 0,
            });
            self.passed.push(vec![None; self.tests.len()]);
            self.solutions.len() - 1
        });
        self.solutions[row].count += 1;
        row
    }

    /// Adds a test unless it is already there, and returns its column.
    pub fn add_test(&mut self, text: &str) -> usize {
        let known = self.tests.iter().position(|known| known == text);
        known.unwrap_or_else(|| {
            self.tests.push(text.to_owned());
            self.passed.iter_mut().for_each(|row| row.push(None));
            self.tests.len() - 1
        })
    }

    /// The number of samples over all solutions: k.
    pub fn samples(&self) -> usize {
        self.solutions.iter().map(|solution| solution.count).sum()
    }

    /// The solutions grouped by the tests they pass, best first: by product, then by tests passed,
    /// then by which was written first. Unknown results count as not passed.
    pub fn groups(&self) -> Vec<ConsensusSet> {
        let pattern = |row: usize| self.passed[row].iter().map(|cell| *cell == Some(true));
        let mut groups: Vec<ConsensusSet> = Vec::new();
        for (row, solution) in self.solutions.iter().enumerate() {
            let like = |group: &&mut ConsensusSet| pattern(group.members[0]).eq(pattern(row));
            match groups.iter_mut().find(like) {
                Some(group) => {
                    group.members.push(row);
                    group.samples += solution.count;
                }
                None => groups.push(ConsensusSet {
                    members: vec![row],
                    samples: solution.count,
                    tests: pattern(row).filter(|passed| *passed).count(),
                }),
            }
        }
        // A stable sort: among equals, the group written first stays first.
        groups.sort_by_key(|group| std::cmp::Reverse((group.product(), group.tests)));
        groups
    }

    /// The product of the best group as a share of k × the number of tests, 0 to 1; 0 if there is
    /// nothing to count.
    pub fn score(&self) -> f32 {
        let all = self.samples() * self.tests.len();
        let best = self.groups().first().map_or(0, ConsensusSet::product);
        if all == 0 {
            return 0.0;
        }
        best as f32 / all as f32
    }

    /// The solution to return: the first one written in the best group.
    pub fn best(&self) -> Option<usize> {
        Some(self.groups().first()?.members[0])
    }
}
