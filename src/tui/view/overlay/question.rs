//! Questions with a few answers, each on a key.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    super::{
        Scene,
        text::{Pane, flow, visible},
    },
    open,
};
use crate::{tui::app::overlay::Question, words::wrap::wrap_words};

/// A key and what pressing it answers.
type Answer = (&'static str, &'static str);

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect, question: &Question) {
    let (title, text, answers) = words(question);
    let inside = open(scene.pen, buffer, area, (64, 7), title);
    let mut pane = Pane::new(buffer, inside);
    for line in wrap_words(&text, pane.width()) {
        pane.line(scene.plain(line));
    }
    if pane.room() > 1 {
        pane.gap();
    }
    let items = answers
        .iter()
        .map(|(key, what)| vec![scene.span(*key, "key"), scene.muted(format!(" {what}"))]);
    for line in flow(items.collect(), pane.width(), 3) {
        pane.line(line);
    }
}

fn words(question: &Question) -> (&'static str, String, &'static [Answer]) {
    const UNSAVED: &str = "There are changes that are not saved.";
    match question {
        Question::Leave => (
            "Quit",
            UNSAVED.to_owned(),
            &[
                ("s", "save and quit"),
                ("d", "discard and quit"),
                ("Esc", "stay"),
            ],
        ),
        Question::Switch(_) => (
            "Open",
            UNSAVED.to_owned(),
            &[("s", "save first"), ("d", "discard them"), ("Esc", "stay")],
        ),
        Question::Recover(_) => (
            "Recover",
            "An earlier run did not end well and left changes to this file unsaved.".to_owned(),
            &[
                ("r", "restore them"),
                ("Del", "delete them"),
                ("Esc", "decide later"),
            ],
        ),
        Question::Overwrite(path) => (
            "Save",
            format!(
                "{} is there already, or was changed since it was opened.",
                visible(&path.to_string_lossy())
            ),
            &[("o", "overwrite it"), ("Esc", "do not save")],
        ),
    }
}
