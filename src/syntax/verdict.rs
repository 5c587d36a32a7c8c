//! The verdict on a completion: would the file still parse with it?

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::{completion::Hole, language::Language};

/// What the syntax gate says of a completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictState {
    /// The filled file has no fault that it did not have before.
    Valid,
    /// It has new faults.
    Broken,
    /// There is no grammar for the language.
    Unsupported,
}

impl VerdictState {
    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        match self {
            VerdictState::Valid => "valid",
            VerdictState::Broken => "broken",
            VerdictState::Unsupported => "unsupported",
        }
    }
}

/// The verdict with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub state: VerdictState,
    /// The new faults; places are in the filled file.
    pub faults: Vec<Fault>,
    /// Index of the first token after which the completion could no longer be healed.
    pub first_broken_token: Option<usize>,
}

/// How the text stood after one token of a streaming completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenSyntax {
    /// Nothing wrong so far.
    Ok,
    /// Not yet whole: the faults touch the end and could still be healed.
    Open,
    /// A fault that no continuation can heal.
    Broken,
    /// Was open or broken before this token, and is ok again.
    Healed,
}

/// Judges one completion while it streams, token by token, by incremental reparse.
pub struct Judge {}

impl Judge {
    /// Parses the hole. `language` of the hole `None` makes every verdict `unsupported`.
    pub fn new(_hole: &Hole) -> Self {
        todo!()
    }

    /// Appends the text of one more token and says how the text stands now.
    pub fn push(&mut self, _token_text: &str) -> TokenSyntax {
        todo!()
    }

    /// The verdict on `completion` (which may have been trimmed since it was pushed).
    pub fn finish(&mut self, _completion: &str) -> Verdict {
        todo!()
    }

    /// The timeline so far, one entry a token pushed.
    pub fn timeline(&self) -> &[TokenSyntax] {
        todo!()
    }
}

/// The verdict on a whole completion at once.
pub fn verdict(_hole: &Hole, _completion: &str) -> Verdict {
    todo!()
}

/// Whether `language` has a grammar; here so that callers need not know how one is found.
pub fn is_supported(language: Option<Language>) -> bool {
    language.is_some()
}
