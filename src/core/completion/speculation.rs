//! Speculative decoding as data: which drafts a model may verify, the source of a drafted token,
//! and the time saved. The drafting itself is in `local`; a server that accepts predicted output
//! drafts in its own way.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use super::Token;
use crate::words::names::array;

/// The source of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum DraftSource {
    /// The hole's own file: the text after earlier occurrences of the last tokens.
    Context,
    /// The same in passages of other files.
    Retrieved,
    /// Token recycling (arXiv 2408.08696): the model's own most probable successors of the last
    /// token when it last computed them.
    Recycled,
    /// A completion of the small model that was rejected (MCCom's second stage, arXiv 2603.05974).
    Rejected,
}

impl DraftSource {
    pub const ALL: [DraftSource; DraftSource::COUNT] = array(DraftSource::VARIANTS);

    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Which drafts a request may use. None of them changes a greedy completion. A local model uses
/// drafts only for greedy completions: a sampled one depends on every digit of the probabilities,
/// and the same seed must give the same completion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drafts {
    /// From the hole's own file.
    pub context: bool,
    /// From the request's passages.
    pub retrieved: bool,
    /// From the model's own recent candidates.
    pub recycled: bool,
    /// The text of a rejected completion of the same hole.
    pub rejected: Option<String>,
}

impl Drafts {
    /// Whether there is no source of drafts.
    pub fn is_off(&self) -> bool {
        *self == Drafts::default()
    }
}

/// A small completion that the router or the user rejected, as material for a large model.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// Its text.
    pub text: String,
    /// The small model's confidence in it: mean token probability, 0 to 1.
    pub confidence: f32,
}

impl Rejected {
    /// From the tokens of a completion; `None` if they have no text.
    pub fn of(tokens: &[Token]) -> Option<Self> {
        let text: String = tokens.iter().map(|token| token.text.as_str()).collect();
        let sum: f32 = tokens.iter().filter_map(Token::prob).sum();
        let confidence = sum / tokens.len().max(1) as f32;
        (!text.trim().is_empty()).then_some(Rejected { text, confidence })
    }
}

/// Results of one source of drafts for a completion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drafting {
    pub source: DraftSource,
    /// Number of drafts verified.
    pub drafts: usize,
    /// Number of tokens in them.
    pub drafted: usize,
    /// Number of those that the model confirmed.
    pub accepted: usize,
    /// Time saved, in milliseconds: what the confirmed tokens would have taken one by one, by the
    /// average time of single tokens, minus the time for verification. Negative if drafting cost
    /// more than it saved; a session's first drafts do, because they are also evaluated one by one
    /// to measure drift. `None` for a server, which does not report it.
    pub saved_ms: Option<f64>,
}

impl Drafting {
    /// Share of drafted tokens that were confirmed, 0 to 1; `None` if nothing was drafted.
    pub fn acceptance(&self) -> Option<f64> {
        (self.drafted > 0).then(|| self.accepted as f64 / self.drafted as f64)
    }
}
