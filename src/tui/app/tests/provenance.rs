//! The warning that a threshold was fitted on other models.

use super::*;
use crate::{
    language::Language,
    routing::{Fit, FittedThreshold, Score},
};

const SMALL: &str = "00112233aabbccdd";
const LARGE: &str = "4455667788990011";

fn fitted() -> Config {
    let threshold = FittedThreshold {
        model: None,
        language: Some(Language::Python),
        score: Score::default(),
        value: -0.5,
        fitted: Some(Fit {
            small: format!("small ({SMALL})"),
            large: format!("large ({LARGE})"),
            dataset: "holes (0123456789ab)".to_owned(),
            aim: "best (synconf)".to_owned(),
            split: "0.5 of the problems, seed 1".to_owned(),
            date: "2026-11-21".to_owned(),
            outcomes: 100,
            tried_on: 100,
            pass_at_1: 0.5,
            low: 0.4,
            high: 0.6,
            escalation: 0.3,
        }),
    };
    Config {
        thresholds: vec![threshold],
        ..Config::default()
    }
}

fn found(app: &mut App, lane: LaneKind, fingerprint: &str) {
    app.update(Event::Fingerprint {
        lane,
        path: PathBuf::from("model.gguf"),
        fingerprint: Some(fingerprint.to_owned()),
    });
}

fn said(app: &App) -> &str {
    app.message().map_or("", |message| message.text.as_str())
}

fn asks_for_fingerprint(effects: &[Effect]) -> bool {
    let asks = |effect: &Effect| matches!(effect, Effect::Fingerprint(..));
    effects.iter().any(asks)
}

#[test]
fn a_threshold_fitted_on_other_models_is_said_once() {
    let mut app = ready(fitted());
    assert_eq!(app.router().settings().threshold, -0.5);
    found(&mut app, LaneKind::Small, SMALL);
    found(&mut app, LaneKind::Large, LARGE);
    assert_eq!(app.message(), None, "the same models");
    found(&mut app, LaneKind::Small, "ffffffffffffffff");
    assert!(
        said(&app).contains("fitted on another small model"),
        "{}",
        said(&app)
    );
    app.notice.clear();
    found(&mut app, LaneKind::Large, LARGE);
    assert_eq!(app.message(), None, "not twice");
}

#[test]
fn another_large_model_is_said_too() {
    let mut app = ready(fitted());
    found(&mut app, LaneKind::Small, SMALL);
    found(&mut app, LaneKind::Large, "ffffffffffffffff");
    assert!(
        said(&app).contains("fitted on another large model"),
        "{}",
        said(&app)
    );
}

#[test]
fn nothing_is_said_of_thresholds_that_are_not_in_force() {
    let java = || opened("F.java", "class F {\n    \n}\n");
    let mut app = App::new(fitted(), java()).expect("the default keys");
    let source = app.config.source("model.gguf");
    app.load_model(LaneKind::Small, Some("model.gguf".to_owned()), source);
    app.update(Event::Model(
        LaneKind::Small,
        ModelEvent::Ready(Arc::new(model(LaneKind::Small))),
    ));
    found(&mut app, LaneKind::Small, "ffffffffffffffff");
    assert_eq!(app.message(), None, "fitted for Python");
    app.update(Event::Opened(Box::new(opened("f.py", TEXT))));
    assert!(
        said(&app).contains("fitted on another small model"),
        "{}",
        said(&app)
    );
}

#[test]
fn files_are_read_only_where_something_was_fitted() {
    for (config, wanted) in [(Config::default(), false), (fitted(), true)] {
        let mut app = App::new(config, opened("f.py", TEXT)).expect("the default keys");
        let source = app.config.source("model.gguf");
        app.load_model(LaneKind::Small, Some("model.gguf".to_owned()), source);
        let ready = || {
            Event::Model(
                LaneKind::Small,
                ModelEvent::Ready(Arc::new(model(LaneKind::Small))),
            )
        };
        assert_eq!(asks_for_fingerprint(&app.update(ready())), wanted);
        assert!(!asks_for_fingerprint(&app.update(ready())), "once");
    }
}
