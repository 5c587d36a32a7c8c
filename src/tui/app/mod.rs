//! The playground's state and logic: a small tree of parts, each with its own state and its own
//! `update`. [`App::update`] takes one event, passes it to the part it concerns and collects the
//! effects; nothing here reads, writes, waits or draws.

mod accessors;
pub mod editor;
pub mod event;
pub mod lane;
pub mod overlay;
pub mod router;

use std::time::Duration;

use crate::config::Config;

pub use self::{
    editor::{Editor, Ghost},
    event::{Effect, Event, LaneKind},
    lane::{Lane, ModelState, Phase, Run, RunKind},
    overlay::Overlay,
    router::Router,
};

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// A line for the person, shown in the status bar until the next one or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub level: Level,
    pub text: String,
}

/// The state of the playground.
pub struct App {
    /// The settings in force; changed while the program runs.
    pub config: Config,
    pub editor: Editor,
    /// The small model and what it said.
    pub small: Lane,
    /// The large model and what it said.
    pub large: Lane,
    pub router: Router,
    /// What lies over the buffer and takes the keys, if anything.
    pub overlay: Option<Overlay>,
    /// Set while the token inspector has the keys: index of the chosen token of the shown run, and
    /// of the chosen candidate among its `top`.
    pub inspector: Option<Inspector>,
    pub message: Option<Message>,
    /// Time since the start, set by the driver before each update and draw.
    pub now: Duration,
    /// Set when the program should end.
    pub quit: bool,
}

/// Where the token inspector stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inspector {
    pub token: usize,
    pub candidate: usize,
}
