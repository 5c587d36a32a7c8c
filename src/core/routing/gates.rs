//! How each policy decides: a pure function of evidence and settings.
//!
//! To add a policy: a variant of [`Policy`], its name, and its gates in [`gates`]. A policy decides as
//! soon as the evidence suffices; until then [`decide`] returns `None`.

use super::{
    decision::{Action, Decision, Reason, Signal},
    policy::{Evidence, Policy, SelfTest, Settings, UserSignal},
    score::Score,
};
use crate::syntax::VerdictState;

/// Applies the rule; `None` while the evidence is not sufficient. Allocates nothing, so a sweep can
/// call it for thousands of completions; [`decide`] adds the reasons.
///
/// One failed gate is enough to escalate at once; to keep, every gate must have passed.
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

/// Decides with reasons; `None` while the evidence is not sufficient; see [`action`].
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

/// A signal that a policy needs, with its value.
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

/// One entry for each signal that the policy needs; `None` if it is not known yet.
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
        // Until the user reacts, nothing speaks against keeping.
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
    /// Whether it favours keeping.
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
        /// The two functions are one rule, and reasons explain the action.
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
