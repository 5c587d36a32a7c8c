//! The configuration as a commented file, for `routelens doctor --print-config`.

use std::fmt::Write as _;

use super::{
    setting::{DefaultValue, Kind, Setting},
    table::SETTINGS,
};
use crate::words::wrap::wrap_words;

/// The whole configuration as a commented file with every default, ready to be edited.
pub fn reference() -> String {
    let mut text = String::from(
        "# Configuration of routelens. Every line is commented out and shows the default, or an\n\
         # example if there is none. A variable ROUTELENS_… overrides the file (ROUTELENS_POLICY,\n\
         # ROUTELENS_SAMPLING_SEED), and a flag overrides both. Paths are relative to this file.\n",
    );
    // TOML wants the settings of the top level before all tables.
    let mut settings: Vec<&Setting> = SETTINGS.iter().collect();
    settings.sort_by_key(|setting| match setting.kind {
        Kind::FileOnly => 2,
        _ => u8::from(setting.key.contains('.')),
    });
    let mut table = "";
    for setting in settings {
        let (in_table, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        let heading = match (setting.kind, in_table) {
            (Kind::FileOnly, _) if name == "thresholds" => Some(format!("[[{name}]]")),
            (Kind::FileOnly, _) if name == "models" => Some(format!("[{name}.workstation]")),
            (Kind::FileOnly, _) => Some(format!("[{name}]")),
            (_, new) if new != table => Some(format!("[{new}]")),
            _ => None,
        };
        text.push('\n');
        if let Some(heading) = heading {
            table = in_table;
            let _ = writeln!(text, "# {heading}");
        }
        for line in wrap_words(&meaning(setting), 94) {
            let _ = writeln!(text, "## {line}");
        }
        let (DefaultValue::Is(value) | DefaultValue::Unset(_, value)) = setting.default;
        for line in value.lines() {
            let line = match setting.kind {
                Kind::FileOnly => line.to_owned(),
                _ => format!("{name} = {line}"),
            };
            let _ = writeln!(text, "# {line}");
        }
    }
    text
}

/// What a setting does, which values it takes, and what happens if it is not set.
fn meaning(setting: &Setting) -> String {
    let mut text = format!("{}.", setting.help_with_range());
    if let Kind::Choice(names) = setting.kind {
        let _ = write!(text, " One of: {}.", names().join(", "));
    }
    match setting.default {
        DefaultValue::Is(_) | DefaultValue::Unset("", _) => {}
        DefaultValue::Unset(meaning, _) => {
            let _ = write!(text, " If not set: {meaning}.");
        }
    }
    text
}
