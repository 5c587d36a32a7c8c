//! What accepting and rejecting say of the completions of this run, and the tune screen over them.

use ratatui::{Terminal, backend::TestBackend};

use super::*;
use crate::{
    routing::{Feedback, UserSignal},
    syntax::ThemeSet,
    tui::{
        DARK_THEME,
        palette::{ColorDepth, Palette},
        screens::{
            Screen, Screens, Wanted,
            tune::{Tune, TuneEffect, TuneEvent},
        },
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
    let entries = app.router().history().entries();
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
    let (mut app, _) = completed(-2.0);
    say(&mut app, LaneKind::Large, &["a", " +", " b"], -0.1);
    alt(&mut app, 'a');
    assert_eq!(feedback(&app), Some(UserSignal::Accepted.into()));
}

/// The screens with `app` as the lowest.
fn screens(app: App) -> Screens {
    let theme = ThemeSet::bundled().get(DARK_THEME).cloned();
    let first = Screen::Playground(Box::new(app));
    Screens::new(first, theme.expect("a bundled theme"))
}

/// Presses a key on whatever lies on top.
fn press(screens: &mut Screens, code: KeyCode, modifiers: KeyModifiers) -> Vec<Wanted> {
    screens.update(Event::Key(KeyEvent::new(code, modifiers)))
}

/// Opens the tune screen and presses keys there.
fn explore(app: App, keys: &[KeyCode]) -> Screens {
    let mut screens = screens(app);
    press(&mut screens, KeyCode::Char('t'), KeyModifiers::CONTROL);
    for code in keys {
        press(&mut screens, *code, KeyModifiers::NONE);
    }
    screens
}

/// What is on the screen, as text.
fn drawn(screens: &Screens) -> String {
    let theme = ThemeSet::bundled().get(DARK_THEME).cloned();
    let palette = Palette::new(theme.expect("a bundled theme"), ColorDepth::None);
    let mut terminal = Terminal::new(TestBackend::new(160, 45)).expect("a screen in memory");
    terminal
        .draw(|frame| screens.draw(frame, &palette))
        .expect("drawing in memory");
    terminal.backend().to_string()
}

fn tune(screens: &Screens) -> &Tune {
    match screens.top() {
        Some(Screen::Tune(tune)) => tune,
        _ => panic!("another screen than the tune screen has the keys"),
    }
}

#[test]
fn a_completion_of_this_run_is_opened_where_it_was_made() {
    let mut app = answered();
    let before = app.editor().document().rope().to_string();
    alt(&mut app, 'a');
    for c in "zebra".chars() {
        key(&mut app, KeyCode::Char(c));
    }
    let all = KeyCode::Char('f');
    let screens = explore(app, &[all, all, KeyCode::Enter]);
    let screen = drawn(&screens);
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
    let all = KeyCode::Char('f');
    let screens = explore(app, &[all, all, KeyCode::End, KeyCode::Enter]);
    let screen = drawn(&screens);
    assert!(screen.contains("E S C A L A T E"), "{screen}");
    assert!(screen.contains("large ? was not asked"), "{screen}");
    assert!(!screen.contains("waiting"), "{screen}");
}

#[test]
fn the_tune_screen_counts_this_runs_accepts_and_rejects() {
    let nothing = explore(ready(Config::default()), &[]);
    let top = nothing.top();
    assert!(
        matches!(top, Some(Screen::Playground(_))),
        "there is nothing to show yet"
    );
    let mut app = answered();
    alt(&mut app, 'a');
    app.config_file = PathBuf::from("config.toml");
    let took = app.turn().large.runs[0].completion.timing.total_ms;
    let cost = app.router().history().entries()[0].cost;
    assert_eq!(cost.large_ms, Some(took), "how long the answer took");
    let text = app.editor().document().rope().to_string();
    let mut screens = explore(app, &[]);
    let totals = tune(&screens).shown.totals;
    assert_eq!((totals.outcomes, totals.labelled, totals.right), (1, 1, 1));
    assert_eq!(totals.escalated, 1, "its score is below the threshold");
    screens.update(Event::Resize(80, 24));
    assert_eq!(tune(&screens).size, (80, 24), "it follows the terminal");
    // Keys are the screen's now; nothing is typed.
    press(&mut screens, KeyCode::Home, KeyModifiers::NONE);
    assert_eq!(
        tune(&screens).shown.totals.right,
        0,
        "the small one was wrong"
    );
    press(&mut screens, KeyCode::Char('w'), KeyModifiers::NONE);
    let wanted = press(&mut screens, KeyCode::Char('y'), KeyModifiers::NONE);
    let [Wanted::Tune(TuneEffect::Write { path, threshold })] = &wanted[..] else {
        panic!("{wanted:?}");
    };
    assert_eq!(path, &PathBuf::from("config.toml"));
    let (threshold, path) = (threshold.clone(), path.clone());
    assert_eq!(threshold.model.as_deref(), Some("small"));
    screens.on_done(TuneEvent::Written(path, threshold.clone()));
    press(&mut screens, KeyCode::Char('q'), KeyModifiers::NONE);
    let app = screens.playground().expect("it lies below");
    assert_eq!(app.router().settings().threshold, threshold.value, "used");
    assert_eq!(app.editor().document().rope().to_string(), text);
    assert!(matches!(screens.top(), Some(Screen::Playground(_))));
    assert!(!screens.have_ended());
    press(&mut screens, KeyCode::Char('q'), KeyModifiers::CONTROL);
    press(&mut screens, KeyCode::Char('d'), KeyModifiers::NONE);
    assert!(screens.have_ended());
}

#[test]
fn what_lies_over_the_tune_screen_leads_back_to_it() {
    let mut app = answered();
    alt(&mut app, 'a');
    let before = app.router().settings().threshold;
    let all = KeyCode::Char('f');
    let mut screens = explore(app, &[all, all, KeyCode::Enter]);
    assert!(matches!(screens.top(), Some(Screen::Opened(_))));
    press(&mut screens, KeyCode::Right, KeyModifiers::NONE);
    press(&mut screens, KeyCode::Char('m'), KeyModifiers::NONE);
    assert!(drawn(&screens).contains("marked"));
    press(&mut screens, KeyCode::Char('n'), KeyModifiers::NONE);
    assert!(
        matches!(screens.top(), Some(Screen::Opened(_))),
        "the only one"
    );
    // Too small to be seen it takes no key but the one that leaves.
    screens.update(Event::Resize(39, 9));
    press(&mut screens, KeyCode::Right, KeyModifiers::NONE);
    press(&mut screens, KeyCode::Esc, KeyModifiers::NONE);
    assert!(matches!(screens.top(), Some(Screen::Opened(_))));
    press(&mut screens, KeyCode::Char('q'), KeyModifiers::NONE);
    screens.update(Event::Resize(160, 45));
    let tune = tune(&screens);
    assert_eq!(tune.list.marked.len(), 1);
    assert!(tune.setting.threshold > before, "τ is that of both");
}
