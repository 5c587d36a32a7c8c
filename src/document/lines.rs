//! Where a line ends and what it begins with.

use ropey::Rope;

/// Up to here, in chars, the columns of a line are exact. Farther right every char counts as one
/// cell (exact for printable ASCII), so that a line of megabytes costs no more than this to measure.
pub const EXACT_CHARS: usize = 16 * 1024;

/// The end of `line`, before its line break.
pub fn line_end(text: &Rope, line: usize) -> usize {
    if line + 1 >= text.len_lines() {
        return text.len_chars();
    }
    let break_at = text.line_to_char(line + 1) - 1;
    match break_at.checked_sub(1).map(|before| text.char(before)) {
        Some('\r') if break_at > text.line_to_char(line) => break_at - 1,
        _ => break_at,
    }
}

/// The spaces and tabs that `line` starts with, in chars; no more than can be measured exactly.
pub(super) fn leading_blanks(text: &Rope, line: usize) -> usize {
    text.chars_at(text.line_to_char(line))
        .take(EXACT_CHARS)
        .take_while(|c| matches!(c, ' ' | '\t'))
        .count()
}
