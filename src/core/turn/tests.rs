//! Turns without IO: events in, effects and state out.

mod escalation;
mod routing;
mod selftesting;

use std::sync::Arc;

use super::*;
use crate::{
    completion::{
        Completion, Drafts, Sampling, StopReason, StreamEvent, Timing, Token,
        model::{ModelEvent, ModelInfo, Origin},
    },
    language::Language,
    meter::Rates,
    routing::{Action, Decision, Escalation, LargeUse, Policy, Score, Settings, UserSignal},
    selftest::SelfTesting,
    syntax::{TokenSyntax, Verdict, VerdictState},
};

const SMALL: LaneKind = LaneKind::Small;
const LARGE_LANE: LaneKind = LaneKind::Large;

/// What a turn did, as far as the cascade is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Did {
    Decided(Action),
    AskLarge,
    CancelLarge,
    StopSmall,
    ResumeSmall,
}

/// A turn with both models ready, and its effects so far.
struct Play {
    turn: Turn,
    known: Option<Action>,
    /// Effects that are not part of the cascade.
    others: Vec<TurnEffect>,
    written: usize,
    now: Duration,
}

fn rules(policy: Policy, large: LargeUse, escalation: Escalation) -> Rules {
    Rules {
        settings: Settings {
            policy,
            score: Score::FirstKMeanProb,
            threshold: 0.5,
            k: 2,
        },
        large,
        escalation,
        max_tokens: 64,
        first: Sampling::GREEDY,
        more: Sampling::default(),
        alternatives: 3,
        drafts: Drafts::default(),
        drafts_rejected: false,
        folder: None,
        rounds: 1,
        passage_tokens: [100, 200],
        selftest: SelfTesting {
            solutions: 3,
            tests: 4,
            test_lines: 1,
            theta: 0.5,
            chain: Vec::new(),
        },
        rates: [Rates::default(); 3],
    }
}

fn info(kind: LaneKind) -> Arc<ModelInfo> {
    Arc::new(ModelInfo {
        name: kind.name().to_owned(),
        context: None,
        fim: String::new(),
        device: String::new(),
        no_drafts: None,
        notices: Vec::new(),
        origin: Origin::Server {
            url: String::new(),
            dialect: String::new(),
            chat: false,
            logprobs: None,
            plain_http: false,
        },
    })
}

fn token(prob: f32) -> Token {
    crate::routing::fixture::token(prob)
}

fn completion(tokens: &[Token]) -> Completion {
    Completion {
        text: tokens.iter().map(|token| token.text.as_str()).collect(),
        tokens: tokens.to_vec(),
        stop: StopReason::End,
        timing: Timing::default(),
        drafting: Vec::new(),
    }
}

impl Play {
    /// Begins with the hole, and returns what was done at once.
    fn begin(rules: Rules) -> (Self, Vec<Did>) {
        let mut turn = Turn::new(rules);
        for kind in [SMALL, LARGE_LANE] {
            turn.lane_mut(kind).model = ModelState::Ready(info(kind));
        }
        turn.shown = Some(Shown::SMALL);
        let mut play = Play {
            turn,
            known: None,
            others: Vec::new(),
            written: 0,
            now: Duration::ZERO,
        };
        let hole = Hole::new("def f(x):\n    return ", "\n", Some(Language::Python));
        let did = play.update(TurnEvent::Begin(Arc::new(hole)));
        assert_eq!(
            did.first(),
            Some(&Did::ResumeSmall),
            "the small one is asked"
        );
        (play, did[1..].to_vec())
    }

    fn update(&mut self, event: TurnEvent) -> Vec<Did> {
        let effects = self.turn.update(event, self.now);
        let mut did = Vec::new();
        for effect in effects {
            match effect {
                TurnEffect::Weighed(_) => {
                    let action = self.decision().map(|known| known.action);
                    if action != self.known {
                        self.known = action;
                        did.extend(action.map(Did::Decided));
                    }
                }
                TurnEffect::Ask(slot, _) if slot == SMALL.into() => did.push(Did::ResumeSmall),
                TurnEffect::Ask(slot, _) if slot == LARGE_LANE.into() => did.push(Did::AskLarge),
                TurnEffect::Cancel(slot) if slot == SMALL.into() => did.push(Did::StopSmall),
                TurnEffect::Cancel(slot) if slot == LARGE_LANE.into() => did.push(Did::CancelLarge),
                other => self.others.push(other),
            }
        }
        did
    }

    fn tell(&mut self, kind: LaneKind, event: StreamEvent) -> Vec<Did> {
        let id = self.turn.lane(kind).runs.first().map(|run| run.id);
        let id = id.expect("it was asked");
        self.update(TurnEvent::Model(kind.into(), ModelEvent::Stream(id, event)))
    }

    /// The small model writes one more token, after which the syntax state is `state`.
    fn write(&mut self, token: Token, state: Option<TokenSyntax>) -> Vec<Did> {
        let mut did = self.tell(SMALL, StreamEvent::Token(token));
        let index = self.written;
        self.written += 1;
        if let Some(state) = state {
            did.extend(self.update(TurnEvent::TokenJudged {
                lane: SMALL,
                id: self.turn.small.runs[0].id,
                index,
                state,
            }));
        }
        did
    }

    fn write_all(&mut self, tokens: &[Token]) -> Vec<Did> {
        let each = |token: &Token| self.write(token.clone(), None);
        tokens.iter().flat_map(each).collect()
    }

    /// The small model has ended with these tokens, after trimming.
    fn finish(&mut self, tokens: &[Token], state: VerdictState) -> Vec<Did> {
        let mut did = self.tell(SMALL, StreamEvent::Done(completion(tokens)));
        let verdict = Verdict {
            state,
            faults: Vec::new(),
            first_broken_token: None,
        };
        did.extend(self.update(TurnEvent::Judged {
            lane: SMALL,
            id: self.turn.small.runs[0].id,
            verdict,
        }));
        did
    }

    fn person(&mut self, signal: UserSignal) -> Vec<Did> {
        self.update(TurnEvent::Person {
            signal,
            decides: true,
        })
    }

    fn large_fails(&mut self) -> Vec<Did> {
        self.tell(LARGE_LANE, StreamEvent::Failed("no".to_owned()))
    }

    fn decision(&self) -> Option<&Decision> {
        let run = self.turn.small.runs.first()?;
        run.decision.as_ref().map(|(decision, _)| decision)
    }

    fn keeps(&self) -> bool {
        self.decision().is_some_and(Decision::keeps)
    }

    fn is_degraded(&self) -> bool {
        self.decision().is_some_and(|known| known.degraded)
    }

    /// Whether the large model was asked and has not been cancelled.
    fn wants_large(&self) -> bool {
        let run = self.turn.large.runs.first();
        run.is_some_and(|run| run.phase != Phase::Cancelled)
    }

    fn is_wasted(&self) -> bool {
        let run = self.turn.large.runs.first();
        run.is_some_and(|run| run.wasted)
    }
}
