//! Questions on a small screen: they are shown with their keys, or accept no keys.

use std::time::{Duration, UNIX_EPOCH};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use routelens::{
    store::recovery::Leftover,
    tui::app::{Effect, Event},
};

use super::*;

fn press(app: &mut App, code: KeyCode, modifiers: KeyModifiers) -> Vec<Effect> {
    app.update(Event::Key(KeyEvent::new(code, modifiers)))
}

fn shown(app: &App, size: (u16, u16)) -> String {
    text(draw(app, &dark(), size).backend().buffer())
}

/// The same on one line, since line breaks do not matter.
fn flowed(app: &App, size: (u16, u16)) -> String {
    let shown = shown(app, size);
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn unsaved_text_is_offered_with_its_time_and_that_of_the_file() {
    let written = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let after = |seconds| written + Duration::from_secs(seconds);
    let left = |changed| Leftover {
        file: "a.recovery".into(),
        written,
        changed,
        found: after(7200),
    };
    let kept = "(2023-11-14 22:13 UTC, 2 hours ago)";
    for (changed, begins) in [
        (None, "An earlier run left unsaved changes".to_owned()),
        (
            Some(after(3600)),
            "This file is newer (2023-11-14 23:13 UTC, 1 hour ago) than the unsaved changes"
                .to_owned(),
        ),
        (
            Some(written - Duration::from_secs(60)),
            "Another program saved this file (2023-11-14 22:12 UTC, 2 hours ago)".to_owned(),
        ),
    ] {
        let mut app = app("a.py", "x = 1\n");
        app.overlay = Some(Overlay::Question(Question::Recover(left(changed))));
        let wide = flowed(&app, (160, 45)).replace(" │ │ ", " ");
        for part in [begins.as_str(), kept, "r restore", "Esc decide later"] {
            assert!(wide.contains(part), "{part}: {wide}");
        }
        let narrow = flowed(&app, (40, 10));
        for part in ["r restore", "Del delete", "Esc decide later"] {
            assert!(narrow.contains(part), "{part}: {narrow}");
        }
    }
}

#[test]
fn a_name_to_save_under_is_seen_while_it_is_typed() {
    let mut app = app("a.py", "x = 1\n");
    app.update(Event::Resize(39, 9));
    app.overlay = Some(Overlay::Prompt(Prompt {
        kind: PromptKind::SaveAs,
        text: "/a/very/long/path/to/some/folder/na".to_owned(),
    }));
    press(&mut app, KeyCode::Char('m'), KeyModifiers::NONE);
    app.update(Event::Paste("e.py".to_owned()));
    let notice = flowed(&app, (39, 9));
    assert!(
        notice.contains("save as …/some/folder/name.py_: Enter save"),
        "{notice}"
    );
    let effects = press(&mut app, KeyCode::Enter, KeyModifiers::NONE);
    assert!(
        matches!(&effects[..], [Effect::Save { path, .. }] if path.ends_with("name.py")),
        "{effects:?}"
    );
}

#[test]
fn what_was_open_and_is_not_seen_takes_no_key() {
    let mut app = app("a.py", "x = 1\n");
    app.overlay = Some(Overlay::Settings(SettingsMenu::default()));
    app.update(Event::Resize(39, 9));
    let before = app.config.clone();
    for code in [
        KeyCode::Right,
        KeyCode::Enter,
        KeyCode::Char('x'),
        KeyCode::Esc,
    ] {
        press(&mut app, code, KeyModifiers::NONE);
    }
    assert!(app.config == before && app.overlay.is_some());
    assert!(flowed(&app, (39, 9)).ends_with("need 40×10 Ctrl-Q quits"));
    press(&mut app, KeyCode::Char('q'), KeyModifiers::CONTROL);
    assert!(app.quit, "nothing is unsaved");
}

#[test]
fn a_question_that_does_not_fit_takes_no_answer() {
    let mut app = app("a.py", "x = 1\n");
    press(&mut app, KeyCode::Char('y'), KeyModifiers::NONE);
    app.update(Event::Resize(39, 1));
    press(&mut app, KeyCode::Char('q'), KeyModifiers::CONTROL);
    for code in [KeyCode::Char('d'), KeyCode::Char('s'), KeyCode::Esc] {
        assert!(press(&mut app, code, KeyModifiers::NONE).is_empty());
    }
    assert_eq!(app.overlay, Some(Overlay::Question(Question::Leave)));
    app.update(Event::Resize(39, 2));
    press(&mut app, KeyCode::Char('d'), KeyModifiers::NONE);
    assert!(app.quit);
}

#[test]
fn what_went_wrong_is_told_where_there_is_little_room() {
    let mut app = app("a.py", "x = 1\n");
    app.update(Event::Resize(39, 9));
    app.update(Event::Failed("not saved: the disk is full".to_owned()));
    assert!(flowed(&app, (39, 9)).starts_with("not saved: the disk is full terminal too small"));
}
