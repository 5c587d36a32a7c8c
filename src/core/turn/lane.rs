//! One model's part in a turn: the model and its completions of the hole.

use std::{sync::Arc, time::Duration};

use super::{LaneKind, Phase, Run};
use crate::{
    completion::{Hole, RequestId, StreamEvent, model::ModelInfo},
    syntax::{TokenSyntax, Verdict},
};

/// The state of a model.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelState {
    /// No model in this lane.
    Absent,
    /// The weights are loading: the model's name, and the progress from 0 to 1.
    Loading(String, f32),
    /// Connecting to a server: its name, and what it is waiting for.
    Waiting(String, String),
    Ready(Arc<ModelInfo>),
    /// A server that is unavailable now: its name, and what is wrong. Each request tries it again.
    Unreachable(String, String),
    /// The model cannot be used: what is wrong and what to do.
    Failed(String),
}

impl ModelState {
    /// The model's name, as far as known.
    pub fn name(&self) -> &str {
        match self {
            ModelState::Ready(info) => &info.name,
            ModelState::Loading(name, _)
            | ModelState::Waiting(name, _)
            | ModelState::Unreachable(name, _) => name,
            ModelState::Absent | ModelState::Failed(_) => "none",
        }
    }

    /// Whether a request will be answered, now or once the weights are loaded.
    pub fn is_usable(&self) -> bool {
        !matches!(self, ModelState::Absent | ModelState::Failed(_))
    }

    /// Whether it is known to run on a server.
    pub fn is_server(&self) -> bool {
        matches!(self, ModelState::Ready(info) if info.is_server())
    }
}

/// A request made before the decision that says whether it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ahead {
    /// The request.
    pub id: RequestId,
    /// The small completion whose decision will say.
    pub of: RequestId,
}

/// A model and its completions of the current hole.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    pub kind: LaneKind,
    /// How the user named the model: a name from the configuration, a path or a URL; `None` is the
    /// bundled demo model, or no model.
    pub given: Option<String>,
    pub model: ModelState,
    /// The model's name when it was put here.
    named: String,
    /// Whether the model is on a server, if that is known before the model reports it.
    pub served: bool,
    /// The hole the runs are for.
    pub hole: Option<Arc<Hole>>,
    /// Greedy first, then sampled and steered ones.
    pub runs: Vec<Run>,
    /// Index of the one shown.
    pub shown: usize,
    /// The completion of the previous hole, which the user refused by typing something else; its
    /// decision is shown until there is a new one.
    pub(super) refused: Option<Run>,
    /// How many lines of its text are scrolled out of its pane.
    pub scroll: usize,
    /// The request made ahead of the decision, until the decision is known.
    pub(super) ahead: Option<Ahead>,
    /// A request that saves time if it is answered; its first token has not arrived yet.
    pub(super) saving: Option<RequestId>,
}

impl Lane {
    pub fn new(kind: LaneKind, model: ModelState) -> Self {
        Lane {
            kind,
            given: None,
            named: model.name().to_owned(),
            model,
            served: false,
            hole: None,
            runs: Vec::new(),
            shown: 0,
            refused: None,
            scroll: 0,
            ahead: None,
            saving: None,
        }
    }

    /// The small completion whose decision will say whether its request was wasted.
    pub fn ahead_of(&self) -> Option<RequestId> {
        self.ahead.map(|ahead| ahead.of)
    }

    /// Whether a request about the current hole was answered or may still be; a failed one was not.
    pub fn can_answer(&self) -> bool {
        let failed = |run: &Run| matches!(run.phase, Phase::Failed(_));
        self.model.is_usable() && (self.runs.is_empty() || !self.runs.iter().all(failed))
    }

    /// Whether there is text to show, or may be soon.
    pub fn has_text(&self) -> bool {
        let has = |run: &Run| run.is_live() || !run.completion.text.is_empty();
        self.run().is_some_and(has)
    }

    /// The run on screen.
    pub fn run(&self) -> Option<&Run> {
        self.runs.get(self.shown)
    }

    /// The run whose decision is shown: the one on screen, or the one refused before it.
    pub fn decided(&self) -> Option<&Run> {
        self.run().or(self.refused.as_ref())
    }

    /// The run of a request, including the refused run.
    pub fn find(&self, id: RequestId) -> Option<&Run> {
        let mut runs = self.runs.iter().chain(&self.refused);
        runs.find(|run| run.id == id)
    }

    /// The same, unless it was cancelled: then later events are stale.
    pub fn live_or_done(&mut self, id: RequestId) -> Option<&mut Run> {
        let mut runs = self.runs.iter_mut().chain(&mut self.refused);
        runs.find(|run| run.id == id && run.phase != Phase::Cancelled)
    }

    /// Drops the runs and begins another hole with `run`.
    pub fn begin(&mut self, hole: Arc<Hole>, run: Run) {
        self.clear();
        self.hole = Some(hole);
        self.runs = vec![run];
    }

    /// The user typed something other than the run on screen: requests from now on are about
    /// `hole`.
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

    /// Marks streaming runs as cancelled; returns false if there are none.
    pub fn cancel(&mut self) -> bool {
        let mut any = false;
        for run in self.runs.iter_mut().filter(|run| run.is_live()) {
            run.phase = Phase::Cancelled;
            run.waiting = None;
            any = true;
        }
        any
    }

    /// Handles the model's event for a request; returns false if the event is stale.
    pub fn on_stream(&mut self, id: RequestId, event: StreamEvent, now: Duration) -> bool {
        match self.live_or_done(id) {
            Some(run) if run.is_live() => {
                run.on_stream(event, now);
                true
            }
            _ => false,
        }
    }

    /// The final event of a given-up request reports its cost.
    pub(super) fn on_last_word(&mut self, id: RequestId, event: &StreamEvent) {
        let given_up = |run: &&mut Run| run.id == id && run.phase == Phase::Cancelled;
        let run = self.runs.iter_mut().find(given_up);
        if let (Some(run), StreamEvent::Done(completion)) = (run, event) {
            run.completion.timing = completion.timing;
        }
    }

    /// The model's name, even after it failed.
    pub fn known_name(&self) -> &str {
        match &self.model {
            ModelState::Absent | ModelState::Failed(_) => &self.named,
            model => model.name(),
        }
    }

    /// Whether its model is on a server, as far as known.
    pub fn is_on_server(&self) -> bool {
        self.served || self.model.is_server()
    }

    /// The model is ready: its runs no longer show what they were waiting for.
    pub(super) fn on_arrival(&mut self) {
        for run in &mut self.runs {
            run.waiting = None;
        }
    }

    /// Records the syntax state after a token.
    pub fn on_token_judged(&mut self, id: RequestId, index: usize, state: TokenSyntax) {
        if let Some(run) = self.live_or_done(id) {
            run.on_token_judged(index, state);
        }
    }

    /// Records the verdict on a finished completion; returns false if it is stale.
    pub fn on_judged(&mut self, id: RequestId, verdict: Verdict) -> bool {
        let run = self.live_or_done(id);
        run.map(|run| run.verdict = Some(verdict)).is_some()
    }
}
