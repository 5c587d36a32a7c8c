//! The tune screen: from a key that moves the slider to the finished frame.

use std::time::Instant;

use crossterm::event::KeyCode;
use ratatui::{Terminal, backend::TestBackend};
use routelens::{
    config::Config,
    evaluation::{
        list::Filter,
        subject::Subject,
        sweep::{OperatingPoint, Strategy},
        table::Part,
    },
    routing::{Escalation, Policy, Score},
    syntax::ThemeSet,
    tui::{
        exploration::Start,
        palette::{ColorDepth, Palette},
        screens::tune::{Tune, TuneEvent, view},
    },
};

use super::{OUTCOMES, fixture};
use crate::figure::{Bound, Report, percentile};

const SIZE: (u16, u16) = (160, 45);

pub fn measure(report: &mut Report) {
    let run = fixture::run(OUTCOMES, 1);
    let mut tune = tune(run);
    let themes = ThemeSet::bundled();
    let theme = themes.get("routelens-dark").expect("a bundled theme");
    let palette = Palette::new(theme.clone(), ColorDepth::TrueColor);
    let screen = TestBackend::new(SIZE.0, SIZE.1);
    let mut terminal = Terminal::new(screen).expect("a screen in memory");
    let mut times = Vec::new();
    // The shortest list and the longest one.
    for filter in [Filter::Changed, Filter::All] {
        tune.list_only(filter);
        let to = [
            (KeyCode::Home, 1),
            (KeyCode::Right, 120),
            (KeyCode::Left, 120),
        ];
        for (key, count) in [to[0], to[1], to[2], to[1], to[2]] {
            for _ in 0..count {
                let start = Instant::now();
                tune.update(TuneEvent::Key(key.into()));
                let drawn = terminal.draw(|frame| view::draw(frame, &tune, &palette));
                drawn.expect("drawing in memory");
                times.push(start.elapsed());
            }
        }
    }
    let name = format!(
        "slider move to finished frame, {OUTCOMES} outcomes, {}x{}, ",
        SIZE.0, SIZE.1
    );
    let (median, p99) = (percentile(&mut times, 50.0), percentile(&mut times, 99.0));
    report.figure(&(name.clone() + "median"), median, "ms", Bound::None);
    report.figure(&(name + "99th percentile"), p99, "ms", Bound::AtMost(16.0));
}

fn tune(run: routelens::evaluation::outcome::RecordedRun) -> Tune {
    let setting = OperatingPoint {
        strategy: Strategy::Policy(Policy::Synconf),
        score: Score::default(),
        threshold: -1.0,
        escalation: Escalation::Early,
    };
    let start = Start {
        config: Config::default(),
        config_file: "config.toml".into(),
        part: Part::default(),
        setting,
        pinned: Some(setting),
    };
    Tune::new(Subject::of_run(run, "run.jsonl".as_ref(), 3), start)
}
