//! Finding text.

use std::ops::Range;

use ropey::Rope;

/// The next occurrence of `needle` at or after char `from`, wrapping around; the previous one, that
/// ends before `from`, when `backwards`. Ignores case unless `needle` has an upper-case letter.
pub fn find(_text: &Rope, _needle: &str, _from: usize, _backwards: bool) -> Option<Range<usize>> {
    todo!()
}
