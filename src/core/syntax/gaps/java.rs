//! Known gaps of the Java grammar.

use super::{Found, Stretch, blank, next, word_at, words};

/// `case A _, B _ ->`: the grammar accepts only one pattern per label. The first is kept.
pub(super) fn unnamed_patterns(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    let list = |at: usize| {
        let end = at + text[at..].find("->")?;
        let label = &text[at..end];
        let comma = at + label.find(" _,")? + 2;
        (!label.contains(['{', ';', '}'])).then(|| blank(text, comma..end))
    };
    words(text, "case").filter_map(list).collect()
}

/// `import module java.base;`
pub(super) fn import_module(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    words(text, "import")
        .map(|at| next(text, at + "import".len()))
        .filter(|at| word_at(text, *at) == "module")
        .filter(|at| !word_at(text, next(text, at + "module".len())).is_empty())
        .map(|at| blank(text, at..at + "module".len()))
        .collect()
}

/// `0_17`
pub(super) fn octal(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    text.match_indices("0_")
        .map(|(at, _)| at)
        .filter(|at| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || "_$.".contains(c)))
        .map(|at| (at, word_at(text, at)))
        .filter(|(_, word)| word.chars().all(|c| c == '_' || c.is_digit(8)))
        .map(|(at, word)| (at..at + word.len(), word.replace('_', "0")))
        .collect()
}

/// `int @A ... x`
pub(super) fn annotated_varargs(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    text.match_indices('@')
        .map(|(at, _)| at..at + 1 + word_at(text, at + 1).len())
        .filter(|range| range.len() > 1 && text[next(text, range.end)..].starts_with("..."))
        .map(|range| blank(text, range))
        .collect()
}
