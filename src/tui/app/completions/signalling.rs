//! The user as a signal (MCCom, arXiv 2603.05974): what they do with the shown completion is
//! evidence for the router and a line in the log.
//!
//! Accepting it or typing the same text counts for it. Typing something else or dismissing it
//! rejects it, and under the policy `mccom` the large model then answers: at the same hole after a
//! dismissal, else at the hole behind the typed text. Moving the cursor, deleting, undoing and
//! opening another file count as no signal.

use super::{Completer, Ghost};
use crate::{
    completion::RequestId,
    routing::{Action, UserSignal},
    signals::Reaction,
    tui::app::event::Effect,
    turn::{LaneKind, Run, RunKind, TurnEvent},
};

/// What the user has done with the completion at the cursor.
#[derive(Debug, Default)]
pub(super) struct Signalling {
    /// The small completion that the user acted on, and the decision about it before that; saved
    /// when the completion is finished with.
    open: Option<(RequestId, Action)>,
    /// The large model's text replaces the small model's in the buffer on arrival.
    handover: bool,
    /// What was typed while waiting for text that no key has asked for. That text may begin with
    /// it.
    typed: Option<String>,
}

impl Signalling {
    /// No text is awaited any more.
    pub fn wait_for_nothing(&mut self) {
        self.handover = false;
        self.typed = None;
    }

    /// The small completion continues; this much of it is in the buffer.
    pub fn go_on_from(&mut self, taken: Option<String>) {
        self.handover = false;
        self.typed = taken;
    }

    /// A completion is requested again, under another id.
    pub fn renumber(&mut self, before: RequestId, after: RequestId) {
        if let Some((id, _)) = self.open.as_mut().filter(|(id, _)| *id == before) {
            *id = after;
        }
    }

    /// Text will come that no key has asked for.
    pub fn wait_for_text(&mut self) {
        self.typed = Some(String::new());
    }

    /// Whether such text is awaited.
    pub fn waits_for_text(&self) -> bool {
        self.typed.is_some()
    }

    /// Whether the large model's text will replace the shown text.
    pub fn awaits_large_text(&self) -> bool {
        self.handover
    }

    /// The user has entered text that matches the ghost text, or may match it when more arrives.
    pub fn note_typed(&mut self, text: &str) {
        if let Some(typed) = &mut self.typed {
            typed.push_str(text);
        }
    }
}

