//! A recorded outcome as the playground would have shown it: an app that is told, event by event,
//! what was recorded. No model runs, nothing of the text can be changed, and what the app wants done
//! is left undone.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{App, Editor, Effect, Lane, LaneKind, ModelState, event::SyntaxJob};
use crate::{
    completion::{
        Hole, PromptInfo, RequestId, StreamEvent,
        model::{ModelInfo, Origin},
    },
    config::Config,
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
    /// An app on a text that is only looked at, parsed, with these chars selected and in view.
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

    /// Does the parses that are wanted, and nothing else.
    pub(in crate::tui) fn take_parses(&mut self, parser: &mut Parser, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Syntax(SyntaxJob::Document(job)) = effect {
                self.editor.on_parsed(parser.parse(job));
            }
        }
    }

    /// The playground on an outcome of a run: its hole at the cursor, both completions there, and the
    /// decision on the small one by `settings`.
    pub(in crate::tui) fn replaying(
        config: Config,
        keymap: Keymap,
        header: &Header,
        outcome: &Outcome,
        (settings, escalation): (Settings, Escalation),
        parser: &mut Parser,
    ) -> Self {
        // What was recorded is told one model after the other, so the large one is asked at the end.
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
        app.turn.small.model = model(&header.small);
        app.turn.large.model = model(&header.large);
        app.router.settings = settings;
        app.complete();
        app.hear(LaneKind::Small, &outcome.small);
        app.play(TurnEvent::AskLarge { again: false });
        match outcome.large.was_asked() {
            true => app.hear(LaneKind::Large, &outcome.large),
            // Nor is it now, whatever is decided.
            false => drop(app.turn.large.cancel()),
        }
        app.config.escalation = escalation;
        app.editor.document.set_read_only(true);
        app.message = None;
        app.reveal();
        app
    }

    /// Tells what was recorded of one model's completion.
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
        self.on_stream(kind, id, StreamEvent::Started(prompt));
        for (index, token) in completion.tokens.iter().enumerate() {
            let ms = attempt
                .token_ms
                .get(index)
                .copied()
                .map_or(timing.ttft_ms, f64::from);
            self.now = at(ms);
            self.on_stream(kind, id, StreamEvent::Token(token.clone()));
            if let Some(state) = attempt.timeline.get(index) {
                self.on_token_judged(kind, id, index, *state);
            }
        }
        self.now = at(timing.total_ms);
        self.on_stream(kind, id, StreamEvent::Done(completion.clone()));
        self.on_judged(kind, id, judged(&hole, attempt));
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
