//! What accepting and rejecting say of the completions of this run, and the tune screen over them.

use ratatui::{Terminal, backend::TestBackend};

use super::*;
use crate::{
    routing::{Feedback, UserSignal},
    syntax::ThemeSet,
    tui::{
        DARK_THEME,
        palette::{ColorDepth, Palette},
        tune::{self, TuneEffect, TuneEvent},
    },
};

/// An app with a small completion that was escalated, and the large model's answer.
fn answered() -> App {
    let mut app = ready(Config::default());
    ctrl(&mut app, ' ');
    write(&mut app, LaneKind::Small, &["a", " +", " b"], -2.0);
    judge(&mut app, LaneKind::Small, VerdictState::Valid);
    write(&mut app, LaneKind::Large, &["a", " *", " b"], -0.1);
    judge(&mut app, LaneKind::Large, VerdictState::Valid);
    app
}

fn feedback(app: &App) -> Option<Feedback> {
    let entries = app.router.history.entries();
    entries.last().expect("a decision").feedback
}

#[test]
fn what_a_person_does_with_a_completion_says_which_is_right() {
    type Keys = fn(&mut App);
    let says = |keys: Keys| {
        let mut app = answered();
        keys(&mut app);
        feedback(&app)
    };
    let cases: [(&str, Keys, Option<Feedback>); 7] = [
        ("nothing", |_| {}, None),
        (
            "accepting",
            |app| drop(key(app, KeyCode::Tab)),
            Some(UserSignal::Accepted.into()),
        ),
        (
            "typing it",
            |app| drop(app.update(Event::Paste("a + b".to_owned()))),
            Some(UserSignal::TypedAlong.into()),
        ),
        (
            "dismissing",
            |app| drop(key(app, KeyCode::Esc)),
            Some(UserSignal::Dismissed.into()),
        ),
        (
            "typing otherwise",
            |app| drop(key(app, KeyCode::Char('z'))),
            Some(UserSignal::TypedOtherwise.into()),
        ),
        (
            "taking the large one",
            |app| drop(alt(app, 'a')),
            Some(Feedback::TOOK_LARGE),
        ),
        (
            "taking a part, and then typing otherwise",
            |app| {
                alt(app, 'w');
                key(app, KeyCode::Char('z'));
            },
            None,
        ),
    ];
    for (what, keys, expected) in cases {
        assert_eq!(says(keys), expected, "{what}");
    }
}

#[test]
fn taking_the_large_models_text_where_both_say_the_same_accepts_both() {
    let mut app = answered();
    let small = app.turn.small.runs[0].completion.clone();
    app.turn.large.runs[0].completion = small;
    alt(&mut app, 'a');
    assert_eq!(feedback(&app), Some(UserSignal::Accepted.into()));
}

/// The tune screen over the app's history, as text.
fn tune_screen(app: &App) -> String {
    let theme = ThemeSet::bundled().get(DARK_THEME).cloned();
    let palette = Palette::new(theme.expect("a bundled theme"), ColorDepth::None);
    let mut screen = Terminal::new(TestBackend::new(160, 45)).expect("a screen in memory");
    let tune = app.tune.as_ref().expect("it is open");
    screen
        .draw(|frame| tune::view::draw(frame, tune, &palette))
        .expect("drawing in memory");
    screen.backend().to_string()
}

#[test]
fn a_completion_of_this_run_is_opened_where_it_was_made() {
    let mut app = answered();
    let before = app.editor.document.rope().to_string();
    alt(&mut app, 'a');
    for c in "zebra".chars() {
        key(&mut app, KeyCode::Char(c));
    }
    ctrl(&mut app, 't');
    for letter in ['f', 'f'] {
        key(&mut app, KeyCode::Char(letter));
    }
    key(&mut app, KeyCode::Enter);
    let screen = tune_screen(&app);
    let parts = [
        "small ✗ was rejected",
        "large ✓ was accepted",
        "a + b",
        "{+*+}",
        before.lines().next().expect("a line"),
    ];
    for part in parts {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    assert!(!screen.contains("zebra"), "what was typed later: {screen}");
}

#[test]
fn what_was_not_asked_is_not_waited_for() {
    let mut app = ready(Config::default());
    ctrl(&mut app, ' ');
    write(&mut app, LaneKind::Small, &["a", " +", " b"], -0.1);
    judge(&mut app, LaneKind::Small, VerdictState::Valid);
    ctrl(&mut app, 't');
    for letter in ['f', 'f'] {
        key(&mut app, KeyCode::Char(letter));
    }
    key(&mut app, KeyCode::End);
    key(&mut app, KeyCode::Enter);
    let screen = tune_screen(&app);
    assert!(screen.contains("E S C A L A T E"), "{screen}");
    assert!(screen.contains("large ? was not asked"), "{screen}");
    assert!(!screen.contains("waiting"), "{screen}");
}

#[test]
fn the_tune_screen_counts_this_runs_accepts_and_rejects() {
    let mut app = ready(Config::default());
    ctrl(&mut app, 't');
    assert!(app.tune.is_none(), "there is nothing to show yet");
    let mut app = answered();
    alt(&mut app, 'a');
    app.config_file = PathBuf::from("config.toml");
    ctrl(&mut app, 't');
    let tune = app.tune.as_ref().expect("it is open");
    let totals = tune.shown.totals;
    assert_eq!((totals.outcomes, totals.labelled, totals.right), (1, 1, 1));
    assert_eq!(totals.escalated, 1, "its score is below the threshold");
    let took = app.turn.large.runs[0].completion.timing.total_ms;
    let cost = app.router.history.entries()[0].cost;
    assert_eq!(cost.large_ms, Some(took), "how long the answer took");
    app.update(Event::Resize(80, 24));
    let tune = app.tune.as_ref().expect("it is open");
    assert_eq!(tune.size, (80, 24), "it follows the terminal");
    // Keys are the screen's now; nothing is typed.
    key(&mut app, KeyCode::Home);
    let tune = app.tune.as_ref().expect("it is open");
    assert_eq!(tune.shown.totals.right, 0, "the small one was wrong");
    key(&mut app, KeyCode::Char('w'));
    let effects = key(&mut app, KeyCode::Char('y'));
    let [Effect::Tune(TuneEffect::Write { path, threshold })] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(path, &PathBuf::from("config.toml"));
    let (threshold, path) = (threshold.clone(), path.clone());
    assert_eq!(threshold.model.as_deref(), Some("small"));
    app.update(Event::Tune(TuneEvent::Written(path, threshold.clone())));
    assert_eq!(app.router.settings.threshold, threshold.value, "in force");
    key(&mut app, KeyCode::Char('q'));
    assert!(app.tune.is_none() && !app.quit);
}
