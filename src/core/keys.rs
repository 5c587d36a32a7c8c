//! Keys as named actions, in one table that also feeds the help and the footer. Keys for typing
//! text are not here: a key without an action inserts itself.
//!
//! No default needs the Kitty protocol or collides with keys that terminals swallow: Alt-[ and
//! Alt-O begin escape sequences, Ctrl-I is Tab, Ctrl-M is Enter, and Ctrl-H is Backspace in many
//! terminals.

mod table;

use std::collections::{BTreeMap, HashMap};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

pub use self::table::{KeyHelp, KeyTable, Row as KeyRow};

/// Something that a key can do in the playground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Complete,
    AcceptAll,
    AcceptLine,
    AcceptWord,
    Dismiss,
    NextAlternative,
    PreviousAlternative,
    AskLarge,
    AcceptLarge,
    SwapGhost,
    AlternativeUp,
    AlternativeDown,
    ThresholdDown,
    ThresholdUp,
    ThresholdDownCoarse,
    ThresholdUpCoarse,
    NextPolicy,
    NextScore,
    NextEscalation,
    ToggleCompare,
    Tune,
    ToggleAuto,
    NextHeatmap,
    Inspect,
    PickFile,
    PickSmallModel,
    PickLargeModel,
    NextLargeModel,
    ToggleSecond,
    ShowMeter,
    PickTheme,
    OpenSettings,
    Help,
    Save,
    SaveAs,
    Quit,
    Suspend,
    Undo,
    Redo,
    Copy,
    Cut,
    Paste,
    SelectAll,
    Find,
    FindNext,
    FindPrevious,
    GoToLine,
    NextFault,
    PreviousFault,
    ToggleMouse,
    ToggleDrafts,
    ToggleRetrieval,
    ToggleAnticipation,
    ShowPassages,
    SelfTest,
}

/// A row of the table: the action, its name in the configuration, its default keys, its group in
/// the help, and its description.
struct Row(
    Action,
    &'static str,
    &'static [&'static str],
    Group,
    &'static str,
);

/// The headings of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Completion,
    Routing,
    /// Features in which the two models help each other.
    Parts,
    Look,
    File,
    Edit,
}

