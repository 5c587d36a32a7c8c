//! What the screen shows for a threshold that was fitted on other models.

use routelens::{
    config::Config,
    language::Language,
    routing::{Fit, FittedThreshold, Score},
    tui::app::{Effect, Event, LaneKind},
};

use super::{fixture::*, shown};
use crate::playground::local;

#[test]
fn a_threshold_of_other_models_is_said_in_one_line_at_every_size() {
    let thresholds = vec![FittedThreshold {
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
    let config = Config {
        thresholds,
        ..config()
    };
    let mut playground = opened(config, "f.py", "def f(x):\n    return \n", 0);
    playground.is_ready(LaneKind::Small, local("tiny", "1.5B Q8_0"));
    let mut wanted = playground.wanted.iter().rev();
    let asked = wanted.find_map(|effect| match effect {
        Effect::Fingerprint(LaneKind::Small, path) => Some(path.clone()),
        _ => None,
    });
    playground.send(Event::Fingerprint {
        lane: LaneKind::Small,
        path: asked.expect("the file is asked about"),
        fingerprint: Some("ffffffffffffffff".to_owned()),
    });
    for size in [(160, 45), (100, 30), (80, 24)] {
        let screen = shown(&mut playground, size);
        assert!(
            screen.contains("τ -0.5 was fitted on another small model; see `routelens doctor`"),
            "{screen}"
        );
    }
}
