//! Columns of lines: the display column of a char, and the reverse. Vertical movement and all
//! drawing code share it, so that both count alike. [`crate::words`] says how wide a grapheme is.

use std::borrow::Cow;

use ropey::Rope;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    grapheme,
    lines::{EXACT_CHARS, line_end},
};
use crate::words::display_width;

/// The display column of char `at` in its line; see [`EXACT_CHARS`] for very long lines.
pub fn column_of(text: &Rope, at: usize) -> usize {
    let at = at.min(text.len_chars());
    let start = text.line_to_char(text.char_to_line(at));
    let exact = at.min(start + EXACT_CHARS);
    let near: Cow<str> = text.slice(start..exact).into();
    let column = near.graphemes(true).fold(0, |column, grapheme| {
        column + display_width(grapheme, column)
    });
    column + (at - exact)
}

/// The char of `line` that covers display column `column`, or the end of a shorter line. Always a
/// grapheme boundary, and the inverse of [`column_of`].
pub fn char_at_column(text: &Rope, line: usize, column: usize) -> usize {
    let line = line.min(text.len_lines() - 1);
    let (start, end) = (text.line_to_char(line), line_end(text, line));
    let exact = end.min(start + EXACT_CHARS);
    let near: Cow<str> = text.slice(start..exact).into();
    let (mut at, mut reached) = (start, 0);
    for grapheme in near.graphemes(true) {
        reached += display_width(grapheme, reached);
        if reached > column {
            return grapheme::floor(text, at);
        }
        at += grapheme.chars().count();
    }
    grapheme::floor(text, end.min(at + (column - reached)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_reach_the_next_stop() {
        let text = Rope::from_str("a\tb\t世\t!");
        let columns: Vec<usize> = (0..7).map(|at| column_of(&text, at)).collect();
        assert_eq!(columns, [0, 1, 4, 5, 8, 10, 12]);
    }

    #[test]
    fn column_and_char_are_each_other_s_reverse() {
        let text = Rope::from_str("first\n\ta世e\u{301}👨‍👩‍👧\x1bz\r\nlast");
        for at in [6, 7, 8, 9, 11, 16, 17, 18] {
            assert_eq!(
                char_at_column(&text, 1, column_of(&text, at)),
                at,
                "char {at}"
            );
        }
        assert_eq!(
            char_at_column(&text, 1, 6),
            8,
            "the second cell of a wide character"
        );
        assert_eq!(
            char_at_column(&text, 1, 99),
            18,
            "past the end, before the line break"
        );
    }

    #[test]
    fn very_long_lines_are_measured_by_chars_far_out() {
        let text = Rope::from_str(&"x".repeat(1_000_000));
        assert_eq!(column_of(&text, 999_999), 999_999);
        assert_eq!(char_at_column(&text, 0, 999_999), 999_999);
        let wide = Rope::from_str(&"e\u{301}".repeat(100_000));
        let at = char_at_column(&wide, 0, 50_000);
        assert!(super::grapheme::is_boundary(&wide, at));
    }
}
