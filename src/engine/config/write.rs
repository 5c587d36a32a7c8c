//! Writes thresholds to the configuration file, on request only. Everything else in the file stays as
//! it is, comments included.

use std::{fs, io, path::Path};

use ropey::Rope;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value,
};

use super::file;
use crate::{
    routing::{Fit, FittedThreshold},
    store::file::save,
};

/// The key of the list.
const LIST: &str = "thresholds";

/// Puts thresholds into a configuration file, which is created if there is none. Each replaces one for
/// the same model, language and score. The file is replaced as a whole or not at all.
///
/// # Errors
/// The file is not valid TOML, or cannot be written. The error names the file and the remedy.
pub fn put_thresholds(path: &Path, thresholds: &[FittedThreshold]) -> Result<(), String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{}: cannot be read: {error}", path.display())),
    };
    let text = with_thresholds(&text, path, thresholds)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            let folder = folder.display();
            format!("{folder}: cannot create the configuration folder: {error}")
        })?;
    }
    save(path, &Rope::from_str(&text)).map_err(|error| error.to_string())
}

/// Thresholds as text of a configuration file, for display.
pub fn thresholds_text(thresholds: &[FittedThreshold]) -> String {
    let mut document = DocumentMut::new();
    for threshold in thresholds {
        put(document.as_table_mut(), threshold);
    }
    document.to_string()
}

/// The text of a configuration file with these thresholds in it.
fn with_thresholds(
    text: &str,
    path: &Path,
    thresholds: &[FittedThreshold],
) -> Result<String, String> {
    // A file that the program could not use is not touched.
    file::parse(text, path).map_err(|error| format!("{error}; nothing was written"))?;
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        format!(
            "{}: {}; nothing was written",
            path.display(),
            error.message()
        )
    })?;
    for threshold in thresholds {
        put(document.as_table_mut(), threshold);
    }
    let text = document.to_string();
    file::parse(&text, path)
        .map_err(|error| format!("{error}, after adding the thresholds; nothing was written"))?;
    Ok(text)
}

fn put(document: &mut Table, threshold: &FittedThreshold) {
    let list = document
        .entry(LIST)
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    match list {
        Item::Value(Value::Array(list)) => put_inline(list, threshold),
        Item::ArrayOfTables(list) => put_table(list, threshold),
        // Reading the file has already refused anything else.
        _ => {}
    }
}

fn put_table(list: &mut ArrayOfTables, threshold: &FittedThreshold) {
    let fitted = || threshold.fitted.as_ref().map(|fit| Item::Table(table(fit)));
    // If several are equal, the last one counts.
    if let Some(known) = list
        .iter_mut()
        .filter(|known| is_for(*known, threshold))
        .last()
    {
        known["value"] = with_decor_of(known.get("value"), number(threshold.value));
        match fitted() {
            Some(fitted) => drop(known.insert("fitted", fitted)),
            None => drop(known.remove("fitted")),
        }
        return;
    }
    let mut entry = Table::new();
    for (key, text) in names(threshold) {
        entry.insert(key, value(text));
    }
    entry.insert("value", number(threshold.value));
    if let Some(fitted) = fitted() {
        entry.insert("fitted", fitted);
    }
    list.push(entry);
}

/// The same for a list in one line, such as `thresholds = [{ … }]`.
fn put_inline(list: &mut Array, threshold: &FittedThreshold) {
    let number = || number(threshold.value).into_value().ok();
    let fitted = || {
        threshold
            .fitted
            .as_ref()
            .map(|fit| table(fit).into_inline_table())
    };
    let entries = list.iter_mut().filter_map(Value::as_inline_table_mut);
    if let Some(known) = entries.filter(|known| is_for(*known, threshold)).last() {
        known.extend(number().map(|number| ("value", number)));
        match fitted() {
            Some(fitted) => drop(known.insert("fitted", fitted.into())),
            None => drop(known.remove("fitted")),
        }
        return;
    }
    let mut entry = InlineTable::new();
    entry.extend(names(threshold));
    entry.extend(number().map(|number| ("value", number)));
    entry.extend(fitted().map(|fitted| ("fitted", fitted)));
    list.push(entry);
}

/// The model, language and score that a threshold is for.
fn names(threshold: &FittedThreshold) -> impl Iterator<Item = (&'static str, String)> {
    let model = threshold.model.clone();
    let language = threshold
        .language
        .map(|language| language.name().to_owned());
    let score = Some(threshold.score.name().to_owned());
    [("model", model), ("language", language), ("score", score)]
        .into_iter()
        .filter_map(|(key, text)| Some((key, text?)))
}

fn is_for(entry: &dyn TableLike, threshold: &FittedThreshold) -> bool {
    let wanted: Vec<_> = names(threshold).collect();
    ["model", "language", "score"].into_iter().all(|key| {
        let there = entry.get(key).and_then(Item::as_str);
        let wanted = wanted.iter().find(|(name, _)| *name == key);
        there == wanted.map(|(_, text)| text.as_str())
    })
}

/// A 32-bit number in as many digits as it needs; widened to 64 bits it would show its rounding.
fn number(number: f32) -> Item {
    value(number.to_string().parse().unwrap_or(f64::from(number)))
}

/// A value with the spaces and the comment around another.
fn with_decor_of(old: Option<&Item>, new: Item) -> Item {
    match (old.and_then(Item::as_value), new) {
        (Some(old), Item::Value(mut new)) => {
            *new.decor_mut() = old.decor().clone();
            Item::Value(new)
        }
        (_, new) => new,
    }
}

fn table(fit: &Fit) -> Table {
    let rounded = |share: f64| value((share * 10_000.0).round() / 10_000.0);
    let count = |count: usize| value(i64::try_from(count).unwrap_or(i64::MAX));
    let mut table = Table::new();
    for (key, item) in [
        ("dataset", value(&fit.dataset)),
        ("small", value(&fit.small)),
        ("large", value(&fit.large)),
        ("aim", value(&fit.aim)),
        ("split", value(&fit.split)),
        ("date", value(&fit.date)),
        ("outcomes", count(fit.outcomes)),
        ("tried_on", count(fit.tried_on)),
        ("pass_at_1", rounded(fit.pass_at_1)),
        ("low", rounded(fit.low)),
        ("high", rounded(fit.high)),
        ("escalation", rounded(fit.escalation)),
    ] {
        table.insert(key, item);
    }
    table
}

#[cfg(test)]
mod tests;
