//! Constructs that compilers accept and the grammars do not, in one table.
//!
//! Around each fault, the text is searched for these constructs, and the parser gets a known text
//! of the same length instead. A clean file therefore costs nothing, and a fault inside or beside
//! such a construct is still found.

mod cpp;
mod java;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::{
    fault::Spot,
    source::{Patch, Source, add_patch},
};
use crate::language::Language;

/// After this many rounds of patching and reparsing, the remaining faults are real.
pub(super) const MOST_ROUNDS: usize = 16;

/// How much text around a fault to search, in bytes to either side.
const REACH: usize = 2048;

/// A stretch of text around a fault.
struct Stretch<'a> {
    text: &'a str,
    /// Macros that the file defines as the head of a loop or a condition.
    heads: &'a [String],
    /// Whether more text may be written at its end: an open construct may still be closed.
    growing: bool,
}

/// A range of a stretch, and the text to read there instead.
type Found = (Range<usize>, String);

/// A construct that compilers accept and the grammar does not.
struct Gap {
    language: Language,
    #[cfg_attr(not(test), allow(dead_code))]
    name: &'static str,
    find: fn(&Stretch) -> Vec<Found>,
}

const fn cpp(name: &'static str, find: fn(&Stretch) -> Vec<Found>) -> Gap {
    Gap {
        language: Language::Cpp,
        name,
        find,
    }
}

const fn java(name: &'static str, find: fn(&Stretch) -> Vec<Found>) -> Gap {
    Gap {
        language: Language::Java,
        name,
        find,
    }
}

/// All known gaps; first those that hide least of the text around them.
const GAPS: [Gap; 17] = [
    cpp("typeid of a type", cpp::typeid),
    cpp("attributes in any place", cpp::attributes),
    cpp("words of compilers", cpp::compiler_words),
    cpp("consteval and constinit", cpp::consteval),
    cpp("typeof", cpp::type_of),
    cpp("pointer to member of a pointer", cpp::member_pointer),
    cpp("ranges of cases", cpp::case_range),
    cpp("explicit instantiation of a class", cpp::instantiation),
    cpp("operators called by name", cpp::operator_names),
    cpp("macros that head a statement", cpp::head_macros),
    cpp("macros between words", cpp::word_macros),
    cpp(
        "comparisons that look like template arguments",
        cpp::comparisons,
    ),
    cpp("branches of the preprocessor", cpp::conditionals),
    java("unnamed patterns in a list", java::unnamed_patterns),
    java("import of a module", java::import_module),
    java("octal numbers with underscores", java::octal),
    java("annotated varargs", java::annotated_varargs),
];

/// Patches the known gaps of `language` near `spots`: adds the patches to `patches` and returns the
/// new ones. `end` is where the certain text ends if more is to be written there.
pub(super) fn close(
    language: Language,
    source: &dyn Source,
    spots: &[Spot],
    patches: &mut Vec<Patch>,
    end: Option<usize>,
) -> Vec<Patch> {
    let heads = match language {
        Language::Cpp => cpp::heads(&source.copy(0..source.len())),
        _ => Vec::new(),
    };
    let mut searched = 0..0;
    for spot in spots {
        if searched.contains(&spot.bytes.start) {
            continue;
        }
        let (start, text) = around(source, &spot.bytes, end);
        searched = start..(start + text.len()).saturating_sub(REACH / 2);
        let stretch = Stretch {
            text: &text,
            heads: &heads,
            growing: end.is_some(),
        };
        // One kind of gap at a time: the next may not be needed any more.
        for gap in GAPS.iter().filter(|gap| gap.language == language) {
            let new = apply(gap, &stretch, source, start, patches);
            if !new.is_empty() {
                return new;
            }
        }
    }
    Vec::new()
}

fn apply(
    gap: &Gap,
    stretch: &Stretch,
    source: &dyn Source,
    start: usize,
    patches: &mut Vec<Patch>,
) -> Vec<Patch> {
    let mut new = Vec::new();
    for (range, instead) in (gap.find)(stretch) {
        let old = &stretch.text[range.clone()];
        debug_assert_eq!(old.len(), instead.len(), "{}", gap.name);
        if old.len() != instead.len() || old == instead {
            continue;
        }
        // Rows must stay the same.
        let bytes = old.bytes().zip(instead.bytes());
        let bytes = bytes.map(|(old, new)| if old == b'\n' { old } else { new });
        let patch = Patch::new(source, start + range.start, bytes.collect());
        if add_patch(patches, patch.clone()) {
            new.push(patch);
        }
    }
    new
}

/// The lines around `range`, up to `end`, and their start.
fn around(source: &dyn Source, range: &Range<usize>, end: Option<usize>) -> (usize, String) {
    let start = range.start.saturating_sub(REACH);
    let last = end.unwrap_or(source.len());
    let text = source.copy(start..(range.start + REACH).min(last).max(start));
    // Start with a whole line, so that no character or word is cut in half.
    match text.find('\n') {
        Some(line) if start > 0 => (start + line + 1, text[line + 1..].to_owned()),
        _ => (start, text),
    }
}

/// The positions of `word` as a whole word in `text`.
fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| !text[..*at].ends_with(is_word))
        .filter(move |at| !text[at + word.len()..].starts_with(is_word))
}

/// The content of the brackets that open at or after `at`.
fn in_brackets(stretch: &Stretch, at: usize, pair: (char, char)) -> Option<Range<usize>> {
    let text = stretch.text;
    let open = at + text[at..].find(|c: char| !c.is_whitespace())?;
    if !text[open..].starts_with(pair.0) {
        return None;
    }
    let mut depth = 0;
    for (offset, c) in text[open..].char_indices() {
        if c == pair.0 {
            depth += 1;
        } else if c == pair.1 {
            depth -= 1;
        }
        if depth == 0 {
            return Some(open + 1..open + offset);
        }
    }
    stretch.growing.then_some(open + 1..text.len())
}

/// A single name of the same length as `text`.
fn as_name(text: &str) -> String {
    "x".repeat(text.len())
}

/// Blanks of the same length as `text`.
fn as_blank(text: &str) -> String {
    " ".repeat(text.len())
}

fn blank(text: &str, range: Range<usize>) -> Found {
    (range.clone(), as_blank(&text[range]))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The word that begins at `at`; empty if there is none.
fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]
}

/// The next position at or after `at` that is not white space.
fn next(text: &str, at: usize) -> usize {
    at + text[at..].len() - text[at..].trim_start().len()
}
