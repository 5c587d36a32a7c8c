//! A recorded outcome as the playground would have shown it: an app that gets the recorded events
//! one by one. No model runs, the text cannot be changed, and the effects of the app are ignored.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{App, Editor, Effect, Lane, LaneKind, ModelState, Router, event::SyntaxJob};
use crate::{
    completion::{
        Hole, PromptInfo, RequestId, StreamEvent,
        model::{ModelEvent, ModelInfo, Origin},
    },
    config::{Config, Heatmap},
    document::{Document, Selection},
    evaluation::outcome::{Attempt, Header, ModelIdentity, Outcome},
    keys::Keymap,
    language::Language,
    routing::{Escalation, Settings},
    syntax::{TokenSyntax, Verdict, VerdictState, verdict},
    tui::parser::Parser,
    turn::TurnEvent,
};

impl App {
    /// An app on a parsed, read-only text, with these chars selected and in view.
    pub(in crate::tui) fn viewing(
        config: Config,
        keymap: Keymap,
        (title, language, text): (&str, Language, &str),
        selection: Selection,
    ) -> Self {
        let path = language
            .extensions()
            .first()
            .map(|extension| format!("x.{extension}"));
        let mut document = Document::new(text, path.map(PathBuf::from));
        document.set_selection(selection);
        Self::with_editor(config, keymap, Editor::new(document, title.to_owned()))
    }

    /// Parses and highlights the whole text at once.
    pub(in crate::tui) fn parse_now(&mut self, parser: &mut Parser) {
        let effect = self.editor.parse_afresh();
        self.take_parses(parser, vec![effect]);
    }

    /// Scrolls the text, and highlights what comes into view.
    pub(in crate::tui) fn scroll(&mut self, lines: isize, parser: &mut Parser) {
        self.editor.scroll(lines);
        self.highlight(parser);
    }

    /// Shows the cursor's line in a text area of this size, a third of the way down.
    pub(in crate::tui) fn center_in(&mut self, size: (u16, u16), parser: &mut Parser) {
        self.editor.resize(size);
        self.editor.center();
        self.editor.reveal_cursor(0);
        self.highlight(parser);
    }

    fn highlight(&mut self, parser: &mut Parser) {
        let effects = self.editor.highlight_view().into_iter().collect();
        self.take_parses(parser, effects);
    }

    /// Shows a message in the bottom line, until the next key.
    pub(in crate::tui) fn inform(&mut self, text: &str) {
        self.notice.info(text);
    }

    pub(in crate::tui) fn clear_message(&mut self) {
        self.notice.clear();
    }

    pub(in crate::tui) fn set_heatmap(&mut self, heatmap: Heatmap) {
        self.config.heatmap = heatmap;
    }

    /// Shows no faults until the next parse.
    pub(in crate::tui) fn hide_faults(&mut self) {
        self.editor.hide_faults();
    }

