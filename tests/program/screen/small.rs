//! Questions on a small screen: they are shown with their keys, or accept no keys.

use std::time::{Duration, UNIX_EPOCH};

use routelens::{
    store::recovery::Leftover,
    tui::app::{Effect, OpenedFile},
};

use super::*;

/// A playground on a file of one line.
fn small() -> Playground {
    opened(config(), "a.py", "x = 1\n", 0)
}

/// The screen on one line, since line breaks do not matter.
fn flowed(playground: &mut Playground, size: (u16, u16)) -> String {
    let shown = shown(playground, size);
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the playground wants done that it did not want before.
fn news(playground: &mut Playground) -> Vec<Effect> {
    playground.wanted.drain(..).collect()
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
        let mut playground = small();
        playground.send(Event::Opened(Box::new(OpenedFile {
            document: Document::new("x = 1\n", Some("a.py".into())),
            title: "a.py".to_owned(),
            notice: None,
            recovery: Some(left(changed)),
            stamp: None,
            cursor: None,
        })));
        let wide = flowed(&mut playground, (160, 45)).replace(" │ │ ", " ");
        for part in [begins.as_str(), kept, "r restore", "Esc decide later"] {
            assert!(wide.contains(part), "{part}: {wide}");
        }
        let narrow = flowed(&mut playground, (40, 10));
        for part in ["r restore", "Del delete", "Esc decide later"] {
            assert!(narrow.contains(part), "{part}: {narrow}");
        }
    }
}

#[test]
fn a_name_to_save_under_is_seen_while_it_is_typed() {
    let document = Document::new(
        "x = 1\n",
        Some("/a/very/long/path/to/some/folder/na".into()),
    );
    let mut playground = Playground::ready(config(), document, (1, 1), dark().theme());
    playground.press(&["alt-z"]);
    playground.send(Event::Resize(39, 9));
    playground.press(&["m"]);
    playground.send(Event::Paste("e.py".to_owned()));
    let notice = flowed(&mut playground, (39, 9));
    assert!(
        notice.contains("save as …/some/folder/name.py_: Enter save"),
        "{notice}"
    );
    news(&mut playground);
    playground.press(&["enter"]);
    let effects = news(&mut playground);
    assert!(
        matches!(&effects[..], [Effect::Save { path, .. }] if path.ends_with("name.py")),
        "{effects:?}"
    );
}

#[test]
fn what_was_open_and_is_not_seen_takes_no_key() {
    let mut playground = small();
    playground.press(&["f9"]);
    let wide = shown(&mut playground, (160, 45));
    playground.send(Event::Resize(39, 9));
    playground.press(&["right", "enter", "x", "esc"]);
    assert!(flowed(&mut playground, (39, 9)).ends_with("need 40×10 Ctrl-Q quits"));
    assert_eq!(
        shown(&mut playground, (160, 45)),
        wide,
        "nothing was changed"
    );
    playground.send(Event::Resize(39, 9));
    playground.press(&["ctrl-q"]);
    assert!(playground.app().has_quit(), "nothing is unsaved");
}

#[test]
fn a_question_that_does_not_fit_takes_no_answer() {
    let mut playground = small();
    playground.press(&["y"]);
    playground.send(Event::Resize(39, 1));
    playground.press(&["ctrl-q"]);
    news(&mut playground);
    playground.press(&["d", "s", "esc"]);
    assert!(news(&mut playground).is_empty());
    assert!(!playground.app().has_quit());
    playground.send(Event::Resize(39, 2));
    playground.press(&["d"]);
    assert!(playground.app().has_quit());
}

#[test]
fn what_went_wrong_is_told_where_there_is_little_room() {
    let mut playground = small();
    playground.send(Event::Resize(39, 9));
    playground.send(Event::Failed("not saved: the disk is full".to_owned()));
    assert!(
        flowed(&mut playground, (39, 9))
            .starts_with("not saved: the disk is full terminal too small")
    );
}
