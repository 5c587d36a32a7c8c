//! The settings of speculation and retrieval, each a table of its own in the file. Those of self-tests
//! are in [`crate::selftest`].

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
