//! The life of a completion in the app: asked for, streaming, judged, decided, escalated, and the
//! alternatives to it.

use super::{
    App, Ghost, Run, RunKind,
    event::{Effect, LaneKind, SyntaxJob},
    lane::{Lane, Phase},
};
use crate::{
    completion::{PromptInfo, Request, RequestId, Sampling, StreamEvent},
    routing::decide,
    syntax::{TokenSyntax, Verdict},
    tui::view::alternative,
};

/// In automatic mode nothing is asked for with more characters than this to the right of the
/// cursor: what stands there would have to be replaced, not completed (llama.vim's rule).
const MOST_TO_THE_RIGHT: usize = 8;

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
        self.large.clear();
        self.editor.document.break_undo_group();
        let at = self.editor.document.cursor();
        self.editor.document.set_cursor(at);
        let hole = self.editor.document.hole();
        self.editor.ghost = Some(Ghost {
            lane: LaneKind::Small,
            at,
            consumed: 0,
        });
        let run = Run::new(self.new_id(), RunKind::Greedy, self.now);
        let id = run.id;
        self.small.begin(hole, run);
        self.hole_label = self.label_of_hole();
        effects.extend(self.ask(LaneKind::Small, id, Sampling::GREEDY, Vec::new()));
        if self.config.compare {
            effects.extend(self.ask_large());
        }
        effects.extend(self.decide(id));
        effects
    }

    fn new_id(&mut self) -> RequestId {
        self.last_id.0 += 1;
        self.last_id
    }

    /// The effects that put a run's request to its model, or that fail it when there is none.
    fn ask(
        &mut self,
        kind: LaneKind,
        id: RequestId,
        sampling: Sampling,
        forced: Vec<i32>,
    ) -> Vec<Effect> {
        let max_tokens = self.config.max_tokens;
        let now = self.now;
        let lane = self.lane_mut(kind);
        let Some(hole) = lane.hole.clone() else {
            return Vec::new();
        };
        if !lane.model.is_usable() {
            let problem = format!("there is no {} model to ask", kind.name());
            lane.on_stream(id, StreamEvent::Failed(problem), now);
            return Vec::new();
        }
        let request = Request {
            id,
            hole: hole.clone(),
            sampling,
            max_tokens,
            forced,
        };
        vec![
            Effect::Syntax(SyntaxJob::JudgeStart(kind, id, hole)),
            Effect::Ask(kind, request),
        ]
    }

    /// Asks the large model about the small one's hole, once a hole.
    pub(super) fn ask_large(&mut self) -> Vec<Effect> {
        let Some(hole) = self.small.hole.clone() else {
            self.warn("nothing was completed yet");
            return Vec::new();
        };
        if !self.large.runs.is_empty() || !self.large.model.is_usable() {
            return Vec::new();
        }
        let run = Run::new(self.new_id(), RunKind::Greedy, self.now);
        let id = run.id;
        self.large.begin(hole, run);
        self.router.asked_large += 1;
        self.ask(LaneKind::Large, id, Sampling::GREEDY, Vec::new())
    }

    /// A person asks the large model: again, where it was stopped or failed.
    pub(super) fn ask_large_by_hand(&mut self) -> Vec<Effect> {
        if !self.large.model.is_usable() {
            self.warn("there is no large model to ask");
            return Vec::new();
        }
        let phase = self.large.run().map(|run| &run.phase);
        match phase {
            Some(Phase::Cancelled | Phase::Failed(_)) => self.large.clear(),
            Some(_) => self.info("the large model was asked about this place already"),
            None => {}
        }
        self.ask_large()
    }

    /// Scrolls the alternative's text in its pane, as far as there is more of it.
    pub(super) fn scroll_alternative(&mut self, lines: isize) {
        let most = alternative::most_scroll(self);
        self.large.scroll = self.large.scroll.saturating_add_signed(lines).min(most);
    }

    /// Shows the next alternative, asking for another sampled one while there may be more.
    pub(super) fn next_alternative(&mut self) -> Vec<Effect> {
        let Some(kind) = self.alternatives_lane() else {
            return Vec::new();
        };
        let most = self.config.alternatives;
        let lane = self.lane_mut(kind);
        lane.scroll = 0;
        if lane.shown + 1 < lane.runs.len() {
            lane.shown += 1;
            return Vec::new();
        }
        if lane.runs.len() >= most {
            lane.shown = 0;
            return Vec::new();
        }
        if lane.run().is_some_and(Run::is_live) {
            // Remembered rather than refused, so that the key does what it says, a little later.
            self.wants_alternative = true;
            self.info("another one comes when this one is done");
            return Vec::new();
        }
        let nth = self.lane(kind).runs.len() as u32;
        let seed = self.config.sampling.seed.wrapping_add(nth);
        let sampling = Sampling {
            seed,
            ..self.config.sampling
        };
        let run = Run::new(self.new_id(), RunKind::Sampled(seed), self.now);
        let id = run.id;
        self.lane_mut(kind).add(run);
        self.ask(kind, id, sampling, Vec::new())
    }

    pub(super) fn previous_alternative(&mut self) {
        if let Some(kind) = self.alternatives_lane() {
            let lane = self.lane_mut(kind);
            let last = lane.runs.len().saturating_sub(1);
            lane.shown = lane.shown.checked_sub(1).unwrap_or(last);
        }
    }

    /// The lane whose alternatives can be cycled through now; says why when none can.
    fn alternatives_lane(&mut self) -> Option<LaneKind> {
        match self.editor.ghost {
            Some(ghost) if ghost.consumed == 0 => Some(ghost.lane),
            Some(_) => {
                self.info("part of the completion is accepted: dismiss it and complete again");
                None
            }
            None => {
                self.info("there is no completion to show alternatives of");
                None
            }
        }
    }

    /// Continues from another candidate for the token at `index` of the shown run.
    pub(super) fn steer(&mut self, index: usize, candidate: usize) -> Vec<Effect> {
        let Some(ghost) = self.editor.ghost.filter(|ghost| ghost.consumed == 0) else {
            self.info("the completion is not in the buffer any more: complete again first");
            return Vec::new();
        };
        let lane = self.lane_mut(ghost.lane);
        let Some(run) = lane.run() else {
            return Vec::new();
        };
        let tokens = &run.completion.tokens;
        let Some(choice) = tokens.get(index).and_then(|t| t.top.get(candidate)) else {
            return Vec::new();
        };
        let before = tokens[..index].iter().map(|token| token.id);
        let forced: Option<Vec<i32>> = before.chain([choice.id]).collect();
        let Some(forced) = forced.filter(|_| !lane.model.is_server()) else {
            self.info("a server cannot be told to go on from another token");
            return Vec::new();
        };
        lane.cancel();
        let run = Run::new(self.new_id(), RunKind::Steered(index), self.now);
        let id = run.id;
        self.lane_mut(ghost.lane).add(run);
        self.ask(ghost.lane, id, Sampling::GREEDY, forced)
    }

    /// Takes ghost text and whatever still streams away, keeping what the panes show.
    pub(super) fn drop_ghost(&mut self) -> Vec<Effect> {
        self.inspector = None;
        self.wants_alternative = false;
        if self.editor.ghost.take().is_none() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for kind in LaneKind::ALL {
            if self.lane_mut(kind).cancel() {
                effects.push(Effect::Cancel(kind));
            }
        }
        effects
    }

    /// Takes what a model said, unless it is stale.
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
        let prompt = match &event {
            StreamEvent::Started(prompt) => Some(*prompt),
            _ => None,
        };
        let now = self.now;
        if !self.lane_mut(kind).on_stream(id, event, now) {
            return Vec::new();
        }
        if let Some(prompt) = prompt {
            self.say_trimmed(kind, prompt);
        }
        let mut effects: Vec<Effect> = judge.map(Effect::Syntax).into_iter().collect();
        effects.extend(match kind {
            LaneKind::Small => self.decide(id),
            LaneKind::Large => self.on_large_progress(),
            LaneKind::Second => Vec::new(),
        });
        let of_ghost = self.editor.ghost.is_some_and(|ghost| ghost.lane == kind);
        let live = self.lane(kind).run().is_some_and(Run::is_live);
        if of_ghost && !live && std::mem::take(&mut self.wants_alternative) {
            effects.extend(self.next_alternative());
        }
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
        if self.lane_mut(kind).on_judged(id, verdict) && kind == LaneKind::Small {
            return self.decide(id);
        }
        Vec::new()
    }

    /// Gathers the evidence on a small completion, decides if it suffices, and escalates.
    fn decide(&mut self, id: RequestId) -> Vec<Effect> {
        let settings = self.router.settings;
        let now = self.now;
        let answered = self.large_can_answer();
        let has_grammar = self
            .small
            .hole
            .as_ref()
            .is_some_and(|h| h.language.is_some());
        let Some(run) = self.small.live_or_done(id) else {
            return Vec::new();
        };
        let evidence = run.gather_evidence(settings.k, has_grammar);
        let Some(mut decision) = decide(&settings, &evidence) else {
            run.evidence = evidence;
            return Vec::new();
        };
        decision.set_degraded(!answered);
        let escalates = !decision.keeps();
        // The time at which it was first known stands, as long as only the settings changed or
        // later evidence confirms it.
        let known_after = match &run.decision {
            Some((known, after)) if known.action == decision.action || run.evidence == evidence => {
                *after
            }
            _ => now.saturating_sub(run.requested_at),
        };
        run.evidence = evidence;
        run.decision = Some((decision, known_after));
        if let Some(entry) = run.history_entry(&self.hole_label) {
            self.router.history.record(entry);
        }
        if escalates && answered && self.editor.ghost.is_some() {
            return self.ask_large();
        }
        Vec::new()
    }

    /// Decides everything again after the router's settings changed.
    pub(super) fn redecide(&mut self) -> Vec<Effect> {
        let ids: Vec<RequestId> = self.small.runs.iter().map(|run| run.id).collect();
        ids.into_iter().flat_map(|id| self.decide(id)).collect()
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

    /// Whether an escalation can be answered.
    fn large_can_answer(&self) -> bool {
        let failed = self
            .large
            .run()
            .is_some_and(|run| matches!(run.phase, Phase::Failed(_)));
        self.large.model.is_usable() && !failed
    }

    /// After news of the large model: an escalation that cannot be answered is marked degraded.
    pub(super) fn on_large_progress(&mut self) -> Vec<Effect> {
        if self.large_can_answer() {
            return Vec::new();
        }
        self.redecide()
    }

    /// A pause in typing has ended: completes, where that makes sense.
    pub(super) fn on_pause(&mut self, revision: u64) -> Vec<Effect> {
        let document = &self.editor.document;
        let idle = self.editor.ghost.is_none() && self.overlay.is_none();
        if !self.config.auto || !idle || revision != document.revision() {
            return Vec::new();
        }
        let rope = document.rope();
        let rest = rope.chars_at(document.cursor());
        let to_the_right = rest
            .take(MOST_TO_THE_RIGHT + 1)
            .take_while(|c| *c != '\n' && *c != '\r')
            .count();
        if to_the_right > MOST_TO_THE_RIGHT {
            return Vec::new();
        }
        self.complete()
    }
}
