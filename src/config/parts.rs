//! The settings of speculation, retrieval and self-tests, each a table of its own in the file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which drafts the models verify.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speculation {
    /// From the hole's own file.
    pub context: bool,
    /// From retrieved passages.
    pub retrieved: bool,
    /// From the candidates that the model itself found likely earlier.
    pub recycled: bool,
    /// The large model verifies the rejected small completion.
    pub rejected: bool,
}

/// Which passages the models read, and from which folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retrieval {
    pub enabled: bool,
    /// The folder to index; `None` means the repository around the file, else the file's folder.
    pub folder: Option<PathBuf>,
    /// The first round searches with the code around the cursor; the second adds a rejected
    /// completion.
    pub rounds: usize,
    /// Maximum passages per search.
    pub passages: usize,
    /// Maximum tokens of passages in the small model's prompt.
    pub small_tokens: usize,
    /// The same for a large model.
    pub large_tokens: usize,
    /// Lines per chunk.
    pub chunk_lines: usize,
    /// Lines that neighbouring chunks share.
    pub overlap_lines: usize,
    /// Maximum files; more are skipped.
    pub max_files: usize,
    /// Maximum size of a file in KiB; larger ones are skipped.
    pub max_file_kib: usize,
}

/// How models test themselves (Model Cascading for Code, arXiv 2405.15842).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfTesting {
    /// k: solutions per model. The first is greedy, the others are sampled.
    pub solutions: usize,
    /// Tests per model.
    pub tests: usize,
    /// Lines per test.
    pub test_lines: usize,
    /// θ: the share of solutions × tests that the best group must reach, 0 to 1.
    pub theta: f32,
    /// The models after the small one, in order, given as in `large`; empty means the large model.
    pub chain: Vec<String>,
}
