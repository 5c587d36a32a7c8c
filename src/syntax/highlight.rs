//! Highlight spans: which byte ranges of a text have which style.

use std::{ops::Range, path::Path};

use ropey::Rope;

use super::{TextStyle, Theme};
use crate::language::Language;

/// A styled run of bytes. Spans are sorted, do not overlap, and leave out plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub bytes: Range<usize>,
    pub style: TextStyle,
}

/// Highlights texts; holds the compiled queries and syntect's syntaxes, so make one and keep it.
pub struct Highlighter {}

impl Highlighter {
    /// Compiles the queries of all grammars.
    pub fn new() -> Self {
        todo!()
    }

    /// Spans of the lines `lines` (and perhaps more) of `text`. With a grammar: tree-sitter-highlight;
    /// without: syntect's syntax for `path`, or none. Cost is bounded whatever the size of the text.
    pub fn highlight(
        &mut self,
        _language: Option<Language>,
        _path: Option<&Path>,
        _text: &Rope,
        _lines: Range<usize>,
        _theme: &Theme,
    ) -> Vec<Span> {
        todo!()
    }
}

impl Default for Highlighter {
    fn default() -> Self {
        Self::new()
    }
}
