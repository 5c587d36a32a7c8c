//! A model's turn as it is recorded: every sample with what it cost, and how much of each test holds
//! for each solution. From it every smaller turn can be computed: fewer solutions, tests or lines.

use serde::{Deserialize, Serialize};

use super::Matrix;

/// A solution as it was sampled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sampled {
    pub text: String,
    /// How long the model took, in milliseconds.
    pub ms: f64,
    /// Whether it passes the tests of the task, where there are any: what is not known to the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<bool>,
}

/// A test as a model wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenTest {
    /// The usable lines of its answer, each an assertion; there may be none.
    pub lines: Vec<String>,
    /// How long the model took, in milliseconds.
    pub ms: f64,
}

/// One model's turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub model: String,
    /// In the order in which they were sampled; the first is greedy.
    pub solutions: Vec<Sampled>,
    /// In the order in which they were sampled; the first is greedy.
    pub tests: Vec<WrittenTest>,
    /// For each solution, for each test, how many of its lines hold, from the first on.
    pub held: Vec<Vec<usize>>,
    /// How long running one solution against one test took, on average, in milliseconds.
    pub run_ms: f64,
    /// How many accelerators the model runs on.
    pub accelerators: f64,
    /// Why the model's solutions could not be tested; `None` where they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Sampled {
    /// A solution of which it is not known whether it is right.
    pub fn new(text: impl Into<String>, ms: f64) -> Self {
        Sampled {
            text: text.into(),
            ms,
            right: None,
        }
    }
}

impl Attempt {
    /// The matrix of a smaller turn: the first `solutions`, the first `tests`, and of each the first
    /// `lines`.
    pub fn matrix(&self, solutions: usize, tests: usize, lines: usize) -> Matrix {
        let mut matrix = Matrix::new(&self.model);
        for solution in self.solutions.iter().take(solutions) {
            matrix.add_solution(&solution.text);
        }
        for (column, test) in self.tests.iter().take(tests).enumerate() {
            let lines = &test.lines[..test.lines.len().min(lines)];
            if lines.is_empty() {
                continue;
            }
            let added = matrix.add_test(&lines.join("\n"));
            for (solution, held) in self.solutions.iter().zip(&self.held).take(solutions) {
                let like = |known: &super::Solution| known.text == solution.text;
                let (Some(row), Some(held)) =
                    (matrix.solutions.iter().position(like), held.get(column))
                else {
                    continue;
                };
                matrix.passed[row][added] = Some(*held >= lines.len());
            }
        }
        matrix
    }
}
