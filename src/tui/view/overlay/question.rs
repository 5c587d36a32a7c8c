//! Questions with a few answers, one key each.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    super::{
        Scene,
        text::{Pane, flow, visible},
    },
    open,
};
use crate::{
    words::wrap::wrap_words,
    {store::recovery::Leftover, tui::app::overlay::Question, words::moment},
};

/// A key and its answer.
type Answer = (&'static str, &'static str);

/// The width of the box if there is room, and its minimum height.
const WIDTH: u16 = 64;
const HEIGHT: u16 = 7;

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect, question: &Question) {
    let (title, text, answers) = words(question);
    let width = WIDTH.min(area.width.saturating_sub(2));
    let inside = usize::from(width.saturating_sub(4));
    let lines = wrap_words(&text, inside);
    let items = answers
        .iter()
        .map(|(key, what)| vec![scene.span(*key, "key"), scene.muted(format!(" {what}"))]);
    let answers = flow(items.collect(), inside, 3);
    // Two rows for the frame, one for the gap.
    let height = u16::try_from(lines.len() + answers.len() + 3).unwrap_or(u16::MAX);
    let size = (width, height.max(HEIGHT));
    let inside = open(scene.pen, buffer, area, size, title);
    let mut pane = Pane::new(buffer, inside);
    // The answers are always visible.
    let room = pane.room().saturating_sub(answers.len());
    for line in lines.into_iter().take(room) {
        pane.line(scene.plain(line));
    }
    if pane.room() > answers.len() {
        pane.gap();
    }
    for line in answers {
        pane.line(line);
    }
}

/// What an earlier run left, when, and whether the file changed since. The most important words
/// come first in case there is little room.
fn left(leftover: &Leftover) -> String {
    let told = |at| moment::told(at, leftover.found);
    let written = told(leftover.written);
    match leftover.changed {
        None => format!("An earlier run left unsaved changes to this file ({written})."),
        Some(changed) if changed > leftover.written => format!(
            "This file is newer ({}) than the unsaved changes that an earlier run left ({written}).",
            told(changed)
        ),
        Some(changed) => format!(
            "Another program saved this file ({}) before an earlier run left unsaved changes to it \
             ({written}).",
            told(changed)
        ),
    }
}

fn words(question: &Question) -> (&'static str, String, &'static [Answer]) {
    const UNSAVED: &str = "You have unsaved changes.";
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
        Question::Recover(leftover) => (
            "Recover",
            left(leftover),
            &[
                ("r", "restore them"),
                ("Del", "delete them"),
                ("Esc", "decide later"),
            ],
        ),
        Question::Overwrite(path) => (
            "Save",
            format!(
                "{} already exists, or changed since it was opened.",
                visible(&path.to_string_lossy())
            ),
            &[("o", "overwrite it"), ("Esc", "do not save")],
        ),
    }
}
