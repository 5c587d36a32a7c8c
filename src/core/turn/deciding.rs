//! Decides on a small completion. The decision is made again whenever there is more evidence. It is
//! known as early as the policy allows, and the evidence of the finished completion is final.
//! Trimming can cut off the very token that broke the syntax: then a completion that was escalated
//! early is kept after all.
//!
//! Under `mccom` (arXiv 2603.05974) an escalation replaces the small model instead of running in
//! parallel: the small one is stopped, and asked again if the large one cannot answer.

use super::{LaneKind, Note, Phase, Run, RunKind, Turn, TurnEffect};
use crate::{
    completion::{RequestId, StreamEvent},
    routing::{Action, Escalation, LargeUse, Policy, UserSignal, decide},
    syntax::{TokenSyntax, Verdict},
    turn::{Judging, Slot},
};

/// The decision on a small completion, with its circumstances.
struct Weighed {
    kind: RunKind,
    /// Whether it is the first of its hole: only that one can be replaced by the large model's.
    first: bool,
    escalates: bool,
    /// Whether only the user can still change the evidence.
    judged: bool,
    /// Whether the user has rejected it, so that there is nothing to wait for.
    rejected: bool,
    /// Whether the previous decision was different, or there was none.
    turned: bool,
}

impl Turn {
    /// Handles a model's event, unless it is stale. The end of a request counts even then.
    pub(super) fn on_stream(&mut self, slot: Slot, id: RequestId, event: StreamEvent) {
        let now = self.now;
        let open = self.ledger.is_open(slot, id);
        let spent = self.ledger.hear(slot, id, &event, now);
        self.spend(spent);
        if self.is_of_self_test(id) {
            return self.on_self_test_stream(event);
        }
        let Some(kind) = slot.lane() else { return };
        let judging = match &event {
            StreamEvent::Token(token) => Some(Judging::Token(kind, id, token.text.clone())),
            StreamEvent::Done(completion) => {
                Some(Judging::Finish(kind, id, completion.text.clone()))
            }
            _ => None,
        };
        let judging = judging.map(TurnEffect::Judge);
        let note = match &event {
            StreamEvent::Started(prompt) => Some(Note::Prompt(kind, *prompt)),
            StreamEvent::Failed(problem) if kind != LaneKind::Small => {
                Some(Note::Failed(kind, problem.clone()))
            }
            _ => None,
        };
        if let Some(next) = self.next_run(kind, id) {
            if next.is_live() {
                next.on_stream(event, now);
                self.effects.extend(judging);
            }
            return;
        }
        if open {
            self.lane_mut(kind).on_last_word(id, &event);
        }
        if !self.lane_mut(kind).on_stream(id, event, now) {
            return;
        }
        self.effects.extend(note.map(TurnEffect::Note));
        self.effects.extend(judging);
        if self.follow_empty(kind, id) {
            return self.put(TurnEffect::Empty);
        }
        match kind {
            LaneKind::Small => self.decide(id),
            LaneKind::Large => self.on_large_progress(),
            LaneKind::Second => {}
        }
        self.put(TurnEffect::Heard(kind));
        let of_shown = self.shown.is_some_and(|shown| shown.lane == kind);
        let live = self.lane(kind).run().is_some_and(Run::is_live);
        if of_shown && !live && std::mem::take(&mut self.wants_alternative) {
            self.next_alternative(kind);
        }
        self.advance_self_test();
    }

    pub(super) fn on_token_judged(
        &mut self,
        kind: LaneKind,
        id: RequestId,
        index: usize,
        state: TokenSyntax,
    ) {
        if let Some(next) = self.next_run(kind, id) {
            return next.on_token_judged(index, state);
        }
        self.lane_mut(kind).on_token_judged(id, index, state);
        if kind == LaneKind::Small {
            self.decide(id);
        }
    }

    pub(super) fn on_judged(&mut self, kind: LaneKind, id: RequestId, verdict: Verdict) {
        if let Some(next) = self.next_run(kind, id) {
            next.verdict = Some(verdict);
            return;
        }
        if self.lane_mut(kind).on_judged(id, verdict) && kind == LaneKind::Small {
            self.decide(id);
        }
    }

    /// The small completion that this reaction to the completion on screen judges. Accepting
    /// another model's text does not judge the small one's yet.
    pub fn subject(&self, signal: UserSignal) -> Option<&Run> {
        match self.shown?.lane {
            LaneKind::Small => self.small.run(),
            _ if !signal.rejects() => None,
            _ => self.small.runs.first(),
        }
    }

    /// Handles the user's reaction to the completion on screen. If they reject it and the large
    /// model is to answer, its decision counts at once.
    pub(super) fn on_person(&mut self, signal: UserSignal, decides: bool) {
        let Some(id) = self.subject(signal).map(|run| run.id) else {
            return;
        };
        let mut runs = self.small.runs.iter_mut();
        if let Some(run) = runs.find(|run| run.id == id)
            && (signal != UserSignal::TypedAlong || run.evidence.user.is_none())
        {
            run.evidence.user = Some(signal);
        }
        if decides {
            return self.decide(id);
        }
        self.weigh(id);
        if self.large_answers() {
            self.count_decision(id, true);
        }
    }

    /// Whether the large model must answer instead of the small completion on screen, which the
    /// user has rejected.
    pub fn large_answers(&self) -> bool {
        let shown = self.shown.filter(|shown| shown.lane == LaneKind::Small);
        let run = self.small.run().filter(|_| shown.is_some());
        let escalates = run.is_some_and(|run| {
            let user = run.evidence.user.is_some_and(UserSignal::rejects);
            let decision = run.decision.as_ref();
            user && decision.is_some_and(|(decision, _)| !decision.keeps())
        });
        escalates
            && self.rules.settings.policy == Policy::Mccom
            && self.rules.large != LargeUse::Never
            && self.large.can_answer()
    }

