//! The playground's state and logic: a tree of parts, each with its own state. [`App::update`]
//! takes one event, passes it to the part it concerns and collects the effects; nothing here reads,
//! writes, waits or draws.
//!
//! The parts change only their own state: `editor` is the buffer and its view, `completions` the
//! ghost text and the models' work behind it, `router` the decisions, `metering` their cost,
//! `library` the index, `models` the sources of the models, `provenance` the origin of the
//! threshold, and `saving`, `mouse` and `themes` the rest. The other modules handle keys, overlays
//! and answers of the driver that concern several parts.

mod anticipating;
mod completions;
mod editing;
mod editor;
pub mod event;
mod keys;
pub mod layout;
mod library;
mod loading;
mod matrix;
mod metering;
mod models;
mod mouse;
pub mod overlay;
mod overlays;
mod picker;
mod provenance;
mod replay;
mod retrieving;
mod router;
mod routing;
pub mod rows;
mod saving;
mod settings;
mod speculating;
#[cfg(test)]
mod tests;
mod themes;
mod tiny;
mod tuning;

use std::{path::PathBuf, time::Duration};

use ratatui::layout::Rect;

use self::{
    completions::{Around, Completer, Completions},
    layout::{Content, Layout},
    metering::Metering,
    models::Models,
    mouse::Pointer,
    provenance::Provenance,
    saving::Saving,
    themes::Themes,
};
pub use self::{
    completions::{Ghost, Inspector},
    editor::Editor,
    event::{Effect, Event, Extents, LaneKind, OpenedFile},
    library::{IndexState, Library},
    overlay::Overlay,
    router::Router,
};
pub(in crate::tui) use self::{keys::following, overlays::edit_line, router::ONE_MOVEMENT};
pub use crate::turn::{Lane, ModelState, Phase, Run, RunKind};
use crate::{
    config::Config,
    keys::{Keymap, KeymapError},
    meter::Meter,
    models::rules,
    routing::LargeUse,
    tui::message::{Message, MessageLine},
    turn::{Turn, TurnEvent},
};

/// The playground.
pub struct App {
    /// The settings, which change while the program runs.
    config: Config,
    /// The file that thresholds are written to.
    config_file: PathBuf,
    keymap: Keymap,
    editor: Editor,
    completions: Completions,
    router: Router,
    metering: Metering,
    /// The index of the folder.
    library: Library,
    models: Models,
    provenance: Provenance,
    saving: Saving,
    pointer: Pointer,
    themes: Themes,
    /// The open overlay, which takes the keys, if any.
    overlay: Option<Overlay>,
    /// Whether another screen covers this one.
    is_covered: bool,
    notice: MessageLine,
    clipboard: String,
    /// Time since the start.
    now: Duration,
    /// Size of the terminal in columns and rows.
    size: (u16, u16),
    has_quit: bool,
}

/// What the view reads.
impl App {
    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    pub fn editor(&self) -> &Editor {
        &self.editor
    }

    /// The models' work on the completion at the cursor.
    pub fn turn(&self) -> &Turn {
        self.completions.turn()
    }

    pub fn lane(&self, kind: LaneKind) -> &Lane {
        self.completions.lane(kind)
    }

    pub fn ghost(&self) -> Option<Ghost> {
        self.completions.ghost()
    }

    /// The run whose text is the ghost text.
    pub fn ghost_run(&self) -> Option<&Run> {
        self.completions.ghost_run()
    }

    /// The ghost text that is left to accept.
    pub fn ghost_text(&self) -> &str {
        self.completions.ghost_text()
    }

    /// The token inspector, while it is open.
    pub fn inspector(&self) -> Option<Inspector> {
        self.completions.inspector()
    }

    /// The run whose tokens the inspector walks: the one in the buffer, else the small one.
    pub fn inspected_run(&self) -> Option<&Run> {
        self.completions.inspected_run()
    }

    /// Whether drafts are verified, from the sources that the configuration has on.
    pub fn verifies_drafts(&self) -> bool {
        self.completions.verifies_drafts()
    }

    pub fn router(&self) -> &Router {
        &self.router
    }

    /// What the models cost.
    pub fn meter(&self) -> &Meter {
        self.metering.meter()
    }

    /// The index of the folder.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The open overlay, if any.
    pub fn overlay(&self) -> Option<&Overlay> {
        self.overlay.as_ref()
    }

