//! Detects how a text is indented, and how deep a new line belongs. Reads the text and never
//! changes it.

use ropey::Rope;

use super::lines::{leading_blanks, line_end};
use crate::words::TAB_WIDTH;

/// How many lines to examine for a document's indentation.
const LINES_FOR_INDENT: usize = 1000;
/// How many chars before the cursor to search for the bracket that a typed one closes.
const BRACKET_REACH: usize = 64 * 1024;

/// One step of indentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IndentUnit {
    Tab,
    Spaces(usize),
}

impl IndentUnit {
    /// The unit that most lines of `text` use; four spaces if unclear.
    pub fn detect(text: &Rope) -> Self {
        let (mut tabs, mut spaces) = (0, 0);
        // How often a line is deeper than the one before it, by number of spaces.
        let mut steps = [0; 9];
        let mut before = usize::MAX;
        for line in 0..text.len_lines().min(LINES_FOR_INDENT) {
            let blanks = leading_blanks(text, line);
            let start = text.line_to_char(line);
            if start + blanks == line_end(text, line) {
                continue;
            }
            match text.char(start) {
                '\t' => tabs += 1,
                ' ' => spaces += 1,
                _ => {}
            }
            // A step of one is the star of a comment, not a block.
            if let Some(2..=8) = blanks.checked_sub(before) {
                steps[blanks - before] += 1;
            }
            before = blanks;
        }
        if tabs > spaces {
            return IndentUnit::Tab;
        }
        let most = (2..=8).max_by_key(|&step| (steps[step], step == 4));
        match most {
            Some(step) if steps[step] > 0 => IndentUnit::Spaces(step),
            _ => IndentUnit::Spaces(4),
        }
    }

    /// Its width in cells.
    pub fn width(self) -> usize {
        match self {
            IndentUnit::Tab => TAB_WIDTH,
            IndentUnit::Spaces(width) => width,
        }
    }

    pub fn text(self) -> String {
        match self {
            IndentUnit::Tab => String::from("\t"),
            IndentUnit::Spaces(width) => " ".repeat(width),
        }
    }
}

/// The blanks that `line` starts with, up to char `until`.
pub(super) fn indentation(text: &Rope, line: usize, until: usize) -> String {
    let start = text.line_to_char(line);
    let end = until.min(start + leading_blanks(text, line));
    text.slice(start..end).to_string()
}

/// `line` without a trailing comment, as far as one line can tell.
pub(super) fn code<'a>(line: &'a str, comment: Option<&str>) -> &'a str {
    let Some(comment) = comment else { return line };
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match quote {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if line[at..].starts_with(comment) => return &line[..at],
            None => {}
        }
    }
    line
}

/// The bracket before char `at` that a closing one at `at` would match. Only counts brackets, so
/// one in a string can mislead it; at worst the indentation is wrong.
pub(super) fn matching_bracket(
    text: &Rope,
    at: usize,
    opener: char,
    closer: char,
) -> Option<usize> {
    let mut depth = 0;
    let mut chars = text.chars_at(at);
    for passed in 1..=at.min(BRACKET_REACH) {
        let c = chars.prev()?;
        if c == closer {
            depth += 1;
        } else if c == opener && depth == 0 {
            return Some(at - passed);
        } else if c == opener {
            depth -= 1;
        }
    }
    None
}
