//! The keys of the tune screen as named actions, in one table that also feeds the help and the
//! footer. None needs the Kitty protocol.

use std::sync::LazyLock;

use crate::keys::{KeyRow, KeyTable};

/// Something that a key can do here.
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

/// A row of the table: the action, its keys, its heading in the help, and its description.
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
    Row(TuneAction::LowerCoarse, &["<", "shift-left"], "Threshold", "lower τ by ten steps"),
    Row(TuneAction::RaiseCoarse, &[">", "shift-right"], "Threshold", "raise τ by ten steps"),
    Row(TuneAction::PreviousPoint, &["["], "Threshold", "lower τ to the next value that changes a decision"),
    Row(TuneAction::NextPoint, &["]"], "Threshold", "raise τ to the next value that changes a decision"),
    Row(TuneAction::Lowest, &["home"], "Threshold", "lower τ to the end of its range"),
    Row(TuneAction::Highest, &["end"], "Threshold", "raise τ to the end of its range"),
    Row(TuneAction::Pin, &["p"], "Threshold", "pin this setting and show changes against it"),
    Row(TuneAction::ToPinned, &["P"], "Threshold", "return to the pinned setting"),
    Row(TuneAction::Write, &["w"], "Threshold", "write τ to the configuration"),
    Row(TuneAction::NextControl, &["tab"], "View", "next control: policy, score, language, kind, escalation, list"),
    Row(TuneAction::PreviousControl, &["shift-tab"], "View", "previous control"),
    Row(TuneAction::Up, &["up", "k"], "View", "previous value of the control, or up in the list"),
    Row(TuneAction::Down, &["down", "j"], "View", "next value of the control, or down in the list"),
    Row(TuneAction::List, &["l"], "Outcomes", "enter or leave the list"),
    Row(TuneAction::NextFilter, &["f"], "Outcomes", "next filter: changed sides, since the pin, all, kept or escalated wrongly, marked"),
    Row(TuneAction::PreviousFilter, &["F"], "Outcomes", "previous filter"),
    Row(TuneAction::Search, &["/"], "Outcomes", "search names and completions"),
    Row(TuneAction::PageUp, &["pageup"], "Outcomes", "a page up"),
    Row(TuneAction::PageDown, &["pagedown"], "Outcomes", "a page down"),
    Row(TuneAction::First, &["g"], "Outcomes", "first outcome"),
    Row(TuneAction::Last, &["G"], "Outcomes", "last outcome"),
    Row(TuneAction::Mark, &["m", "space"], "Outcomes", "mark or unmark"),
    Row(TuneAction::Open, &["enter"], "Outcomes", "open the outcome"),
    Row(TuneAction::Export, &["e"], "Outcomes", "export this view as JSON"),
    Row(TuneAction::Blind, &["b"], "Outcomes", "compare completions blind"),
    Row(TuneAction::Help, &["f1", "?"], "Screen", "all keys"),
    Row(TuneAction::Suspend, &["ctrl-z"], "Screen", "suspend to the shell"),
    Row(TuneAction::Back, &["esc"], "Screen", "leave the search, the list or the screen"),
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
