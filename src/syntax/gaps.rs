//! What compilers accept and the grammars do not know, in one table.
//!
//! Where a fault is found, its surroundings are searched for these constructs, and the parser is
//! given an equally long text that it knows instead. So a clean file costs nothing, and a fault
//! inside or beside such a construct is still found.

use std::ops::Range;

use super::{
    fault::Spot,
    source::{Patch, Source, add_patch},
};
use crate::language::Language;

/// After so many rounds of patching and parsing again, what is left counts as faulty.
pub(super) const MOST_ROUNDS: usize = 16;

/// How much of the text around a fault is searched, in bytes to either side.
const REACH: usize = 2048;

/// A construct, found in a stretch of text, with what to read in its place.
type Find = fn(&str) -> Vec<(Range<usize>, String)>;

/// One known gap.
struct Gap {
    language: Language,
    #[cfg_attr(not(test), allow(dead_code))]
    name: &'static str,
    find: Find,
}

const GAPS: [Gap; 1] = [Gap {
    language: Language::Cpp,
    name: "typeid of a type",
    find: typeid,
}];

/// Patches the known gaps of `language` near `spots`: adds them to `patches` and returns the new.
pub(super) fn close(
    language: Language,
    source: &dyn Source,
    spots: &[Spot],
    patches: &mut Vec<Patch>,
) -> Vec<Patch> {
    let mut new = Vec::new();
    let mut searched = 0..0;
    for spot in spots {
        if searched.contains(&spot.bytes.start) && searched.contains(&spot.bytes.end) {
            continue;
        }
        let (start, text) = around(source, &spot.bytes);
        searched = start..(start + text.len()).saturating_sub(REACH / 2);
        for gap in GAPS.iter().filter(|gap| gap.language == language) {
            for (range, instead) in (gap.find)(&text) {
                debug_assert_eq!(range.len(), instead.len(), "{}", gap.name);
                let same_lines = text.as_bytes()[range.clone()]
                    .iter()
                    .zip(instead.as_bytes())
                    .all(|(old, new)| (*old == b'\n') == (*new == b'\n'));
                if range.len() != instead.len() || !same_lines || text[range.clone()] == instead {
                    continue;
                }
                let patch = Patch::new(source, start + range.start, instead.into_bytes());
                if add_patch(patches, patch.clone()) {
                    new.push(patch);
                }
            }
        }
    }
    new
}

/// The lines around `range` and where they start.
fn around(source: &dyn Source, range: &Range<usize>) -> (usize, String) {
    let start = range.start.saturating_sub(REACH);
    let end = (range.end.min(range.start + REACH) + REACH).min(source.len());
    let text = source.copy(start..end);
    // A whole line first, so that no character and no word is cut in half.
    match text.find('\n') {
        Some(line) if start > 0 => (start + line + 1, text[line + 1..].to_owned()),
        _ => (start, text),
    }
}

/// Where `word` stands as a word of its own in `text`.
fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| !text[..*at].ends_with(is_word))
        .filter(move |at| !text[at + word.len()..].starts_with(is_word))
}

/// What is inside the parentheses that open at or after `at`, up to the end of `text` while they
/// are not closed yet.
fn in_parentheses(text: &str, at: usize) -> Option<Range<usize>> {
    let open = at + text[at..].find(|c: char| !c.is_whitespace())?;
    if !text[open..].starts_with('(') {
        return None;
    }
    let mut depth = 0;
    for (offset, c) in text[open..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + 1..open + offset);
        }
    }
    Some(open + 1..text.len())
}

/// `text` with every word character replaced, so that it reads as one name.
fn as_name(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { 'x' })
        .collect()
}

/// C++: `typeid(unsigned int)`; the grammar takes `typeid` for a function and wants expressions.
fn typeid(text: &str) -> Vec<(Range<usize>, String)> {
    words(text, "typeid")
        .filter_map(|at| in_parentheses(text, at + "typeid".len()))
        .filter(|inside| looks_like_type(&text[inside.clone()]))
        .map(|inside| (inside.clone(), as_name(&text[inside])))
        .collect()
}

/// Whether `text` is made of nothing but what types are made of.
fn looks_like_type(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || c.is_whitespace() || "_:<>,*&[]".contains(c))
}