impl Completer<'_> {
    /// Tells the turn what the user does with the completion, while text of it is shown.
    fn tell_turn(&mut self, signal: UserSignal, decides: bool) -> Vec<Effect> {
        match self.own.ghost_text().is_empty() {
            true => Vec::new(),
            false => self.tell_even_unseen(signal, decides),
        }
    }

    /// The same, whether or not any text is left.
    fn tell_even_unseen(&mut self, signal: UserSignal, decides: bool) -> Vec<Effect> {
        self.look();
        let Some(run) = self.own.turn.subject(signal) else {
            return Vec::new();
        };
        if run.kind == RunKind::Greedy
            && let Some((decision, _)) = &run.decision
        {
            let before = (run.id, decision.action);
            self.own.signalling.open.get_or_insert(before);
        }
        self.play(TurnEvent::Person { signal, decides })
    }

    /// The user accepts the text that is shown, or a part of it, which is not in the buffer yet.
    pub fn take(&mut self, signal: UserSignal) -> Vec<Effect> {
        self.tell_turn(signal, true)
    }

    /// The user rejects the shown text. Returns it if the large model is to replace it.
    pub fn reject(&mut self, signal: UserSignal) -> (Vec<Effect>, Option<String>) {
        self.note_rejected(signal);
        let text = self.own.ghost_text().to_owned();
        let effects = self.tell_turn(signal, false);
        let answers = !text.is_empty() && self.large_answers();
        (effects, answers.then_some(text))
    }

    /// Whether the large model answers after this rejection.
    fn large_answers(&self) -> bool {
        self.own.turn.large_answers() && !self.editor.document().is_read_only()
    }

    /// The shown completion was dismissed: the large model's replaces it on arrival, if the router
    /// wants that.
    pub fn dismiss(&mut self) -> Vec<Effect> {
        self.editor.set_search(None);
        let Some(ghost) = self.own.ghost else {
            self.editor.unselect();
            return self.play(TurnEvent::Left);
        };
        let (mut effects, rejected) = self.reject(UserSignal::Dismissed);
        let Some(text) = rejected else {
            effects.extend(self.drop_ghost());
            return effects;
        };
        if ghost.consumed > 0 {
            effects.extend(self.drop_ghost());
            effects.extend(self.ask_large_here(text));
            return effects;
        }
        self.own.inspector = None;
        effects.extend(self.play(TurnEvent::LargeInstead));
        self.own.ghost = Some(Ghost {
            lane: LaneKind::Large,
            ..ghost
        });
        self.own.signalling.wait_for_nothing();
        self.own.signalling.wait_for_text();
        effects.extend(self.follow_ghost(LaneKind::Large));
        effects
    }

    /// The user has typed something other than the small completion: asks the large model what
    /// follows. `rejected` is the text of the small completion.
    pub fn ask_large_here(&mut self, rejected: String) -> Vec<Effect> {
        let hole = self.editor.hole();
        self.own.ghost = Some(Ghost {
            lane: LaneKind::Large,
            at: self.editor.document().cursor(),
            consumed: 0,
        });
        self.own.signalling.wait_for_text();
        self.play(TurnEvent::AskLargeAt { hole, rejected })
    }

    /// The large model's text replaces the small model's: now, or on arrival.
    pub fn await_large_text(&mut self) -> Vec<Effect> {
        self.own.signalling.handover = true;
        self.follow_ghost(LaneKind::Large)
    }

    /// After news of a lane: whether its text continues what was typed in the meantime, and whether
    /// it replaces the ghost text.
    pub fn follow_ghost(&mut self, kind: LaneKind) -> Vec<Effect> {
        if self.own.signalling.handover && kind == LaneKind::Large {
            return self.hand_over();
        }
        let of_lane = self.own.ghost.is_some_and(|ghost| ghost.lane == kind);
        let typed = self.own.signalling.typed.clone().filter(|_| of_lane);
        let (Some(typed), Some(run)) = (typed, self.own.lane(kind).run()) else {
            return Vec::new();
        };
        let (text, live) = (run.completion.text.clone(), run.is_live());
        let more_comes = live || self.own.signalling.handover;
        let rest = text.strip_prefix(typed.as_str());
        if rest.is_some_and(|rest| !rest.is_empty()) {
            if !more_comes {
                self.own.signalling.typed = None;
            }
            return match typed.is_empty() {
                true => Vec::new(),
                false => self.take(UserSignal::TypedAlong),
            };
        }
        if more_comes && typed.starts_with(text.as_str()) {
            return Vec::new();
        }
        if !text.is_empty() && rest.is_some() {
            // All of it was typed, which is as good as accepting it.
            let mut effects = self.tell_even_unseen(UserSignal::TypedAlong, true);
            effects.extend(self.finish_ghost());
            return effects;
        }
        self.leave_awaited(&text, &typed)
    }

    /// The awaited text differs from what was typed meanwhile, or there is none.
    fn leave_awaited(&mut self, text: &str, typed: &str) -> Vec<Effect> {
        let said = text.chars().zip(typed.chars());
        let said = said.take_while(|(said, typed)| said == typed);
        let rest = &text[said.map(|(said, _)| said.len_utf8()).sum()..];
        let small = self.own.ghost.map(|ghost| ghost.lane) == Some(LaneKind::Small);
        // A completion that was requested again was judged when it was first seen.
        let unseen = self
            .own
            .ghost_run()
            .is_some_and(|run| run.resumed.is_none());
        let mut rejected = false;
        let mut effects = Vec::new();
        if small && unseen && !text.is_empty() {
            let signal = match rest.is_empty() {
                true => UserSignal::TypedAlong,
                false => UserSignal::TypedOtherwise,
            };
            effects.extend(self.tell_even_unseen(signal, false));
            rejected = signal.rejects() && self.large_answers();
        }
        let dismissed = self
            .own
            .turn
            .small
            .decided()
            .and_then(|run| run.evidence.user);
        let dismissed = dismissed == Some(UserSignal::Dismissed) && typed.is_empty();
        effects.extend(self.drop_ghost());
        if rejected {
            effects.extend(self.ask_large_here(rest.to_owned()));
        } else if !dismissed {
            // Do not show again at once what was just dismissed.
            effects.extend(self.start_pause());
        }
        effects
    }

    fn hand_over(&mut self) -> Vec<Effect> {
        let taken = match (self.own.ghost, self.own.ghost_run()) {
            (Some(ghost), Some(run)) if ghost.lane == LaneKind::Small => {
                let typed = self.own.signalling.typed.as_deref();
                typed.or(run.completion.text.get(..ghost.consumed))
            }
            _ => None,
        };
        let (Some(taken), Some(run)) = (taken, self.own.turn.large.run()) else {
            self.own.signalling.handover = false;
            return Vec::new();
        };
        let (text, live) = (&run.completion.text, run.is_live());
        let goes_on = text.len() > taken.len() && text.starts_with(taken);
        if live && !goes_on && taken.starts_with(text.as_str()) {
            // It may still come.
            return Vec::new();
        }
        self.own.signalling.handover = false;
        if goes_on {
            return self.show_lane(LaneKind::Large);
        } else if self.own.ghost_text().is_empty() {
            let mut effects = self.drop_ghost();
            effects.extend(self.start_pause());
            return effects;
        } else if !self.own.ghost_run().is_some_and(Run::is_live) {
            self.own.signalling.typed = None;
        }
        Vec::new()
    }

    /// The large model's text, if it matches what is typed next and the small model's does not: it
    /// was already asked, so its text replaces the ghost text at once.
    pub fn large_foretells(&self, text: &str) -> bool {
        let Some(ghost) = self.own.ghost.filter(|ghost| ghost.lane == LaneKind::Small) else {
            return false;
        };
        let says = |run: &Run, text: &str| {
            let said = run.completion.text.get(ghost.consumed..);
            said.is_some_and(|said| !text.is_empty() && said.starts_with(text))
        };
        let taken = |run: &Run| run.completion.text.get(..ghost.consumed).map(str::to_owned);
        let same =
            self.own.ghost_run().and_then(taken) == self.own.turn.large.run().and_then(taken);
        same && self.own.turn.large.run().is_some_and(|run| says(run, text))
    }

    /// The small completion is finished with: its signal is to be saved.
    pub fn close_signal(&mut self) -> Option<Effect> {
        let (id, action) = self.own.signalling.open.take()?;
        let run = self.own.turn.small.find(id)?;
        let (decision, _) = run.decision.as_ref()?;
        let entries = self.router.history().entries().iter();
        let entry = entries.rev().find(|entry| entry.id == id);
        let took_large =
            entry.is_some_and(|entry| entry.feedback.is_some_and(|said| said.took_large));
        let signal = run.evidence.user;
        let signal = signal.or(took_large.then_some(UserSignal::Dismissed))?;
        let large = self.own.turn.large.runs.first();
        let answer = large.filter(|run| run.is_whole() && run.kind == RunKind::Greedy);
        let kept = Reaction {
            // The file has the time of day.
            at: String::new(),
            small: self.own.turn.small.model.name().to_owned(),
            large: large.map(|_| self.own.turn.large.model.name().to_owned()),
            language: entry.and_then(|entry| entry.language),
            signal,
            took_large,
            policy: decision.policy,
            action,
            scores: run.evidence.scores,
            k: self.router.settings().k,
            tokens: run.evidence.tokens,
            verdict: run.evidence.verdict,
            small_ms: run.completion.timing.total_ms,
            large_ms: answer.map(|run| run.completion.timing.total_ms),
        };
        let keeps = self.around.config.signals;
        keeps.then(|| Effect::KeepSignal(Box::new(kept)))
    }

    /// The user takes the large model's text instead of the small one's.
    pub fn note_took_large(&mut self, small: RequestId) {
        let run = self.own.turn.small.find(small);
        let decided = run.and_then(|run| run.decision.as_ref());
        if let Some((decision, _)) = decided {
            self.own
                .signalling
                .open
                .get_or_insert((small, decision.action));
        }
    }
}
