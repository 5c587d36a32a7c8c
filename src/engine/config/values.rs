//! The values of settings as a table, and the configuration that they make; [`super::load()`]
//! decides which source a value comes from.

use std::sync::LazyLock;

use serde::Deserialize as _;
use toml::{
    Spanned, Table, Value,
    de::{DeTable, DeValue, Error},
};

use super::{
    Config,
    setting::{DefaultValue, Setting},
    table::SETTINGS,
};

impl Config {
    /// Moves a setting one step up or down, as the settings screen does: a number by its step, a
    /// choice to the next or the previous one; a switch flips. A value without steps stays the
    /// same.
    pub fn step(&mut self, setting: &Setting, up: bool) {
        let mut values = of(self);
        match setting.stepped(get(&values, setting.key), up) {
            Some(value) => insert(&mut values, setting.key, value),
            None => remove(&mut values, setting.key),
        }
        if let Ok(config) = config(values) {
            *self = config;
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        static DEFAULTS: LazyLock<Config> =
            LazyLock::new(|| config(Table::new()).expect("the defaults of the table are tested"));
        DEFAULTS.clone()
    }
}

/// The defaults as a file would list them, one `key = value` per line.
static DEFAULTS: LazyLock<String> = LazyLock::new(|| {
    let line = |setting: &Setting| match setting.default {
        DefaultValue::Is(value) => Some(format!("{} = {value}\n", setting.key)),
        DefaultValue::Unset(..) => None,
    };
    SETTINGS.iter().filter_map(line).collect()
});

/// The configuration that sets these values and leaves all others at their defaults.
///
/// # Errors
/// A value is of the wrong type, or a key is unknown.
pub fn config(values: Table) -> Result<Config, Error> {
    let mut all: Table = DEFAULTS.parse()?;
    for (key, value) in values {
        match (all.get_mut(&key), value) {
            (Some(Value::Table(known)), Value::Table(inner)) => known.extend(inner),
            (_, value) => drop(all.insert(key, value)),
        }
    }
    all.try_into()
}

/// The same for the text of a file, so that errors give their position in it.
///
/// # Errors
/// As [`config`].
pub(super) fn config_of_file<'a>(mut file: Spanned<DeTable<'a>>) -> Result<Config, Error> {
    let defaults: Spanned<DeTable<'a>> = DeTable::parse(DEFAULTS.as_str())?;
    for (key, default) in defaults.into_inner() {
        let Some(given) = file.get_mut().get_mut(key.get_ref().as_ref()) else {
            file.get_mut().insert(key, default);
            continue;
        };
        if let (DeValue::Table(given), DeValue::Table(default)) =
            (given.get_mut(), default.into_inner())
        {
            for (key, value) in default {
                if !given.contains_key(key.get_ref().as_ref()) {
                    given.insert(key, value);
                }
            }
        }
    }
    Config::deserialize(toml::Deserializer::from(file))
}

/// Every value that a configuration has, as in a file. A 32-bit number is written with the digits
/// it needs, not with those of the nearest 64-bit number.
pub fn of(config: &Config) -> Table {
    let mut values = Table::try_from(config).unwrap_or_default();
    values.iter_mut().for_each(|(_, value)| shorten(value));
    values
}

fn shorten(value: &mut Value) {
    match value {
        Value::Float(number) if f64::from(*number as f32) == *number => {
            let short = (*number as f32).to_string().parse();
            *number = short.unwrap_or(*number);
        }
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| shorten(value)),
        Value::Array(list) => list.iter_mut().for_each(shorten),
        _ => {}
    }
}

/// The value of a setting, which may be inside a table.
pub fn get<'a>(values: &'a Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        Some((table, name)) => values.get(table)?.get(name),
        None => values.get(key),
    }
}

pub(super) fn get_mut<'a>(values: &'a mut Table, key: &str) -> Option<&'a mut Value> {
    match key.split_once('.') {
        Some((table, name)) => values.get_mut(table)?.get_mut(name),
        None => values.get_mut(key),
    }
}

pub(super) fn insert(values: &mut Table, key: &str, value: Value) {
    let Some((table, name)) = key.split_once('.') else {
        values.insert(key.to_owned(), value);
        return;
    };
    let entry = values.entry(table).or_insert_with(|| Table::new().into());
    if let Value::Table(table) = entry {
        table.insert(name.to_owned(), value);
    }
}

fn remove(values: &mut Table, key: &str) {
    match key.split_once('.') {
        Some((table, name)) => {
            let table = values.get_mut(table).and_then(Value::as_table_mut);
            table.and_then(|table| table.remove(name));
        }
        None => drop(values.remove(key)),
    }
}