    pub fn message(&self) -> Option<&Message> {
        self.notice.message()
    }

    /// Time since the start.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// Size of the terminal in columns and rows.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Whether the program should end.
    pub fn has_quit(&self) -> bool {
        self.has_quit
    }

    fn content(&self) -> Content {
        self.completions.content(&self.editor)
    }

    pub(super) fn layout(&self) -> Layout {
        Layout::of(self, Rect::new(0, 0, self.size.0, self.size.1))
    }
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
        let settings = config.routing("", editor.document().language());
        let rules = rules(&config, settings, LargeUse::Escalated);
        App {
            config,
            config_file: PathBuf::new(),
            keymap,
            editor,
            completions: Completions::new(rules),
            router: Router::new(settings),
            metering: Metering::default(),
            library: Library::default(),
            models: Models::default(),
            provenance: Provenance::default(),
            saving: Saving::default(),
            pointer: Pointer::default(),
            themes: Themes::default(),
            overlay: None,
            is_covered: false,
            notice: MessageLine::default(),
            clipboard: String::new(),
            now: Duration::ZERO,
            size: (80, 24),
            has_quit: false,
        }
    }

    /// Sets the file that thresholds are written to.
    #[must_use]
    pub fn writing_to(mut self, config_file: PathBuf) -> Self {
        self.config_file = config_file;
        self
    }

    /// Sets the available themes by name, and the chosen one.
    #[must_use]
    pub fn with_themes(mut self, chosen: String, names: Vec<String>) -> Self {
        self.themes = Themes::new(chosen, names);
        self
    }

    /// Continues the counts of earlier runs.
    pub fn begin_with(&mut self, meter: Meter) {
        self.metering.begin_with(meter);
    }

    /// Sets the time since the start, for what happens next and what is drawn next.
    pub fn set_now(&mut self, now: Duration) {
        self.now = now;
    }

    /// Has the document parsed and highlighted from scratch, as for another theme.
    pub fn parse_afresh(&mut self) -> Effect {
        self.editor.parse_afresh()
    }

    /// Handles one event and returns what to do.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = self.dispatch(event);
        effects.extend(self.anticipate());
        self.completer().relayout();
        effects.extend(self.editor.highlight_view());
        effects.extend(self.metering.keep());
        effects
    }

    fn dispatch(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Key(key) => self.on_key(key),
            Event::Mouse(mouse) => self.on_mouse(mouse),
            Event::Paste(text) => self.on_paste(&text),
            Event::Resize(columns, rows) => {
                self.size = (columns, rows);
                let mut completer = self.completer();
                completer.relayout();
                completer.reveal();
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
            } => self.completer().play(TurnEvent::TokenJudged {
                lane,
                id,
                index,
                state,
            }),
            Event::Judged { lane, id, verdict } => self.completer().on_judged(lane, id, verdict),
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
                self.saving.forget();
                self.notice.error(problem);
                Vec::new()
            }
            Event::ThresholdWritten(threshold) => {
                self.on_threshold_written(*threshold);
                Vec::new()
            }
            Event::Covered(covered) => {
                self.is_covered = covered;
                Vec::new()
            }
            Event::Index(event) => self.on_index(event),
            Event::Ran(ran) => self.completer().play(TurnEvent::Ran(ran)),
            Event::SearchLate(id) => self.completer().play(TurnEvent::SearchLate(id)),
            Event::Drawn(extents) => {
                self.on_drawn(extents);
                Vec::new()
            }
            Event::Terminate => self.on_terminate(),
        }
    }

    /// Limits scrolling to what there is.
    fn on_drawn(&mut self, extents: Extents) {
        self.completions.scroll_at_most(extents.alternative);
        match &mut self.overlay {
            Some(Overlay::Help(help)) => *help = help.at_most(extents.help),
            Some(Overlay::Passages(list)) => list.scroll = list.scroll.min(extents.passage),
            _ => {}
        }
    }

    /// The completions together with the parts that they change.
    fn completer(&mut self) -> Completer<'_> {
        Completer {
            own: &mut self.completions,
            editor: &mut self.editor,
            router: &mut self.router,
            metering: &mut self.metering,
            notice: &mut self.notice,
            around: Around {
                config: &self.config,
                library: &self.library,
                size: self.size,
                now: self.now,
                is_overlaid: self.overlay.is_some(),
            },
        }
    }
}
