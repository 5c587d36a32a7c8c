//! The keys of the tune screen as named actions, in one table that also writes the help and the
//! footer. None needs the Kitty protocol.

use std::sync::LazyLock;

use crate::keys::{KeyRow, KeyTable};

/// Something a key can do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TuneAction {
    Lower,
    Raise,
    LowerCoarse,
    RaiseCoarse,
    Lowest,
    Highest,
    PreviousPoint,
    NextPoint,
    NextControl,
    PreviousControl,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Pin,
    ToPinned,
    List,
    NextFilter,
    PreviousFilter,
    Search,
    Mark,
    Open,
    Blind,
    Export,
    Write,
    Help,
    Suspend,
    Back,
    Leave,
}

/// A row of the table: the action, its keys, the heading it is listed under and what it does.
struct Row(
    TuneAction,
    &'static [&'static str],
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    Row(TuneAction::Lower, &["left"], "Threshold", "lower τ by one step"),
    Row(TuneAction::Raise, &["right"], "Threshold", "raise τ by one step"),
    Row(TuneAction::LowerCoarse, &["<", "shift-left"], "Threshold", "lower it by ten steps"),
    Row(TuneAction::RaiseCoarse, &[">", "shift-right"], "Threshold", "raise it by ten steps"),
    Row(TuneAction::PreviousPoint, &["["], "Threshold", "lower it to the next value that changes something"),
    Row(TuneAction::NextPoint, &["]"], "Threshold", "raise it to the next value that changes something"),
    Row(TuneAction::Lowest, &["home"], "Threshold", "lower it to the end of its range"),
    Row(TuneAction::Highest, &["end"], "Threshold", "raise it to the end of its range"),
    Row(TuneAction::Pin, &["p"], "Threshold", "pin this setting, to see changes against it"),
    Row(TuneAction::ToPinned, &["P"], "Threshold", "return to the pinned setting"),
    Row(TuneAction::Write, &["w"], "Threshold", "write τ to the configuration"),
    Row(TuneAction::NextControl, &["tab"], "What is looked at", "next control: policy, score, language, kind, escalation, list"),
    Row(TuneAction::PreviousControl, &["shift-tab"], "What is looked at", "previous control"),
    Row(TuneAction::Up, &["up", "k"], "What is looked at", "its previous value; in the list, up"),
    Row(TuneAction::Down, &["down", "j"], "What is looked at", "its next value; in the list, down"),
    Row(TuneAction::List, &["l"], "Outcomes", "to the list and back"),
    Row(TuneAction::NextFilter, &["f"], "Outcomes", "next filter: changed sides, since the pin, all, kept or escalated wrongly, marked"),
    Row(TuneAction::PreviousFilter, &["F"], "Outcomes", "previous filter"),
    Row(TuneAction::Search, &["/"], "Outcomes", "search in names and completions"),
    Row(TuneAction::PageUp, &["pageup"], "Outcomes", "a page up"),
    Row(TuneAction::PageDown, &["pagedown"], "Outcomes", "a page down"),
    Row(TuneAction::First, &["g"], "Outcomes", "to the first"),
    Row(TuneAction::Last, &["G"], "Outcomes", "to the last"),
    Row(TuneAction::Mark, &["m", "space"], "Outcomes", "mark or unmark it"),
    Row(TuneAction::Open, &["enter"], "Outcomes", "open it as in the playground"),
    Row(TuneAction::Export, &["e"], "Outcomes", "export what is shown as JSON"),
    Row(TuneAction::Blind, &["b"], "Outcomes", "compare completions without names"),
    Row(TuneAction::Help, &["f1", "?"], "Screen", "all keys"),
    Row(TuneAction::Suspend, &["ctrl-z"], "Screen", "suspend to the shell"),
    Row(TuneAction::Back, &["esc"], "Screen", "back: from a search, the list, the screen"),
    Row(TuneAction::Leave, &["q", "ctrl-q", "ctrl-c"], "Screen", "leave"),
];

/// The keys of the tune screen.
pub fn keys() -> &'static KeyTable<TuneAction> {
    static KEYS: LazyLock<KeyTable<TuneAction>> = LazyLock::new(|| {
        let row =
            |Row(action, keys, heading, what): &Row| KeyRow::new(*action, keys, heading, what);
        KeyTable::of(TABLE.iter().map(row).collect())
    });
    &KEYS
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::keys::Key;

    #[test]
    fn every_key_can_be_read_and_has_one_action() {
        let mut seen = HashMap::new();
        for row in TABLE {
            assert!(!row.1.is_empty(), "{}", row.3);
            for text in row.1 {
                let key = Key::parse(text).unwrap_or_else(|| panic!("{text}"));
                assert_eq!(seen.insert(key, row.0), None, "{text}");
            }
        }
        let listed: usize = keys().help().iter().map(|(_, keys)| keys.len()).sum();
        assert_eq!(listed, TABLE.len());
    }
}
