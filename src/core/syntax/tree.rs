//! The incremental syntax tree of one text.

use ropey::Rope;
use serde::{Deserialize, Serialize};
use tree_sitter::{InputEdit, Parser, Point};

use super::{
    Fault,
    fault::{faults, spots},
    gaps,
    source::{self, Patch},
};
use crate::language::Language;

/// One replacement in a text, in bytes of the text before and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    pub start_byte: usize,
    pub old_end_byte: usize,
    pub new_end_byte: usize,
    /// (row, byte column) of the three offsets, as tree-sitter requires.
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
}

/// A parser for `language`.
pub(super) fn parser(language: Language) -> Parser {
    let mut parser = Parser::new();
    parser
        .set_language(&language.grammar())
        .expect("the grammars in Cargo.toml fit the tree-sitter in Cargo.toml");
    parser
}

/// A parsed text that follows edits by incremental reparsing.
pub struct Tree {
    language: Language,
    parser: Parser,
    /// `None` if the parser gave up on the text.
    tree: Option<tree_sitter::Tree>,
    patches: Vec<Patch>,
    /// How many bytes the parser read for the latest text: a measure of cost without a clock.
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

    /// Applies `edits` (in order); `text` is the text after the last of them.
    pub fn update(&mut self, edits: &[Edit], text: &Rope) {
        if let Some(tree) = &mut self.tree {
            // A patch depends on its surroundings, so all are searched for again.
            self.patches.drain(..).for_each(|patch| patch.touch(tree));
            edits.iter().for_each(|edit| tree.edit(&edit.input()));
        }
        self.reparse(text);
    }

    /// All faults, in order of position; at most [`super::fault::MOST_FAULTS`].
    pub fn faults(&self, text: &Rope) -> Vec<Fault> {
        match &self.tree {
            Some(tree) => faults(&spots(tree, text), text),
            None => Vec::new(),
        }
    }

    fn reparse(&mut self, text: &Rope) {
        self.bytes_read = 0;
        self.parse_once(text);
        for _ in 0..gaps::MOST_ROUNDS {
            let Some(tree) = self.tree.as_mut().filter(|t| t.root_node().has_error()) else {
                return;
            };
            let spots = spots(tree, text);
            let new = gaps::close(self.language, text, &spots, &mut self.patches, None);
            if new.is_empty() {
                return;
            }
            new.iter().for_each(|patch| patch.touch(tree));
            self.parse_once(text);
        }
    }

