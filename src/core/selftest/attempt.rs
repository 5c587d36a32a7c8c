//! A model's turn as it is recorded: every sample with its cost, and how many lines of each test
//! hold for each solution. Every smaller turn (fewer solutions, tests or lines) can be computed
//! from it.

use serde::{Deserialize, Serialize};

use super::Matrix;

/// A sampled solution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sampled {
    pub text: String,
    /// Time the model took, in milliseconds.
    pub ms: f64,
    /// Whether it passes the task's own tests, which the model does not see; `None` if there are
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<bool>,
}

/// A test as a model wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenTest {
    /// The usable lines of the answer, each an assertion; may be empty.
    pub lines: Vec<String>,
    /// Time the model took, in milliseconds.
    pub ms: f64,
}

/// One model's turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedTrial {
    pub model: String,
    /// In sampling order; the first is greedy.
    pub solutions: Vec<Sampled>,
    /// In sampling order; the first is greedy.
    pub tests: Vec<WrittenTest>,
    /// For each solution and each test, how many of its lines hold, counted from the first.
    pub held: Vec<Vec<usize>>,
    /// Average time to run one solution against one test, in milliseconds.
    pub run_ms: f64,
    /// Number of accelerators the model runs on.
    pub accelerators: f64,
    /// Why the model's solutions could not be tested; `None` if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Sampled {
    /// A solution that has not been graded.
    pub fn new(text: impl Into<String>, ms: f64) -> Self {
        Sampled {
            text: text.into(),
            ms,
            right: None,
        }
    }
}

impl RecordedTrial {
    /// The matrix of a smaller turn: the first `solutions`, the first `tests`, and the first
    /// `lines` of each test.
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
