//! Breaks prose into lines.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Breaks a text into lines of at most `width` cells at its spaces, except no-break spaces
/// (U+00A0). A longer word, such as an address, is broken where the line is full.
pub fn wrap_words(text: &str, width: usize) -> Vec<String> {
    wrap_indented(text, width, "", "")
}

/// [`wrap_words`] with a prefix for the first line and one for all others.
pub fn wrap_indented(text: &str, width: usize, first: &str, others: &str) -> Vec<String> {
    let room = width.saturating_sub(first.width().max(others.width()));
    let parts = text
        .split(|c: char| c.is_whitespace() && c != '\u{a0}')
        .flat_map(|word| broken(word, room.max(1)));
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + part.width() <= width => {
                line.push(' ');
                line.push_str(&part);
            }
            Some(_) => lines.push(format!("{others}{part}")),
            None => lines.push(format!("{first}{part}")),
        }
    }
    lines
}

/// A word, split into parts of at most `width` cells.
fn broken(word: &str, width: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut used = 0;
    for grapheme in word.graphemes(true) {
        let cells = grapheme.width();
        match parts.last_mut() {
            Some(part) if used + cells <= width => {
                part.push_str(grapheme);
                used += cells;
            }
            _ => {
                parts.push(grapheme.to_owned());
                used = cells;
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_longer_than_a_line_is_broken() {
        assert_eq!(
            wrap_words("at http://127.0.0.1:9 nobody", 10),
            ["at", "http://127", ".0.0.1:9", "nobody"]
        );
        assert_eq!(wrap_words("ab", 0), ["a", "b"]);
        assert_eq!(wrap_words("世界", 3), ["世", "界"]);
        assert_eq!(wrap_words(" ", 3), [""; 0]);
    }

    #[test]
    fn lines_are_indented_and_words_kept_together_where_that_is_wanted() {
        assert_eq!(
            wrap_indented("one two three 4\u{a0}%", 10, "- ", "  "),
            ["- one two", "  three", "  4\u{a0}%"]
        );
    }
}
