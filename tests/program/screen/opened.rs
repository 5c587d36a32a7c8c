//! An opened outcome at every size, and what its keys do.

use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use routelens::{
    config::Config,
    evaluation::{
        outcome::{Outcome, Run},
        sweep::{Setting, Strategy},
    },
    routing::Policy,
    syntax::VerdictState,
    tui::{
        palette::{ColorDepth, Palette},
        tune::{Opened, OpenedReply},
    },
};

use super::{dark, frame, palette, tune::setting};
use crate::evaluation::fixture;

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (100, 30), (80, 24)];

fn run() -> Run {
    fixture::run(200, 7)
}

/// The first outcome of a run that is like this.
fn find(run: &Run, is_wanted: impl Fn(&Outcome) -> bool) -> &Outcome {
    let found = run.outcomes.iter().find(|outcome| is_wanted(outcome));
    found.expect("a run of this size has one")
}

/// One whose small completion does not parse, and whose large one is right.
fn broken(run: &Run) -> &Outcome {
    find(run, |outcome| {
        outcome.small.verdict == VerdictState::Broken && outcome.large.passed == Some(true)
    })
}

fn open(run: &Run, outcome: &Outcome, setting: Setting, size: (u16, u16)) -> Opened {
    let theme = dark().theme().clone();
    Opened::new(&Config::default(), &run.header, outcome, (&setting, 3), &theme, size)
}

fn drawn(opened: &Opened, palette: &Palette, size: (u16, u16)) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen in memory");
    terminal
        .draw(|frame| opened.draw(frame, frame.area(), palette))
        .expect("drawing in memory");
    terminal
}

fn text(opened: &Opened, size: (u16, u16)) -> String {
    frame::text(drawn(opened, &dark(), size).backend().buffer())
}

fn press(opened: &mut Opened, keys: &[KeyCode]) -> Vec<OpenedReply> {
    let key = |code: &KeyCode| KeyEvent::new(*code, KeyModifiers::NONE);
    keys.iter().map(|code| opened.on_key(key(code))).collect()
}

#[test]
fn look() {
    let run = run();
    for _ in 0..2 {
    for language in routelens::language::Language::ALL {
        let outcome = find(&run, |o| o.language == language && o.small.verdict == VerdictState::Broken);
        let t = Instant::now();
        let o = open(&run, outcome, setting(-0.7), (160, 45));
        println!("{language:?} {:?}", t.elapsed());
        let t = Instant::now();
        drop(drawn(&o, &dark(), (160,45)));
        println!("draw {:?}", t.elapsed());
    }}
    for size in SIZES {
        println!("{}", text(&open(&run, broken(&run), setting(-0.7), size), size));
    }
    let mut o = open(&run, broken(&run), setting(-0.7), (160,45));
    press(&mut o, &[KeyCode::Char('c')]);
    println!("{}", text(&o, (160,45)));
    press(&mut o, &[KeyCode::Char('i'), KeyCode::Right, KeyCode::Right]);
    println!("{}", text(&o, (160,45)));
    println!("{}", text(&o, (80,24)));
}
