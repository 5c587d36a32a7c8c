//! Completions: the ghost text in the buffer and the models' work behind it. [`Completions`] is the
//! state. [`Completer`] changes it, together with the other parts that a completion touches: the
//! buffer, the router, the meter and the message line.

mod accepting;
mod alternatives;
mod inspector;
mod noting;
mod playing;
mod recording;
mod selftests;
mod showing;
mod signalling;
mod typing;

use std::time::Duration;

use ratatui::layout::Rect;

pub use self::inspector::Inspector;
use self::{recording::Recording, signalling::Signalling};
use super::{
    editor::Editor,
    layout::{Content, Layout},
    library::Library,
    metering::Metering,
    router::Router,
};
use crate::{
    config::Config,
    tui::message::MessageLine,
    turn::{Lane, LaneKind, ModelState, Rules, Run, Turn},
};

/// Completion text drawn in the buffer, not yet part of it. The text itself is in the lane's shown
/// run; this says where it is shown and how much of it was typed or accepted already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ghost {
    /// Which lane's run is shown in the buffer.
    pub lane: LaneKind,
    /// Char index in the document where the rest of the text is drawn (always the cursor).
    pub at: usize,
    /// Bytes of the run's text that were typed or accepted already.
    pub consumed: usize,
}

/// The completion at the cursor, and what is kept of earlier ones.
pub(super) struct Completions {
    /// The models' work on the completion at the cursor.
    turn: Turn,
    ghost: Option<Ghost>,
    /// Set while the token inspector has the keys.
    inspector: Option<Inspector>,
    signalling: Signalling,
    /// The small model's hole in the history: file and line.
    hole_label: String,
    /// The latest completions, for the tune screen to open.
    recording: Recording,
    /// Whether drafts are verified, from the sources that the configuration has on.
    drafts: bool,
}

impl Completions {
    pub fn new(rules: Rules) -> Self {
        Completions {
            turn: Turn::new(rules),
            ghost: None,
            inspector: None,
            signalling: Signalling::default(),
            hole_label: String::new(),
            recording: Recording::default(),
            drafts: true,
        }
    }

    pub fn turn(&self) -> &Turn {
        &self.turn
    }

    pub fn ghost(&self) -> Option<Ghost> {
        self.ghost
    }

    pub fn inspector(&self) -> Option<Inspector> {
        self.inspector
    }

    /// Whether drafts are verified at all.
    pub fn verifies_drafts(&self) -> bool {
        self.drafts
    }

    /// Turns drafts on or off; returns whether they are on now.
    pub fn toggle_drafts(&mut self) -> bool {
        self.drafts = !self.drafts;
        self.drafts
    }

    pub fn lane(&self, kind: LaneKind) -> &Lane {
        self.turn.lane(kind)
    }

    /// The run whose text is the ghost text.
    pub fn ghost_run(&self) -> Option<&Run> {
        self.lane(self.ghost?.lane).run()
    }

    /// The ghost text that is left to accept.
    pub fn ghost_text(&self) -> &str {
        let consumed = self.ghost.map_or(0, |ghost| ghost.consumed);
        self.ghost_run()
            .and_then(|run| run.completion.text.get(consumed..))
            .unwrap_or_default()
    }

    /// The run whose tokens the inspector walks: the one in the buffer, else the small one.
    pub fn inspected_run(&self) -> Option<&Run> {
        self.ghost_run().or_else(|| self.turn.small.run())
    }

    /// What the layout depends on.
    pub fn content(&self, editor: &Editor) -> Content {
        Content {
            lines: editor.document().rope().len_lines(),
            inspects: self.inspector.is_some(),
            compares: self.turn.second.model != ModelState::Absent,
        }
    }

    pub fn forget_passages(&mut self) {
        self.turn.passages.forget();
    }

    /// Sets the model of a lane, and how it was given.
    pub fn set_model(&mut self, kind: LaneKind, given: Option<String>, model: ModelState) {
        let lane = self.turn.lane_mut(kind);
        lane.model = model;
        lane.given = given;
    }

    /// Stops the request to the large model.
    pub fn cancel_large(&mut self) {
        self.turn.large.cancel();
    }

    /// Limits the scrolling of the alternatives to what there is.
    pub fn scroll_at_most(&mut self, last: usize) {
        for lane in [&mut self.turn.large, &mut self.turn.second] {
            lane.scroll = lane.scroll.min(last);
        }
    }

    /// Scrolls the text of the alternatives in their panes.
    pub fn scroll_alternative(&mut self, lines: isize) {
        let scroll = self.turn.large.scroll.saturating_add_signed(lines);
        self.turn.large.scroll = scroll;
        self.turn.second.scroll = scroll;
    }
}

/// What the completions follow but do not change.
pub(super) struct Around<'a> {
    pub config: &'a Config,
    pub library: &'a Library,
    /// Size of the terminal in columns and rows.
    pub size: (u16, u16),
    /// Time since the start.
    pub now: Duration,
    /// Whether an overlay is open.
    pub is_overlaid: bool,
}

/// The completions together with the parts that they change.
pub(super) struct Completer<'a> {
    pub own: &'a mut Completions,
    pub editor: &'a mut Editor,
    pub router: &'a mut Router,
    pub metering: &'a mut Metering,
    pub notice: &'a mut MessageLine,
    pub around: Around<'a>,
}

impl Completer<'_> {
    pub fn layout(&self) -> Layout {
        let (columns, rows) = self.around.size;
        let content = self.own.content(self.editor);
        Layout::with(content, Rect::new(0, 0, columns, rows))
    }

    /// Lays out again: what is in view depends on what is shown.
    pub fn relayout(&mut self) {
        let text = self.layout().text;
        self.editor.resize((text.width, text.height));
    }

    /// Scrolls so that the cursor, and as much of the ghost text as there is room for, is in view.
    pub fn reveal(&mut self) {
        let rows = self.own.ghost_text().matches('\n').count();
        self.editor.reveal_cursor(rows);
    }
}
