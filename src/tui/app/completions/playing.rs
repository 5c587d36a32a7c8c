//! The turn under the app: it gets every event with the current rules and the shown text, and its
//! effects become effects of the app, counts and messages. Nothing is decided here.

use super::Completer;
use crate::{
    completion::{Drafts, PromptInfo, RequestId},
    models,
    routing::LargeUse,
    syntax::Verdict,
    tui::app::{
        event::{Effect, SyntaxJob},
        library::Library,
    },
    turn::{Judging, LARGE, LaneKind, ModelState, Note, Rules, Shown, Slot, TurnEffect, TurnEvent},
};

/// What is left to do after the other effects of a turn.
enum News {
    Heard(LaneKind),
    HandOver,
    Empty,
}

impl Completer<'_> {
    /// Gives the turn an event, and carries out its effects.
    pub fn play(&mut self, event: TurnEvent) -> Vec<Effect> {
        let wanted = self.advance(event);
        self.perform_all(wanted)
    }

    /// Gives the turn an event; its effects are still to be carried out.
    pub fn advance(&mut self, event: TurnEvent) -> Vec<TurnEffect> {
        self.look();
        self.own.turn.update(event, self.around.now)
    }

    /// Gives the turn the current rules and the text that is shown.
    pub fn look(&mut self) {
        self.own.turn.rules = self.rules();
        self.own.turn.shown = self.own.ghost.map(|ghost| Shown {
            lane: ghost.lane,
            consumed: ghost.consumed,
            unasked: self.own.signalling.waits_for_text(),
        });
    }

    fn rules(&self) -> Rules {
        let large = match self.around.config.compare {
            true => LargeUse::Always,
            false => LargeUse::Escalated,
        };
        let mut rules = models::rules(self.around.config, *self.router.settings(), large);
        if !self.own.drafts {
            rules.drafts = Drafts::default();
            rules.drafts_rejected = false;
        }
        let document = self.editor.document();
        let retrieves = Library::serves(document, &self.around.config.retrieval);
        rules.folder = retrieves.then(|| self.around.library.root()).flatten();
        rules.rates = LaneKind::ALL.map(|kind| {
            let given = self.own.lane(kind).given.as_deref();
            self.around.config.rates(given.unwrap_or_default())
        });
        rules
    }

    /// Carries out the effects of the turn. What they mean for the ghost text comes last.
    pub fn perform_all(&mut self, wanted: Vec<TurnEffect>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut news = Vec::new();
        for effect in wanted {
            match effect {
                TurnEffect::Heard(kind) => news.push(News::Heard(kind)),
                TurnEffect::HandOver => news.push(News::HandOver),
                TurnEffect::Empty => news.push(News::Empty),
                other => effects.extend(self.perform(other)),
            }
        }
        for news in news {
            effects.extend(match news {
                News::Heard(kind) => {
                    if kind == LaneKind::Large {
                        self.note_answer();
                    }
                    self.follow_ghost(kind)
                }
                News::HandOver => self.await_large_text(),
                News::Empty => self.drop_ghost(),
            });
        }
        effects
    }

    fn perform(&mut self, effect: TurnEffect) -> Vec<Effect> {
        let lane = |slot: Slot| slot.lane().unwrap_or(LaneKind::Small);
        let wanted = match effect {
            TurnEffect::Ask(slot, request) => Effect::Ask(lane(slot), request),
            TurnEffect::Cancel(slot) => Effect::Cancel(lane(slot)),
            TurnEffect::Warm(kind) => Effect::Warm(kind),
            TurnEffect::Judge(judging) => Effect::Syntax(match judging {
                Judging::Start(kind, id, hole) => SyntaxJob::JudgeStart(kind, id, hole),
                Judging::Token(kind, id, text) => SyntaxJob::JudgeToken(kind, id, text),
                Judging::Finish(kind, id, text) => SyntaxJob::JudgeFinish(kind, id, text),
            }),
            TurnEffect::Search { query, patience } => {
                let id = query.id;
                let delay = patience;
                let search = Effect::Search(Box::new(query));
                return vec![search, Effect::AwaitSearch { id, delay }];
            }
            TurnEffect::Run(batch) => Effect::RunPrograms(batch),
            TurnEffect::StopPrograms => Effect::StopPrograms,
            other => {
                self.take_note(other);
                return Vec::new();
            }
        };
        vec![wanted]
    }

    /// Carries out an effect that needs nothing outside of the app.
    fn take_note(&mut self, effect: TurnEffect) {
        match effect {
            TurnEffect::Spent(spent) => self.metering.spend(&spent),
            TurnEffect::Saved(milliseconds) => self.metering.save(milliseconds),
            TurnEffect::Routed { escalates } => self.metering.decide(escalates),
            TurnEffect::Weighed(id) => self.record_decision(id),
            TurnEffect::Resumed { before, after } => self.on_resumed(before, after),
            TurnEffect::Switched => self.own.signalling.wait_for_nothing(),
            TurnEffect::Presented { streaming } => self.on_presented(streaming),
            TurnEffect::Note(note) => self.say(note),
            _ => {}
        }
    }

    /// Keeps a decision in the history.
    fn record_decision(&mut self, id: RequestId) {
        let hole = self.own.turn.small.hole.as_ref();
        let language = hole.and_then(|hole| hole.language);
        let run = self.own.turn.small.find(id);
        let entry = run.and_then(|run| run.history_entry(&self.own.hole_label, language));
        if let Some(entry) = entry {
            self.router.record(entry);
        }
    }

    /// The small model continues a completion in which it was stopped: to the history and the
    /// signals it is still the same completion.
    fn on_resumed(&mut self, before: RequestId, after: RequestId) {
        self.router.renumber(before, after);
        self.record_decision(after);
        self.own.signalling.renumber(before, after);
        let Some(ghost) = self.own.ghost else {
            return;
        };
        if ghost.lane == LaneKind::Small {
            let run = self.own.turn.small.run();
            let taken = run.and_then(|run| run.completion.text.get(..ghost.consumed));
            let taken = taken.filter(|taken| !taken.is_empty());
            self.own.signalling.go_on_from(taken.map(str::to_owned));
        }
    }

    /// The completion that was computed ahead replaces the previous one.
    fn on_presented(&mut self, streaming: bool) {
        if let Some(hole) = self.own.turn.small.hole.clone() {
            self.present(&hole);
        }
        if streaming {
            self.own.signalling.wait_for_text();
        }
        self.reveal();
    }

    fn say(&mut self, note: Note) {
        match note {
            // Its pane shows it, if there is room for the pane.
            Note::Failed(_, problem) => {
                if self.layout().alternative.is_empty() {
                    self.notice.error(problem);
                }
            }
            Note::Prompt(kind, prompt) => self.say_trimmed(kind, prompt),
            Note::AskedAlready => self.notice.info("large model already asked here"),
            Note::Queued => self.notice.info("queued: starts when this one finishes"),
            Note::SelfTestStopped(why) => self.notice.info(format!("self-test stopped: {why}")),
            Note::SelfTestOver(said) => {
                if !self.around.is_overlaid {
                    self.notice.info(format!("self-test: {said}"));
                }
            }
        }
    }

    /// Warns, once for each document, that the small model reads only part of it.
    fn say_trimmed(&mut self, kind: LaneKind, prompt: PromptInfo) {
        let trimmed = prompt.trimmed_tokens > 0 && kind == LaneKind::Small;
        let read = prompt.prompt_tokens.unwrap_or_default();
        if trimmed && self.editor.is_first_trimmed() {
            self.notice.warn(format!(
                "context too small: using {} of {} tokens around the cursor",
                read,
                read + prompt.trimmed_tokens
            ));
        }
    }

    /// The verdict on a completion has arrived and is recorded with it.
    pub fn on_judged(&mut self, lane: LaneKind, id: RequestId, verdict: Verdict) -> Vec<Effect> {
        let effects = self.play(TurnEvent::Judged { lane, id, verdict });
        if self.own.lane(lane).find(id).is_some() {
            self.own.record_outcome();
        }
        effects
    }

    /// Asks the large models on a key; asks again if they were stopped or failed.
    pub fn ask_large_by_hand(&mut self) -> Vec<Effect> {
        let usable = |kind: &LaneKind| self.own.lane(*kind).model.is_usable();
        if !LARGE.iter().any(usable) {
            self.notice.warn("no large model");
            return Vec::new();
        }
        if self.own.turn.small.hole.is_none() {
            self.notice.warn("no completion yet");
            return Vec::new();
        }
        self.play(TurnEvent::AskLarge { again: true })
    }

    /// Decides everything again after the settings changed.
    pub fn redecide(&mut self) -> Vec<Effect> {
        self.play(TurnEvent::Changed)
    }

    /// Whether a lane's new model gets the request that the old one had for the hole at the cursor,
    /// and which decision that request precedes.
    pub fn wanted_of(&mut self, kind: LaneKind) -> Option<Option<RequestId>> {
        self.look();
        self.own.turn.wanted_of(kind)
    }

    /// Empties a lane. The small model's text is removed with it; that of another model is replaced
    /// by the small one's.
    pub fn vacate(
        &mut self,
        kind: LaneKind,
        given: Option<String>,
        state: ModelState,
    ) -> Vec<Effect> {
        let mut effects = self.play(TurnEvent::Leaving(kind));
        let has_small = self.own.turn.small.run().is_some();
        match &mut self.own.ghost {
            Some(_) if kind == LaneKind::Small => effects.extend(self.drop_ghost()),
            Some(ghost) if ghost.lane == kind && ghost.consumed == 0 && has_small => {
                ghost.lane = LaneKind::Small;
                self.own.inspector = None;
                self.own.turn.forget_alternative();
                self.own.signalling.wait_for_nothing();
            }
            Some(ghost) if ghost.lane == kind => effects.extend(self.drop_ghost()),
            _ => {}
        }
        effects.extend(self.play(TurnEvent::Replaced {
            lane: kind,
            given,
            state,
        }));
        effects
    }

    /// The program ends: what is still open counts in its current state, and the signal is saved.
    pub fn close(&mut self) -> Vec<Effect> {
        let mut effects = self.play(TurnEvent::Close);
        effects.extend(self.close_signal());
        effects
    }
}
