//! Speculative decoding as data: which drafts a model may be given to verify, where a drafted token
//! came from, and what that saved. The drafting itself is in `local`; a server that takes predicted
//! output does it in its own way.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use super::Token;
use crate::words::names::array;

/// Where a draft comes from.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumCount,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum DraftSource {
    /// The hole's own file: what followed the last tokens where they occurred before.
    Context,
    /// The same in passages of other files.
    Retrieved,
    /// Token recycling (arXiv 2408.08696): what the model itself held likely after the last token
    /// when it last saw it.
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

/// Which drafts a request may use. None of them changes a greedy completion. A model that runs here
/// drafts for no other: a sampled one turns on every digit of the probabilities, and the same seed is
/// to give the same completion.
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
    /// Whether there is nothing to draft from.
    pub fn is_off(&self) -> bool {
        *self == Drafts::default()
    }
}

/// A small completion that was rejected, by the router or by the person, as it serves a large model.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// Its text, as far as there is any.
    pub text: String,
    /// How sure the small model was of it: its mean token probability, 0 to 1.
    pub confidence: f32,
}

impl Rejected {
    /// The tokens' text and mean probability; `None` where there is no text.
    pub fn of(tokens: &[Token]) -> Option<Self> {
        let text: String = tokens.iter().map(|token| token.text.as_str()).collect();
        let sum: f32 = tokens.iter().filter_map(Token::prob).sum();
        let confidence = sum / tokens.len().max(1) as f32;
        (!text.trim().is_empty()).then_some(Rejected { text, confidence })
    }
}

/// What one source of drafts did for a completion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drafting {
    pub source: DraftSource,
    /// How many drafts were verified.
    pub drafts: usize,
    /// How many tokens were in them.
    pub drafted: usize,
    /// How many of those the model confirmed.
    pub accepted: usize,
    /// By how much that shortened the completion, in milliseconds: what its confirmed tokens would
    /// have taken one by one, going by what single tokens take on average, less what verifying took.
    /// Negative where drafting cost more than it brought; so do a session's first drafts, which are
    /// compared with single tokens to see how far a batch may be trusted. `None` for a server, which
    /// does not say.
    pub saved_ms: Option<f64>,
}

impl Drafting {
    /// Share of the drafted tokens that were confirmed, 0 to 1; `None` without any.
    pub fn acceptance(&self) -> Option<f64> {
        (self.drafted > 0).then(|| self.accepted as f64 / self.drafted as f64)
    }
}
