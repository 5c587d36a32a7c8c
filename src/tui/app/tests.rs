//! The app without any input or output: events in, effects and state out.

mod flows;
mod stale;

use std::{path::PathBuf, sync::Arc};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    App, Effect, Event, LaneKind,
    event::OpenedFile,
    lane::{Phase, Run},
};
use crate::{
    completion::model::{ModelInfo, Origin},
    completion::{Candidate, Completion, RequestId, StopReason, StreamEvent, Timing, Token},
    config::Config,
    document::Document,
    syntax::{Verdict, VerdictState},
};

const TEXT: &str = "def f(x):\n    return \n";

/// A file as the driver opens it, with the cursor behind `return `.
fn opened(name: &str, text: &str) -> OpenedFile {
    OpenedFile {
        document: Document::new(text, Some(PathBuf::from(name))),
        title: name.to_owned(),
        notice: None,
        recovery: None,
        stamp: None,
        cursor: Some((2, 12)),
    }
}

/// An app on [`TEXT`] with both models ready.
fn ready(config: Config) -> App {
    let mut app = App::new(config, opened("f.py", TEXT)).expect("the default keys");
    app.update(Event::Resize(160, 45));
    for kind in [LaneKind::Small, LaneKind::Large] {
        let source = app.config.source("model.gguf");
        app.load_model(kind, Some("model.gguf".to_owned()), source);
        app.update(Event::ModelReady(kind, Arc::new(model(kind))));
    }
    app
}

fn model(kind: LaneKind) -> ModelInfo {
    ModelInfo {
        name: kind.name().to_owned(),
        context: Some(1024),
        fim: "Qwen".to_owned(),
        device: "CPU".to_owned(),
        notices: Vec::new(),
        origin: Origin::File {
            path: PathBuf::from("model.gguf"),
            architecture: "qwen3".to_owned(),
            description: String::new(),
            parameters: 1,
            bytes: 1,
        },
    }
}

fn token(text: &str, logprob: f32) -> Token {
    let candidate = |id: i32, text: &str, logprob| Candidate {
        id: Some(id),
        text: text.to_owned(),
        logprob,
    };
    Token {
        id: Some(1),
        bytes: text.as_bytes().to_vec(),
        text: text.to_owned(),
        logprob: Some(logprob),
        rank: Some(0),
        entropy: Some(1.0),
        margin: Some(0.2),
        top: vec![candidate(1, text, logprob), candidate(2, "other", -3.0)],
    }
}

fn completion(texts: &[&str], logprob: f32) -> Completion {
    Completion {
        text: texts.concat(),
        tokens: texts.iter().map(|text| token(text, logprob)).collect(),
        stop: StopReason::End,
        timing: Timing::default(),
    }
}

fn press(app: &mut App, code: KeyCode, modifiers: KeyModifiers) -> Vec<Effect> {
    app.update(Event::Key(KeyEvent::new(code, modifiers)))
}

fn key(app: &mut App, code: KeyCode) -> Vec<Effect> {
    press(app, code, KeyModifiers::NONE)
}

fn ctrl(app: &mut App, letter: char) -> Vec<Effect> {
    press(app, KeyCode::Char(letter), KeyModifiers::CONTROL)
}

fn alt(app: &mut App, letter: char) -> Vec<Effect> {
    press(app, KeyCode::Char(letter), KeyModifiers::ALT)
}

fn text(app: &App) -> String {
    app.editor.document.rope().to_string()
}

/// The request that the latest run of a lane answers.
fn last_id(app: &App, kind: LaneKind) -> RequestId {
    app.lane(kind)
        .runs
        .last()
        .map_or(RequestId(0), |run| run.id)
}

/// Requests among the effects, by lane.
fn asked(effects: &[Effect], kind: LaneKind) -> usize {
    effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Ask(lane, _) if *lane == kind))
        .count()
}

fn verdict(state: VerdictState) -> Verdict {
    Verdict {
        state,
        faults: Vec::new(),
        first_broken_token: None,
    }
}

/// Lets the model of a lane say all of `texts` and be done, with a valid verdict.
fn say(app: &mut App, lane: LaneKind, texts: &[&str], logprob: f32) -> Vec<Effect> {
    let id = last_id(app, lane);
    let whole = completion(texts, logprob);
    let mut effects = Vec::new();
    for token in &whole.tokens {
        let event = StreamEvent::Token(token.clone());
        effects.extend(app.update(Event::Stream(lane, id, event)));
    }
    effects.extend(app.update(Event::Stream(lane, id, StreamEvent::Done(whole))));
    let verdict = verdict(VerdictState::Valid);
    effects.extend(app.update(Event::Judged { lane, id, verdict }));
    effects
}

/// An app whose small model has completed the hole with `a + b` at a score.
fn completed(logprob: f32) -> (App, Vec<Effect>) {
    let mut app = ready(Config::default());
    let mut effects = ctrl(&mut app, ' ');
    effects.extend(say(&mut app, LaneKind::Small, &["a", " +", " b"], logprob));
    (app, effects)
}

fn is_live(run: &Run) -> bool {
    matches!(run.phase, Phase::Waiting | Phase::Streaming)
}
