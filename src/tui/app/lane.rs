//! One model's side of the playground: the model, and the completions it gave for the current hole.

use std::{sync::Arc, time::Duration};

use super::event::LaneKind;
use crate::{
    completion::{
        Completion, Hole, PromptInfo, RequestId, StopReason, StreamEvent, Timing, model::ModelInfo,
    },
    language::Language,
    routing::{Cost, Decision, Entry, Evidence},
    syntax::{TokenSyntax, Verdict, VerdictState},
};

/// Where a model stands.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelState {
    /// No model in this lane.
    Absent,
    /// The weights load, 0 to 1; what is loading.
    Loading(String, f32),
    /// A server on its way: its name, and what it waits for.
    Waiting(String, String),
    Ready(Arc<ModelInfo>),
    /// A server that cannot be had now: its name, and what is wrong. Each request tries again.
    Unreachable(String, String),
    /// It cannot be used: what is wrong and what to do.
    Failed(String),
}

impl ModelState {
    /// The model's name, as far as it is known.
    pub fn name(&self) -> &str {
        match self {
            ModelState::Ready(info) => &info.name,
            ModelState::Loading(name, _)
            | ModelState::Waiting(name, _)
            | ModelState::Unreachable(name, _) => name,
            ModelState::Absent | ModelState::Failed(_) => "none",
        }
    }

    /// Whether a request will be answered, now or once the weights are there.
    pub fn is_usable(&self) -> bool {
        !matches!(self, ModelState::Absent | ModelState::Failed(_))
    }

    /// Whether it is known to run on a server.
    pub fn is_server(&self) -> bool {
        matches!(self, ModelState::Ready(info) if info.is_server())
    }
}

/// Where a completion stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Asked for; no token yet.
    Waiting,
    Streaming,
    Done,
    /// Ended early because it was decided that the large model goes on. What there is of it stands,
    /// and is decided again like any other.
    Stopped,
    /// Ended early because nobody wants it any more; what came after is not taken.
    Cancelled,
    Failed(String),
}

/// How a completion came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    Greedy,
    /// Sampled with this seed.
    Sampled(u32),
    /// A person chose the token at this index in the inspector.
    Steered(usize),
}

/// One completion of the current hole, growing while it streams.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub id: RequestId,
    pub kind: RunKind,
    pub phase: Phase,
    /// Grows token by token; replaced by the trimmed one at the end.
    pub completion: Completion,
    pub prompt: PromptInfo,
    /// What it waits for before its first token, where there is more to say than that.
    pub waiting: Option<String>,
    /// Asked ahead of the decision: by how much that brings the answer forward, known once the small
    /// completion is judged (large lane only).
    pub saved: Option<Duration>,
    /// It was asked ahead of the decision, which then kept the small completion.
    pub wasted: bool,
    /// How the text stood after each token; may lag behind the tokens.
    pub timeline: Vec<TokenSyntax>,
    /// The verdict on the finished completion.
    pub verdict: Option<Verdict>,
    pub requested_at: Duration,
    /// When the first token came.
    pub first_token_at: Option<Duration>,
    /// The decision on it, and how long after the request it was known (small lane only).
    pub decision: Option<(Decision, Duration)>,
    /// The evidence the decision was made on.
    pub evidence: Evidence,
    /// It was stopped and is asked for again: what has come of that, until it is more than there was.
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
            decision: None,
            evidence: Evidence::default(),
            resumed: None,
        }
    }

    /// Whether more of it is to come.
    pub fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Streaming)
    }

    /// What a policy may know of it now.
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

    /// The decision as the history keeps it, for a hole that is called `place`. Only greedy
    /// completions count there: the others are a person's experiments on the same request.
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

    /// Whether nothing that is still to come can change the evidence on it.
    pub fn is_judged(&self) -> bool {
        match self.phase {
            Phase::Done => self.evidence.finished && self.evidence.verdict.is_some(),
            Phase::Failed(_) | Phase::Stopped => true,
            _ => false,
        }
    }

    /// Ends it at `now` with what there is of it, because the large model goes on.
    pub(super) fn stop(&mut self, now: Duration) {
        let since = |at: Duration| at.saturating_sub(self.requested_at).as_secs_f64() * 1000.0;
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

    /// It was stopped and is asked for again, by the request `id`: what there is of it stands until
    /// there is more. Gives the request it was asked for by.
    pub(super) fn resume(&mut self, id: RequestId) -> RequestId {
        self.phase = Phase::Waiting;
        self.timeline.clear();
        self.verdict = None;
        self.resumed = Some(Completion::cancelled());
        std::mem::replace(&mut self.id, id)
    }

    /// Whether what there is of it is all there will be.
    pub fn is_whole(&self) -> bool {
        matches!(self.phase, Phase::Done | Phase::Stopped)
    }

    /// Takes how the text stands after a token.
    pub(super) fn on_token_judged(&mut self, index: usize, state: TokenSyntax) {
        let is_there = self.is_live() || index < self.completion.tokens.len();
        if index == self.timeline.len() && is_there {
            self.timeline.push(state);
        }
    }

    /// Takes what the model said.
    pub(super) fn on_stream(&mut self, event: StreamEvent, now: Duration) {
        match event {
            StreamEvent::Waiting(why) if self.phase == Phase::Waiting => self.waiting = Some(why),
            StreamEvent::Waiting(_) => {}
            StreamEvent::Started(prompt) => self.prompt = prompt,
            StreamEvent::Token(token) => {
                self.waiting = None;
                self.phase = Phase::Streaming;
                self.first_token_at.get_or_insert(now);
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
                self.phase = match completion.stop {
                    StopReason::Cancelled => Phase::Cancelled,
                    _ => Phase::Done,
                };
                self.timeline.truncate(completion.tokens.len());
                self.completion = completion;
            }
            // What came before it failed stays: it is there to be read.
            StreamEvent::Failed(problem) => {
                self.waiting = None;
                self.phase = Phase::Failed(problem);
            }
        }
    }
}

