//! A blind comparison at every size, and that nothing on its screen tells the models apart.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use routelens::{
    config::Config,
    evaluation::{outcome::Run, picks::Picks},
    tui::{
        palette::Palette,
        tune::{Blind, BlindReply},
    },
};

use super::{dark, frame};
use crate::evaluation::fixture;

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (100, 30), (80, 24)];

fn compare(run: Run, seed: u64, size: (u16, u16)) -> Blind {
    let kept = ("results/small-large.jsonl".into(), Picks::default());
    let theme = dark().theme().clone();
    Blind::new(Arc::new(run), kept, seed, &Config::default(), &theme, size)
}

fn drawn(blind: &Blind, palette: &Palette, size: (u16, u16)) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen in memory");
    terminal
        .draw(|frame| blind.draw(frame, frame.area(), palette))
        .expect("drawing in memory");
    terminal
}

fn text(blind: &Blind, size: (u16, u16)) -> String {
    frame::text(drawn(blind, &dark(), size).backend().buffer())
}

fn press(blind: &mut Blind, keys: &[KeyCode]) -> Vec<BlindReply> {
    let key = |code: &KeyCode| KeyEvent::new(*code, KeyModifiers::NONE);
    keys.iter().map(|code| blind.on_key(key(code))).collect()
}

#[test]
fn look() {
    for size in SIZES {
        println!("{}", text(&compare(fixture::run(200, 7), 1, size), size));
    }
    let mut b = compare(fixture::run(8, 7), 1, (100, 30));
    press(&mut b, &[KeyCode::Left, KeyCode::Right, KeyCode::Char('='), KeyCode::Char('s'), KeyCode::Char('r')]);
    println!("{}", text(&b, (100,30)));
    press(&mut b, &[KeyCode::Left;20]);
    println!("{}", text(&b, (100,30)));
}
