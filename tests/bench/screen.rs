//! How long a frame takes to draw.

#[path = "../program/screen/fixture.rs"]
#[allow(dead_code)] // The snapshots use the rest of it.
mod fixture;

use std::time::Instant;

use ratatui::{Terminal, backend::TestBackend};
use routelens::{
    config::Heatmap,
    routing::Settings,
    syntax::VerdictState,
    tui::{app::App, keymap::Keymap, view},
};

use crate::figure::{Bound, Report, percentile};

const SIZE: (u16, u16) = (160, 45);
const LINES: usize = 10_000;
const FRAMES: usize = 2_000;

pub fn measure(report: &mut Report) {
    draw(report);
}

/// The median of drawing a frame with ghost text, a decision and an alternative, in the middle of a
/// long file.
fn draw(report: &mut Report) {
    let app = playground();
    let (palette, keymap) = (fixture::dark(), Keymap::default());
    let screen = TestBackend::new(SIZE.0, SIZE.1);
    let mut terminal = Terminal::new(screen).expect("a screen in memory");
    let mut times = Vec::with_capacity(FRAMES);
    for _ in 0..FRAMES {
        let start = Instant::now();
        let drawn = terminal.draw(|frame| view::draw(frame, &app, &palette, &keymap));
        drawn.expect("drawing in memory");
        times.push(start.elapsed());
    }
    let name = format!("draw, {LINES} lines, {}x{}, median", SIZE.0, SIZE.1);
    report.figure(
        &name,
        percentile(&mut times, 50.0),
        "ms",
        Bound::AtMost(1.5),
    );
    let name = name.replace("median", "99th percentile");
    report.figure(&name, percentile(&mut times, 99.0), "ms", Bound::None);
}

/// A file of [`LINES`] lines with the cursor in a hole in its middle.
fn playground() -> App {
    let function = fixture::SEARCH;
    let copies = LINES / function.lines().count() + 1;
    let mut app = fixture::unparsed("long.py", &function.repeat(copies));
    fixture::parse(&mut app, fixture::dark().theme());
    let middle = copies / 2 * function.len();
    let hole = function.find("        \n").expect("the hole") + 8;
    fixture::put_cursor(&mut app, middle + hole);
    app.config.heatmap = Heatmap::Probability;
    let settings = Settings {
        threshold: -0.05,
        ..Settings::default()
    };
    fixture::decided(&mut app, settings, VerdictState::Valid);
    fixture::history(&mut app, settings);
    fixture::alternative(&mut app, fixture::LARGE, routelens::tui::app::Phase::Done);
    fixture::reveal(&mut app, SIZE);
    app
}
