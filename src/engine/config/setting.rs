//! What a setting is, and how its values are read and stepped. The settings themselves are in
//! [`super::table`]; how their values become a configuration is in [`super::values`].

use std::{ffi::OsStr, path::PathBuf};

use toml::{Table, Value};

use crate::store::folders::expand_home;

/// One setting: everything that the file, the environment, the flags, the checks, the settings
/// screen, `doctor` and its `--print-config` know about it.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the file; a dot separates it from its table.
    pub key: &'static str,
    pub kind: Kind,
    pub default: DefaultValue,
    /// What it does, without a full stop at the end.
    pub help: &'static str,
    pub flag: Option<Flag>,
    pub screen: Screen,
}

/// What values a setting takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Switch,
    Number(NumberRange),
    /// One of these names.
    Choice(fn() -> Vec<&'static str>),
    Text,
    /// A model: a name from `models`, a server's URL, or the path of a file.
    Model,
    Path,
    /// Paths, separated in a variable as in `PATH`.
    Paths,
    /// Texts, separated in a variable by commas.
    List,
    /// A table or a list of tables, which only the file can hold.
    FileOnly,
}

/// The numbers that a setting accepts, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    pub least: f64,
    pub most: f64,
    /// How far one key press moves the number. A setting with a whole step takes whole numbers.
    pub step: f64,
}

/// The value of a setting that is not set.
#[derive(Debug, Clone, Copy)]
pub enum DefaultValue {
    /// This value, as TOML.
    Is(&'static str),
    /// No value: what is used instead, if anything, and an example value as TOML.
    Unset(&'static str, &'static str),
}

/// A flag that sets a setting.
#[derive(Debug, Clone, Copy)]
pub struct Flag {
    /// The flag, such as `--max-tokens`. A switch's flag turns it off if it begins with `--no-`,
    /// else on.
    pub name: &'static str,
    /// The placeholder for its value in the help; empty for a switch.
    pub value: &'static str,
    pub heading: &'static str,
    /// The commands that have it, as bits of [`command`].
    pub commands: u8,
    /// The flag's own help, if the setting's help does not fit.
    pub help: Option<&'static str>,
}

/// Commands that have flags for settings, as bits of [`Flag::commands`].
pub mod command {
    pub const PLAYGROUND: u8 = 1;
    pub const COMPLETE: u8 = 1 << 1;
    pub const DOCTOR: u8 = 1 << 2;
    pub const EVAL: u8 = 1 << 3;
    pub const SELFTEST: u8 = 1 << 4;
    pub const RETRIEVE: u8 = 1 << 5;
    pub const REPORT: u8 = 1 << 6;
}

/// Whether the settings screen shows a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    Hidden,
    /// A change takes effect at once.
    Shown,
    /// A change reloads the models.
    Reloads,
}

impl Setting {
    /// The variable that sets it, such as `ROUTELENS_MAX_TOKENS`; none if only the file can.
    pub fn variable(&self) -> Option<String> {
        let name = self.key.replace('.', "_").to_ascii_uppercase();
        (!matches!(self.kind, Kind::FileOnly)).then(|| format!("ROUTELENS_{name}"))
    }

    /// What it does, with the range of its numbers.
    pub fn help_with_range(&self) -> String {
        let range = match self.kind {
            Kind::Number(range) => range.text(),
            _ => None,
        };
        match range {
            Some(range) => format!("{} ({range})", self.help),
            None => self.help.to_owned(),
        }
    }

    /// The value one step up or down from `value`. `None` means unset: if a setting can be unset,
    /// that is one step below its smallest number.
    pub(super) fn stepped(&self, value: Option<&Value>, up: bool) -> Option<Value> {
        match (self.kind, value) {
            (Kind::Switch, Some(Value::Boolean(on))) => Some(Value::Boolean(!on)),
            (Kind::Choice(names), Some(Value::String(name))) => {
                let names = names();
                let at = names.iter().position(|known| known == name).unwrap_or(0);
                let by = if up { 1 } else { names.len() - 1 };
                Some(names[(at + by) % names.len()].into())
            }
            (Kind::Number(range), value) => {
                let can_be_unset = matches!(self.default, DefaultValue::Unset(..));
                let number = match value.and_then(number) {
                    Some(number) if up || !can_be_unset || number > range.least => {
                        range.stepped(number, up)
                    }
                    None if up => range.least,
                    _ => return None,
                };
                Some(match range.is_whole() {
                    true => Value::Integer(number as i64),
                    false => Value::Float(number),
                })
            }
            (_, value) => value.cloned(),
        }
    }
}

