//! The playground's state and logic: a small tree of parts, each with its own state and its own
//! `update`. [`App::update`] takes one event, passes it to the part it concerns and collects the
//! effects; nothing here reads, writes, waits or draws.

mod alternatives;
mod anticipating;
mod completing;
mod editing;
pub mod editor;
pub mod event;
mod files;
mod keys;
pub mod layout;
mod models;
mod mouse;
pub mod overlay;
mod overlays;
mod picker;
mod playing;
mod provenance;
mod recording;
mod replay;
mod retrieving;
pub mod router;
pub mod rows;
mod selftesting;
mod settings;
mod signalling;
mod speculating;
#[cfg(test)]
mod tests;
mod tiny;
mod tuning;

use std::{mem, path::PathBuf, time::Duration};

use ratatui::layout::Rect;

use self::layout::Layout;
pub use self::{
    editor::{Editor, Ghost},
    event::{Effect, Event, Extents, LaneKind, OpenedFile},
    overlay::Overlay,
    retrieving::{IndexState, Library},
    router::Router,
};
pub(in crate::tui) use self::{keys::following, overlays::edit_line, router::ONE_MOVEMENT};
pub use crate::turn::{Lane, ModelState, Phase, Run, RunKind};
use crate::{
    config::Config,
    keys::{Keymap, KeymapError},
    meter::Meter,
    models::{ModelSource, rules},
    routing::LargeUse,
    turn::{LARGE, Turn},
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

/// Where the token inspector stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inspector {
    /// Index of the chosen token of the shown run.
    pub token: usize,
    /// Index of the chosen candidate among its `top`.
    pub candidate: usize,
}

/// The state of the playground.
pub struct App {
    /// The settings in force; changed while the program runs.
    pub config: Config,
    pub keymap: Keymap,
    pub editor: Editor,
    /// The models' work on the completion at the cursor.
    pub turn: Turn,
    /// What the models cost.
    pub meter: Meter,
    pub router: Router,
    /// The index of the folder.
    pub library: Library,
    /// Whether drafts are verified, from the sources that the configuration has on.
    pub drafts: bool,
    /// What lies over the buffer and takes the keys, if anything.
    pub overlay: Option<Overlay>,
    /// Whether another screen lies over this one.
    covered: bool,
    /// The file that thresholds are written to.
    pub config_file: PathBuf,
    /// Set while the token inspector has the keys.
    pub inspector: Option<Inspector>,
    pub message: Option<Message>,
    /// Name of the theme in force, and all there are.
    pub theme: String,
    pub themes: Vec<String>,
    /// Time since the start, set by the driver before each update and draw.
    pub now: Duration,
    /// Set when the program should end.
    pub quit: bool,
    /// Size of the terminal in columns and rows.
    pub size: (u16, u16),
    clipboard: String,
    last_click: Option<mouse::Click>,
    /// What the history calls the small model's hole: file and line.
    hole_label: String,
    /// The threshold was moved by hand in this run, so the configuration's no longer applies.
    threshold_moved: bool,
    provenance: provenance::Provenance,
    /// The latest completions, for the tune screen to open.
    recording: recording::Recording,
    /// What the person wants done once the save that is under way has succeeded.
    after_save: Option<files::AfterSave>,
    /// What the lanes' models were last started from, so that a change can be noticed.
    sources: [Option<ModelSource>; 3],
    signalling: signalling::Signalling,
    /// The meter has counted something that is not kept yet.
    meter_changed: bool,
}

impl App {
    /// A playground on an opened file. No model is loaded until [`App::start`]'s effects are
    /// performed.
    ///
    /// # Errors
    /// A key binding in the configuration that cannot be used.
    pub fn new(config: Config, file: OpenedFile) -> Result<Self, KeymapError> {
        let keymap = Keymap::new(&config.keys)?;
        let mut app = Self::with_editor(config, keymap, Editor::new(file.document, file.title));
        app.after_opening(file.cursor, file.notice, file.recovery);
        Ok(app)
    }

