//! Events that answer outdated requests change nothing on the screen, and whatever happens,
//! every request counts once.

use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

use super::*;
use crate::{
    meter::Side,
    syntax::{Fault, ThemeSet, TokenSyntax},
    tui::{
        palette::{ColorDepth, Palette},
        parser::Parsed,
        view,
    },
};

const LANES: [LaneKind; 3] = LaneKind::ALL;

/// Something that happens; what it means depends on the app it happens to.
#[derive(Debug, Clone)]
enum Step {
    Key(usize),
    Token(usize, usize, f32),
    Done(usize),
    Failed(usize),
    Judged(usize, bool),
    Parsed(bool),
    /// The end of a request that may have been given up.
    Ended(usize),
    /// A lane's model is known, once more.
    Ready(usize),
    /// Kind of event, lane, request.
    Stale(usize, usize, u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..KEYS.len()).prop_map(Step::Key),
        6 => (0..3usize, 0..4usize, -3.0f32..0.0).prop_map(|(l, t, p)| Step::Token(l, t, p)),
        2 => (0..3usize).prop_map(Step::Done),
        1 => (0..3usize).prop_map(Step::Failed),
        2 => (0..3usize, any::<bool>()).prop_map(|(lane, valid)| Step::Judged(lane, valid)),
        1 => any::<bool>().prop_map(Step::Parsed),
        2 => (0..8usize).prop_map(Step::Ended),
        1 => (0..3usize).prop_map(Step::Ready),
        8 => (0..8usize, 0..3usize, 0..12u64).prop_map(|(k, l, id)| Step::Stale(k, l, id)),
    ]
}

const KEYS: [(KeyCode, KeyModifiers); 22] = [
    (KeyCode::Char(' '), KeyModifiers::CONTROL),
    (KeyCode::Char(' '), KeyModifiers::CONTROL),
    (KeyCode::Char('a'), KeyModifiers::NONE),
    (KeyCode::Char('z'), KeyModifiers::NONE),
    (KeyCode::Backspace, KeyModifiers::NONE),
    (KeyCode::Enter, KeyModifiers::NONE),
    (KeyCode::Esc, KeyModifiers::NONE),
    (KeyCode::Tab, KeyModifiers::NONE),
    (KeyCode::Left, KeyModifiers::NONE),
    (KeyCode::Char('w'), KeyModifiers::ALT),
    (KeyCode::Char('n'), KeyModifiers::ALT),
    (KeyCode::Char('i'), KeyModifiers::ALT),
    (KeyCode::Char('<'), KeyModifiers::ALT),
    (KeyCode::Char('>'), KeyModifiers::ALT),
    (KeyCode::Char('y'), KeyModifiers::ALT),
    (KeyCode::Char('s'), KeyModifiers::ALT),
    (KeyCode::Char('m'), KeyModifiers::ALT),
    (KeyCode::Char('g'), KeyModifiers::ALT),
    (KeyCode::Char('q'), KeyModifiers::ALT),
    (KeyCode::Char('o'), KeyModifiers::ALT),
    (KeyCode::Char('d'), KeyModifiers::ALT),
    (KeyCode::Char('a'), KeyModifiers::ALT),
];

const TEXTS: [&str; 4] = ["a", " +", " b", "\n    "];

/// The event that a step means for an app; `None` when it cannot happen to it.
fn event(app: &App, step: &Step) -> Option<Event> {
    let live = |lane: usize| {
        let runs = &app.lane(LANES[lane]).runs;
        runs.iter().find(|run| is_live(run))
    };
    match *step {
        Step::Key(at) => Some(Event::Key(KeyEvent::new(KEYS[at].0, KEYS[at].1))),
        Step::Token(lane, text, logprob) => {
            let token = token(TEXTS[text], logprob);
            live(lane).map(|run| {
                Event::Model(
                    LANES[lane],
                    ModelEvent::Stream(run.id, StreamEvent::Token(token)),
                )
            })
        }
        Step::Done(lane) => live(lane).map(|run| {
            let whole = Completion {
                stop: StopReason::End,
                ..run.completion.clone()
            };
            Event::Model(
                LANES[lane],
                ModelEvent::Stream(run.id, StreamEvent::Done(whole)),
            )
        }),
        Step::Failed(lane) => live(lane).map(|run| {
            Event::Model(
                LANES[lane],
                ModelEvent::Stream(run.id, StreamEvent::Failed("no".to_owned())),
            )
        }),
        Step::Judged(lane, valid) => {
            let runs = &app.lane(LANES[lane]).runs;
            let state = match valid {
                true => VerdictState::Valid,
                false => VerdictState::Broken,
            };
            let done = runs.iter().find(|run| run.phase == Phase::Done)?;
            Some(Event::Judged {
                lane: LANES[lane],
                id: done.id,
                verdict: verdict(state),
            })
        }
        Step::Ended(nth) => {
            let open = app.turn().open_requests();
            let (lane, id) = open.get(nth % open.len().max(1))?;
            Some(Event::Model(
                lane.lane()?,
                ModelEvent::Stream(*id, given_up(2, 5.0)),
            ))
        }
        Step::Ready(lane) => {
            let info = Arc::new(model(LANES[lane]));
            let there = app.lane(LANES[lane]).model.is_usable();
            there.then_some(Event::Model(LANES[lane], ModelEvent::Ready(info)))
        }
        Step::Parsed(faulty) => Some(parsed(app.editor().document().revision(), faulty)),
        Step::Stale(kind, lane, id) => stale(app, kind, LANES[lane], RequestId(id)),
    }
}

