//! How much of a text to highlight at once. Every figure here bounds a cost.

use std::ops::Range;

use ropey::Rope;

/// A text with at most this many lines and bytes is highlighted whole.
const WHOLE_LINES: usize = 2_000;
const WHOLE_BYTES: usize = 128 * 1024;

/// Of a larger text: at most this many of the wanted lines, and this many bytes in all.
const WANTED_LINES: usize = 500;
const WINDOW_BYTES: usize = 128 * 1024;

/// Where a window may start, in lines before the first wanted one. A parse that starts further away
/// has more likely synchronized before the wanted lines.
const LEAD_IN: Range<usize> = 100..300;

/// Lines after the last wanted one, so that constructs opened in view are closed in the window.
const LEAD_OUT: usize = 50;

/// Only this many bytes at the start of a longer line are highlighted.
const LINE_BYTES: usize = 8 * 1024;

/// Syntect applies regular expressions to each line, which is much slower: it skips longer lines.
const SYNTAX_LINE_BYTES: usize = 1_000;

/// Syntect starts this many lines before the first wanted one.
const SYNTAX_LEAD_IN: usize = 300;

/// Whether a text is highlighted whole.
fn is_small(text: &Rope) -> bool {
    text.len_lines() <= WHOLE_LINES && text.len_bytes() <= WHOLE_BYTES
}

/// The byte ranges to parse with a grammar, each on its own: usually one, but very long lines, of
/// which only the start is read, split it.
pub(super) fn for_grammar(text: &Rope, wanted: Range<usize>) -> Vec<Range<usize>> {
    let lines = if is_small(text) {
        0..text.len_lines()
    } else {
        let wanted = clamp(text, wanted);
        beginning(text, wanted.start)..(wanted.end + LEAD_OUT).min(text.len_lines())
    };
    segments(text, lines)
}

/// The lines to highlight with one of syntect's syntaxes.
pub(super) fn for_syntax(text: &Rope, wanted: Range<usize>) -> Range<usize> {
    let wanted = clamp(text, wanted);
    wanted.start.saturating_sub(SYNTAX_LEAD_IN)..wanted.end
}

/// A line without its line break, or `None` if it is too long for syntect.
pub(super) fn clipped_line(text: &Rope, line: usize) -> Option<Range<usize>> {
    let bytes = line_bytes(text, line);
    if bytes.len() > SYNTAX_LINE_BYTES {
        return None;
    }
    let content = text.byte_slice(bytes.clone()).to_string();
    let content = content.trim_end_matches(['\n', '\r']);
    Some(bytes.start..bytes.start + content.len())
}

fn clamp(text: &Rope, wanted: Range<usize>) -> Range<usize> {
    let end = wanted.end.min(text.len_lines());
    let start = wanted.start.min(end);
    start..end.min(start + WANTED_LINES)
}

/// The bytes of a line with its line break.
fn line_bytes(text: &Rope, line: usize) -> Range<usize> {
    text.line_to_byte(line)..text.line_to_byte((line + 1).min(text.len_lines()))
}

/// A line before `line` at which a parse may start: the least indented one in reach, preferably
/// after an empty one, where a function or a class is likely to start.
fn beginning(text: &Rope, line: usize) -> usize {
    let first = line.saturating_sub(LEAD_IN.end);
    let last = line.saturating_sub(LEAD_IN.start);
    if first == 0 {
        return 0;
    }
    (first..=last)
        .filter_map(|line| {
            let indent = indentation(text, line)?;
            let after_text = indentation(text, line - 1).is_some();
            Some((indent, after_text, line))
        })
        .min()
        .map_or(last, |(_, _, line)| line)
}

/// The blanks at the start of a line; `None` if it has nothing else, or only a closing mark.
fn indentation(text: &Rope, line: usize) -> Option<usize> {
    let mut chars = text.line(line).chars().take(200);
    let indent = chars.by_ref().take_while(|c| matches!(c, ' ' | '\t'));
    let indent = indent.count();
    let first = text.line(line).get_char(indent)?;
    (!first.is_whitespace() && !matches!(first, '}' | ')' | ']')).then_some(indent)
}

/// `lines` as byte ranges, split after overlong lines, up to the limit of bytes.
fn segments(text: &Rope, lines: Range<usize>) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    let mut current = text.line_to_byte(lines.start)..text.line_to_byte(lines.start);
    let mut left = WINDOW_BYTES;
    for line in lines {
        let bytes = line_bytes(text, line);
        let clipped = bytes.len() > LINE_BYTES;
        current.end = if clipped {
            // Not within a character.
            text.char_to_byte(text.byte_to_char(bytes.start + LINE_BYTES))
        } else {
            bytes.end
        };
        let Some(rest) = left.checked_sub(current.end - bytes.start) else {
            current.end = bytes.start;
            break;
        };
        left = rest;
        if clipped {
            segments.push(current);
            current = bytes.end..bytes.end;
        }
    }
    segments.push(current);
    segments.retain(|segment| !segment.is_empty());
    segments
}
