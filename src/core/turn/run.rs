//! One completion of a hole, which grows while it streams, and the decision on it.

use std::time::Duration;

use crate::{
    completion::{Completion, PromptInfo, RequestId, Sampling, StopReason, StreamEvent, Timing},
    language::Language,
    routing::{Cost, Decision, Entry, Evidence},
    syntax::{TokenSyntax, Verdict, VerdictState},
    words::number::milliseconds,
};

/// The state of a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Requested; no token yet.
    Waiting,
    Streaming,
    Done,
    /// Ended early because the large model answers. Its text remains, and is decided on again like
    /// any other.
    Stopped,
    /// Ended early because it is not needed; later events are ignored.
    Cancelled,
    Failed(String),
}

/// How a completion came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    Greedy,
    /// Sampled with this seed.
    Sampled(u32),
    /// The user chose the token at this index in the inspector.
    Steered(usize),
}

impl RunKind {
    /// The kind of a completion with this sampling.
    pub fn of(sampling: Sampling) -> Self {
        match sampling == Sampling::GREEDY {
            true => RunKind::Greedy,
            false => RunKind::Sampled(sampling.seed),
        }
    }
}

/// One completion of the current hole, which grows while it streams.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub id: RequestId,
    pub kind: RunKind,
    pub phase: Phase,
    /// Grows token by token; replaced by the trimmed one at the end.
    pub completion: Completion,
    pub prompt: PromptInfo,
    /// What it waits for before its first token, if known.
    pub waiting: Option<String>,
    /// How much earlier the answer comes because it was requested ahead of the decision; known once
    /// the small completion is judged (large lane only).
    pub saved: Option<Duration>,
    /// Whether it was requested ahead of a decision that was then to keep the small completion.
    pub wasted: bool,
    /// The syntax state after each token; may lag behind the tokens.
    pub timeline: Vec<TokenSyntax>,
    /// The verdict on the finished completion.
    pub verdict: Option<Verdict>,
    pub requested_at: Duration,
    /// When the first token arrived.
    pub first_token_at: Option<Duration>,
    /// When each token arrived, in milliseconds after the request.
    pub arrivals: Vec<f32>,
    /// When it ended or failed.
    pub ended_at: Option<Duration>,
    /// The decision on it, and how long after the request it was known (small lane only).
    pub decision: Option<(Decision, Duration)>,
    /// The evidence for the decision.
    pub evidence: Evidence,
    /// The new text of a completion that was stopped and requested again, until it is longer than
    /// the old text.
    pub resumed: Option<Completion>,
}

impl Run {
    pub fn new(id: RequestId, kind: RunKind, now: Duration) -> Self {
        Run {
            id,
            kind,
            phase: Phase::Waiting,
            completion: Completion::cancelled(),
            prompt: PromptInfo::default(),
            waiting: None,
            saved: None,
            wasted: false,
            timeline: Vec::new(),
            verdict: None,
            requested_at: now,
            first_token_at: None,
            arrivals: Vec::new(),
            ended_at: None,
            decision: None,
            evidence: Evidence::default(),
            resumed: None,
        }
    }

