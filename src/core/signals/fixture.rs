//! Reactions for tests.

use super::Reaction;
use crate::{
    language::Language,
    routing::{Action, Policy, Scores, UserSignal, fixture::token},
    syntax::VerdictState,
};

/// A reaction to a completion of this model.
pub fn reaction(small: &str, signal: UserSignal) -> Reaction {
    Reaction {
        at: "2026-11-21T00:17:26Z".to_owned(),
        small: small.to_owned(),
        large: None,
        language: Some(Language::Python),
        signal,
        took_large: false,
        policy: Policy::Mccom,
        action: Action::Keep,
        scores: Scores::of(&[token(0.75)], 3),
        k: 3,
        tokens: 8,
        verdict: Some(VerdictState::Valid),
        small_ms: 20.0,
        large_ms: None,
    }
}
