//! What a turn follows: the router's settings, how models are asked, and what they are charged.

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
    /// How further ones are, with the seed counted up.
    pub more: Sampling,
    /// The most completions of one model that can be cycled through.
    pub alternatives: usize,
    /// Which drafts the models may verify, beside a completion that was rejected.
    pub drafts: Drafts,
    /// Whether a large model may verify the small completion that it is asked in place of.
    pub drafts_rejected: bool,
    /// The folder that passages are searched in; `None` where nothing is to be retrieved.
    pub folder: Option<PathBuf>,
    /// With more than one round a rejected completion is searched with, too.
    pub rounds: usize,
    /// The most tokens of passages that the small model and a large one read.
    pub passage_tokens: [usize; 2],
    pub selftest: SelfTesting,
    /// By lane.
    pub rates: [Rates; 3],
}
