//! The rules of a turn: the router's settings, how models are asked, and what they cost.

use std::path::PathBuf;

use crate::{
    completion::{Drafts, Sampling},
    meter::Rates,
    routing::{Escalation, LargeUse, Settings},
    selftest::SelfTesting,
};

/// The rules of a turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    pub settings: Settings,
    pub large: LargeUse,
    pub escalation: Escalation,
    /// Token limit per completion.
    pub max_tokens: usize,
    /// How the first completion of a hole is sampled.
    pub first: Sampling,
    /// How further ones are sampled, with the seed incremented.
    pub more: Sampling,
    /// The most completions of one model that can be cycled through.
    pub alternatives: usize,
    /// Which drafts the models may verify, besides a rejected completion.
    pub drafts: Drafts,
    /// Whether a large model may verify the rejected small completion.
    pub drafts_rejected: bool,
    /// The folder to search for passages; `None` without retrieval.
    pub folder: Option<PathBuf>,
    /// With more than one round, a rejected completion also serves as a query.
    pub rounds: usize,
    /// Token limit for passages, of the small model and of a large one.
    pub passage_tokens: [usize; 2],
    pub selftest: SelfTesting,
    /// By lane.
    pub rates: [Rates; 3],
}
