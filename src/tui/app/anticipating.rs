//! Anticipation: while a completion is shown and nothing else is asked for, the next one is computed
//! as if it were accepted, so that accepting shows it at once.
//!
//! At most one step ahead, and always behind what the person asks for: any request to the small
//! model, and any to a large one on this machine, ends it.

use std::sync::Arc;

use super::{App, LaneKind, ModelState, Run, RunKind, event::Effect, keys::on_off, lane::Phase};
use crate::completion::{Hole, Request, RequestId, StopReason};

/// The completion of the hole as it will be.
#[derive(Debug, PartialEq)]
struct Next {
    /// The completion that it follows on.
    of: RequestId,
    /// The hole as it will be when that one is accepted.
    hole: Arc<Hole>,
    run: Run,
}

/// What was computed ahead in this run, and what became of it.
#[derive(Debug, Default, PartialEq)]
pub struct Anticipation {
    next: Option<Next>,
    /// Completions that were shown without being asked for, because they were there.
    pub hits: usize,
    /// Completions that nobody came to see.
    pub wasted: usize,
    /// Tokens written for those.
    pub wasted_tokens: usize,
}

impl Anticipation {
    /// How the next completion stands, in a word; none where none is computed.
    pub fn standing(&self) -> Option<&'static str> {
        let run = &self.next.as_ref()?.run;
        Some(match run.phase {
            Phase::Waiting | Phase::Streaming => "writing",
            Phase::Done if run.completion.text.is_empty() => "nothing",
            Phase::Done => "ready",
            _ => "failed",
        })
    }

    /// The completion ahead, where a request is its.
    #[cfg(test)]
    pub(super) fn run(&self, kind: LaneKind, id: RequestId) -> Option<&Run> {
        let next = self.next.as_ref().filter(|_| kind == LaneKind::Small)?;
        (next.run.id == id).then_some(&next.run)
    }
}

impl App {
    /// Anticipation: on or off.
    pub(super) fn toggle_anticipation(&mut self) -> Vec<Effect> {
        self.config.anticipate = !self.config.anticipate;
        self.info(format!("anticipation {}", on_off(self.config.anticipate)));
        match self.config.anticipate {
            true => Vec::new(),
            false => self.forget_next(),
        }
    }

    /// The completion ahead, where a request is its, to be told of it.
    pub(super) fn next_run(&mut self, kind: LaneKind, id: RequestId) -> Option<&mut Run> {
        let next = self.anticipation.next.as_mut()?;
        (kind == LaneKind::Small && next.run.id == id).then_some(&mut next.run)
    }

    /// Asks for the next completion, where the time has come.
    pub(super) fn anticipate(&mut self) -> Vec<Effect> {
        let Some((of, hole)) = self.hole_ahead() else {
            return Vec::new();
        };
        let mut effects = self.forget_next();
        let run = Run::new(self.new_id(), RunKind::Greedy, self.now);
        let request = Request::greedy(run.id, Arc::clone(&hole), self.config.max_tokens);
        self.anticipation.next = Some(Next { of, hole, run });
        effects.extend(self.put_request(LaneKind::Small, request, true));
        effects
    }

    /// The hole as it will be, with the completion that makes it so: none while something else is to
    /// be done, where it was asked about already, and where nobody would complete.
    fn hole_ahead(&self) -> Option<(RequestId, Arc<Hole>)> {
        let wanted = self.config.anticipate && self.overlay.is_none() && !self.covered;
        let ghost = self.editor.ghost.filter(|_| wanted)?;
        let run = self.small.run().filter(|run| {
            ghost.lane == LaneKind::Small && run.phase == Phase::Done && run.is_judged()
        })?;
        let completion = &run.completion;
        let asked = self.anticipation.next.as_ref().map(|next| next.of);
        let senseless = completion.text.is_empty()
            || completion.stop == StopReason::Repetition
            || self.editor.document.is_read_only()
            || !self.has_room_to_complete();
        let busy = self.is_self_testing() || LaneKind::ALL.iter().any(|kind| self.is_busy(*kind));
        let ready = matches!(self.small.model, ModelState::Ready(_));
        if asked == Some(run.id) || senseless || busy || !ready {
            return None;
        }
        let hole = self.small.hole.as_ref()?;
        let ahead = Hole {
            prefix: [hole.prefix.as_str(), &completion.text].concat(),
            suffix: hole.suffix.clone(),
            language: hole.language,
            path: hole.path.clone(),
        };
        Some((run.id, Arc::new(ahead)))
    }

