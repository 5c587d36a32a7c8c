//! Word-level differences between the two models' completions, as one text.

use similar::{ChangeTag, TextDiff};

/// Longer texts are not compared: the result would be unreadable, and every frame would wait for
/// it.
const LONGEST: usize = 16 * 1024;

/// Below this share of common text, common words are chance and marking them is noise.
const ALIKE: f32 = 0.3;

/// A part of the compared text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// In both.
    Same,
    /// Only in the large model's completion.
    Added,
    /// Only in the small model's completion.
    Removed,
}

/// The result of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same text.
    Equal,
    /// The parts in order. The added and unchanged parts form the large model's text.
    Different(Vec<(Change, String)>),
    /// Too little in common, or too long to compare.
    Unlike,
}

/// Compares `large` with `small`. While `large` still `grows`, text missing at its end does not
/// count as removed.
pub fn compare(small: &str, large: &str, grows: bool) -> Comparison {
    if small == large {
        return Comparison::Equal;
    }
    if small.len() + large.len() > LONGEST {
        return Comparison::Unlike;
    }
    let diff = TextDiff::from_unicode_words(small, large);
    let mut parts: Vec<(Change, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => Change::Same,
            ChangeTag::Insert => Change::Added,
            ChangeTag::Delete => Change::Removed,
        };
        match parts.last_mut() {
            Some((last, text)) if *last == kind => text.push_str(change.value()),
            _ => parts.push((kind, change.value().to_owned())),
        }
    }
    if grows && parts.last().is_some_and(|part| part.0 == Change::Removed) {
        parts.pop();
    }
    let common = |part: &&(Change, String)| part.0 == Change::Same;
    let common: usize = parts
        .iter()
        .filter(common)
        .map(|part| part.1.trim().len())
        .sum();
    let length = match grows {
        true => large.trim().len().min(small.trim().len()),
        false => large.trim().len().max(small.trim().len()),
    };
    if (common as f32) < ALIKE * length as f32 {
        return Comparison::Unlike;
    }
    Comparison::Different(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(comparison: Comparison) -> Vec<(Change, String)> {
        match comparison {
            Comparison::Different(parts) => parts,
            other => panic!("expected differences, got {other:?}"),
        }
    }

    #[test]
    fn both_texts_can_be_read_from_the_parts() {
        let (small, large) = ("return low + 1\n", "return high - 1\n");
        let parts = parts(compare(small, large, false));
        let without = |kind: Change| -> String {
            let kept = parts.iter().filter(|part| part.0 != kind);
            kept.map(|part| part.1.as_str()).collect()
        };
        assert_eq!(without(Change::Added), small);
        assert_eq!(without(Change::Removed), large);
        assert!(parts.contains(&(Change::Added, "high".to_owned())));
    }

    #[test]
    fn what_may_still_come_is_not_missing() {
        let parts = parts(compare("return low + 1", "return low", true));
        assert_eq!(parts, [(Change::Same, "return low".to_owned())]);
    }

    #[test]
    fn texts_without_common_words_are_not_interleaved() {
        assert_eq!(
            compare("alpha beta", "gamma(delta)", false),
            Comparison::Unlike
        );
        assert_eq!(compare("same", "same", false), Comparison::Equal);
    }
}
