//! The settings of the parts by which the two models help each other, each a table of its own:
//! speculation and retrieval. Those of self-tests are in [`crate::selftest`].

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which drafts the models verify.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speculation {
    /// From the hole's own file.
    pub context: bool,
    /// From retrieved passages.
    pub retrieved: bool,
    /// From the model's own recent candidates.
    pub recycled: bool,
    /// The large model verifies the small completion that was rejected.
    pub rejected: bool,
}

impl Default for Speculation {
    fn default() -> Self {
        Speculation {
            context: true,
            retrieved: true,
            recycled: false,
            rejected: true,
        }
    }
}

/// What is retrieved for the models to read, and from where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retrieval {
    pub enabled: bool,
    /// The folder that is indexed; none means that of the repository around the file, else the
    /// file's own.
    pub folder: Option<PathBuf>,
    /// One round queries with the code around the cursor; the second adds a rejected completion.
    pub rounds: usize,
    /// The most passages of one search.
    pub passages: usize,
    /// The most tokens of passages in the small model's prompt.
    pub small_tokens: usize,
    /// The same for a large model.
    pub large_tokens: usize,
    /// Lines of a chunk, and how many of them it shares with the next.
    pub chunk_lines: usize,
    pub overlap_lines: usize,
    /// Files beyond this many are skipped.
    pub max_files: usize,
    /// Larger files are skipped, in KiB.
    pub max_file_kib: usize,
}

impl Default for Retrieval {
    fn default() -> Self {
        Retrieval {
            enabled: false,
            folder: None,
            rounds: 2,
            passages: 4,
            small_tokens: 256,
            large_tokens: 1024,
            chunk_lines: 20,
            overlap_lines: 10,
            max_files: 20_000,
            max_file_kib: 512,
        }
    }
}
