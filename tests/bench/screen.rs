//! How long it takes to draw a frame, and until a key's effect is visible.

#[path = "../program/screen/fixture.rs"]
#[allow(dead_code)] // The snapshots use the rest of it.
mod fixture;
#[path = "../program/screen/scopes.rs"]
#[allow(dead_code)]
mod scopes;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use routelens::{
    completion::{RequestId, StreamEvent, Token, model::ModelEvent},
    config::{Config, Heatmap},
    document::Document,
    keys::Keymap,
    tui::{
        app::{App, Effect, Event, LaneKind, OpenedFile},
        driver::syntax::SyntaxThread,
        view,
    },
};

use crate::{
    figure::{Bound, Report, percentile},
    playground::{Playground, local},
};

const SIZE: (u16, u16) = (160, 45);
const LINES: usize = 10_000;
const FRAMES: usize = 2_000;

/// Tokens per second that stream in while keys are typed.
const TOKENS_PER_SECOND: u32 = 500;
/// The interval between keys: a fast typist's.
const KEY_EVERY: Duration = Duration::from_millis(60);
const KEYS: usize = 400;
/// Completions end: after this many tokens another one is requested.
const TOKENS: usize = 512;
/// As in the driver: frames not caused by a key are at least this far apart.
const FRAME: Duration = Duration::from_millis(8);

pub fn measure(report: &mut Report) {
    draw(report);
    keystroke(report);
}

/// The time from a key's arrival to the end of the frame that shows it, while tokens stream and the
/// syntax thread follows every edit. Each key types what the ghost text says, so the stream
/// continues; keys and tokens come at fixed times whether or not the last frame is done.
fn keystroke(report: &mut Report) {
    let mut app = typing();
    let (palette, keymap) = (fixture::dark(), Keymap::default());
    let screen = TestBackend::new(SIZE.0, SIZE.1);
    let mut terminal = Terminal::new(screen).expect("a screen in memory");
    let (answers, inbox) = std::sync::mpsc::channel();
    let syntax = SyntaxThread::start(fixture::dark().theme().clone(), move |event| {
        // The measurement may be over.
        let _ = answers.send(event);
    });
    let parse = app.parse_afresh();
    perform(vec![parse], &syntax);
    let mut id = stream_into(&mut app, &syntax);
    let mut streamed = 0;
    let mut frame = |app: &App| {
        let drawn = terminal.draw(|frame| view::draw(frame, app, &palette, &keymap));
        drawn.expect("drawing in memory");
        Instant::now()
    };
    let token_every = Duration::from_secs(1) / TOKENS_PER_SECOND;
    // Ghost text comes first, so that keys always have some to type.
    let (mut next_token, mut next_key) = (Instant::now(), Instant::now() + KEY_EVERY);
    let (mut drawn, mut stale) = (frame(&app), false);
    let mut times = Vec::with_capacity(KEYS);
    while times.len() < KEYS {
        let mut events: Vec<Event> = inbox.try_iter().collect();
        if streamed >= TOKENS {
            id = stream_into(&mut app, &syntax);
            streamed = 0;
        }
        while next_token <= Instant::now() {
            streamed += 1;
            events.push(Event::Model(
                LaneKind::Small,
                ModelEvent::Stream(id, StreamEvent::Token(letter())),
            ));
            next_token += token_every;
        }
        let arrived = (next_key <= Instant::now()).then_some(next_key);
        if arrived.is_some() {
            events.push(Event::Key(KeyCode::Char('x').into()));
            next_key += KEY_EVERY;
        }
        stale |= !events.is_empty();
        for event in events {
            perform(app.update(event), &syntax);
        }
        if arrived.is_some() || (stale && drawn.elapsed() >= FRAME) {
            drawn = frame(&app);
            stale = false;
        }
        match arrived {
            Some(arrived) => times.push(drawn - arrived),
            None => std::thread::sleep(Duration::from_micros(200)),
        }
    }
    assert!(app.ghost().is_some(), "the stream went on to the end");
    let name = format!("key to finished frame, {LINES} lines, {TOKENS_PER_SECOND} tokens/s, ");
    let (median, p99) = (percentile(&mut times, 50.0), percentile(&mut times, 99.0));
    report.figure(&(name.clone() + "median"), median, "ms", Bound::None);
    report.figure(&(name + "99th percentile"), p99, "ms", Bound::AtMost(8.0));
}

/// Completes at the cursor, as Ctrl-Space does, and returns the request.
fn stream_into(app: &mut App, syntax: &SyntaxThread) -> RequestId {
    let key = KeyEvent::new(KeyCode::Char(' '), KeyModifiers::CONTROL);
    perform(app.update(Event::Key(key)), syntax);
    let id = app
        .turn()
        .small
        .run()
        .expect("a completion was asked for")
        .id;
    // The first token comes with it, so that the next key finds ghost text to type.
    app.update(Event::Model(
        LaneKind::Small,
        ModelEvent::Stream(id, StreamEvent::Token(letter())),
    ));
    id
}

/// Performs the effects that matter here, as the driver does.
fn perform(effects: Vec<Effect>, syntax: &SyntaxThread) {
    for effect in effects {
        if let Effect::Syntax(job) = effect {
            syntax.send(job);
        }
    }
}

/// A token that can repeat for ever and be typed.
fn letter() -> Token {
    fixture::token("x", 0.7)
}

/// The median time to draw a frame with ghost text, a decision and an alternative, in the middle of
/// a long file.
fn draw(report: &mut Report) {
    let playground = finished();
    let app = playground.app();
    let (palette, keymap) = (fixture::dark(), Keymap::default());
    let screen = TestBackend::new(SIZE.0, SIZE.1);
    let mut terminal = Terminal::new(screen).expect("a screen in memory");
    let mut times = Vec::with_capacity(FRAMES);
    for _ in 0..FRAMES {
        let start = Instant::now();
        let drawn = terminal.draw(|frame| view::draw(frame, app, &palette, &keymap));
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

/// A file of [`LINES`] lines, and the hole in its middle.
fn long() -> (String, usize) {
    let function = fixture::SEARCH;
    let copies = LINES / function.lines().count() + 1;
    let hole = copies / 2 * function.len() + fixture::hole_of_search();
    (function.repeat(copies), hole)
}

/// Tokens are marked by probability, and what the small model says is escalated once it is whole.
fn config() -> Config {
    Config {
        heatmap: Heatmap::Probability,
        ..fixture::strict()
    }
}

/// An app on the long file whose work other threads do.
fn typing() -> App {
    let (text, hole) = long();
    let file = OpenedFile {
        document: Document::new(&text, Some("long.py".into())),
        title: "long.py".to_owned(),
        notice: None,
        recovery: None,
        stamp: None,
        cursor: Some(fixture::place(&text, hole)),
    };
    let mut app = App::new(config(), file).expect("keys that can be used");
    app.start();
    app.update(Event::Resize(SIZE.0, SIZE.1));
    let info = Arc::new(local("demo-small-7m", "7M Q8_0"));
    app.update(Event::Model(LaneKind::Small, ModelEvent::Ready(info)));
    app
}

/// The long file with decisions behind it, a completion that was escalated, and its alternative.
fn finished() -> Playground {
    let (text, hole) = long();
    let mut playground = fixture::opened(config(), "long.py", &text, hole);
    fixture::history(&mut playground);
    let (line, column) = fixture::place(&text, hole);
    fixture::go_to(&mut playground, &format!("{line}:{column}"));
    fixture::complete(&mut playground, &fixture::small_tokens(24));
    fixture::answered(playground, fixture::LARGE)
}
