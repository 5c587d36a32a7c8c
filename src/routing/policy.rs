//! The policies by name, what they are set to, and what they look at. How each decides is in
//! [`super::gates`].

use serde::{Deserialize, Serialize};

use super::score::{Score, Scores};
use crate::{
    completion::Token,
    syntax::{TokenSyntax, VerdictState},
};

/// A named rule from evidence and thresholds to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Keep iff the result is not broken and the score reaches τ (SynConfRoute, arXiv 2605.04894).
    #[default]
    Synconf,
    /// Keep iff the score reaches τ (SynConfRoute's baseline).
    Confidence,
    /// Keep iff the result is not broken (ablation).
    Syntax,
    /// Keep iff the mean probability of the first k tokens reaches τ and the person has not rejected
    /// it (MCCom, arXiv 2603.05974).
    Mccom,
    /// Keep iff enough of the model's own tests are passed by its own solutions (Model Cascading for
    /// Code, arXiv 2405.15842). Where that cannot be tried, the score decides.
    Selftest,
    /// Always keep.
    Small,
    /// Never keep.
    Large,
}

impl Policy {
    pub const ALL: [Policy; 7] = [
        Policy::Synconf,
        Policy::Confidence,
        Policy::Syntax,
        Policy::Mccom,
        Policy::Selftest,
        Policy::Small,
        Policy::Large,
    ];

    /// The name used in JSON, configuration and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Synconf => "synconf",
            Policy::Confidence => "confidence",
            Policy::Syntax => "syntax",
            Policy::Mccom => "mccom",
            Policy::Selftest => "selftest",
            Policy::Small => "small",
            Policy::Large => "large",
        }
    }

    /// Finds a policy by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// The score that it goes by where `chosen` is the one that was chosen: MCCom's is part of its
    /// rule.
    pub fn score(self, chosen: Score) -> Score {
        match self {
            Policy::Mccom => Score::FirstKMeanProb,
            _ => chosen,
        }
    }

    /// One line that says when the small completion is kept.
    pub fn rule(self) -> &'static str {
        match self {
            Policy::Synconf => "keep if it parses and score ≥ τ",
            Policy::Confidence => "keep if score ≥ τ",
            Policy::Syntax => "keep if it parses",
            Policy::Mccom => "keep if first_k_mean_prob ≥ τ and not rejected",
            Policy::Selftest => "keep if it passes its own tests",
            Policy::Small => "always keep",
            Policy::Large => "always escalate",
        }
    }
}

/// Everything a policy may look at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Scores of the tokens so far; `None` while there is no token.
    pub scores: Option<Scores>,
    /// How many tokens the scores are over.
    pub tokens: usize,
    /// The verdict, once it is known. While the completion streams, a fault that no continuation
    /// can heal counts as known.
    pub verdict: Option<VerdictState>,
    /// What the person has done with it, once they have.
    pub user: Option<UserSignal>,
    /// How the model's own solutions did against its own tests, once that is known.
    pub self_test: Option<SelfTest>,
    /// The small completion has ended: scores, tokens and verdict will not change.
    pub finished: bool,
}

/// What a person does with a completion that is shown, as MCCom reads it (arXiv 2603.05974).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserSignal {
    /// Took it, whole or in part.
    Accepted,
    /// Typed on along it.
    TypedAlong,
    /// Typed something else.
    TypedOtherwise,
    /// Dismissed it.
    Dismissed,
}

impl UserSignal {
    pub const ALL: [UserSignal; 4] = [
        UserSignal::Accepted,
        UserSignal::TypedAlong,
        UserSignal::TypedOtherwise,
        UserSignal::Dismissed,
    ];

    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        match self {
            UserSignal::Accepted => "accepted",
            UserSignal::TypedAlong => "typed_along",
            UserSignal::TypedOtherwise => "typed_otherwise",
            UserSignal::Dismissed => "dismissed",
        }
    }

    /// Finds a signal by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.name() == name)
    }

    /// Whether it is an implicit rejection, which escalates.
    pub fn rejects(self) -> bool {
        matches!(self, UserSignal::TypedOtherwise | UserSignal::Dismissed)
    }
}

/// How a model's own solutions did against its own tests (Model Cascading for Code, arXiv
/// 2405.15842).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum SelfTest {
    /// Tests passed by the best group × solutions in it, as a share of solutions × tests, 0 to 1,
    /// and θ that it is held against.
    Tried { score: f32, theta: f32 },
    /// There is no function around the hole that could be called, or nothing that could be run.
    Inapplicable,
}

impl Evidence {
    /// What is known while the small model still writes: its tokens so far, and how the text stood
    /// after the latest one that was judged. Of the syntax only a fault that no continuation can
    /// heal is known before the end, or that there is no grammar to find one.
    pub fn streaming(
        tokens: &[Token],
        k: usize,
        has_grammar: bool,
        latest: Option<TokenSyntax>,
    ) -> Self {
        Evidence {
            scores: Scores::of(tokens, k),
            tokens: tokens.len(),
            verdict: match (has_grammar, latest) {
                (false, _) => Some(VerdictState::Unsupported),
                (true, Some(TokenSyntax::Broken)) => Some(VerdictState::Broken),
                (true, _) => None,
            },
            ..Evidence::default()
        }
    }

    /// What is known once the small model has ended: its tokens after trimming, and the verdict on
    /// them as soon as there is one. No tokens stand for a completion that is empty or failed.
    pub fn ended(tokens: &[Token], k: usize, verdict: Option<VerdictState>) -> Self {
        Evidence {
            scores: Scores::of(tokens, k),
            tokens: tokens.len(),
            verdict,
            finished: true,
            ..Evidence::default()
        }
    }
}

/// What a policy decides by: chosen by a person, changed under their hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    pub policy: Policy,
    pub score: Score,
    /// τ, in the unit of `score`.
    pub threshold: f32,
    /// How many first tokens the first-k scores are over.
    pub k: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            policy: Policy::default(),
            score: Score::default(),
            threshold: Score::default().default_threshold(),
            k: 3,
        }
    }
}