    fn is_busy(&self, kind: LaneKind) -> bool {
        self.lane(kind).runs.iter().any(Run::is_live)
    }

    /// A request is about to be made of a lane's model: what runs ahead on the same machine ends.
    pub(super) fn make_way(&mut self, kind: LaneKind) -> Vec<Effect> {
        let next = self.anticipation.next.as_ref();
        let live = next.is_some_and(|next| next.run.is_live());
        match live && (kind == LaneKind::Small || !self.is_on_server(kind)) {
            true => self.forget_next(),
            false => Vec::new(),
        }
    }

    /// The next completion is not wanted.
    pub(super) fn forget_next(&mut self) -> Vec<Effect> {
        let next = self.anticipation.next.take();
        next.map_or(Vec::new(), |next| self.waste(&next))
    }

    fn waste(&mut self, next: &Next) -> Vec<Effect> {
        self.anticipation.wasted += 1;
        self.anticipation.wasted_tokens += next.run.completion.tokens.len();
        let spent = self.ledger.settle(next.run.id, true);
        self.spend(spent);
        let live = next.run.is_live();
        let cancel = live.then_some(Effect::Cancel(LaneKind::Small));
        cancel.into_iter().collect()
    }

    /// All of the ghost text is in the buffer, and no more of it comes: what was computed for the
    /// place behind it is shown.
    pub(super) fn finish_ghost(&mut self) -> Vec<Effect> {
        self.note_taken();
        let shown = self.editor.ghost.and_then(|ghost| {
            let shown = self.small.run().map(|run| run.id);
            shown.filter(|_| ghost.lane == LaneKind::Small)
        });
        let next = self
            .anticipation
            .next
            .take_if(|next| Some(next.of) == shown);
        let mut effects = self.drop_ghost();
        if let Some(next) = next {
            effects.extend(self.show_next(next));
        }
        effects
    }

    fn show_next(&mut self, mut next: Next) -> Vec<Effect> {
        let hole = Arc::new(self.editor.document.hole());
        let fits = (&hole.prefix, &hole.suffix) == (&next.hole.prefix, &next.hole.suffix);
        let is_live = next.run.is_live();
        let has_text = next.run.phase == Phase::Done && !next.run.completion.text.is_empty();
        if !fits || !(is_live || has_text) {
            return self.waste(&next);
        }
        self.anticipation.hits += 1;
        let spent = self.ledger.settle(next.run.id, false);
        self.spend(spent);
        // As if it had been asked for now.
        next.run.requested_at = self.now;
        let id = next.run.id;
        self.present(hole, next.run);
        if is_live {
            self.signalling.wait_for_text();
        }
        self.reveal();
        let mut effects = self.decide(id);
        effects.extend(self.ask_along(id));
        effects
    }

    /// Whether a completion that was asked for ahead has ended without any text: as if it had not
    /// been asked for.
    pub(super) fn follow_empty(&mut self, kind: LaneKind, id: RequestId) -> bool {
        let unasked = kind == LaneKind::Small && self.signalling.waits_for_text();
        let run = self.small.run().filter(|run| {
            let ahead = run.kind == RunKind::Greedy && run.resumed.is_none();
            unasked && ahead && run.id == id
        });
        let empty = run.is_some_and(|run| !run.is_live() && run.completion.text.is_empty());
        if empty {
            self.small.clear();
            self.anticipation.hits -= 1;
            self.anticipation.wasted += 1;
        }
        empty
    }
}
