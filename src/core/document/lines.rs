//! Where a line ends, and the blanks it begins with.

use ropey::Rope;

/// Columns are exact up to this many chars of a line. Further right each char counts as one cell
/// (exact for printable ASCII), which bounds the cost of lines of megabytes.
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

/// The number of spaces and tabs at the start of `line`, up to what can be measured exactly.
pub(super) fn leading_blanks(text: &Rope, line: usize) -> usize {
    text.chars_at(text.line_to_char(line))
        .take(EXACT_CHARS)
        .take_while(|c| matches!(c, ' ' | '\t'))
        .count()
}
