//! The incremental syntax tree of one text.

use ropey::Rope;
use serde::{Deserialize, Serialize};

use super::Fault;
use crate::language::Language;

/// One replacement in a text, in bytes of the text before and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    pub start_byte: usize,
    pub old_end_byte: usize,
    pub new_end_byte: usize,
    /// (row, byte column) of the three offsets, as tree-sitter wants them.
    pub start: (usize, usize),
    pub old_end: (usize, usize),
    pub new_end: (usize, usize),
}

/// A parsed text that follows edits by incremental reparse.
pub struct Tree {}

impl Tree {
    /// Parses `text` from scratch.
    pub fn parse(_language: Language, _text: &Rope) -> Self {
        todo!()
    }

    /// Follows `edits` (in order) to `text`, which is the text after the last of them.
    pub fn update(&mut self, _edits: &[Edit], _text: &Rope) {
        todo!()
    }

    /// All faults, in order of place.
    pub fn faults(&self, _text: &Rope) -> Vec<Fault> {
        todo!()
    }
}
