//! The life of a completion in the app: asked for, streaming, judged, decided. What a decision to
//! escalate leads to is in `escalating`, further completions of a hole are in `alternatives`.

use std::sync::Arc;

use super::{
    App, Ghost, Run, RunKind,
    event::{Effect, LaneKind, SyntaxJob},
    lane::Lane,
};
use crate::{
    completion::{Hole, PromptInfo, Request, RequestId, Sampling, StreamEvent},
    routing::{Action, Escalation, Policy, decide},
    syntax::{TokenSyntax, Verdict},
};

/// In automatic mode nothing is asked for with more characters than this to the right of the
/// cursor: what stands there would have to be replaced, not completed (llama.vim's rule).
const MOST_TO_THE_RIGHT: usize = 8;

/// What is decided about a small completion.
pub(super) struct Weighed {
    pub kind: RunKind,
    pub escalates: bool,
    /// Nothing that is still to come can change the evidence, except what the person does.
    pub judged: bool,
    /// It was decided otherwise before, or not at all.
    pub turned: bool,
}

impl App {
    pub fn lane(&self, kind: LaneKind) -> &Lane {
        match kind {
            LaneKind::Small => &self.small,
            LaneKind::Large => &self.large,
            LaneKind::Second => &self.second,
        }
    }

    pub(super) fn lane_mut(&mut self, kind: LaneKind) -> &mut Lane {
        match kind {
            LaneKind::Small => &mut self.small,
            LaneKind::Large => &mut self.large,
            LaneKind::Second => &mut self.second,
        }
    }

    /// The run whose text is the ghost text.
    pub fn ghost_run(&self) -> Option<&Run> {
        self.lane(self.editor.ghost?.lane).run()
    }

    /// The ghost text that is left to accept.
    pub fn ghost_text(&self) -> &str {
        let consumed = self.editor.ghost.map_or(0, |ghost| ghost.consumed);
        self.ghost_run()
            .and_then(|run| run.completion.text.get(consumed..))
            .unwrap_or_default()
    }

    /// Cuts the hole at the cursor and asks the small model.
    pub(super) fn complete(&mut self) -> Vec<Effect> {
        if self.editor.document.is_read_only() {
            self.warn("this buffer is read-only: nothing can be completed in it");
            return Vec::new();
        }
        let mut effects = self.drop_ghost();
        effects.extend(self.end_live());
        let at = self.editor.document.cursor();
        self.editor.document.set_cursor(at);
        let hole = Arc::new(self.editor.document.hole());
        let run = Run::new(self.new_id(), RunKind::Greedy, self.now);
        let id = run.id;
        self.present(hole, run);
        effects.extend(self.ask(LaneKind::Small, id, Sampling::GREEDY, Vec::new()));
        effects.extend(self.decide(id));
        effects.extend(self.ask_along(id));
        effects
    }

    /// Begins with a completion of the hole at the cursor: it is what the buffer shows from here on.
    pub(super) fn present(&mut self, hole: Arc<Hole>, run: Run) {
        self.large.clear();
        self.second.clear();
        self.rejected = None;
        self.editor.document.break_undo_group();
        self.editor.ghost = Some(Ghost {
            lane: LaneKind::Small,
            at: self.editor.document.cursor(),
            consumed: 0,
        });
        self.small.begin(hole, run);
        self.hole_label = self.label_of_hole();
    }

    pub(super) fn new_id(&mut self) -> RequestId {
        self.last_id.0 += 1;
        self.last_id
    }

    /// The effects that put a run's request to its model, or that fail it when there is none.
    pub(super) fn ask(
        &mut self,
        kind: LaneKind,
        id: RequestId,
        sampling: Sampling,
        forced: Vec<i32>,
    ) -> Vec<Effect> {
        let mut effects = self.make_self_test_yield(kind, "you asked for something else");
        let now = self.now;
        let lane = self.lane_mut(kind);
        let Some(hole) = lane.hole.clone() else {
            return effects;
        };
        if !lane.model.is_usable() {
            let problem = format!("there is no {} model to ask", kind.name());
            lane.on_stream(id, StreamEvent::Failed(problem), now);
            return effects;
        }
        effects.extend(self.make_way(kind));
        let request = Request {
            sampling,
            forced,
            ..Request::greedy(id, hole, self.config.max_tokens)
        };
        effects.extend(self.ask_with_passages(kind, request));
        effects
    }

    /// Puts a request to the model of a lane, with all that it may read and verify, and opens its
    /// account. One that is made `ahead` may turn out not to have been wanted.
    pub(super) fn put_request(
        &mut self,
        kind: LaneKind,
        request: Request,
        ahead: bool,
    ) -> [Effect; 2] {
        self.open_account(kind, request.id, ahead);
        let judge = SyntaxJob::JudgeStart(kind, request.id, Arc::clone(&request.hole));
        let request = Request {
            passages: self.passages_for(kind),
            folder: self.library.root(),
            passage_tokens: self.passage_tokens(kind),
            drafts: self.drafts_for(kind),
            ..request
        };
        [Effect::Syntax(judge), Effect::Ask(kind, request)]
    }

