//! Reading benchmarks: HumanEval-Infilling's format ([`infilling`]), SAFIM's ([`safim`]), and the
//! suite in the binary ([`suite`]). Which one a file has is seen from its fields. A line that cannot
//! be used is a problem with its number and field; the rest is read.

mod infilling;
mod safim;
pub mod suite;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::task::Task;

/// The name under which the suite in the binary is asked for.
pub const BUILTIN: &str = "builtin";

/// A dataset by name and content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetId {
    /// The file's name without folders, or `builtin`; several are joined by `+`.
    pub name: String,
    /// SHA-256 of the content after unpacking, in hexadecimal digits.
    pub sha256: String,
    /// How many tasks it has that can be used.
    pub tasks: usize,
}

/// A line that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The dataset's name.
    pub dataset: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it, naming the field.
    pub problem: String,
}

/// A dataset that was read.
#[derive(Debug, Clone)]
pub struct Dataset {
    pub id: DatasetId,
    pub tasks: Vec<Task>,
    pub problems: Vec<Problem>,
}

impl Dataset {
    /// Reads a file (`.jsonl`, `.jsonl.gz`) or the bundled suite (`builtin`).
    ///
    /// # Errors
    /// The file cannot be read or unpacked, or has no task that can be used: names the file, and the
    /// first problem where there is one.
    pub fn open(given: &Path) -> Result<Self, String> {
        let _ = given;
        todo!()
    }

    /// Several datasets as one, in their order.
    ///
    /// # Errors
    /// Two tasks have the same id.
    pub fn joined(datasets: Vec<Dataset>) -> Result<Self, String> {
        let _ = datasets;
        todo!()
    }

    /// `count` tasks drawn at random, in the dataset's order; the same seed draws the same.
    pub fn sample(&mut self, count: usize, seed: u64) {
        let _ = (count, seed);
        todo!()
    }
}