impl Group {
    pub const ALL: [Group; 6] = [
        Group::Completion,
        Group::Routing,
        Group::Parts,
        Group::Look,
        Group::File,
        Group::Edit,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Group::Completion => "Completion",
            Group::Routing => "Routing",
            Group::Parts => "Working together",
            Group::Look => "View",
            Group::File => "Files and models",
            Group::Edit => "Editing",
        }
    }
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    Row(Action::Complete, "complete", &["ctrl-space", "alt-c"], Group::Completion, "complete at the cursor"),
    Row(Action::AcceptAll, "accept-all", &["tab"], Group::Completion, "accept the ghost text"),
    Row(Action::AcceptWord, "accept-word", &["alt-right", "alt-w"], Group::Completion, "accept the next word"),
    Row(Action::AcceptLine, "accept-line", &["alt-down", "alt-l"], Group::Completion, "accept the next line"),
    Row(Action::Dismiss, "dismiss", &["esc"], Group::Completion, "dismiss the ghost text"),
    Row(Action::NextAlternative, "next-alternative", &["alt-n"], Group::Completion, "next alternative (greedy, then sampled)"),
    Row(Action::PreviousAlternative, "previous-alternative", &["alt-p"], Group::Completion, "previous alternative"),
    Row(Action::AcceptLarge, "accept-large", &["alt-a"], Group::Completion, "accept the large model's alternative"),
    Row(Action::SwapGhost, "swap-ghost", &["alt-s"], Group::Completion, "show another model's text in the buffer"),
    Row(Action::AlternativeDown, "alternative-down", &["alt-pagedown", "alt-9"], Group::Completion, "scroll the alternative down"),
    Row(Action::AlternativeUp, "alternative-up", &["alt-pageup", "alt-0"], Group::Completion, "scroll the alternative up"),
    Row(Action::AskLarge, "ask-large", &["alt-g"], Group::Completion, "ask the large model now"),
    Row(Action::ToggleAuto, "toggle-auto", &["alt-v"], Group::Completion, "complete after a pause in typing: on/off"),
    Row(Action::ThresholdDown, "threshold-down", &["alt-,", "f6"], Group::Routing, "lower the threshold"),
    Row(Action::ThresholdUp, "threshold-up", &["alt-.", "f7"], Group::Routing, "raise the threshold"),
    Row(Action::ThresholdDownCoarse, "threshold-down-coarse", &["alt-<"], Group::Routing, "lower the threshold by ten steps"),
    Row(Action::ThresholdUpCoarse, "threshold-up-coarse", &["alt->"], Group::Routing, "raise the threshold by ten steps"),
    Row(Action::NextPolicy, "next-policy", &["alt-y", "f5"], Group::Routing, "next policy"),
    Row(Action::NextScore, "next-score", &["alt-k"], Group::Routing, "next score"),
    Row(Action::NextEscalation, "next-escalation", &["alt-q"], Group::Routing, "next escalation: patient, early, hedged"),
    Row(Action::ToggleCompare, "toggle-compare", &["alt-m"], Group::Routing, "always ask the large model too: on/off"),
    Row(Action::ToggleDrafts, "toggle-drafts", &["alt-4"], Group::Parts, "speculative decoding with drafts: on/off"),
    Row(Action::ToggleRetrieval, "toggle-retrieval", &["alt-5"], Group::Parts, "add passages of other files to the prompt: on/off"),
    Row(Action::ToggleAnticipation, "toggle-anticipation", &["alt-6"], Group::Parts, "compute the next completion ahead: on/off"),
    Row(Action::ShowPassages, "passages", &["alt-7"], Group::Parts, "show the passages in the prompt"),
    Row(Action::SelfTest, "self-test", &["alt-8"], Group::Parts, "self-test: run the models' tests on their solutions"),
    Row(Action::Tune, "tune", &["ctrl-t", "alt-="], Group::Look, "tune the threshold on your accepts and rejects"),
    Row(Action::ShowMeter, "meter", &["alt-$", "f12"], Group::Look, "show what the models cost"),
    Row(Action::Inspect, "inspect", &["alt-i", "f4"], Group::Look, "inspect tokens, continue from another candidate"),
    Row(Action::NextHeatmap, "next-heatmap", &["alt-h"], Group::Look, "next heatmap"),
    Row(Action::NextFault, "next-fault", &["alt-e", "f8"], Group::Look, "next syntax fault"),
    Row(Action::PreviousFault, "previous-fault", &["alt-r"], Group::Look, "previous syntax fault"),
    Row(Action::PickTheme, "pick-theme", &["alt-t"], Group::Look, "choose a theme"),
    Row(Action::Help, "help", &["f1", "alt-?"], Group::Look, "all keys"),
    Row(Action::PickFile, "pick-file", &["ctrl-o"], Group::File, "open a file or a sample"),
    Row(Action::PickSmallModel, "pick-small-model", &["f2", "alt-2"], Group::File, "choose the small model"),
    Row(Action::PickLargeModel, "pick-large-model", &["f3", "alt-3"], Group::File, "choose the large model"),
    Row(Action::NextLargeModel, "next-large-model", &["alt-o"], Group::File, "next configured large model"),
    Row(Action::ToggleSecond, "toggle-second", &["alt-d"], Group::File, "also ask a second large model: on/off"),
    Row(Action::OpenSettings, "settings", &["f9", "alt-x"], Group::File, "settings"),
    Row(Action::Save, "save", &["ctrl-s"], Group::File, "save"),
    Row(Action::SaveAs, "save-as", &["alt-z"], Group::File, "save under another name"),
    Row(Action::Suspend, "suspend", &["ctrl-z"], Group::File, "suspend to the shell"),
    Row(Action::Quit, "quit", &["ctrl-q"], Group::File, "quit"),
    Row(Action::Undo, "undo", &["alt-u", "ctrl-u"], Group::Edit, "undo"),
    Row(Action::Redo, "redo", &["alt-shift-u", "ctrl-y"], Group::Edit, "redo"),
    Row(Action::Cut, "cut", &["ctrl-x"], Group::Edit, "cut"),
    Row(Action::Copy, "copy", &["ctrl-c"], Group::Edit, "copy"),
    Row(Action::Paste, "paste", &["ctrl-v"], Group::Edit, "paste the last cut or copy"),
    Row(Action::SelectAll, "select-all", &["ctrl-a"], Group::Edit, "select all"),
    Row(Action::Find, "find", &["ctrl-f"], Group::Edit, "find"),
    Row(Action::FindNext, "find-next", &["ctrl-n", "alt-f"], Group::Edit, "find the next match"),
    Row(Action::FindPrevious, "find-previous", &["ctrl-p", "alt-b"], Group::Edit, "find the previous match"),
    Row(Action::GoToLine, "go-to-line", &["ctrl-g"], Group::Edit, "go to a line"),
    Row(Action::ToggleMouse, "toggle-mouse", &["alt-j"], Group::Edit, "mouse: on/off (off: the terminal selects text)"),
];

/// A key with its modifiers, written in the table and the configuration as `ctrl-space`, `alt-,` or
/// `shift-f8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(KeyCode, KeyModifiers);