    /// Carries out the requested parses, and nothing else.
    pub(in crate::tui) fn take_parses(&mut self, parser: &mut Parser, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Syntax(SyntaxJob::Document(job)) = effect {
                self.editor.on_parsed(parser.parse(job));
            }
        }
    }

    /// The playground on an outcome of a run: its hole at the cursor, both completions there, and
    /// the decision on the small one by `settings`.
    pub(in crate::tui) fn replaying(
        config: Config,
        keymap: Keymap,
        header: &Header,
        outcome: &Outcome,
        (settings, escalation): (Settings, Escalation),
        parser: &mut Parser,
    ) -> Self {
        // The record is replayed one model after the other, so the large one is asked at the end.
        let config = Config {
            escalation: Escalation::Patient,
            compare: false,
            auto: false,
            ..config
        };
        let text = [outcome.prefix.as_str(), &outcome.suffix].concat();
        let cursor = Selection::at(outcome.prefix.chars().count());
        let seen = (outcome.id.as_str(), outcome.language, text.as_str());
        let mut app = Self::viewing(config, keymap, seen, cursor);
        app.parse_now(parser);
        app.completions
            .set_model(LaneKind::Small, None, model(&header.small));
        app.completions
            .set_model(LaneKind::Large, None, model(&header.large));
        app.router = Router::new(settings);
        app.completer().complete();
        app.hear(LaneKind::Small, &outcome.small);
        app.completer().play(TurnEvent::AskLarge { again: false });
        match outcome.large.was_asked() {
            true => app.hear(LaneKind::Large, &outcome.large),
            // It is not asked now either, whatever the decision.
            false => app.completions.cancel_large(),
        }
        app.config.escalation = escalation;
        app.editor.make_read_only();
        app.notice.clear();
        app.completer().reveal();
        app
    }

    /// Replays the record of one model's completion.
    fn hear(&mut self, kind: LaneKind, attempt: &Attempt) {
        let Some((id, asked, hole)) = self.asked(kind) else {
            return;
        };
        let at = |ms: f64| asked + Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default();
        let completion = &attempt.completion;
        let timing = &completion.timing;
        let prompt = PromptInfo {
            prompt_tokens: timing.prompt_tokens,
            cached_tokens: timing.cached_tokens,
            trimmed_tokens: 0,
            ..PromptInfo::default()
        };
        self.hear_of(kind, id, StreamEvent::Started(prompt));
        for (index, token) in completion.tokens.iter().enumerate() {
            let ms = attempt
                .token_ms
                .get(index)
                .copied()
                .map_or(timing.ttft_ms, f64::from);
            self.now = at(ms);
            self.hear_of(kind, id, StreamEvent::Token(token.clone()));
            if let Some(state) = attempt.timeline.get(index) {
                let (lane, state) = (kind, *state);
                self.completer().play(TurnEvent::TokenJudged {
                    lane,
                    id,
                    index,
                    state,
                });
            }
        }
        self.now = at(timing.total_ms);
        self.hear_of(kind, id, StreamEvent::Done(completion.clone()));
        let verdict = judged(&hole, attempt);
        self.completer().on_judged(kind, id, verdict);
    }

    fn hear_of(&mut self, kind: LaneKind, id: RequestId, event: StreamEvent) {
        let event = ModelEvent::Stream(id, event);
        self.completer().play(TurnEvent::Model(kind.into(), event));
    }

    /// The request of a lane, when it was made, and the hole it is about.
    fn asked(&self, kind: LaneKind) -> Option<(RequestId, Duration, Arc<Hole>)> {
        let lane: &Lane = self.lane(kind);
        let run = lane.run()?;
        Some((run.id, run.requested_at, lane.hole.clone()?))
    }
}

/// The verdict that was recorded, with the places of the faults, which are found again. What was
/// recorded counts, also where today's grammar says otherwise.
fn judged(hole: &Hole, attempt: &Attempt) -> Verdict {
    let mut found = match attempt.verdict {
        VerdictState::Broken => verdict(hole, &attempt.completion.text),
        _ => Verdict {
            state: attempt.verdict,
            faults: Vec::new(),
            first_broken_token: None,
        },
    };
    found.state = attempt.verdict;
    if found.state == VerdictState::Broken {
        let broken = |state: &TokenSyntax| *state == TokenSyntax::Broken;
        let first = attempt.timeline.iter().position(broken);
        found.first_broken_token = first.or(attempt.completion.tokens.len().checked_sub(1));
    }
    found
}

/// A model as the run's header names it.
fn model(identity: &ModelIdentity) -> ModelState {
    if identity.name.is_empty() {
        return ModelState::Absent;
    }
    let description = identity.description.clone();
    let origin = match identity.fingerprint {
        Some(_) => Origin::File {
            path: PathBuf::from(&identity.name),
            architecture: String::new(),
            description,
            parameters: 0,
            bytes: 0,
        },
        None => Origin::Server {
            url: description,
            dialect: String::new(),
            chat: false,
            logprobs: None,
            plain_http: false,
        },
    };
    ModelState::Ready(Arc::new(ModelInfo {
        name: identity.name.clone(),
        context: None,
        fim: identity.fim.clone(),
        device: identity.device.clone(),
        no_drafts: None,
        notices: Vec::new(),
        origin,
    }))
}
