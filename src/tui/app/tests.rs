//! The app without any input or output: events in, effects and state out.

mod anticipating;
mod escalation;
mod flows;
mod metering;
mod models;
mod parity;
mod provenance;
mod retrieving;
mod second;
mod selftest;
mod servers;
mod settings;
mod signalling;
mod speculating;
mod stale;
mod tuning;

use std::{path::PathBuf, sync::Arc, time::Duration};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Effect, Event, LaneKind, ModelState, Phase, Run, event::OpenedFile};
use crate::{
    completion::{
        Candidate, Completion, RequestId, StopReason, StreamEvent, Timing, Token,
        model::{ModelEvent, ModelInfo, Origin},
    },
    config::{Config, NamedModel},
    document::Document,
    models::ModelSource,
    routing::{Action, Escalation},
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
        app.update(Event::Model(kind, ModelEvent::Ready(Arc::new(model(kind)))));
    }
    app
}

fn model(kind: LaneKind) -> ModelInfo {
    ModelInfo {
        name: kind.name().to_owned(),
        context: Some(1024),
        fim: "Qwen".to_owned(),
        device: "CPU".to_owned(),
        no_drafts: None,
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

/// A configuration with large models on two servers, the first in use.
fn with_servers() -> Config {
    let at = |url: &str| NamedModel {
        url: Some(url.to_owned()),
        ..NamedModel::default()
    };
    Config {
        large: Some("near".to_owned()),
        models: [
            ("near".to_owned(), at("http://127.0.0.1:8012")),
            ("wide".to_owned(), at("http://me:secret@10.0.0.7:8000/v1")),
        ]
        .into(),
        ..Config::default()
    }
}

fn on_server(name: &str) -> ModelInfo {
    ModelInfo {
        name: name.to_owned(),
        origin: Origin::Server {
            url: "http://127.0.0.1:8012".to_owned(),
            dialect: "llama-server".to_owned(),
            chat: false,
            logprobs: None,
            plain_http: false,
        },
        ..model(LaneKind::Large)
    }
}

/// An app on [`TEXT`] whose small model runs here and is ready, and whose large one is the server
/// that the configuration names.
fn serving(config: Config) -> App {
    let mut app = App::new(config, opened("f.py", TEXT)).expect("the default keys");
    app.update(Event::Resize(160, 45));
    for effect in app.start() {
        if let Effect::FindModel {
            lane,
            given,
            config,
        } = effect
        {
            let name = given.clone().unwrap_or_else(|| "model.gguf".to_owned());
            let source = Ok(Box::new(config.source(&name)));
            app.update(Event::ModelFound {
                lane,
                given,
                source,
            });
        }
    }
    let info = Arc::new(model(LaneKind::Small));
    app.update(Event::Model(LaneKind::Small, ModelEvent::Ready(info)));
    app
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
        drafted: None,
    }
}

fn completion(texts: &[&str], logprob: f32) -> Completion {
    Completion {
        text: texts.concat(),
        tokens: texts.iter().map(|text| token(text, logprob)).collect(),
        stop: StopReason::End,
        timing: Timing::default(),
        drafting: Vec::new(),
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
    app.editor().document().rope().to_string()
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

/// Lets the model of a lane say something about its latest request.
fn tell(app: &mut App, lane: LaneKind, event: StreamEvent) -> Vec<Effect> {
    let id = last_id(app, lane);
    app.update(Event::Model(lane, ModelEvent::Stream(id, event)))
}

/// Lets the model of a lane say all of `texts` and be done, without a verdict.
fn write(app: &mut App, lane: LaneKind, texts: &[&str], logprob: f32) -> Vec<Effect> {
    let whole = completion(texts, logprob);
    let mut effects = Vec::new();
    for token in &whole.tokens {
        effects.extend(tell(app, lane, StreamEvent::Token(token.clone())));
    }
    effects.extend(tell(app, lane, StreamEvent::Done(whole)));
    effects
}

/// The verdict on what the model of a lane has written.
fn judge(app: &mut App, lane: LaneKind, state: VerdictState) -> Vec<Effect> {
    let (id, verdict) = (last_id(app, lane), verdict(state));
    app.update(Event::Judged { lane, id, verdict })
}

/// Lets the model of a lane say all of `texts` and be done, with a valid verdict.
fn say(app: &mut App, lane: LaneKind, texts: &[&str], logprob: f32) -> Vec<Effect> {
    let mut effects = write(app, lane, texts, logprob);
    effects.extend(judge(app, lane, VerdictState::Valid));
    effects
}

/// The end of a request that its model gave up, having written so many tokens in so much time.
fn given_up(tokens: usize, total_ms: f64) -> StreamEvent {
    StreamEvent::Done(Completion {
        stop: StopReason::Cancelled,
        timing: Timing {
            generated_tokens: tokens,
            total_ms,
            ..Timing::default()
        },
        ..completion(&[], 0.0)
    })
}

fn cancels(effects: &[Effect], kind: LaneKind) -> bool {
    let cancel = |effect: &Effect| matches!(effect, Effect::Cancel(lane) if *lane == kind);
    effects.iter().any(cancel)
}

fn warms(effects: &[Effect], kind: LaneKind) -> bool {
    let warm = |effect: &Effect| matches!(effect, Effect::Warm(lane) if *lane == kind);
    effects.iter().any(warm)
}

/// What the latest entry of the history says: the action, and whether it is degraded.
fn decided(app: &App) -> Option<(Action, bool)> {
    let entry = app.router().history().entries().last()?;
    Some((entry.decision.action, entry.decision.degraded))
}

fn pass(app: &mut App, milliseconds: u64) {
    app.now += Duration::from_millis(milliseconds);
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