/// A key binding that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    #[error("keys.{0}: no such action; `routelens doctor` lists them")]
    UnknownAction(String),
    #[error("keys.{action}: `{key}` is not a key; write it like `ctrl-space`, `alt-,` or `f5`")]
    UnknownKey { action: String, key: String },
    #[error("keys.{action}: `{key}` is already the key of {other}")]
    Taken {
        action: String,
        key: String,
        other: String,
    },
}

impl Key {
    /// Parses a key as written in the configuration.
    pub fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        // A lone "-" is a key itself, so a modifier needs something after its dash.
        while let Some((word, after)) = rest.split_once('-').filter(|(_, after)| !after.is_empty())
        {
            modifiers |= match word.to_ascii_lowercase().as_str() {
                "ctrl" => KeyModifiers::CONTROL,
                "alt" => KeyModifiers::ALT,
                "shift" => KeyModifiers::SHIFT,
                _ => return None,
            };
            rest = after;
        }
        let code = match rest.to_ascii_lowercase().as_str() {
            "space" => KeyCode::Char(' '),
            "tab" => KeyCode::Tab,
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "backspace" => KeyCode::Backspace,
            "delete" => KeyCode::Delete,
            "insert" => KeyCode::Insert,
            "home" => KeyCode::Home,
            "end" => KeyCode::End,
            "pageup" => KeyCode::PageUp,
            "pagedown" => KeyCode::PageDown,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            name => match name.strip_prefix('f').and_then(|n| n.parse().ok()) {
                Some(n @ 1..=12) => KeyCode::F(n),
                _ => {
                    let mut chars = rest.chars();
                    KeyCode::Char(chars.next().filter(|_| chars.next().is_none())?)
                }
            },
        };
        Some(Key(code, modifiers).normal())
    }

    /// Brings keys into one form. Terminals differ in whether they report Shift with an upper-case
    /// letter, so only the case of a letter counts here.
    fn normal(self) -> Self {
        match self {
            Key(KeyCode::Char(c), modifiers) => {
                let upper = modifiers.contains(KeyModifiers::SHIFT);
                let c = if upper { c.to_ascii_uppercase() } else { c };
                Key(KeyCode::Char(c), modifiers - KeyModifiers::SHIFT)
            }
            Key(KeyCode::BackTab, modifiers) => Key(KeyCode::Tab, modifiers | KeyModifiers::SHIFT),
            other => other,
        }
    }

    /// The key as shown in help and footer: `Ctrl-Space`, `Alt-,`, `F5`.
    pub fn label(self) -> String {
        let mut text = String::new();
        if self.1.contains(KeyModifiers::CONTROL) {
            text.push_str("Ctrl-");
        }
        if self.1.contains(KeyModifiers::ALT) {
            text.push_str("Alt-");
        }
        if self.1.contains(KeyModifiers::SHIFT) {
            text.push_str("Shift-");
        }
        match self.0 {
            KeyCode::Char(' ') => text.push_str("Space"),
            KeyCode::Char(c) if self.1.contains(KeyModifiers::CONTROL) => {
                text.push(c.to_ascii_uppercase());
            }
            KeyCode::Char(c) => text.push(c),
            KeyCode::F(n) => text.push_str(&format!("F{n}")),
            KeyCode::PageUp => text.push_str("PgUp"),
            KeyCode::PageDown => text.push_str("PgDn"),
            KeyCode::Left if self.1.is_empty() => text.push('←'),
            KeyCode::Right if self.1.is_empty() => text.push('→'),
            KeyCode::Up if self.1.is_empty() => text.push('↑'),
            KeyCode::Down if self.1.is_empty() => text.push('↓'),
            code => text.push_str(&format!("{code:?}")),
        }
        text
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let kept = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        Key(event.code, event.modifiers & kept).normal()
    }
}

/// The playground's current keys.
pub type Keymap = KeyTable<Action>;

impl KeyTable<Action> {
    /// The table's keys, with the defaults replaced by `overrides` (action name to keys).
    ///
    /// # Errors
    /// An unknown action or key, or a key set for two actions.
    pub fn new(overrides: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        if let Some(name) = overrides.keys().find(|name| !is_action(name)) {
            return Err(KeymapError::UnknownAction(name.clone()));
        }
        let mut taken: HashMap<Key, Action> = HashMap::new();
        let mut rows: Vec<table::Row<Action>> = Vec::with_capacity(TABLE.len());
        for row in TABLE {
            let mut keys = Vec::new();
            for text in overrides.get(row.1).into_iter().flatten() {
                let key = Key::parse(text).ok_or_else(|| KeymapError::UnknownKey {
                    action: row.1.to_owned(),
                    key: text.clone(),
                })?;
                if let Some(other) = taken.insert(key, row.0) {
                    return Err(KeymapError::Taken {
                        action: row.1.to_owned(),
                        key: text.clone(),
                        other: name(other).to_owned(),
                    });
                }
                keys.push(key);
            }
            rows.push(table::Row {
                action: row.0,
                keys,
                heading: row.3.title(),
                what: row.4,
            });
        }
        for (row, bound) in TABLE.iter().zip(&mut rows) {
            let defaults = row.2.iter().filter(|_| !overrides.contains_key(row.1));
            for text in defaults {
                let key = Key::parse(text).expect("the table's keys are tested");
                // A configured key takes precedence over another action's default.
                if let std::collections::hash_map::Entry::Vacant(slot) = taken.entry(key) {
                    slot.insert(row.0);
                    bound.keys.push(key);
                }
            }
        }
        rows.sort_by_key(|row| {
            Group::ALL
                .iter()
                .position(|group| group.title() == row.heading)
        });
        Ok(KeyTable::of(rows))
    }

