//! Faults: tree-sitter's ERROR and MISSING nodes, with a place and a short message.

use std::ops::Range;

use serde::Serialize;

/// A place where the text does not follow the grammar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Byte range in the text that was parsed; empty for something missing.
    #[serde(skip)]
    pub bytes: Range<usize>,
    /// Line of the start, counted from 1.
    pub line: usize,
    /// Column of the start in characters, counted from 1.
    pub column: usize,
    /// Short and for a person: "missing ')'", "unexpected 'else'".
    pub message: String,
}