fn parsed(revision: u64, faulty: bool) -> Event {
    let fault = Fault {
        bytes: 0..3,
        line: 1,
        column: 1,
        message: "no".to_owned(),
    };
    Event::Parsed(Parsed {
        revision,
        faults: faulty.then_some(fault).into_iter().collect(),
        lines: 0..100,
        spans: Vec::new(),
    })
}

/// An event of a request or a revision that is over, or that belongs to the other lane.
fn stale(app: &App, kind: usize, lane: LaneKind, id: RequestId) -> Option<Event> {
    let run = app
        .lane(lane)
        .find(id)
        .or(app.turn().anticipation.run(lane, id));
    let is_over = run.is_none_or(|run| run.phase == Phase::Cancelled);
    // The end of a request that was given up is no news of it, but it counts on the meter.
    let is_silent = run.is_none_or(|run| !is_live(run))
        && !app.turn().open_requests().contains(&(lane.into(), id));
    let old = app.editor().document().revision().checked_sub(1 + id.0 % 3);
    let stream = |event| is_silent.then_some(Event::Model(lane, ModelEvent::Stream(id, event)));
    match kind {
        0 => stream(StreamEvent::Token(token("stale", -9.0))),
        1 => stream(StreamEvent::Done(completion(&["stale"], -9.0))),
        2 => stream(StreamEvent::Failed("stale".to_owned())),
        3 => is_over.then_some(Event::TokenJudged {
            lane,
            id,
            index: 0,
            state: TokenSyntax::Broken,
        }),
        4 => is_over.then(|| Event::Judged {
            lane,
            id,
            verdict: verdict(VerdictState::Broken),
        }),
        5 => old.map(|revision| parsed(revision, true)),
        6 => old.map(|revision| Event::Pause { revision }),
        _ => stream(StreamEvent::Started(crate::completion::PromptInfo {
            prompt_tokens: Some(99),
            cached_tokens: Some(98),
            trimmed_tokens: 97,
            ..crate::completion::PromptInfo::default()
        })),
    }
}

fn drawn(app: &App, palette: &Palette) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(160, 45)).expect("a test screen");
    let frame = terminal.draw(|frame| view::draw(frame, app, palette, &app.keymap));
    frame.expect("drawn").buffer.clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn stale_events_never_change_the_screen(steps in prop::collection::vec(step(), 1..80)) {
        let themes = ThemeSet::bundled();
        let theme = themes.get("routelens-dark").expect("a bundled theme").clone();
        let palette = Palette::new(theme, ColorDepth::TrueColor);
        let config = Config { auto: true, ..with_servers() };
        let (mut with, mut without) = (serving(config.clone()), serving(config));
        for step in &steps {
            let Some(happens) = event(&with, step) else { continue };
            if matches!(step, Step::Stale(..)) {
                let effects = with.update(happens);
                prop_assert!(effects.is_empty(), "{step:?} has effects: {effects:?}");
            } else {
                let same = event(&without, step).expect("both are in one state");
                let (first, second) = (with.update(happens), without.update(same));
                prop_assert_eq!(format!("{first:?}"), format!("{second:?}"));
            }
            prop_assert_eq!(&with.turn().small, &without.turn().small);
            prop_assert_eq!(&with.turn().large, &without.turn().large);
            prop_assert_eq!(&with.turn().second, &without.turn().second);
            prop_assert_eq!(with.meter(), without.meter());
            prop_assert_eq!(&with.turn().anticipation, &without.turn().anticipation);
            prop_assert_eq!(text(&with), text(&without));
        }
        prop_assert_eq!(drawn(&with, &palette), drawn(&without, &palette));
    }

    #[test]
    fn every_request_counts_once(steps in prop::collection::vec(step(), 1..80)) {
        let mut app = serving(Config { auto: true, ..with_servers() });
        let mut requests = 0;
        for step in &steps {
            let Some(happens) = event(&app, step) else { continue };
            let effects = app.update(happens);
            requests += LANES.iter().map(|lane| asked(&effects, *lane)).sum::<usize>();
            let ahead = LANES.iter().any(|lane| app.lane(*lane).ahead_of().is_some());
            prop_assert!(!ahead || app.ghost().is_some(), "ahead of no decision");
        }
        app.update(Event::Terminate);
        let counted = app.meter().run().total();
        prop_assert_eq!(counted.requests, requests as u64);
        let ends = counted.done + counted.failed + counted.cancelled;
        prop_assert_eq!(ends, counted.requests);
        prop_assert!(app.meter().run().decisions <= app.meter().run().side(Side::Small).requests);
    }
}
