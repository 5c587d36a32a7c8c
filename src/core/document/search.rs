//! Text search in a rope, without copying.

use std::ops::Range;

use ropey::{Rope, iter::Chars};

use super::grapheme;

/// The next occurrence of `needle` at or after char `from`, wrapping around; with `backwards`, the
/// previous one that ends before `from`. Ignores case unless `needle` has an upper-case letter.
/// Matches are whole graphemes: `e` does not match part of an accented `e`.
pub fn find(text: &Rope, needle: &str, from: usize, backwards: bool) -> Option<Range<usize>> {
    let exact = needle.chars().any(char::is_uppercase);
    let mut needle: Vec<char> = needle.chars().collect();
    let (length, len) = (needle.len(), text.len_chars());
    if length == 0 || length > len {
        return None;
    }
    let from = from.min(len);
    if backwards {
        needle.reverse();
    }
    let search = Search {
        text,
        needle,
        exact,
        backwards,
    };
    // Each scan is a start and the number of positions to try in the direction of search.
    let scans = if backwards {
        [(from, from), (len, len - from)]
    } else {
        [(from, len - from), (0, from)]
    };
    scans
        .into_iter()
        .find_map(|(start, places)| search.scan(start, places))
}

struct Search<'a> {
    text: &'a Rope,
    /// In search order.
    needle: Vec<char>,
    exact: bool,
    backwards: bool,
}

impl Search<'_> {
    fn scan(&self, start: usize, places: usize) -> Option<Range<usize>> {
        let mut chars = self.text.chars_at(start);
        if self.backwards {
            chars.reverse();
        }
        for passed in 0..places {
            let mut ahead = None;
            // Most positions fail at the first character, so check that first.
            let first = chars.next()?;
            if self.same(self.needle[0], first) {
                ahead = Some(chars.clone());
            }
            if let Some(ahead) = ahead
                && self.matches(ahead)
            {
                let length = self.needle.len();
                let found = if self.backwards {
                    start - passed - length..start - passed
                } else {
                    start + passed..start + passed + length
                };
                if self.is_whole(&found) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn matches(&self, mut ahead: Chars) -> bool {
        self.needle[1..]
            .iter()
            .all(|&wanted| ahead.next().is_some_and(|c| self.same(wanted, c)))
    }

    fn is_whole(&self, found: &Range<usize>) -> bool {
        grapheme::is_boundary(self.text, found.start) && grapheme::is_boundary(self.text, found.end)
    }

    /// Compares char by char: folding the case of a whole text could change its length.
    fn same(&self, a: char, b: char) -> bool {
        if a == b {
            return true;
        }
        if self.exact {
            return false;
        }
        if a.is_ascii() && b.is_ascii() {
            return a.eq_ignore_ascii_case(&b);
        }
        a.to_lowercase().eq(b.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwards(text: &str, needle: &str, from: usize) -> Option<Range<usize>> {
        find(&Rope::from_str(text), needle, from, false)
    }

    fn backwards(text: &str, needle: &str, from: usize) -> Option<Range<usize>> {
        find(&Rope::from_str(text), needle, from, true)
    }

    #[test]
    fn goes_on_and_wraps_in_both_directions() {
        let text = "one two one two";
        assert_eq!(forwards(text, "two", 0), Some(4..7));
        assert_eq!(forwards(text, "two", 4), Some(4..7));
        assert_eq!(forwards(text, "two", 5), Some(12..15));
        assert_eq!(forwards(text, "two", 13), Some(4..7), "wraps to the first");
        assert_eq!(backwards(text, "two", 15), Some(12..15));
        assert_eq!(backwards(text, "two", 12), Some(4..7));
        assert_eq!(backwards(text, "two", 6), Some(12..15), "wraps to the last");
        assert_eq!(forwards(text, "three", 0), None);
        assert_eq!(forwards(text, "", 0), None);
        assert_eq!(forwards("ab", "abc", 0), None);
        assert_eq!(forwards(text, "one", 999), Some(0..3), "from past the end");
    }

    #[test]
    fn case_matters_once_the_needle_has_an_upper_case_letter() {
        assert_eq!(forwards("Ünïcode ünïcode", "ünï", 0), Some(0..3));
        assert_eq!(forwards("ünïcode Ünïcode", "Ünï", 0), Some(8..11));
        assert_eq!(backwards("AB ab", "ab", 3), Some(0..2));
    }

    #[test]
    fn characters_that_change_length_with_case_keep_places_right() {
        // Each of these İ becomes two characters in lower case.
        assert_eq!(forwards("İİİ found", "found", 0), Some(4..9));
        assert_eq!(backwards("İİİ FOUND", "found", 9), Some(4..9));
    }

    #[test]
    fn part_of_a_grapheme_is_not_found() {
        assert_eq!(forwards("e\u{301} e", "e", 0), Some(3..4));
        assert_eq!(backwards("e e\u{301}", "e", 4), Some(0..1));
    }

    #[test]
    fn text_lying_across_chunks_is_found() {
        for padding in 950..1050 {
            let text = Rope::from_str(&format!(
                "{}Needle{}",
                "é".repeat(padding),
                "-".repeat(2000)
            ));
            let expected = Some(padding..padding + 6);
            assert_eq!(find(&text, "needle", 0, false), expected);
            assert_eq!(find(&text, "needle", text.len_chars(), true), expected);
        }
    }
}
