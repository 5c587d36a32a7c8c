//! The policies by name, their settings, and the evidence they use. How each decides is in
//! [`super::gates`].

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use super::score::{Score, Scores};
use crate::{
    completion::Token,
    syntax::{TokenSyntax, VerdictState},
    words::names::array,
};

/// A named rule from evidence and thresholds to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Policy {
    /// Keep iff the result is not broken and the score reaches τ (SynConfRoute, arXiv 2605.04894).
    #[default]
    Synconf,
    /// Keep iff the score reaches τ (SynConfRoute's baseline).
    Confidence,
    /// Keep iff the result is not broken (ablation).
    Syntax,
    /// Keep iff the mean probability of the first k tokens reaches τ and the user has not rejected
    /// it (MCCom, arXiv 2603.05974).
    Mccom,
    /// Keep iff enough of the model's own solutions pass its own tests (Model Cascading for Code,
    /// arXiv 2405.15842). If self-tests are not applicable, the score decides.
    Selftest,
    /// Always keep.
    Small,
    /// Never keep.
    Large,
}

impl Policy {
    pub const ALL: [Policy; Policy::COUNT] = array(Policy::VARIANTS);

    /// The name used in JSON, configuration and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Finds a policy by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// The score that the policy uses if `chosen` is configured: MCCom's own score is part of its
    /// rule.
    pub fn score(self, chosen: Score) -> Score {
        match self {
            Policy::Mccom => Score::FirstKMeanProb,
            _ => chosen,
        }
    }

    /// A one-line rule for when the small completion is kept.
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

/// Everything a policy may use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Scores of the tokens so far; `None` while there is no token.
    pub scores: Option<Scores>,
    /// How many tokens the scores cover.
    pub tokens: usize,
    /// The verdict, once known. While the completion streams, a fault that no continuation can heal
    /// counts as known.
    pub verdict: Option<VerdictState>,
    /// The user's reaction, once there is one.
    pub user: Option<UserSignal>,
    /// The self-test result, once known.
    pub self_test: Option<SelfTest>,
    /// The small completion has ended: scores, tokens and verdict are final.
    pub finished: bool,
}

/// The user's reaction to a completion on screen, as MCCom interprets it (arXiv 2603.05974).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum UserSignal {
    /// Accepted it, in whole or in part.
    Accepted,
    /// Typed the same text.
    TypedAlong,
    /// Typed something else.
    TypedOtherwise,
    /// Dismissed it.
    Dismissed,
}

impl UserSignal {
    pub const ALL: [UserSignal; UserSignal::COUNT] = array(UserSignal::VARIANTS);

    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        self.into()
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

/// The result of a model's own solutions against its own tests (Model Cascading for Code, arXiv
/// 2405.15842).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum SelfTest {
    /// Tests passed by the best group × solutions in it, as a share of solutions × tests, 0 to 1,
    /// and the threshold θ.
    Tried { score: f32, theta: f32 },
    /// There is no callable function around the hole, or nothing could be run.
    Inapplicable,
}

impl Evidence {
    /// Evidence while the small model is writing: its tokens so far, and the syntax after the
    /// latest judged one. Before the end, the syntax is known only if no continuation can heal a
    /// fault, or if there is no grammar.
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

    /// Evidence once the small model has ended: its tokens after trimming, and the verdict once
    /// there is one. No tokens means that the completion is empty or failed.
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

/// The settings of the router, which the user can change at any time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    pub policy: Policy,
    pub score: Score,
    /// τ, in the unit of `score`.
    pub threshold: f32,
    /// How many first tokens the first-k scores cover.
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
