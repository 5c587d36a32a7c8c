//! Grapheme boundaries in a rope, found chunk by chunk: no text is copied, so a step costs the same
//! in a line of ten characters as in one of ten million.

use ropey::Rope;
use unicode_segmentation::{GraphemeCursor, GraphemeIncomplete};

/// The boundary after char `at`, or the end of the text.
pub(super) fn next(text: &Rope, at: usize) -> usize {
    step(text, at, GraphemeCursor::next_boundary).unwrap_or(text.len_chars())
}

/// The boundary before char `at`, or 0.
pub(super) fn previous(text: &Rope, at: usize) -> usize {
    step(text, at, GraphemeCursor::prev_boundary).unwrap_or(0)
}

/// Whether char index `at` is between two graphemes, or at an end of the text.
pub(super) fn is_boundary(text: &Rope, at: usize) -> bool {
    let byte = text.char_to_byte(at);
    let mut cursor = GraphemeCursor::new(byte, text.len_bytes(), true);
    walk(text, byte, &mut cursor, GraphemeCursor::is_boundary).unwrap_or(true)
}

/// The nearest boundary at or before `at`, which may lie past the end.
pub(super) fn floor(text: &Rope, at: usize) -> usize {
    let at = at.min(text.len_chars());
    if is_boundary(text, at) {
        at
    } else {
        previous(text, at)
    }
}

/// The nearest boundary at or after `at`, which may lie past the end.
pub(super) fn ceil(text: &Rope, at: usize) -> usize {
    let at = at.min(text.len_chars());
    if is_boundary(text, at) {
        at
    } else {
        next(text, at)
    }
}

type Question<T> = fn(&mut GraphemeCursor, &str, usize) -> Result<T, GraphemeIncomplete>;

fn step(text: &Rope, at: usize, ask: Question<Option<usize>>) -> Option<usize> {
    let byte = text.char_to_byte(at);
    let mut cursor = GraphemeCursor::new(byte, text.len_bytes(), true);
    let found = walk(text, byte, &mut cursor, ask).flatten()?;
    Some(text.byte_to_char(found))
}

/// Asks `cursor` at `byte`, feeding it the chunks it requests.
fn walk<T>(text: &Rope, byte: usize, cursor: &mut GraphemeCursor, ask: Question<T>) -> Option<T> {
    let (mut chunk, mut start, ..) = text.chunk_at_byte(byte);
    loop {
        match ask(cursor, chunk, start) {
            Ok(answer) => return Some(answer),
            Err(GraphemeIncomplete::NextChunk) => {
                (chunk, start, ..) = text.chunk_at_byte(start + chunk.len());
            }
            Err(GraphemeIncomplete::PrevChunk) => {
                (chunk, start, ..) = text.chunk_at_byte(start.checked_sub(1)?);
            }
            Err(GraphemeIncomplete::PreContext(end)) => {
                let (before, before_start, ..) = text.chunk_at_byte(end.checked_sub(1)?);
                cursor.provide_context(&before[..end - before_start], before_start);
            }
            Err(GraphemeIncomplete::InvalidOffset) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    /// Char indices of all grapheme boundaries, by the library's own whole-string iterator.
    fn boundaries(text: &str) -> Vec<usize> {
        let mut at = 0;
        let mut all = vec![0];
        for grapheme in text.graphemes(true) {
            at += grapheme.chars().count();
            all.push(at);
        }
        all
    }

    fn agrees(text: &str) {
        let rope = Rope::from_str(text);
        let all = boundaries(text);
        for at in 0..=rope.len_chars() {
            let floor_at = *all.iter().rfind(|&&b| b <= at).expect("0 is a boundary");
            let ceil_at = *all
                .iter()
                .find(|&&b| b >= at)
                .expect("the end is a boundary");
            assert_eq!(is_boundary(&rope, at), floor_at == at, "{at} in {text:?}");
            assert_eq!(floor(&rope, at), floor_at, "{at} in {text:?}");
            assert_eq!(ceil(&rope, at), ceil_at, "{at} in {text:?}");
            let next_at = all.iter().find(|&&b| b > at).copied();
            assert_eq!(next(&rope, at), next_at.unwrap_or(rope.len_chars()));
            let previous_at = all.iter().rfind(|&&b| b < at).copied();
            assert_eq!(previous(&rope, at), previous_at.unwrap_or(0));
        }
    }

    proptest! {
        #[test]
        fn boundaries_are_those_of_the_whole_string(
            parts in prop::collection::vec(crate::document::tests::piece(), 0..40),
            padding in 900usize..1100,
        ) {
            let text = parts.concat();
            agrees(&text);
            // The same text, split across the rope's chunks.
            let long = format!("{}{text}", "x".repeat(padding));
            let rope = Rope::from_str(&long);
            for (at, &boundary) in boundaries(&long).iter().enumerate().skip(padding) {
                prop_assert!(is_boundary(&rope, boundary), "boundary {} of {:?}", at, text);
                prop_assert_eq!(next(&rope, previous(&rope, boundary)), boundary);
            }
        }
    }
}
