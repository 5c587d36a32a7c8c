//! Random edits, motions, undo and redo against a plain `String`.

use std::ops::Range;

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    super::{Document, EditKind, Selection, movement::Motion, search},
    piece,
};
use crate::syntax::Edit;

#[derive(Debug, Clone)]
enum Op {
    Select(usize, usize),
    SelectAll,
    Move(Motion, bool, usize),
    Insert(String, EditKind),
    Replace(usize, usize, String, EditKind),
    Delete(Motion),
    Type(String),
    Newline,
    Indent,
    Outdent,
    Undo,
    Redo,
    Pause,
    Save,
}

fn motion() -> impl Strategy<Value = Motion> {
    use Motion::*;
    prop::sample::select(vec![
        Left,
        Right,
        WordLeft,
        WordRight,
        Up,
        Down,
        LineStart,
        LineEnd,
        PageUp,
        PageDown,
        DocumentStart,
        DocumentEnd,
    ])
}

fn kind() -> impl Strategy<Value = EditKind> {
    use EditKind::*;
    prop::sample::select(vec![Type, Type, Delete, Whole])
}

fn text(pieces: Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), pieces).prop_map(|pieces| pieces.concat())
}

fn op() -> impl Strategy<Value = Op> {
    let place = || 0..400usize;
    prop_oneof![
        2 => (place(), place()).prop_map(|(a, b)| Op::Select(a, b)),
        1 => Just(Op::SelectAll),
        6 => (motion(), any::<bool>(), 0..5usize).prop_map(|(m, e, p)| Op::Move(m, e, p)),
        6 => (text(0..4), kind()).prop_map(|(t, k)| Op::Insert(t, k)),
        3 => (place(), place(), text(0..4), kind()).prop_map(|(a, b, t, k)| Op::Replace(a, b, t, k)),
        4 => motion().prop_map(Op::Delete),
        4 => piece().prop_map(Op::Type),
        2 => Just(Op::Newline),
        2 => Just(Op::Indent),
        2 => Just(Op::Outdent),
        5 => Just(Op::Undo),
        4 => Just(Op::Redo),
        1 => Just(Op::Pause),
        1 => Just(Op::Save),
    ]
}

/// `text` with the chars of `range` replaced.
fn replaced(text: &str, range: Range<usize>, by: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let end = range.end.min(chars.len());
    let start = range.start.min(end);
    let part = |range: Range<usize>| chars[range].iter().collect::<String>();
    [&part(0..start), by, &part(end..chars.len())].concat()
}

fn with_ending(text: &str, ending: &str) -> String {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    plain.replace('\n', ending)
}

/// Char indices of the grapheme boundaries.
fn boundaries(text: &str) -> Vec<usize> {
    let graphemes = text.graphemes(true).map(|g| g.chars().count());
    std::iter::once(0)
        .chain(graphemes.scan(0, |at, chars| {
            *at += chars;
            Some(*at)
        }))
        .collect()
}

/// Applies `edits` to the bytes of `old`, as a follower of the text would, and compares the result
/// with `new`. An edit does not contain the inserted bytes: they are taken from `new` if there is
/// only one edit, and otherwise known to contain no line break.
fn check_edits(old: &str, edits: &[Edit], new: &str) {
    let point = |bytes: &[Option<u8>], at: usize| {
        let before = &bytes[..at];
        let row = before.iter().filter(|&&byte| byte == Some(b'\n')).count();
        let line = before.iter().rev().take_while(|&&byte| byte != Some(b'\n'));
        (row, line.count())
    };
    let mut bytes: Vec<Option<u8>> = old.bytes().map(Some).collect();
    for edit in edits {
        assert_eq!(
            edit.start,
            point(&bytes, edit.start_byte),
            "start of {edit:?}"
        );
        assert_eq!(
            edit.old_end,
            point(&bytes, edit.old_end_byte),
            "old end of {edit:?}"
        );
        let inserted: Vec<Option<u8>> = match edits {
            [_] => new.as_bytes()[edit.start_byte..edit.new_end_byte]
                .iter()
                .map(|&byte| Some(byte))
                .collect(),
            _ => vec![None; edit.new_end_byte - edit.start_byte],
        };
        bytes.splice(edit.start_byte..edit.old_end_byte, inserted);
        assert_eq!(
            edit.new_end,
            point(&bytes, edit.new_end_byte),
            "new end of {edit:?}"
        );
    }
    assert_eq!(bytes.len(), new.len(), "length after {edits:?}");
    for (at, (byte, expected)) in bytes.iter().zip(new.bytes()).enumerate() {
        assert!(
            byte.is_none_or(|byte| byte == expected),
            "byte {at} after {edits:?}"
        );
    }
}