    fn parse_once(&mut self, text: &Rope) {
        let mut read = 0;
        let old = self.tree.take();
        self.tree = source::parse(
            &mut self.parser,
            text,
            &self.patches,
            old.as_ref(),
            &mut |_, length| read += length,
            &mut || true,
        );
        self.bytes_read += read;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::source::Source;

    const TEXTS: [(Language, &str); 3] = [
        (
            Language::Python,
            "def f(a, b=[1]):\n    if a:\n        return {'é': b}\n    print(f\"{a}\")\n\n\nx = f(1)\n",
        ),
        (
            Language::Java,
            "class A {\n    int f(int[] a) {\n        if (a[0] > 1) { return 2; }\n        return a.length;\n    }\n}\n",
        ),
        (
            Language::Cpp,
            "#include <x>\nint f(int a) {\n    auto t = typeid(unsigned int).name();\n    return a ? t[0] : 1;\n}\n",
        ),
    ];

    /// Replaces characters `from..to` of `rope` and returns the edit.
    fn replace(rope: &mut Rope, from: usize, to: usize, text: &str) -> Edit {
        let place = |rope: &Rope, at: usize| {
            let point = Source::point(rope, at);
            (point.row, point.column)
        };
        let (start_byte, old_end_byte) = (rope.char_to_byte(from), rope.char_to_byte(to));
        let (start, old_end) = (place(rope, start_byte), place(rope, old_end_byte));
        rope.remove(from..to);
        rope.insert(from, text);
        let new_end_byte = start_byte + text.len();
        Edit {
            start_byte,
            old_end_byte,
            new_end_byte,
            start,
            old_end,
            new_end: place(rope, new_end_byte),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(120))]

        /// Whether a text is faulty does not depend on how it came about, and undoing every edit
        /// restores exactly the faults of a fresh parse.
        #[test]
        fn edits_lead_where_a_fresh_parse_leads(
            which in 0usize..3,
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, "[a(){}\\[\\];:\"é\n ]{0,3}"), 1..6),
        ) {
            let (language, text) = TEXTS[which];
            let mut rope = Rope::from_str(text);
            let mut tree = Tree::parse(language, &rope);
            prop_assert_eq!(tree.faults(&rope), vec![]);
            let mut undo = Vec::new();
            for (at, length, new) in edits {
                let from = at.index(rope.len_chars() + 1);
                let to = (from + length).min(rope.len_chars());
                let old = rope.slice(from..to).to_string();
                let edit = replace(&mut rope, from, to, &new);
                undo.push((from, from + new.chars().count(), old));
                tree.update(&[edit], &rope);
                let fresh = Tree::parse(language, &rope);
                prop_assert_eq!(tree.faults(&rope).is_empty(), fresh.faults(&rope).is_empty());
            }
            let back: Vec<Edit> = undo
                .into_iter()
                .rev()
                .map(|(from, to, old)| replace(&mut rope, from, to, &old))
                .collect();
            tree.update(&back, &rope);
            prop_assert_eq!(tree.faults(&rope), vec![]);
        }
    }

    #[test]
    fn an_edit_of_a_long_text_is_read_in_part() {
        let function = "int f(int a) {\n    if (a > 1) { return g(a); }\n    return 2;\n}\n\n";
        let mut rope = Rope::from_str(&function.repeat(400));
        let mut tree = Tree::parse(Language::Cpp, &rope);
        let whole = tree.bytes_read;
        let middle = rope.line_to_char(1002) + 11;
        let edit = replace(&mut rope, middle, middle, "x");
        tree.update(&[edit], &rope);
        let part = tree.bytes_read;
        assert!(part * 2 < whole, "{part} of {whole} bytes were read again");
    }

    #[test]
    fn faults_have_lines_columns_in_characters_and_a_message() {
        let table = [
            (
                Language::Python,
                "é = f(ü, )) + 1\n",
                (1, 11),
                "unmatched ')'",
            ),
            (
                Language::Python,
                "x = 1\ny = = 2\n",
                (2, 5),
                "unexpected '='",
            ),
            (
                Language::Java,
                "class A {\n    int x = 1\n}\n",
                (2, 14),
                "missing ';'",
            ),
            (
                Language::Cpp,
                "int f() {\n    g(1;\n}\n",
                (2, 8),
                "missing ')'",
            ),
            (
                Language::Cpp,
                "int f() {\n    return 1;\n",
                (2, 14),
                "missing '}'",
            ),
        ];
        for (language, text, place, message) in table {
            let rope = Rope::from_str(text);
            let faults = Tree::parse(language, &rope).faults(&rope);
            let first = faults.first().expect(text);
            let found = ((first.line, first.column), first.message.as_str());
            assert_eq!(found, (place, message), "{text}");
        }
    }

    #[test]
    fn noise_neither_hangs_nor_lists_without_end() {
        let noise: String = (0..40_000u32)
            .map(|n| {
                char::from(
                    b"(){}[];=+*ab\"'\n "[(n.wrapping_mul(2_654_435_761) >> 16) as usize % 16],
                )
            })
            .collect();
        for language in Language::ALL {
            let rope = Rope::from_str(&noise);
            let faults = Tree::parse(language, &rope).faults(&rope);
            assert!(faults.len() <= super::super::MOST_FAULTS);
        }
    }
}
