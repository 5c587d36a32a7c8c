//! The notice on a terminal that is too small for anything else. An open question comes first:
//! nothing may be asked or answered out of sight.

use ratatui::{Frame, text::Line};

use super::{
    Pen, ground,
    text::{Pane, visible},
};
use crate::{
    tui::{app::layout::SMALLEST, message::Message},
    words::wrap::wrap_words,
};

/// The texts of a screen for the notice.
pub(in crate::tui) struct Notice<'a> {
    /// The open question with its keys, in brief.
    pub question: Option<String>,
    pub message: Option<&'a Message>,
    /// The key that leaves and what it does, shown if there is no question.
    pub leave: String,
}

pub(in crate::tui) fn draw(frame: &mut Frame, pen: Pen, notice: &Notice) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    buffer.set_style(area, ground(pen.palette));
    let mut pane = Pane::new(buffer, area);
    let mut say = |text: &str, scope| {
        for line in wrap_words(&visible(text), pane.width()) {
            pane.line(Line::styled(line, pen.palette.ui(scope)));
        }
    };
    if let Some(question) = &notice.question {
        say(question, "text");
    }
    if let Some(message) = notice.message {
        say(&message.text, message.level.scope());
    }
    let (columns, rows) = SMALLEST;
    let (width, height) = (area.width, area.height);
    say(
        &format!("terminal too small: {width}×{height}, need {columns}×{rows}"),
        "text",
    );
    if notice.question.is_none() {
        say(&notice.leave, "text");
    }
}
