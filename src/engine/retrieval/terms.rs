//! The terms of code for a search: identifiers and words, whole and in parts, in lower case.
//!
//! `HttpServer.max_size` has the terms `httpserver`, `http`, `server`, `max_size`, `max` and
//! `size`, so that a variant name in another file is still found, and the exact name is found
//! first. Numbers and single letters are left out: they do not help a search. Strings and comments
//! count like code, because they often contain the same words. Keywords need no list: they are so
//! common that BM25 gives them almost no weight.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Longer words, in bytes, are data rather than names.
const LONGEST: usize = 64;

/// A term as a hash of its text: an index has millions.
pub(super) type Term = u64;

/// The hash of a text; the same in every run.
pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Calls `each` with every term of a text, in order.
pub(super) fn for_each(text: &str, mut each: impl FnMut(&str)) {
    let mut small = String::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
        let word = word.trim_matches('_');
        if word.len() > LONGEST || word.starts_with(|c: char| c.is_numeric()) {
            continue;
        }
        let mut give = |text: &str| {
            small.clear();
            small.extend(text.chars().flat_map(char::to_lowercase));
            if small.len() > 1 {
                each(&small);
            }
        };
        give(word);
        let mut rest = word;
        while let Some(end) = part_end(rest) {
            let (part, after) = rest.split_at(end);
            give(part.trim_matches('_'));
            rest = after;
            if part_end(rest).is_none() {
                give(rest.trim_matches('_'));
            }
        }
    }
}

/// The end of the first part of an identifier with several parts: before a `_`, between `max` and
/// `Size`, between `HTTP` and `Server`. Digits belong to the part before them.
fn part_end(word: &str) -> Option<usize> {
    let mut chars = word.char_indices().peekable();
    let (_, mut before) = chars.next()?;
    while let Some((at, c)) = chars.next() {
        let next_is_small = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
        let splits = match (before, c) {
            ('_', _) => false,
            (_, '_') => true,
            (before, c) if c.is_uppercase() => !before.is_uppercase() || next_is_small,
            _ => false,
        };
        if splits {
            return Some(at);
        }
        before = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        for_each(text, |term| terms.push(term.to_owned()));
        terms
    }

    #[test]
    fn identifiers_count_whole_and_in_parts() {
        for (text, expected) in [
            ("total", &["total"] as &[_]),
            ("max_size", &["max_size", "max", "size"]),
            ("HTTPServer2Go", &["httpserver2go", "http", "server2", "go"]),
            ("parseJSON", &["parsejson", "parse", "json"]),
            ("MAX_LEN", &["max_len", "max", "len"]),
            ("__init__", &["init"]),
            ("a_b__cd", &["a_b__cd", "cd"]),
            ("x = 0x1F + 12 * y1", &["y1"]),
            ("größeÜber", &["größeüber", "größe", "über"]),
            ("\"no such file\" // why", &["no", "such", "file", "why"]),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn terms_are_small_short_and_of_the_text(text in "[a-zA-Z0-9_ .é\u{130}ÜΣ(]{0,80}") {
            let small: String = text.chars().flat_map(char::to_lowercase).collect();
            for term in terms(&text) {
                prop_assert!(term.len() > 1 && !term.starts_with('_') && !term.ends_with('_'));
                prop_assert!(small.contains(&term), "{} in {}", term, small);
            }
        }

        #[test]
        fn a_name_written_in_either_way_has_the_same_parts(parts in prop::collection::vec("[a-z]{2,6}", 2..5)) {
            let snake = parts.join("_");
            let camel: String = parts.iter().map(|p| p[..1].to_uppercase() + &p[1..]).collect();
            prop_assert_eq!(&terms(&snake)[1..], &parts[..]);
            prop_assert_eq!(&terms(&camel)[1..], &parts[..]);
        }
    }
}
