//! A passage: a piece of another place in the folder that a model reads before the hole's own file.

use serde::{Deserialize, Serialize};

/// A run of whole lines of a file, found by retrieval, with why it was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// The file, relative to the indexed folder, with `/` between its parts.
    pub path: String,
    /// First and last line, counted from 1.
    pub lines: (usize, usize),
    pub text: String,
    /// The score it was chosen by: after both rounds were fused, where there were two. Larger is
    /// better; only to be compared within one search.
    pub score: f32,
    /// Its BM25 score in each round: with the code around the cursor as the query, and with the
    /// rejected completion; `None` where a round did not find it or did not happen.
    pub rounds: [Option<f32>; 2],
}
