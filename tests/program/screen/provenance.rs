//! What the screen shows for a threshold that was fitted on other models.

use routelens::{
    completion::model::ModelEvent,
    language::Language,
    routing::{Fit, FittedThreshold, Score},
    tui::app::{Effect, Event, LaneKind, ModelState},
};

use super::{app, model, shown};

#[test]
fn a_threshold_of_other_models_is_said_in_one_line_at_every_size() {
    let mut app = app("f.py", "def f(x):\n    return \n");
    app.config.thresholds = vec![FittedThreshold {
        model: None,
        language: Some(Language::Python),
        score: Score::default(),
        value: -0.5,
        fitted: Some(Fit {
            dataset: "holes (0123456789ab)".to_owned(),
            small: "tiny (00112233aabbccdd)".to_owned(),
            large: "big (http://host:8012)".to_owned(),
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
    }];
    let ModelState::Ready(info) = model("tiny", "1.5B Q8_0") else {
        panic!("a model that is ready");
    };
    let effects = app.update(Event::Model(LaneKind::Small, ModelEvent::Ready(info)));
    let asked = effects.into_iter().find_map(|effect| match effect {
        Effect::Fingerprint(lane, path) => Some((lane, path)),
        _ => None,
    });
    let (lane, path) = asked.expect("the file is asked about");
    app.update(Event::Fingerprint {
        lane,
        path,
        fingerprint: Some("ffffffffffffffff".to_owned()),
    });
    for size in [(160, 45), (100, 30), (80, 24)] {
        let screen = shown(&app, size);
        assert!(
            screen.contains("τ -0.5 was fitted on another small model; see `routelens doctor`"),
            "{screen}"
        );
    }
}
