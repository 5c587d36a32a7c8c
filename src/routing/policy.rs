//! The policies, each a pure function of evidence and settings.
//!
//! To add one: a variant of [`Policy`], its name, and its gates in [`gates`]. A policy decides as
//! soon as the evidence suffices: [`decide`] returns `None` while it does not.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use super::{Action, Decision, Reason, Score, Scores, Signal};
use crate::{
    completion::Token,
    syntax::{TokenSyntax, VerdictState},
    words::names::array,
};

/// A named rule from evidence and thresholds to a decision.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    EnumCount,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
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
    pub const ALL: [Policy; Policy::COUNT] = array(Policy::VARIANTS);

    /// The name used in JSON, configuration and on screen.
    pub fn name(self) -> &'static str {
        self.into()
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
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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

/// What the rule says, or `None` while the evidence does not suffice yet. Allocates nothing, so that
/// a sweep can ask it for thousands of completions; [`decide`] says the same with reasons.
///
/// One gate that fails is enough to escalate at once; to keep, every gate must have passed.
pub fn action(settings: &Settings, evidence: &Evidence) -> Option<Action> {
    let mut all_known = true;
    for gate in gates(settings, evidence) {
        match gate {
            Some(gate) if !gate.passed() => return Some(Action::Escalate),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(Action::Keep)
}

/// Decides with reasons, or returns `None` while the evidence does not suffice yet; see [`action`].
pub fn decide(settings: &Settings, evidence: &Evidence) -> Option<Decision> {
    let action = action(settings, evidence)?;
    let known = gates(settings, evidence).flatten();
    Some(Decision {
        policy: settings.policy,
        action,
        reasons: known.map(Gate::reason).collect(),
        degraded: false,
    })
}

/// A signal that a policy needs, and what it says.
#[derive(Debug, Clone, Copy)]
enum Gate {
    Empty,
    Always(Policy),
    Syntax(VerdictState),
    Score {
        score: Score,
        value: f32,
        threshold: f32,
    },
    User(UserSignal),
    SelfTest {
        score: f32,
        theta: f32,
    },
}

/// One entry for each signal the policy needs; `None` where it is not known yet.
fn gates(settings: &Settings, evidence: &Evidence) -> impl Iterator<Item = Option<Gate>> {
    let syntax = evidence.verdict.map(Gate::Syntax);
    let score = score_gate(settings, evidence);
    let empty = evidence.finished && evidence.tokens == 0;
    let needed = match settings.policy {
        Policy::Small => [Some(Some(Gate::Always(Policy::Small))), None],
        _ if empty => [Some(Some(Gate::Empty)), None],
        Policy::Synconf => [Some(syntax), Some(score)],
        Policy::Confidence => [Some(score), None],
        Policy::Syntax => [Some(syntax), None],
        // Until the person has done something, nothing speaks against keeping.
        Policy::Mccom => [
            Some(score),
            evidence.user.map(|signal| Some(Gate::User(signal))),
        ],
        Policy::Selftest => match evidence.self_test {
            None => [Some(None), None],
            Some(SelfTest::Tried { score, theta }) => {
                [Some(Some(Gate::SelfTest { score, theta })), None]
            }
            Some(SelfTest::Inapplicable) => [Some(score), None],
        },
        Policy::Large => [Some(Some(Gate::Always(Policy::Large))), None],
    };
    needed.into_iter().flatten()
}

fn score_gate(settings: &Settings, evidence: &Evidence) -> Option<Gate> {
    let settled = evidence.finished || settings.score.is_settled(settings.k, evidence.tokens);
    Some(Gate::Score {
        score: settings.score,
        value: evidence.scores.filter(|_| settled)?.get(settings.score),
        threshold: settings.threshold,
    })
}

impl Gate {
    /// Whether it speaks for keeping.
    fn passed(self) -> bool {
        match self {
            Gate::Empty => false,
            Gate::Always(policy) => policy == Policy::Small,
            Gate::Syntax(state) => state != VerdictState::Broken,
            Gate::Score {
                value, threshold, ..
            } => value >= threshold,
            Gate::User(signal) => !signal.rejects(),
            Gate::SelfTest { score, theta } => score >= theta,
        }
    }

    fn reason(self) -> Reason {
        let (signal, value) = match self {
            Gate::Empty => (Signal::Empty, String::from("no tokens")),
            Gate::Always(policy) => (Signal::Always, policy.name().to_owned()),
            Gate::Syntax(state) => (Signal::Syntax, state.name().to_owned()),
            Gate::Score { score, value, .. } => (Signal::Score(score), format!("{value:.3}")),
            Gate::User(signal) => (Signal::User, signal.name().to_owned()),
            Gate::SelfTest { score, .. } => (Signal::SelfTest, format!("{score:.3}")),
        };
        let (number, held_against) = match self {
            Gate::Score {
                value, threshold, ..
            } => (Some(value), Some(threshold)),
            Gate::SelfTest { score, theta } => (Some(score), Some(theta)),
            _ => (None, None),
        };
        Reason {
            signal,
            value,
            number,
            threshold: held_against,
            margin: number.zip(held_against).map(|(value, tau)| value - tau),
            passed: self.passed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::routing::fixture::evidence;

    fn settings(policy: Policy) -> Settings {
        Settings {
            policy,
            threshold: -1.0,
            ..Settings::default()
        }
    }

    fn action(policy: Policy, evidence: &Evidence) -> Option<Action> {
        decide(&settings(policy), evidence).map(|decision| decision.action)
    }

    #[test]
    fn synconf_keeps_only_when_both_gates_pass() {
        use VerdictState::*;
        for (logprob, verdict, expected) in [
            (-0.5, Valid, Action::Keep),
            (-0.5, Unsupported, Action::Keep),
            (-0.5, Broken, Action::Escalate),
            (-1.5, Valid, Action::Escalate),
            (-1.5, Broken, Action::Escalate),
        ] {
            let evidence = evidence(logprob, Some(verdict), 8, true);
            assert_eq!(action(Policy::Synconf, &evidence), Some(expected));
        }
    }

    #[test]
    fn a_failed_confidence_gate_escalates_at_the_kth_token() {
        let early = evidence(-2.0, None, 3, false);
        assert_eq!(action(Policy::Synconf, &early), Some(Action::Escalate));
        let too_early = evidence(-2.0, None, 2, false);
        assert_eq!(action(Policy::Synconf, &too_early), None);
    }

    #[test]
    fn a_confident_start_waits_for_the_verdict() {
        let early = evidence(-0.1, None, 3, false);
        assert_eq!(action(Policy::Synconf, &early), None);
        assert_eq!(action(Policy::Confidence, &early), Some(Action::Keep));
    }

    #[test]
    fn an_empty_completion_escalates_unless_small_always_wins() {
        let empty = Evidence {
            finished: true,
            ..Evidence::default()
        };
        assert_eq!(action(Policy::Synconf, &empty), Some(Action::Escalate));
        assert_eq!(action(Policy::Small, &empty), Some(Action::Keep));
    }

    #[test]
    fn the_margin_is_value_minus_threshold() {
        let decision = decide(
            &settings(Policy::Confidence),
            &evidence(-0.25, None, 3, true),
        )
        .expect("evidence suffices");
        assert_eq!(decision.reasons[0].margin, Some(0.75));
    }
    proptest! {
        /// The two ways to ask are one rule, and reasons explain the action.
        #[test]
        fn the_action_is_the_decision_without_reasons(
            policy in prop::sample::select(&Policy::ALL[..]),
            score in prop::sample::select(&Score::ALL[..]),
            threshold in -3.0_f32..1.5,
            k in 1_usize..5,
            logprob in prop::option::of(-3.0_f32..0.0),
            tokens in 0_usize..6,
            verdict in prop::option::of(prop::sample::select(
                &[VerdictState::Valid, VerdictState::Broken, VerdictState::Unsupported][..],
            )),
            finished in any::<bool>(),
        ) {
            let settings = Settings { policy, score, threshold, k };
            let known = evidence(logprob.unwrap_or(0.0), verdict, tokens, finished);
            let known = Evidence { scores: known.scores.filter(|_| logprob.is_some()), ..known };
            let action = super::action(&settings, &known);
            let decision = decide(&settings, &known);
            prop_assert_eq!(action, decision.as_ref().map(|decision| decision.action));
            if let Some(decision) = decision {
                let passed = decision.reasons.iter().all(|reason| reason.passed);
                prop_assert!(!decision.reasons.is_empty());
                prop_assert_eq!(decision.keeps(), passed);
            }
        }
    }
}