/// Texts and selections before each edit that can be undone, and whether it is a step by itself.
type Past = Vec<(String, Selection, bool)>;

/// A document beside the plain string with its expected content.
struct Pair {
    document: Document,
    text: String,
    past: Past,
    /// Texts before each undo that can be redone, and the value of `past` at that time.
    future: Vec<(String, Past)>,
    saved: String,
}

impl Pair {
    fn new(text: &str) -> Self {
        Pair {
            document: Document::new(text, Some("model.py".into())),
            text: String::from(text),
            past: Vec::new(),
            future: Vec::new(),
            saved: String::from(text),
        }
    }

    fn apply(&mut self, op: &Op) {
        let (revision, before) = (self.document.revision(), self.document.selection());
        let (changed, expected) = self.perform(op);
        let text = self.document.rope().to_string();
        if let Some(expected) = expected {
            assert_eq!(text, expected, "text after {op:?}");
        }
        let edits = self.document.take_edits();
        check_edits(&self.text, &edits, &text);
        let grown = self.document.revision() - revision;
        assert_eq!(grown, u64::from(changed), "revision after {op:?}");
        assert_eq!(edits.is_empty(), !changed, "edits of {op:?}");

        let old = std::mem::replace(&mut self.text, text);
        match op {
            Op::Undo if changed => self.check_undo(old),
            Op::Redo if changed => {
                let (text, past) = self.future.pop().expect("something was undone");
                assert_eq!(self.text, text, "redo leads back to where undo came from");
                self.past = past;
            }
            _ if changed => {
                let alone = !matches!(
                    op,
                    Op::Insert(_, EditKind::Type | EditKind::Delete)
                        | Op::Replace(.., EditKind::Type | EditKind::Delete)
                        | Op::Delete(_)
                        | Op::Type(_)
                        | Op::Indent
                );
                self.past.push((old, before, alone));
                self.future.clear();
            }
            _ => {}
        }
        self.check();
    }

    /// Applies it to the document; returns whether the document reports a change, and the expected
    /// text if the plain string can predict it.
    fn perform(&mut self, op: &Op) -> (bool, Option<String>) {
        let (document, text) = (&mut self.document, &self.text);
        let selected = document.selection().range();
        let ending = document.line_ending();
        match op {
            Op::Select(anchor, head) => document.set_selection(Selection {
                anchor: *anchor,
                head: *head,
            }),
            Op::SelectAll => document.select_all(),
            Op::Move(motion, extend, page) => document.move_cursor(*motion, *extend, *page),
            Op::Pause => document.break_undo_group(),
            Op::Save => {
                document.mark_saved();
                self.saved.clone_from(text);
                assert!(!document.is_modified());
            }
            Op::Insert(new, kind) => {
                let expected = replaced(text, selected, &with_ending(new, ending));
                return (document.insert(new, *kind), Some(expected));
            }
            Op::Replace(a, b, new, kind) => {
                let range = *a.min(b)..*a.max(b);
                let expected = replaced(text, range.clone(), &with_ending(new, ending));
                return (document.replace(range, new, *kind), Some(expected));
            }
            Op::Delete(motion) => {
                let changed = document.delete(*motion);
                let removed = text.chars().count() - document.rope().len_chars();
                let (all, at) = (boundaries(text), selected.start);
                let wanted = match motion {
                    _ if !selected.is_empty() => selected.len(),
                    Motion::Left => all.iter().rfind(|&&b| b < at).map_or(0, |b| at - b),
                    Motion::Right => all.iter().find(|&&b| b > at).map_or(0, |b| b - at),
                    _ => removed,
                };
                assert_eq!(removed, wanted, "one grapheme, or the selection");
                // A motion covers text on one side of the cursor.
                let back = replaced(text, at.saturating_sub(removed)..at, "");
                let expected = match selected.is_empty() && *document.rope() == back.as_str() {
                    true => back,
                    false => replaced(text, at..at + removed, ""),
                };
                return (changed, Some(expected));
            }
            Op::Type(new) => return (document.type_text(new), None),
            Op::Newline => {
                let breaks = |text: &str| text.matches('\n').count();
                let gone: String = text
                    .chars()
                    .skip(selected.start)
                    .take(selected.len())
                    .collect();
                let left = breaks(text) - breaks(&gone);
                assert!(document.newline());
                let now = breaks(&document.rope().to_string());
                assert!(
                    now == left + 1 || now == left + 2,
                    "one line more, or a block"
                );
                return (true, None);
            }
            Op::Indent | Op::Outdent => {
                let (changed, nothing_selected) = match op {
                    Op::Indent => (document.indent(), selected.is_empty()),
                    _ => (document.outdent(), false),
                };
                let now = document.rope().to_string();
                let solid = |text: &str| text.replace([' ', '\t'], "");
                assert_eq!(solid(&now), solid(text), "only blanks come and go");
                assert!(!nothing_selected || now.len() > text.len());
                return (changed, None);
            }
            Op::Undo => {
                let changed = document.undo();
                assert_eq!(changed, !self.past.is_empty(), "all can be undone");
                return (changed, None);
            }
            Op::Redo => {
                let changed = document.redo();
                assert_eq!(
                    changed,
                    !self.future.is_empty(),
                    "what was undone can be redone"
                );
                return (changed, None);
            }
        }
        (false, Some(text.clone()))
    }

