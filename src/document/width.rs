//! The display width of text, and visible stand-ins for characters that would act on the screen.
//! Vertical movement and all drawing code share it, so that both count alike.
//!
//! File content and model output must never control the terminal: all drawing goes through
//! [`shown`].

use std::borrow::Cow;

use ropey::Rope;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::movement;

/// Cells between two tab stops.
pub const TAB_WIDTH: usize = 4;

/// Columns are exact up to this many chars of a line. Further right each char counts as one cell
/// (exact for printable ASCII), which bounds the cost of lines of megabytes.
pub const EXACT_CHARS: usize = 16 * 1024;

/// The cells that `grapheme` takes when it starts at display column `column`. Never 0, except for
/// an empty string; a tab reaches to the next stop.
pub fn display_width(grapheme: &str, column: usize) -> usize {
    match grapheme.as_bytes() {
        b"\t" => TAB_WIDTH - column % TAB_WIDTH,
        [b' '..=b'~'] => 1,
        _ => shown(grapheme).width(),
    }
}

/// The text to draw for one grapheme: itself, or a visible stand-in if it would control the
/// terminal, change the direction of text, or be invisible: `^[` for the escape character, `<202E>`
/// for a bidirectional override. A tab is one space here; draw [`display_width`] of them.
pub fn shown(grapheme: &str) -> Cow<'_, str> {
    if let [b' '..=b'~'] = grapheme.as_bytes() {
        return Cow::Borrowed(grapheme);
    }
    if grapheme == "\t" {
        return Cow::Borrowed(" ");
    }
    // Regional flags (Scotland) are a black flag followed by tag characters.
    let flag = grapheme.starts_with('\u{1F3F4}');
    let acts = |c: char| c.is_control() || is_hidden(c) && !(flag && is_tag(c));
    if grapheme.contains(acts) {
        return Cow::Owned(grapheme.chars().map(|c| spelled(c, acts(c))).collect());
    }
    if grapheme.width() > 0 {
        return Cow::Borrowed(grapheme);
    }
    match grapheme.chars().next() {
        // A combining mark without a base gets the customary dotted circle.
        Some(first) if !first.is_alphanumeric() && ('\u{300}'..'\u{2000}').contains(&first) => {
            Cow::Owned(format!("\u{25CC}{grapheme}"))
        }
        _ => Cow::Owned(grapheme.chars().map(|c| spelled(c, true)).collect()),
    }
}

/// [`shown`] for a whole text, such as a file name or a message from outside.
pub fn shown_text(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.graphemes(true).map(shown).collect())
}

fn spelled(c: char, stand_in: bool) -> String {
    match c {
        _ if !stand_in => c.to_string(),
        '\0'..='\x1F' => format!("^{}", char::from(c as u8 ^ 0x40)),
        '\x7F' => String::from("^?"),
        _ => format!("<{:04X}>", c as u32),
    }
}

/// Characters that are not controls but act on the text around them, or hide in it. The joiners
/// U+200C and U+200D are allowed: they form graphemes.
fn is_hidden(c: char) -> bool {
    matches!(c,
        // Bidirectional marks, embeddings, overrides and isolates.
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        // Line and paragraph separators.
        | '\u{2028}' | '\u{2029}'
        // Soft hyphen, zero-width space, word joiner and its kin, byte-order mark.
        | '\u{AD}' | '\u{180E}' | '\u{200B}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}'
        // Hangul fillers: letters that show nothing.
        | '\u{3164}' | '\u{FFA0}'
        // Interlinear annotations.
        | '\u{FFF9}'..='\u{FFFB}'
    ) || is_tag(c)
}

fn is_tag(c: char) -> bool {
    ('\u{E0000}'..='\u{E007F}').contains(&c)
}

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
    let (start, end) = (text.line_to_char(line), movement::line_end(text, line));
    let exact = end.min(start + EXACT_CHARS);
    let near: Cow<str> = text.slice(start..exact).into();
    let (mut at, mut reached) = (start, 0);
    for grapheme in near.graphemes(true) {
        reached += display_width(grapheme, reached);
        if reached > column {
            return super::grapheme::floor(text, at);
        }
        at += grapheme.chars().count();
    }
    super::grapheme::floor(text, end.min(at + (column - reached)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_is_shown() {
        for (text, expected) in [
            ("a", "a"),
            ("é", "é"),
            ("世", "世"),
            ("👨‍👩‍👧", "👨‍👩‍👧"),
            ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
            ("\x1b[31mred", "^[[31mred"),
            ("\u{9b}2J", "<009B>2J"),
            ("\x07\x7f\0", "^G^?^@"),
            ("a\u{202E}b", "a<202E>b"),
            ("x\u{200B}y\u{FEFF}", "x<200B>y<FEFF>"),
            ("a\u{E0041}", "a<E0041>"),
            ("\u{200D}", "<200D>"),
            ("\u{301}", "\u{25CC}\u{301}"),
            ("one\r\ntwo\u{2028}", "one^M^Jtwo<2028>"),
            ("\t", " "),
        ] {
            assert_eq!(shown_text(text), expected, "{text:?}");
        }
    }

    #[test]
    fn nothing_acts_and_nothing_is_invisible() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let drawn = shown(&text);
            assert!(
                !drawn.contains(char::is_control),
                "{c:?} is drawn as {drawn:?}"
            );
            assert!(
                drawn.width() > 0,
                "{c:?} (U+{:04X}) takes no cell",
                c as u32
            );
        }
    }

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
        assert!(super::super::grapheme::is_boundary(&wide, at));
    }
}
