//! The incremental syntax tree of one text.

use ropey::Rope;
use serde::{Deserialize, Serialize};
use tree_sitter::{InputEdit, Parser, Point};

use super::{
    Fault,
    fault::{faults, spots},
    gaps,
    source::{self, Patch, Source},
};
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

impl Edit {
    fn input(&self) -> InputEdit {
        let point = |(row, column)| Point::new(row, column);
        InputEdit {
            start_byte: self.start_byte,
            old_end_byte: self.old_end_byte,
            new_end_byte: self.new_end_byte,
            start_position: point(self.start),
            old_end_position: point(self.old_end),
            new_end_position: point(self.new_end),
        }
    }

    fn meets(&self, patch: &Patch) -> bool {
        self.start_byte <= patch.range.end && patch.range.start <= self.old_end_byte
    }
}

/// A parser for `language`.
pub(super) fn parser(language: Language) -> Parser {
    let mut parser = Parser::new();
    parser
        .set_language(&language.grammar())
        .expect("the grammars in Cargo.toml fit the tree-sitter in Cargo.toml");
    parser
}

/// A parsed text that follows edits by incremental reparse.
pub struct Tree {
    language: Language,
    parser: Parser,
    /// `None` when the parser gave up on the text.
    tree: Option<tree_sitter::Tree>,
    patches: Vec<Patch>,
    bytes_read: usize,
}

impl Tree {
    /// Parses `text` from scratch.
    pub fn parse(language: Language, text: &Rope) -> Self {
        let mut tree = Tree {
            language,
            parser: parser(language),
            tree: None,
            patches: Vec::new(),
            bytes_read: 0,
        };
        tree.reparse(text);
        tree
    }

    /// Follows `edits` (in order) to `text`, which is the text after the last of them.
    pub fn update(&mut self, edits: &[Edit], text: &Rope) {
        for edit in edits {
            self.follow(edit);
        }
        self.reparse(text);
    }

    /// All faults, in order of place; at most [`super::fault::MOST_FAULTS`].
    pub fn faults(&self, text: &Rope) -> Vec<Fault> {
        match &self.tree {
            Some(tree) => faults(&spots(tree, text), text),
            None => Vec::new(),
        }
    }

    /// How many bytes the parser was given to read in the last [`Tree::parse`] or
    /// [`Tree::update`]: what an edit costs, without a clock.
    pub fn bytes_read(&self) -> usize {
        self.bytes_read
    }

    fn follow(&mut self, edit: &Edit) {
        let Some(tree) = &mut self.tree else { return };
        let input = edit.input();
        self.patches.retain_mut(|patch| {
            if edit.meets(patch) {
                patch.touch(tree);
                return false;
            }
            if patch.range.start >= edit.old_end_byte {
                patch.follow(&input);
            }
            true
        });
        tree.edit(&input);
    }

    fn reparse(&mut self, text: &Rope) {
        self.bytes_read = 0;
        self.parse_once(text);
        for _ in 0..gaps::MOST_ROUNDS {
            let Some(tree) = self.tree.as_mut().filter(|t| t.root_node().has_error()) else {
                return;
            };
            let spots = spots(tree, text);
            let new = gaps::close(self.language, text, &spots, &mut self.patches);
            if new.is_empty() {
                return;
            }
            new.iter().for_each(|patch| patch.touch(tree));
            self.parse_once(text);
        }
    }

    fn parse_once(&mut self, text: &Rope) {
        let mut read = Reads::default();
        let old = self.tree.take();
        self.tree = source::parse(
            &mut self.parser,
            text,
            &self.patches,
            old.as_ref(),
            &mut |offset| read.at(text, offset),
            &mut || true,
        );
        self.bytes_read += read.bytes;
    }
}

/// Counts the bytes handed to the parser. It is handed whole chunks and may use little of one, so
/// this is an upper bound.
#[derive(Default)]
pub(super) struct Reads {
    pub bytes: usize,
}

impl Reads {
    pub fn at(&mut self, source: &dyn Source, offset: usize) {
        self.bytes += source.chunk(offset).len();
    }
}