    /// An undo restores an earlier text and its selection: one edit back if that edit is a step by
    /// itself, otherwise several.
    fn check_undo(&mut self, from: String) {
        self.future.push((from, self.past.clone()));
        let mut passed = 0;
        loop {
            let (text, selection, alone) = self.past.pop().expect("undo leads to an earlier text");
            passed += 1;
            if text == self.text && selection == self.document.selection() {
                assert!(passed == 1 || !alone);
                return;
            }
            assert!(!alone, "undo passed over a step of its own");
        }
    }

    fn check(&self) {
        let all = boundaries(&self.text);
        let Selection { anchor, head } = self.document.selection();
        assert!(all.contains(&head), "cursor {head} in {:?}", self.text);
        assert!(all.contains(&anchor), "anchor {anchor} in {:?}", self.text);
        if !self.document.is_modified() {
            assert_eq!(self.text, self.saved, "an unmodified text is the saved one");
        }
        let (hole, selected) = (self.document.hole(), self.document.selection().range());
        let chars: Vec<char> = self.text.chars().collect();
        let part = |part: &[char]| part.iter().collect::<String>().replace("\r\n", "\n");
        let prefix = part(&chars[..selected.start]);
        assert_eq!(
            hole.prefix,
            prefix.strip_prefix('\u{FEFF}').unwrap_or(&prefix)
        );
        assert_eq!(hole.suffix, part(&chars[selected.end..]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_document_is_a_string_with_undo(
        start in text(0..60),
        copies in prop::sample::select(vec![1usize, 1, 1, 25]),
        ops in prop::collection::vec(op(), 1..60),
    ) {
        // Several copies spread the text over many chunks of the rope.
        let start = start.repeat(copies);
        let mut pair = Pair::new(&start);
        for op in &ops {
            pair.apply(op);
        }
        let (end, undone) = (pair.text.clone(), !pair.future.is_empty());
        while !pair.past.is_empty() {
            pair.apply(&Op::Undo);
        }
        prop_assert_eq!(&pair.text, &start, "undone to the start");
        while !pair.future.is_empty() {
            pair.apply(&Op::Redo);
        }
        // Redo the steps that were undone when the operations ended, too.
        if !undone {
            prop_assert_eq!(pair.text, end);
        }
    }

    #[test]
    fn found_text_is_the_next_one_there_is(
        text in text(0..80),
        needle in text(1..3),
        from in 0..200usize,
        backwards in any::<bool>(),
    ) {
        let rope = ropey::Rope::from_str(&text);
        let all = boundaries(&text);
        let chars: Vec<char> = text.chars().collect();
        let wanted: Vec<char> = needle.chars().collect();
        let exact = needle.chars().any(char::is_uppercase);
        let same = |a: &[char]| a.iter().zip(&wanted).all(|(a, b)| {
            a == b || !exact && a.to_lowercase().eq(b.to_lowercase())
        });
        let n = wanted.len();
        let hits: Vec<usize> = (0..(chars.len() + 1).saturating_sub(n))
            .filter(|&at| same(&chars[at..at + n]))
            .filter(|at| all.contains(at) && all.contains(&(at + n)))
            .collect();
        let from = from.min(chars.len());
        let expected = match backwards {
            false => hits.iter().find(|&&at| at >= from).or(hits.first()),
            true => hits.iter().rfind(|&&at| at + n <= from).or(hits.last()),
        };
        let expected = expected.map(|&at| at..at + n);
        prop_assert_eq!(search::find(&rope, &needle, from, backwards), expected);
    }
}
