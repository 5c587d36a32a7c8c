//! The verdict on a completion: would the file still parse with it?
//!
//! This file has the types and the streaming [`Judge`]. [`site`] parses a hole with one text after
//! another in it, and decides which faults are the document's own.

mod fillings;
mod site;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use self::site::{Site, TextStanding};
use super::Fault;
use crate::completion::Hole;

/// The syntax gate's result for a completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum VerdictState {
    /// The filled file has no new faults.
    Valid,
    /// It has new faults.
    Broken,
    /// There is no grammar for the language.
    Unsupported,
}

impl VerdictState {
    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The verdict with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub state: VerdictState,
    /// The new faults; positions are in the filled file.
    pub faults: Vec<Fault>,
    /// Index of the first token after which the completion could no longer be healed.
    pub first_broken_token: Option<usize>,
}

/// The syntax after one token of a streaming completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenSyntax {
    /// Nothing wrong so far.
    Ok,
    /// Incomplete: the faults touch the end and could still be healed.
    Open,
    /// A fault that no continuation can heal.
    Broken,
    /// Was open or broken before this token, and is ok again.
    Healed,
}

impl Verdict {
    fn new(faults: Vec<Fault>) -> Self {
        Verdict {
            state: match faults.is_empty() {
                true => VerdictState::Valid,
                false => VerdictState::Broken,
            },
            faults,
            first_broken_token: None,
        }
    }

    fn unsupported() -> Self {
        Verdict {
            state: VerdictState::Unsupported,
            faults: Vec::new(),
            first_broken_token: None,
        }
    }
}

/// Judges one completion while it streams, token by token, by incremental reparsing.
///
/// `Broken` while streaming is a proof: the parser met a fault without looking at anything still to
/// be written. It is final, so nothing more is parsed until [`Judge::finish`].
pub struct Judge {
    /// `None` without a grammar.
    site: Option<Site>,
    pushed: String,
    /// Where each token ends in `pushed`.
    ends: Vec<usize>,
    timeline: Vec<TokenSyntax>,
    bytes_read: usize,
}

impl Judge {
    /// Parses the hole. If its `language` is `None`, every verdict is `unsupported`.
    pub fn new(hole: &Hole) -> Self {
        Judge {
            site: hole.language.map(|language| Site::new(language, hole)),
            pushed: String::new(),
            ends: Vec::new(),
            timeline: Vec::new(),
            bytes_read: 0,
        }
    }

    /// Appends the text of one more token and returns the syntax so far; always `Ok` without a
    /// grammar.
    pub fn push(&mut self, token_text: &str) -> TokenSyntax {
        self.pushed.push_str(token_text);
        self.ends.push(self.pushed.len());
        let before = self.timeline.last().copied().unwrap_or(TokenSyntax::Ok);
        let now = match &mut self.site {
            None => TokenSyntax::Ok,
            Some(_) if before == TokenSyntax::Broken => TokenSyntax::Broken,
            Some(site) => match site.stands(&self.pushed) {
                TextStanding::Dead => TokenSyntax::Broken,
                TextStanding::Open => TokenSyntax::Open,
                TextStanding::Whole if before == TokenSyntax::Open => TokenSyntax::Healed,
                TextStanding::Whole => TokenSyntax::Ok,
            },
        };
        self.bytes_read = self.site.as_mut().map_or(0, Site::take_bytes_read);
        self.timeline.push(now);
        now
    }

    /// The verdict on `completion`, which may have been trimmed after it was pushed.
    pub fn finish(&mut self, completion: &str) -> Verdict {
        let Some(site) = &mut self.site else {
            return Verdict::unsupported();
        };
        let mut verdict = Verdict::new(site.judge(completion));
        self.bytes_read = site.take_bytes_read();
        if verdict.state == VerdictState::Broken {
            verdict.first_broken_token = self.first_broken_token(completion);
        }
        verdict
    }

    /// The timeline so far, one entry per pushed token.
    pub fn timeline(&self) -> &[TokenSyntax] {
        &self.timeline
    }

    /// How many bytes the parser read in the last [`Judge::push`] or [`Judge::finish`]: a measure
    /// of cost without a clock.
    pub fn bytes_read(&self) -> usize {
        self.bytes_read
    }

    /// The token that broke `completion`: the first one marked broken, else the last one, after
    /// which something was still open.
    fn first_broken_token(&self, completion: &str) -> Option<usize> {
        let whole = self.ends.partition_point(|end| *end < completion.len());
        let kept = self.ends.len().min(whole + 1);
        let broken = |state: &TokenSyntax| *state == TokenSyntax::Broken;
        let first = self.timeline[..kept].iter().position(broken);
        first.or(kept.checked_sub(1))
    }
}

/// The verdict on a whole completion at once.
pub fn verdict(hole: &Hole, completion: &str) -> Verdict {
    Judge::new(hole).finish(completion)
}