    fn with_editor(config: Config, keymap: Keymap, editor: Editor) -> Self {
        let router = Router {
            settings: config.routing("", editor.document.language()),
            ..Router::default()
        };
        let turn = Turn::new(rules(&config, router.settings, LargeUse::Escalated));
        App {
            config,
            keymap,
            editor,
            turn,
            meter: Meter::default(),
            router,
            library: Library::default(),
            drafts: true,
            overlay: None,
            covered: false,
            config_file: PathBuf::new(),
            inspector: None,
            message: None,
            theme: String::new(),
            themes: Vec::new(),
            now: Duration::ZERO,
            quit: false,
            size: (80, 24),
            clipboard: String::new(),
            last_click: None,
            hole_label: String::new(),
            threshold_moved: false,
            provenance: provenance::Provenance::default(),
            recording: recording::Recording::default(),
            after_save: None,
            sources: [None, None, None],
            signalling: signalling::Signalling::default(),
            meter_changed: false,
        }
    }

    /// Takes one event and says what is to be done.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = self.dispatch(event);
        effects.extend(self.anticipate());
        self.relayout();
        effects.extend(self.editor.highlight_view());
        if mem::take(&mut self.meter_changed) {
            effects.push(Effect::KeepMeter(Box::new(self.meter.clone())));
        }
        effects
    }

    fn dispatch(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Key(key) => self.on_key(key),
            Event::Mouse(mouse) => self.on_mouse(mouse),
            Event::Paste(text) => self.on_paste(&text),
            Event::Resize(columns, rows) => {
                self.size = (columns, rows);
                self.relayout();
                self.reveal();
                Vec::new()
            }
            Event::ModelFound {
                lane,
                given,
                source,
            } => self.on_model_found(lane, given, source),
            Event::Model(kind, event) => self.on_model(kind, event),
            Event::Fingerprint {
                lane,
                path,
                fingerprint,
            } => {
                self.on_fingerprint(lane, &path, fingerprint);
                Vec::new()
            }
            Event::Parsed(parsed) => {
                self.editor.on_parsed(parsed);
                Vec::new()
            }
            Event::TokenJudged {
                lane,
                id,
                index,
                state,
            } => self.on_token_judged(lane, id, index, state),
            Event::Judged { lane, id, verdict } => self.on_judged(lane, id, verdict),
            Event::Pause { revision } => self.on_pause(revision),
            Event::PickerItems(items) => {
                self.on_picker_items(items);
                Vec::new()
            }
            Event::Opened(file) => self.on_opened(*file),
            Event::Saved { revision, path } => self.on_saved(revision, path),
            Event::ChangedOnDisk(path) => {
                self.overlay = Some(Overlay::Question(overlay::Question::Overwrite(path)));
                Vec::new()
            }
            Event::Failed(problem) => {
                self.after_save = None;
                self.error(problem);
                Vec::new()
            }
            Event::ThresholdWritten(threshold) => {
                self.on_threshold_written(*threshold);
                Vec::new()
            }
            Event::Covered(covered) => {
                self.covered = covered;
                Vec::new()
            }
            Event::Index(event) => self.on_index(event),
            Event::Ran(ran) => self.on_ran(ran),
            Event::SearchLate(id) => self.on_search_late(id),
            Event::Drawn(extents) => {
                self.on_drawn(extents);
                Vec::new()
            }
            Event::Terminate => self.on_terminate(),
        }
    }

    /// Takes back what was scrolled too far.
    fn on_drawn(&mut self, extents: Extents) {
        for lane in [&mut self.turn.large, &mut self.turn.second] {
            lane.scroll = lane.scroll.min(extents.alternative);
        }
        match &mut self.overlay {
            Some(Overlay::Help { scroll }) => *scroll = (*scroll).min(extents.help),
            Some(Overlay::Passages(list)) => list.scroll = list.scroll.min(extents.passage),
            _ => {}
        }
    }

    /// Lays out again: what is in view depends on what is shown.
    fn relayout(&mut self) {
        let layout = self.layout();
        self.editor.size = (layout.text.width, layout.text.height);
    }

    pub(super) fn layout(&self) -> Layout {
        Layout::of(self, Rect::new(0, 0, self.size.0, self.size.1))
    }

    /// Scrolls so that the cursor, and as much of the ghost text as there is room for, is in view.
    fn reveal(&mut self) {
        let rows = self.ghost_text().matches('\n').count();
        self.editor.reveal_cursor(rows);
    }

    fn info(&mut self, text: impl Into<String>) {
        self.tell(Level::Info, text.into());
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.tell(Level::Warning, text.into());
    }

    fn error(&mut self, text: impl Into<String>) {
        self.tell(Level::Error, text.into());
    }

    fn tell(&mut self, level: Level, text: String) {
        self.message = Some(Message { level, text });
    }
}