    /// Keeps only the `wanted` actions: each with the given keys first, then its usual ones. All
    /// other actions lose their keys.
    #[must_use]
    pub fn narrowed(&self, wanted: &[(Action, &[&str])]) -> Self {
        let parsed = |keys: &[&str]| keys.iter().filter_map(|text| Key::parse(text)).collect();
        let own: Vec<Vec<Key>> = wanted.iter().map(|(_, keys)| parsed(keys)).collect();
        let rows = wanted.iter().zip(&own).filter_map(|((action, _), keys)| {
            let row = TABLE.iter().find(|row| row.0 == *action)?;
            let known = self.keys_of(*action).iter();
            let known = known.filter(|key| !own.iter().flatten().any(|own| own == *key));
            Some(table::Row {
                action: *action,
                keys: keys.iter().chain(known).copied().collect(),
                heading: row.3.title(),
                what: row.4,
            })
        });
        KeyTable::of(rows.collect())
    }
}

impl Default for KeyTable<Action> {
    fn default() -> Self {
        Keymap::new(&BTreeMap::new()).expect("the table's own keys are tested")
    }
}

/// The name of an action in the configuration.
pub fn name(action: Action) -> &'static str {
    TABLE
        .iter()
        .find(|row| row.0 == action)
        .map_or("", |row| row.1)
}

/// The names of all actions with their descriptions.
pub fn actions() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.iter().map(|row| (row.1, row.4))
}

fn is_action(name: &str) -> bool {
    TABLE.iter().any(|row| row.1 == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_key_is_a_key_of_one_action_only() {
        let mut seen = HashMap::new();
        for row in TABLE {
            for text in row.2 {
                let key = Key::parse(text).unwrap_or_else(|| panic!("{text} is not a key"));
                assert_eq!(seen.insert(key, row.1), None, "{text} is bound twice");
            }
        }
    }

    #[test]
    fn no_default_key_is_one_that_terminals_swallow() {
        for row in TABLE {
            for text in row.2 {
                assert!(
                    ![
                        "alt-[",
                        "alt-O",
                        "alt-shift-o",
                        "ctrl-i",
                        "ctrl-m",
                        "ctrl-h",
                        "f10",
                        "f11"
                    ]
                    .contains(text),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn every_action_has_a_key_that_is_no_function_key() {
        for row in TABLE {
            let plain = row
                .2
                .iter()
                .any(|text| !matches!(Key::parse(text), Some(Key(KeyCode::F(_), _))));
            assert!(plain, "{} has only function keys", row.1);
        }
    }

    #[test]
    fn shift_is_told_by_the_case_of_a_letter() {
        let keymap = Keymap::default();
        let shifted = KeyEvent::new(KeyCode::Char('U'), KeyModifiers::ALT | KeyModifiers::SHIFT);
        let plain = KeyEvent::new(KeyCode::Char('U'), KeyModifiers::ALT);
        assert_eq!(keymap.action(shifted), Some(Action::Redo));
        assert_eq!(keymap.action(plain), Some(Action::Redo));
    }

    #[test]
    fn a_person_s_key_takes_a_default_s_place() {
        let mine = BTreeMap::from([("save".to_owned(), vec!["ctrl-o".to_owned()])]);
        let keymap = Keymap::new(&mine).expect("these are keys");
        let key = Key::parse("ctrl-o").expect("a key");
        assert_eq!(keymap.action(key), Some(Action::Save));
        assert_eq!(keymap.label(Action::PickFile), "");
    }

    #[test]
    fn bad_bindings_are_named() {
        let unknown = BTreeMap::from([("sav".to_owned(), vec![])]);
        assert!(
            Keymap::new(&unknown)
                .expect_err("no such action")
                .to_string()
                .contains("keys.sav")
        );
        let bad = BTreeMap::from([("save".to_owned(), vec!["hyper-s".to_owned()])]);
        assert!(
            Keymap::new(&bad)
                .expect_err("no such key")
                .to_string()
                .contains("hyper-s")
        );
    }
}