    /// From here on the meter counts what a request to the model of a lane costs.
    pub(super) fn open_account(&mut self, kind: LaneKind, id: RequestId, ahead: bool) {
        let lane = self.lane(kind);
        let model = lane.model.name().to_owned();
        let rates = lane.given.clone().unwrap_or_default();
        let charged = (model, self.config.rates(&rates));
        self.ledger.open(id, kind, charged, ahead, self.now);
    }

    /// Takes ghost text and whatever still streams away, keeping what the panes show.
    pub(super) fn drop_ghost(&mut self) -> Vec<Effect> {
        self.inspector = None;
        self.wants_alternative = false;
        self.signalling.wait_for_nothing();
        if self.editor.ghost.take().is_none() {
            return Vec::new();
        }
        self.count_small_decision();
        let mut effects = self.end_live();
        effects.extend(self.forget_next());
        effects.extend(self.close_signal());
        effects
    }

    /// Takes what a model said, unless it is stale. The end of a request counts also then.
    pub(super) fn on_stream(
        &mut self,
        kind: LaneKind,
        id: RequestId,
        event: StreamEvent,
    ) -> Vec<Effect> {
        let judge = match &event {
            StreamEvent::Token(token) => Some(SyntaxJob::JudgeToken(kind, id, token.text.clone())),
            StreamEvent::Done(completion) => {
                Some(SyntaxJob::JudgeFinish(kind, id, completion.text.clone()))
            }
            _ => None,
        };
        let judge = judge.map(Effect::Syntax);
        let prompt = match &event {
            StreamEvent::Started(prompt) => Some(*prompt),
            _ => None,
        };
        let problem = match &event {
            StreamEvent::Failed(problem) if kind != LaneKind::Small => Some(problem.clone()),
            _ => None,
        };
        let now = self.now;
        let spent = self.ledger.hear(kind, id, &event, now);
        self.spend(spent);
        if self.is_of_self_test(id) {
            return self.on_self_test_stream(event);
        }
        if let Some(next) = self.next_run(kind, id) {
            let heard = next.is_live();
            if heard {
                next.on_stream(event, now);
            }
            return judge.filter(|_| heard).into_iter().collect();
        }
        if !self.lane_mut(kind).on_stream(id, event, now) {
            return Vec::new();
        }
        // Its pane tells it, where there is room for that one.
        if let Some(problem) = problem.filter(|_| self.layout().alternative.is_empty()) {
            self.error(problem);
        }
        if let Some(prompt) = prompt {
            self.say_trimmed(kind, prompt);
        }
        let mut effects: Vec<Effect> = judge.into_iter().collect();
        if self.follow_empty(kind, id) {
            effects.extend(self.drop_ghost());
            return effects;
        }
        effects.extend(match kind {
            LaneKind::Small => self.decide(id),
            LaneKind::Large => self.on_large_progress(),
            LaneKind::Second => Vec::new(),
        });
        effects.extend(self.follow_ghost(kind));
        let of_ghost = self.editor.ghost.is_some_and(|ghost| ghost.lane == kind);
        let live = self.lane(kind).run().is_some_and(Run::is_live);
        if of_ghost && !live && std::mem::take(&mut self.wants_alternative) {
            effects.extend(self.next_alternative());
        }
        effects.extend(self.advance_self_test());
        effects
    }

    /// Says, once for each document, that the small model sees only part of it.
    fn say_trimmed(&mut self, kind: LaneKind, prompt: PromptInfo) {
        let trimmed = prompt.trimmed_tokens > 0 && kind == LaneKind::Small;
        let read = prompt.prompt_tokens.unwrap_or_default();
        if trimmed && !self.editor.said_trimmed {
            self.editor.said_trimmed = true;
            self.warn(format!(
                "larger than the context: only {} of {} tokens around the cursor are read",
                read,
                read + prompt.trimmed_tokens
            ));
        }
    }

    pub(super) fn on_token_judged(
        &mut self,
        kind: LaneKind,
        id: RequestId,
        index: usize,
        state: TokenSyntax,
    ) -> Vec<Effect> {
        if let Some(next) = self.next_run(kind, id) {
            next.on_token_judged(index, state);
            return Vec::new();
        }
        self.lane_mut(kind).on_token_judged(id, index, state);
        match kind {
            LaneKind::Small => self.decide(id),
            LaneKind::Large | LaneKind::Second => Vec::new(),
        }
    }

