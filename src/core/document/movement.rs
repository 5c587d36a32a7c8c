//! The target of a cursor motion, by grapheme and by word. Works on the rope alone; the document
//! keeps the selection and the goal column of vertical motions.

use std::ops::Range;

use ropey::Rope;

use super::{
    grapheme,
    lines::{leading_blanks, line_end},
    width,
};

/// A motion of the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    /// To the first non-blank character, or from there to the start of the line.
    LineStart,
    LineEnd,
    PageUp,
    PageDown,
    DocumentStart,
    DocumentEnd,
}

impl Motion {
    /// Whether it keeps its column over several lines.
    pub fn is_vertical(self) -> bool {
        use Motion::*;
        matches!(self, Up | Down | PageUp | PageDown)
    }
}

/// Maximum graphemes per word motion: a word of megabytes takes several steps, none of which is
/// slow.
const LONGEST_WORD: usize = 16 * 1024;
/// The same for punctuation and symbols. Much lower because of flag emoji: where one ends depends
/// on how many precede it, so each step in a row of flags costs the whole row.
const LONGEST_MARKS: usize = 128;

/// The target of `motion` from char `from`. `goal` is the display column of vertical motions,
/// `page` the number of lines in a page.
pub(super) fn target(text: &Rope, from: usize, motion: Motion, goal: usize, page: usize) -> usize {
    let page = page.max(1);
    match motion {
        Motion::Left => grapheme::previous(text, from),
        Motion::Right => grapheme::next(text, from),
        Motion::WordLeft => word_left(text, from),
        Motion::WordRight => word_right(text, from),
        Motion::Up => up(text, from, 1, goal),
        Motion::Down => down(text, from, 1, goal),
        Motion::PageUp => up(text, from, page, goal),
        Motion::PageDown => down(text, from, page, goal),
        Motion::LineStart => line_start(text, from),
        Motion::LineEnd => line_end(text, text.char_to_line(from)),
        Motion::DocumentStart => 0,
        Motion::DocumentEnd => text.len_chars(),
    }
}

fn up(text: &Rope, from: usize, lines: usize, goal: usize) -> usize {
    match text.char_to_line(from) {
        0 => 0,
        line => width::char_at_column(text, line.saturating_sub(lines), goal),
    }
}

fn down(text: &Rope, from: usize, lines: usize, goal: usize) -> usize {
    let (line, last) = (text.char_to_line(from), text.len_lines() - 1);
    if line == last {
        return text.len_chars();
    }
    width::char_at_column(text, line.saturating_add(lines).min(last), goal)
}

fn line_start(text: &Rope, from: usize) -> usize {
    let line = text.char_to_line(from);
    let start = text.line_to_char(line);
    let first = start + leading_blanks(text, line);
    if from == first || first == line_end(text, line) {
        start
    } else {
        grapheme::floor(text, first)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Break,
    Blank,
    Word,
    Mark,
}

impl Class {
    /// Maximum graphemes of this class per motion.
    fn longest(self) -> usize {
        match self {
            Class::Mark => LONGEST_MARKS,
            _ => LONGEST_WORD,
        }
    }
}

/// The class of the grapheme that starts at `at`.
fn class(text: &Rope, at: usize) -> Class {
    match text.char(at) {
        '\n' => Class::Break,
        '\r' if text.get_char(at + 1) == Some('\n') => Class::Break,
        c if c.is_whitespace() => Class::Blank,
        c if c.is_alphanumeric() || c == '_' => Class::Word,
        _ => Class::Mark,
    }
}

/// Skips one line break; otherwise blanks and then a run of one class, within the line.
fn word_right(text: &Rope, from: usize) -> usize {
    let end = text.len_chars();
    if from < end && class(text, from) == Class::Break {
        return grapheme::next(text, from);
    }
    let at = pass_right(text, from, Class::Blank);
    if at == end || class(text, at) == Class::Break {
        return at;
    }
    pass_right(text, at, class(text, at))
}

fn pass_right(text: &Rope, mut at: usize, wanted: Class) -> usize {
    for _ in 0..wanted.longest() {
        if at == text.len_chars() || class(text, at) != wanted {
            break;
        }
        at = grapheme::next(text, at);
    }
    at
}

fn word_left(text: &Rope, from: usize) -> usize {
    let before = grapheme::previous(text, from);
    if from == 0 || class(text, before) == Class::Break {
        return before;
    }
    let at = pass_left(text, from, Class::Blank);
    let before = grapheme::previous(text, at);
    if at == 0 || class(text, before) == Class::Break {
        return at;
    }
    pass_left(text, at, class(text, before))
}

fn pass_left(text: &Rope, mut at: usize, wanted: Class) -> usize {
    for _ in 0..wanted.longest() {
        let before = grapheme::previous(text, at);
        if at == 0 || class(text, before) != wanted {
            break;
        }
        at = before;
    }
    at
}

/// The run of one class around char `at`: a word, blanks, or punctuation. Empty on a line break and
/// at the end of the text, unless a word ends there.
pub(super) fn word_at(text: &Rope, at: usize) -> Range<usize> {
    let at = grapheme::floor(text, at);
    let here = (at < text.len_chars()).then(|| class(text, at));
    let before = (at > 0).then(|| class(text, grapheme::previous(text, at)));
    match here {
        Some(class) if class != Class::Break => {
            pass_left(text, at, class)..pass_right(text, at, class)
        }
        _ if before == Some(Class::Word) => pass_left(text, at, Class::Word)..at,
        _ => at..at,
    }
}
