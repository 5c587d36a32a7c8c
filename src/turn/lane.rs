//! One model's part in a turn: the model, and the completions that it gave for the hole.

use std::{sync::Arc, time::Duration};

use super::{LaneKind, Phase, Run};
use crate::{
    completion::{Hole, RequestId, StreamEvent, model::ModelInfo},
    syntax::{TokenSyntax, Verdict},
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
    /// What the model was called when it came.
    named: String,
    /// Whether the model is known to be on a server before it says so itself.
    pub served: bool,
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
    pub fn find(&self, id: RequestId) -> Option<&Run> {
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

    /// A request that was given up says what it has taken until then.
    pub(super) fn on_last_word(&mut self, id: RequestId, event: &StreamEvent) {
        let given_up = |run: &&mut Run| run.id == id && run.phase == Phase::Cancelled;
        let run = self.runs.iter_mut().find(given_up);
        if let (Some(run), StreamEvent::Done(completion)) = (run, event) {
            run.completion.timing = completion.timing;
        }
    }

    /// The model's name, also after it failed.
    pub fn known_name(&self) -> &str {
        match &self.model {
            ModelState::Absent | ModelState::Failed(_) => &self.named,
            model => model.name(),
        }
    }

    /// Whether its model is on a server, as far as that is known.
    pub fn is_on_server(&self) -> bool {
        self.served || self.model.is_server()
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
