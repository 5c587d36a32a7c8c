//! The turn under the app: what happens is told to it with the rules in force and what is shown, and what
//! it wants becomes effects, counts and messages. Nothing is decided here.

use super::{
    App,
    event::{Effect, LaneKind, SyntaxJob},
};
use crate::{
    completion::{Drafts, PromptInfo, RequestId, StreamEvent, model::ModelEvent},
    models,
    routing::LargeUse,
    syntax::{TokenSyntax, Verdict},
    turn::{Judging, Note, Rules, Shown, Slot, TurnEffect, TurnEvent},
};

/// What is left to be done once a turn has all that it wanted.
enum News {
    Heard(LaneKind),
    HandOver,
    Empty,
}

impl App {
    /// Lets something happen to the turn, and does what that leads to.
    pub(super) fn play(&mut self, event: TurnEvent) -> Vec<Effect> {
        let wanted = self.advance(event);
        self.perform_all(wanted)
    }

    /// Lets something happen to the turn; what it wants is still to be done.
    pub(super) fn advance(&mut self, event: TurnEvent) -> Vec<TurnEffect> {
        self.look();
        self.turn.update(event, self.now)
    }

    /// Lets the turn know what is in force and what is shown.
    pub(super) fn look(&mut self) {
        self.turn.rules = self.rules();
        self.turn.shown = self.editor.ghost.map(|ghost| Shown {
            lane: ghost.lane,
            consumed: ghost.consumed,
            unasked: self.signalling.waits_for_text(),
        });
    }

    fn rules(&self) -> Rules {
        let large = match self.config.compare {
            true => LargeUse::Always,
            false => LargeUse::Escalated,
        };
        let mut rules = models::rules(&self.config, self.router.settings, large);
        if !self.drafts {
            rules.drafts = Drafts::default();
            rules.drafts_rejected = false;
        }
        rules.folder = self.retrieves().then(|| self.library.root()).flatten();
        rules.rates = LaneKind::ALL.map(|kind| {
            let given = self.lane(kind).given.as_deref();
            self.config.rates(given.unwrap_or_default())
        });
        rules
    }

    /// Does what a turn wants. What the ghost text makes of the news comes last.
    pub(super) fn perform_all(&mut self, wanted: Vec<TurnEffect>) -> Vec<Effect> {
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

    /// Takes what a turn has to say that asks for nothing outside.
    fn take_note(&mut self, effect: TurnEffect) {
        match effect {
            TurnEffect::Spent(spent) => {
                self.meter.spend(&spent);
                self.meter_changed = true;
            }
            TurnEffect::Saved(milliseconds) => {
                self.meter.save(milliseconds);
                self.meter_changed = true;
            }
            TurnEffect::Routed { escalates } => {
                self.meter.decide(escalates);
                self.meter_changed = true;
            }
            TurnEffect::Weighed(id) => self.record_decision(id),
            TurnEffect::Resumed { before, after } => self.on_resumed(before, after),
            TurnEffect::Switched => self.signalling.wait_for_nothing(),
            TurnEffect::Presented { streaming } => self.on_presented(streaming),
            TurnEffect::Note(note) => self.say(note),
            _ => {}
        }
    }

    /// Keeps a decision in the history.
    fn record_decision(&mut self, id: RequestId) {
        let hole = self.turn.small.hole.as_ref();
        let language = hole.and_then(|hole| hole.language);
        let run = self.turn.small.find(id);
        let entry = run.and_then(|run| run.history_entry(&self.hole_label, language));
        if let Some(entry) = entry {
            self.router.history.record(entry);
        }
    }

    /// The small model goes on with the completion that it was stopped in: to the history and the
    /// signals it stays one.
    fn on_resumed(&mut self, before: RequestId, after: RequestId) {
        self.router.history.renumber(before, after);
        self.record_decision(after);
        self.signalling.renumber(before, after);
        let Some(ghost) = self.editor.ghost else {
            return;
        };
        if ghost.lane == LaneKind::Small {
            let run = self.turn.small.run();
            let taken = run.and_then(|run| run.completion.text.get(..ghost.consumed));
            let taken = taken.filter(|taken| !taken.is_empty());
            self.signalling.go_on_from(taken.map(str::to_owned));
        }
    }

    /// The completion that was computed ahead takes the place of the one before it.
    fn on_presented(&mut self, streaming: bool) {
        if let Some(hole) = self.turn.small.hole.clone() {
            self.present(&hole);
        }
        if streaming {
            self.signalling.wait_for_text();
        }
        self.reveal();
    }

    fn say(&mut self, note: Note) {
        match note {
            // Its pane tells it, where there is room for that one.
            Note::Failed(_, problem) => {
                if self.layout().alternative.is_empty() {
                    self.error(problem);
                }
            }
            Note::Prompt(kind, prompt) => self.say_trimmed(kind, prompt),
            Note::AskedAlready => self.info("the large model was asked about this place already"),
            Note::Queued => self.info("another one comes when this one is done"),
            Note::SelfTestStopped(why) => self.info(format!("the self-test was stopped: {why}")),
            Note::SelfTestOver(said) => {
                if self.overlay.is_none() {
                    self.info(format!("self-test: {said}"));
                }
            }
        }
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

    /// Takes what a model said of a request.
    pub(super) fn on_stream(
        &mut self,
        kind: LaneKind,
        id: RequestId,
        event: StreamEvent,
    ) -> Vec<Effect> {
        self.play(TurnEvent::Model(kind.into(), ModelEvent::Stream(id, event)))
    }

    pub(super) fn on_token_judged(
        &mut self,
        lane: LaneKind,
        id: RequestId,
        index: usize,
        state: TokenSyntax,
    ) -> Vec<Effect> {
        self.play(TurnEvent::TokenJudged {
            lane,
            id,
            index,
            state,
        })
    }

    pub(super) fn on_judged(
        &mut self,
        lane: LaneKind,
        id: RequestId,
        verdict: Verdict,
    ) -> Vec<Effect> {
        let effects = self.play(TurnEvent::Judged { lane, id, verdict });
        if self.lane(lane).find(id).is_some() {
            self.record_outcome();
        }
        effects
    }

    /// The person asks the large models: again, where they were stopped or failed.
    pub(super) fn ask_large_by_hand(&mut self) -> Vec<Effect> {
        let usable = |kind: &LaneKind| self.lane(*kind).model.is_usable();
        if !super::LARGE.iter().any(usable) {
            self.warn("there is no large model to ask");
            return Vec::new();
        }
        if self.turn.small.hole.is_none() {
            self.warn("nothing was completed yet");
            return Vec::new();
        }
        self.play(TurnEvent::AskLarge { again: true })
    }

    /// Decides everything again after the settings changed.
    pub(super) fn redecide(&mut self) -> Vec<Effect> {
        self.play(TurnEvent::Changed)
    }

    /// How many requests to large models have not ended; the meter counts them when they do.
    pub fn running_large(&self) -> usize {
        self.turn.running_large()
    }

    /// The program ends: what is still asked for counts as it stands.
    pub(super) fn close_turn(&mut self) -> Vec<Effect> {
        self.play(TurnEvent::Close)
    }
}