impl Kind {
    /// Reads a value from the text of a variable or a flag.
    ///
    /// # Errors
    /// The text is not such a value; the error says why.
    pub fn read(self, text: &OsStr) -> Result<Value, String> {
        let plain = text.to_string_lossy();
        let plain = plain.trim();
        match self {
            Kind::Text | Kind::Choice(_) | Kind::Model | Kind::FileOnly => Ok(plain.into()),
            Kind::Path => Ok(path_value(expand_home(plain))),
            Kind::Paths => {
                let paths = std::env::split_paths(text);
                let expanded = paths.map(|path| expand_home(&path.to_string_lossy()));
                Ok(Value::Array(expanded.map(path_value).collect()))
            }
            Kind::List if plain.starts_with('[') && looks_quoted(&plain[1..]) => as_in_file(plain),
            Kind::List => {
                let texts = plain.split(',').map(str::trim).filter(|t| !t.is_empty());
                Ok(Value::Array(texts.map(Value::from).collect()))
            }
            Kind::Number(_) => {
                let whole = plain.parse().map(Value::Integer).ok();
                whole
                    .or_else(|| plain.parse().map(Value::Float).ok())
                    .ok_or_else(|| format!("`{plain}` is not a number"))
            }
            Kind::Switch => match plain.to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" | "on" => Ok(Value::Boolean(true)),
                "0" | "false" | "no" | "off" => Ok(Value::Boolean(false)),
                _ => Err(format!("`{plain}` is neither true nor false")),
            },
        }
    }
}

/// Whether a list is written in the syntax of the file: no pattern begins like that.
fn looks_quoted(inside: &str) -> bool {
    let inside = inside.trim_start();
    inside.is_empty() || inside.starts_with(['"', '\'', ']'])
}

/// A list in the syntax of the file. Read as a single pattern it would match nothing, and files
/// that should stay here could be sent.
fn as_in_file(text: &str) -> Result<Value, String> {
    let table: Option<Table> = format!("list = {text}").parse().ok();
    let list = table.filter(|table| table.len() == 1);
    match list.and_then(|mut table| table.remove("list")) {
        Some(Value::Array(list)) => Ok(Value::Array(list)),
        _ => {
            Err("not a list; separate its items with commas, without brackets or quotes".to_owned())
        }
    }
}

fn path_value(path: PathBuf) -> Value {
    Value::String(path.to_string_lossy().into_owned())
}

impl NumberRange {
    /// A bound this large means no limit.
    pub const NO_LIMIT: f64 = u32::MAX as f64;

    pub fn is_whole(&self) -> bool {
        self.step.fract() == 0.0
    }

    /// The range in words; none if every number is in it.
    pub fn text(&self) -> Option<String> {
        let NumberRange { least, most, .. } = self;
        match (*least > -Self::NO_LIMIT, *most < Self::NO_LIMIT) {
            (true, true) => Some(format!("{least} to {most}")),
            (true, false) => Some(format!("{least} or more")),
            _ => None,
        }
    }

    /// Checks that a number is in the range.
    ///
    /// # Errors
    /// The number is out of range; the error says which numbers are allowed.
    pub fn check(&self, number: f64) -> Result<(), String> {
        if (self.least..=self.most).contains(&number) {
            return Ok(());
        }
        Err(match self.text() {
            Some(text) if self.most < Self::NO_LIMIT => format!("must be from {text}"),
            Some(text) => format!("must be {text}"),
            None => "must be a finite number".to_owned(),
        })
    }

    /// The number one step up or down, within the range. If the value is not a multiple of the
    /// step, the next multiple follows, so that 1 is followed by 8 and 16 rather than by 9 and 17.
    fn stepped(&self, number: f64, up: bool) -> f64 {
        let NumberRange { least, most, step } = *self;
        let moved = match up {
            true if number == least => (number / step).floor() * step + step,
            false if number == most => (number / step).ceil() * step - step,
            true => number + step,
            false => number - step,
        };
        // Without the last digits, in which 0.1 + 0.2 is not 0.3.
        ((moved * 1e9).round() / 1e9).clamp(least, most)
    }
}

/// A value as a number, if it is one.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
