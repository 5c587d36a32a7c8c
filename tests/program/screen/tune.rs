//! The tune screen at every size, every page of it, and what its keys do.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use routelens::{
    config::Config,
    evaluation::{
        outcome::Run,
        sweep::{Setting, Strategy},
        table::Part,
    },
    routing::{Escalation, Policy, Score},
    tui::{
        palette::{ColorDepth, Palette},
        tune::{Start, Subject, Tune, TuneEvent, view},
    },
};

use super::{dark, frame, palette};
use crate::evaluation::fixture;

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (100, 30), (80, 24)];

pub fn setting(threshold: f32) -> Setting {
    Setting {
        strategy: Strategy::Policy(Policy::Synconf),
        score: Score::FirstKMeanLogprob,
        threshold,
        escalation: Escalation::Early,
    }
}

fn tune_of(run: Run) -> Tune {
    let subject = Subject::of_run(run, "results/small-large.jsonl".as_ref(), 3);
    let start = Start {
        config: Config::default(),
        config_file: "/home/ada/.config/routelens/config.toml".into(),
        part: Part::default(),
        setting: setting(-1.0),
        pinned: Some(setting(-1.0)),
    };
    Tune::new(subject, start)
}

fn tune() -> Tune {
    tune_of(fixture::run(600, 3))
}

fn drawn(tune: &Tune, palette: &Palette, size: (u16, u16)) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen in memory");
    terminal
        .draw(|frame| view::draw(frame, tune, palette))
        .expect("drawing in memory");
    terminal
}

fn text(tune: &Tune, size: (u16, u16)) -> String {
    frame::text(drawn(tune, &dark(), size).backend().buffer())
}

/// Presses keys as the configuration writes them: `right`, `]`, `tab`.
fn press(tune: &mut Tune, keys: &[&str]) {
    for key in keys {
        let code = match *key {
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "home" => KeyCode::Home,
            "end" => KeyCode::End,
            "tab" => KeyCode::Tab,
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            letter => KeyCode::Char(letter.chars().next().expect("a key")),
        };
        tune.update(TuneEvent::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }
}

fn at_all_sizes(name: &str, tune: &Tune) {
    for size in SIZES {
        let terminal = drawn(tune, &dark(), size);
        let name = format!("tune_{name}_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, frame::described(terminal.backend()));
    }
}

#[test]
fn moved_up_from_the_pinned_setting() {
    let mut tune = tune();
    press(&mut tune, &[">", "right", "right", "l", "down"]);
    for size in SIZES {
        println!("{}", text(&tune, size));
    }
    at_all_sizes("moved", &tune);
}
