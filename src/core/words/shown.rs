//! The display width of text, and visible stand-ins for characters that would act on the screen.
//!
//! File content and model output must never control the terminal: all drawing goes through
//! [`shown`].

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cells between two tab stops.
pub const TAB_WIDTH: usize = 4;

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
/// terminal, change the direction of text, or be invisible. For example, `^[` stands for the escape
/// character and `<202E>` for a bidirectional override. A tab is one space here; draw
/// [`display_width`] of them.
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
}
