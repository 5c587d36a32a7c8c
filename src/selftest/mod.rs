//! Self-tests (Model Cascading for Code, arXiv 2405.15842): a model samples k solutions of a hole and
//! writes tests of the function around it; each solution runs against each test in the sandbox. The
//! score says how far its solutions and its tests agree; where that is below θ the next model of the
//! chain does the same.
//!
//! [`Matrix`] holds what passed what and its score. Finding the function, writing tests, running
//! them and choosing plans have files of their own. Nothing here draws.

use serde::{Deserialize, Serialize};

/// Solutions against tests of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// The model that wrote both.
    pub model: String,
    pub solutions: Vec<Solution>,
    pub tests: Vec<String>,
    /// For each solution, for each test, whether it passed; `None` while that is not known.
    pub passed: Vec<Vec<Option<bool>>>,
}

/// One solution of a hole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Solution {
    pub text: String,
    /// How many of the samples were this one.
    pub count: usize,
}