/// A request that was made before it was known whether it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ahead {
    /// The request.
    pub id: RequestId,
    /// The small completion whose decision will tell.
    pub of: RequestId,
}

/// A model and its completions of the current hole.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    pub kind: LaneKind,
    /// What the model was asked for by: a name out of the configuration, a path or a URL; none means
    /// the bundled demo model, or no model at all.
    pub given: Option<String>,
    pub model: ModelState,
    /// The hole the runs are for.
    pub hole: Option<Arc<Hole>>,
    /// Greedy first, then sampled and steered ones.
    pub runs: Vec<Run>,
    /// Which of them is shown.
    pub shown: usize,
    /// The completion of the hole before this one, which the person refused by writing something else
    /// there; its decision is shown until there is another.
    pub(super) refused: Option<Run>,
    /// How many lines of its text are scrolled away in its pane.
    pub scroll: usize,
    /// The request that was made ahead of the decision, until that is known.
    pub(super) ahead: Option<Ahead>,
    /// The request that saved time, if it will be answered: its first token has not come yet.
    pub(super) saving: Option<RequestId>,
}

impl Lane {
    pub fn new(kind: LaneKind, model: ModelState) -> Self {
        Lane {
            kind,
            given: None,
            model,
            hole: None,
            runs: Vec::new(),
            shown: 0,
            refused: None,
            scroll: 0,
            ahead: None,
            saving: None,
        }
    }

    /// Whether a request of the current hole was answered, or may be: one that fails is no answer.
    pub fn can_answer(&self) -> bool {
        let failed = |run: &Run| matches!(run.phase, Phase::Failed(_));
        self.model.is_usable() && (self.runs.is_empty() || !self.runs.iter().all(failed))
    }

    /// Whether it has text to show, or may have some soon.
    pub fn has_text(&self) -> bool {
        let has = |run: &Run| run.is_live() || !run.completion.text.is_empty();
        self.run().is_some_and(has)
    }

    /// The run on screen.
    pub fn run(&self) -> Option<&Run> {
        self.runs.get(self.shown)
    }

    /// The run whose decision is shown: the one on screen, or the one that was refused before it.
    pub fn decided(&self) -> Option<&Run> {
        self.run().or(self.refused.as_ref())
    }

    /// A run by its request, the refused one included.
    pub(super) fn find(&self, id: RequestId) -> Option<&Run> {
        let mut runs = self.runs.iter().chain(&self.refused);
        runs.find(|run| run.id == id)
    }

    /// The same, unless it was cancelled: then what still comes is stale.
    pub fn live_or_done(&mut self, id: RequestId) -> Option<&mut Run> {
        let mut runs = self.runs.iter_mut().chain(&mut self.refused);
        runs.find(|run| run.id == id && run.phase != Phase::Cancelled)
    }

    /// Forgets the runs and begins with `run` for another hole.
    pub fn begin(&mut self, hole: Arc<Hole>, run: Run) {
        self.clear();
        self.hole = Some(hole);
        self.runs = vec![run];
    }

    /// The person wrote something else than the run on screen says: what is asked from here on is
    /// about `hole`.
    pub(super) fn refuse(&mut self, hole: Arc<Hole>, now: Duration) {
        let mut refused = self.run().cloned();
        if let Some(run) = refused
            .as_mut()
            .filter(|run| run.is_live() || run.phase == Phase::Cancelled)
        {
            run.stop(now);
        }
        self.clear();
        self.hole = Some(hole);
        self.refused = refused;
    }

    /// Adds another run for the same hole and shows it.
    pub fn add(&mut self, run: Run) {
        self.runs.push(run);
        self.shown = self.runs.len() - 1;
        self.scroll = 0;
    }

    /// Forgets everything about the last hole.
    pub fn clear(&mut self) {
        self.hole = None;
        self.runs.clear();
        self.shown = 0;
        self.refused = None;
        self.scroll = 0;
        self.ahead = None;
        self.saving = None;
    }

    /// Marks what still streams as cancelled; false when nothing does.
    pub fn cancel(&mut self) -> bool {
        let mut any = false;
        for run in self.runs.iter_mut().filter(|run| run.is_live()) {
            run.phase = Phase::Cancelled;
            run.waiting = None;
            any = true;
        }
        any
    }

    /// Takes what the model said of a request; false when the event is stale.
    pub fn on_stream(&mut self, id: RequestId, event: StreamEvent, now: Duration) -> bool {
        match self.live_or_done(id) {
            Some(run) if run.is_live() => {
                run.on_stream(event, now);
                true
            }
            _ => false,
        }
    }

    /// The model is there: what was waited for until now, to know it, is waited for no longer.
    pub(super) fn on_arrival(&mut self) {
        for run in &mut self.runs {
            run.waiting = None;
        }
    }

    /// Takes how the text stands after a token.
    pub fn on_token_judged(&mut self, id: RequestId, index: usize, state: TokenSyntax) {
        if let Some(run) = self.live_or_done(id) {
            run.on_token_judged(index, state);
        }
    }

    /// Takes the verdict on a finished completion; false when it is stale.
    pub fn on_judged(&mut self, id: RequestId, verdict: Verdict) -> bool {
        let run = self.live_or_done(id);
        run.map(|run| run.verdict = Some(verdict)).is_some()
    }
}
