//! The overlays over the buffer, which take the keys: pickers, prompts, questions, help, settings.

use std::path::PathBuf;

use super::event::LaneKind;
use crate::{store::recovery::Leftover, tui::help::Help};

/// An overlay over the buffer.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// All keys, generated from the keymap.
    Help(Help),
    Files(Picker),
    /// Models for a lane: those of the configuration, then GGUF files.
    Models(LaneKind, Picker),
    Themes(Picker),
    Prompt(Prompt),
    Settings(SettingsMenu),
    /// What the models cost.
    Meter,
    /// Solutions against tests.
    Matrix(MatrixPlace),
    /// Which passages the models read.
    Passages(PassageList),
    Question(Question),
}

/// A fuzzy picker.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picker {
    pub query: String,
    /// All items.
    pub items: Vec<PickerItem>,
    /// Indices of the items that match the query, best first, with the char positions that matched.
    pub matches: Vec<(usize, Vec<u32>)>,
    /// Index into `matches`.
    pub selected: usize,
    /// Items are still being gathered.
    pub loading: bool,
    /// What is in use now.
    pub current: Option<PickerValue>,
}

/// One thing to pick.
#[derive(Debug, Clone, PartialEq)]
pub struct PickerItem {
    /// What is matched against and shown.
    pub label: String,
    /// Shown beside it, dimmed ("17 MB · Q8_0 · FIM").
    pub detail: String,
    pub value: PickerValue,
}

/// The choice that an item makes.
#[derive(Debug, Clone, PartialEq)]
pub enum PickerValue {
    File(PathBuf),
    Sample(String),
    /// A name from the configuration or a path, as `Config::source` takes it.
    Model(String),
    Theme(String),
}

/// What a line of input is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    Find,
    GoToLine,
    SaveAs,
}

/// A line of input.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    pub kind: PromptKind,
    pub text: String,
}

/// A question with a few answers, each on a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Leave with unsaved changes? s: save and leave, d: discard, Esc: stay.
    Leave,
    /// Open another file with unsaved changes? s: save first, d: discard, Esc: stay.
    Switch(PickerValue),
    /// A recovery file was found. r: restore, Delete: delete, Esc: decide later.
    Recover(Leftover),
    /// The file changed on disk, or is there already. o: overwrite, Esc: do not save.
    Overwrite(PathBuf),
}

/// The position in the matrix of a self-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MatrixPlace {
    /// Which model's turn; none means the latest.
    pub turn: Option<usize>,
    /// The chosen solution and the chosen test.
    pub row: usize,
    pub column: usize,
    /// How many lines of what is chosen are scrolled away.
    pub scroll: usize,
}

/// The position in the list of passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PassageList {
    /// Index into [`crate::tui::app::Library::passages`].
    pub selected: usize,
    /// How many lines of the selected one's text are scrolled away.
    pub scroll: usize,
}

/// The settings that can be changed while the program runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SettingsMenu {
    /// Index into the rows of [`crate::tui::app::App::settings_rows`].
    pub selected: usize,
}

/// One row of the settings menu, as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingRow {
    pub name: &'static str,
    pub value: String,
    /// What it does, and which values it takes.
    pub help: String,
}
