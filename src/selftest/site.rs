//! Where a hole is: the function around it, and how a test can call it.

use std::ops::Range;

use crate::{completion::Hole, language::Language};

/// Why nothing can be tested in a language that is not known.
pub(super) const NO_GRAMMAR: &str =
    "there is no grammar for this language, so that the function around the hole cannot be found";

/// A function that can be called, in a file without holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub language: Language,
    /// The function's name.
    pub name: String,
    /// What to write before the opening parenthesis, such as `Solution().add`.
    pub call: String,
    /// Where in the file what calls it is put, in bytes.
    pub place: usize,
    /// Names of functions that the file itself is started by, in order: they must have another one.
    pub mains: Vec<Range<usize>>,
}

/// The function around a hole that is filled with `filling`.
///
/// # Errors
/// There is none that could be called: says why.
pub fn find(hole: &Hole, filling: &str) -> Result<Site, String> {
    let _ = (hole, filling);
    todo!()
}

/// The same, and with what the hole is filled: `solution`, or where that hides the function, next to
/// nothing.
///
/// # Errors
/// As [`find`].
pub(super) fn find_around(hole: &Hole, solution: &str) -> Result<(String, Site), String> {
    let _ = (hole, solution);
    todo!()
}