    /// Decides on a small completion if the evidence suffices, and escalates.
    pub(super) fn decide(&mut self, id: RequestId) {
        self.note_self_test(id);
        let Some(mut weighed) = self.weigh(id) else {
            return self.self_test_by_policy(id);
        };
        let by_confidence = self.rules.settings.policy == Policy::Mccom;
        let in_time = weighed.judged
            || self.rules.escalation != Escalation::Patient
            || (by_confidence && weighed.rejected);
        let asks = weighed.escalates
            && in_time
            && self.rules.large != LargeUse::Never
            && self.large.can_answer()
            && self.shown.is_some();
        // If both are compared, the small model's work is not wasted.
        let replaces = self.rules.large == LargeUse::Escalated;
        if asks && by_confidence && replaces && weighed.first {
            self.stop_small(id);
            weighed.judged = true;
        }
        if weighed.judged {
            // The user's reaction may still reverse a decision to keep.
            if weighed.kind == RunKind::Greedy && (weighed.escalates || !by_confidence) {
                self.count_decision(id, weighed.escalates);
            }
        }
        // A kept completion needs no other answer, whatever the verdict will be.
        if weighed.judged || !weighed.escalates {
            self.settle(id, weighed.escalates);
        }
        if asks {
            let news = weighed.turned || self.large.runs.is_empty();
            self.escalate((!weighed.judged).then_some(id));
            if by_confidence && news {
                self.put(TurnEffect::HandOver);
            }
        }
    }

    /// Gathers the evidence on a small completion and decides if it suffices.
    fn weigh(&mut self, id: RequestId) -> Option<Weighed> {
        let settings = self.rules.settings;
        let now = self.now;
        let answered = self.large.can_answer();
        let hole = self.small.hole.as_ref();
        let has_grammar = hole.is_some_and(|hole| hole.language.is_some());
        let first = self.small.runs.first().map(|run| run.id);
        let run = self.small.live_or_done(id)?;
        let evidence = run.gather_evidence(settings.k, has_grammar);
        let Some(mut decision) = decide(&settings, &evidence) else {
            run.evidence = evidence;
            // A decision of another policy does not count for this one.
            run.decision
                .take_if(|(known, _)| known.policy != settings.policy);
            return None;
        };
        decision.set_degraded(!answered);
        let known = run.decision.as_ref();
        let before = known.map(|(known, after)| (known.action, *after));
        // The decision keeps the time at which it was first known if only the settings changed or
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
            first: first == Some(id),
            escalates: action == Action::Escalate,
            judged: run.is_judged(),
            rejected: run.evidence.user.is_some_and(UserSignal::rejects),
            turned: before.is_none_or(|(before, _)| before != action),
        };
        self.put(TurnEffect::Weighed(id));
        Some(weighed)
    }

    /// Makes all decisions again, after a change of the rules or of what the large model can do.
    pub(super) fn redecide(&mut self) {
        let runs = self.small.runs.iter().chain(&self.small.refused);
        let ids: Vec<RequestId> = runs.map(|run| run.id).collect();
        for id in ids {
            self.decide(id);
        }
        self.resume_small();
    }

    /// Stops the small model, because the large one answers.
    pub(super) fn stop_small(&mut self, id: RequestId) {
        let now = self.now;
        if let Some(run) = self.small.live_or_done(id).filter(|run| run.is_live()) {
            run.stop(now);
            self.put(TurnEffect::Cancel(LaneKind::Small.into()));
        }
    }

    /// The large model cannot answer after all: asks the small one, which was stopped for it,
    /// again; it continues its own text.
    fn resume_small(&mut self) {
        let Some(shown) = self.shown else { return };
        let rejected = |run: &Run| run.evidence.user.is_some_and(UserSignal::rejects);
        let stopped = self.small.run().is_some_and(|run| {
            self.small.shown == 0 && run.phase == Phase::Stopped && !rejected(run)
        });
        let seen = shown.lane == LaneKind::Small || shown.consumed == 0;
        if !stopped || !seen || self.large.can_answer() || !self.small.model.is_usable() {
            return;
        }
        let after = self.new_id();
        let sampling = self.rules.first;
        let Some(run) = self.small.runs.get_mut(self.small.shown) else {
            return;
        };
        // For the meter, the history and the signals it is still one completion.
        let before = run.resume(after);
        if self.last_counted >= before {
            self.last_counted = after;
        }
        self.put(TurnEffect::Resumed { before, after });
        self.ask(LaneKind::Small, after, sampling, Vec::new());
    }

    /// Counts the router's decision on a small completion, once per completion.
    pub(super) fn count_decision(&mut self, small: RequestId, escalates: bool) {
        if small > self.last_counted {
            self.last_counted = small;
            self.put(TurnEffect::Routed { escalates });
        }
    }

    /// Counts the decision on a small completion that is over, if counting was postponed until the
    /// user reacted.
    pub(super) fn count_small_decision(&mut self) {
        let small = self.small.runs.first();
        let small = small.filter(|run| run.kind == RunKind::Greedy && run.is_judged());
        let decided = small.and_then(|run| Some((run.id, run.decision.as_ref()?.0.keeps())));
        if let Some((id, keeps)) = decided {
            self.count_decision(id, !keeps);
        }
    }
}