    pub(super) fn on_judged(
        &mut self,
        kind: LaneKind,
        id: RequestId,
        verdict: Verdict,
    ) -> Vec<Effect> {
        if let Some(next) = self.next_run(kind, id) {
            next.verdict = Some(verdict);
            return Vec::new();
        }
        if !self.lane_mut(kind).on_judged(id, verdict) {
            return Vec::new();
        }
        self.record_outcome();
        match kind {
            LaneKind::Small => self.decide(id),
            LaneKind::Large | LaneKind::Second => Vec::new(),
        }
    }

    /// Decides on a small completion as far as the evidence suffices, and escalates.
    pub(super) fn decide(&mut self, id: RequestId) -> Vec<Effect> {
        self.note_self_test(id);
        let Some(mut weighed) = self.weigh(id) else {
            return self.self_test_by_policy(id);
        };
        let at_once = self.config.escalation != Escalation::Patient;
        let asks = weighed.escalates
            && (weighed.judged || at_once)
            && self.large.can_answer()
            && self.editor.ghost.is_some();
        let by_confidence = self.router.settings.policy == Policy::Mccom;
        let mut effects = Vec::new();
        if asks && by_confidence && weighed.kind == RunKind::Greedy {
            effects.extend(self.stop_small(id));
            weighed.judged = true;
        }
        if weighed.judged {
            // What the person does may still turn a decision to keep.
            if weighed.kind == RunKind::Greedy && (weighed.escalates || !by_confidence) {
                self.count_decision(id, weighed.escalates);
            }
            effects.extend(self.settle(id, weighed.escalates));
        }
        if asks {
            let news = weighed.turned || self.large.runs.is_empty();
            effects.extend(self.escalate((!weighed.judged).then_some(id)));
            if by_confidence && news {
                effects.extend(self.await_large_text());
            }
        }
        effects
    }

    /// Gathers the evidence on a small completion and decides if it suffices; the history keeps it.
    pub(super) fn weigh(&mut self, id: RequestId) -> Option<Weighed> {
        let settings = self.router.settings;
        let now = self.now;
        let answered = self.large.can_answer();
        let hole = self.small.hole.as_ref();
        let language = hole.and_then(|hole| hole.language);
        let run = self.small.live_or_done(id)?;
        let evidence = run.gather_evidence(settings.k, language.is_some());
        let Some(mut decision) = decide(&settings, &evidence) else {
            run.evidence = evidence;
            // What another policy said is not said by this one.
            run.decision
                .take_if(|(known, _)| known.policy != settings.policy);
            return None;
        };
        decision.set_degraded(!answered);
        let known = run.decision.as_ref();
        let before = known.map(|(known, after)| (known.action, *after));
        // The time at which it was first known stands, as long as only the settings changed or
        // later evidence confirms it.
        let known_after = match before {
            Some((action, after)) if action == decision.action || run.evidence == evidence => after,
            _ => now.saturating_sub(run.requested_at),
        };
        let action = decision.action;
        run.evidence = evidence;
        run.decision = Some((decision, known_after));
        let weighed = Weighed {
            kind: run.kind,
            escalates: action == Action::Escalate,
            judged: run.is_judged(),
            turned: before.is_none_or(|(before, _)| before != action),
        };
        if let Some(entry) = run.history_entry(&self.hole_label, language) {
            self.router.history.record(entry);
        }
        Some(weighed)
    }

    /// Decides everything again after the router's settings changed, or what the large model can do.
    pub(super) fn redecide(&mut self) -> Vec<Effect> {
        let runs = self.small.runs.iter().chain(&self.small.refused);
        let ids: Vec<RequestId> = runs.map(|run| run.id).collect();
        let mut effects: Vec<Effect> = ids.into_iter().flat_map(|id| self.decide(id)).collect();
        effects.extend(self.resume_small());
        effects
    }

    /// Where the hole is, for the history.
    fn label_of_hole(&self) -> String {
        let line = self
            .small
            .hole
            .as_ref()
            .map_or(0, |hole| hole.prefix.matches('\n').count() + 1);
        let name = self.editor.title.rsplit(['/', '\\']).next();
        format!("{}:{line}", name.unwrap_or_default())
    }

    /// A pause in typing has ended: completes, where that makes sense.
    pub(super) fn on_pause(&mut self, revision: u64) -> Vec<Effect> {
        let idle = self.editor.ghost.is_none() && self.overlay.is_none();
        let same = revision == self.editor.document.revision();
        if !self.config.auto || !idle || !same || !self.has_room_to_complete() {
            return Vec::new();
        }
        self.complete()
    }

    /// Whether it makes sense to complete at the cursor without being asked.
    pub(super) fn has_room_to_complete(&self) -> bool {
        let document = &self.editor.document;
        let rest = document.rope().chars_at(document.cursor());
        let to_the_right = rest
            .take(MOST_TO_THE_RIGHT + 1)
            .take_while(|c| *c != '\n' && *c != '\r')
            .count();
        to_the_right <= MOST_TO_THE_RIGHT
    }
}