    /// Whether more of it may arrive.
    pub fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Streaming)
    }

    /// The evidence available to a policy now.
    pub fn gather_evidence(&self, k: usize, has_grammar: bool) -> Evidence {
        let tokens = &self.completion.tokens;
        let said = match self.phase {
            Phase::Done => {
                let unsupported = (!has_grammar).then_some(VerdictState::Unsupported);
                let verdict = self.verdict.as_ref().map(|verdict| verdict.state);
                Evidence::ended(tokens, k, verdict.or(unsupported))
            }
            Phase::Failed(_) => Evidence::ended(&[], k, None),
            _ => Evidence::streaming(tokens, k, has_grammar, self.timeline.last().copied()),
        };
        Evidence {
            user: self.evidence.user,
            self_test: self.evidence.self_test,
            ..said
        }
    }

    /// The decision as a history entry, for a hole named `place`. Only greedy completions count
    /// there: the others are the user's experiments on the same request.
    pub fn history_entry(&self, place: &str, language: Option<Language>) -> Option<Entry> {
        let (decision, _) = self.decision.as_ref()?;
        let first_line = self.completion.text.trim_start().lines().next();
        (self.kind == RunKind::Greedy).then(|| Entry {
            id: self.id,
            label: format!("{place} {}", first_line.unwrap_or_default().trim_end()),
            evidence: self.evidence.clone(),
            decision: decision.clone(),
            flip: None,
            language,
            cost: Cost {
                first_token_ms: self.completion.timing.ttft_ms,
                small_ms: self.completion.timing.total_ms,
                large_ms: None,
            },
            feedback: None,
        })
    }

    /// Whether its evidence is final.
    pub fn is_judged(&self) -> bool {
        match self.phase {
            Phase::Done => self.evidence.finished && self.evidence.verdict.is_some(),
            Phase::Failed(_) | Phase::Stopped => true,
            _ => false,
        }
    }

    /// Ends it at `now` with its text so far, because the large model answers.
    pub(super) fn stop(&mut self, now: Duration) {
        let since = |at: Duration| milliseconds(at.saturating_sub(self.requested_at));
        self.completion.timing = Timing {
            prompt_tokens: self.prompt.prompt_tokens,
            cached_tokens: self.prompt.cached_tokens,
            generated_tokens: self.completion.tokens.len(),
            ttft_ms: self.first_token_at.map_or(0.0, since),
            total_ms: since(now),
            server: None,
        };
        self.phase = Phase::Stopped;
        self.waiting = None;
    }

    /// It was stopped and is requested again as `id`: its text remains until there is more. Returns
    /// the old request's id.
    pub(super) fn resume(&mut self, id: RequestId) -> RequestId {
        self.phase = Phase::Waiting;
        self.timeline.clear();
        self.arrivals.clear();
        self.verdict = None;
        self.resumed = Some(Completion::cancelled());
        std::mem::replace(&mut self.id, id)
    }

    /// Whether nothing more will arrive, not even a verdict.
    pub fn is_over(&self) -> bool {
        match self.phase {
            Phase::Done => self.verdict.is_some(),
            _ => !self.is_live(),
        }
    }

    /// Whether its text is complete.
    pub fn is_whole(&self) -> bool {
        matches!(self.phase, Phase::Done | Phase::Stopped)
    }

    /// Records the syntax state after a token.
    pub(super) fn on_token_judged(&mut self, index: usize, state: TokenSyntax) {
        let is_there = self.is_live() || index < self.completion.tokens.len();
        if index == self.timeline.len() && is_there {
            self.timeline.push(state);
        }
    }

    /// Handles the model's event.
    pub(super) fn on_stream(&mut self, event: StreamEvent, now: Duration) {
        match event {
            StreamEvent::Waiting(why) if self.phase == Phase::Waiting => self.waiting = Some(why),
            StreamEvent::Waiting(_) => {}
            StreamEvent::Started(prompt) => self.prompt = prompt,
            StreamEvent::Token(token) => {
                self.waiting = None;
                self.phase = Phase::Streaming;
                self.first_token_at.get_or_insert(now);
                let since = now.saturating_sub(self.requested_at);
                self.arrivals.push(since.as_secs_f32() * 1000.0);
                let grown = self.resumed.as_mut().unwrap_or(&mut self.completion);
                grown.text.push_str(&token.text);
                grown.tokens.push(token);
                let there = &self.completion.text;
                let overtakes = |again: &mut Completion| {
                    again.text.len() > there.len() && again.text.starts_with(there.as_str())
                };
                if let Some(again) = self.resumed.take_if(overtakes) {
                    self.completion = again;
                }
            }
            StreamEvent::Done(completion) => {
                self.waiting = None;
                self.ended_at = Some(now);
                self.phase = match completion.stop {
                    StopReason::Cancelled => Phase::Cancelled,
                    _ => Phase::Done,
                };
                self.timeline.truncate(completion.tokens.len());
                self.completion = completion;
            }
            // The text written before the failure remains readable.
            StreamEvent::Failed(problem) => {
                self.waiting = None;
                self.ended_at = Some(now);
                self.phase = Phase::Failed(problem);
            }
        }
    }
}
