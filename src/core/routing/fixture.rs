//! Tokens and evidence for the router's tests.

use super::{Evidence, Scores};
use crate::{completion::Token, syntax::VerdictState};

/// A token with this probability.
pub fn token(prob: f32) -> Token {
    Token {
        id: Some(0),
        bytes: vec![],
        text: String::from("x"),
        logprob: Some(prob.ln()),
        rank: Some(0),
        entropy: Some(1.0),
        margin: Some(0.5),
        top: vec![],
        drafted: None,
    }
}

/// Evidence in which every token has this log-probability.
pub fn evidence(
    logprob: f32,
    verdict: Option<VerdictState>,
    tokens: usize,
    finished: bool,
) -> Evidence {
    let token = Token {
        logprob: Some(logprob),
        ..token(1.0)
    };
    Evidence {
        scores: Scores::of(&[token], 1),
        tokens,
        verdict,
        finished,
        ..Evidence::default()
    }
}
