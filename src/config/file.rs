//! Reads the TOML file: syntax, unknown keys and types, each reported with file, line and key.

use std::path::{Path, PathBuf};

use toml::{Table, Value, de::DeTable};

use super::{
    Config, ConfigError,
    folders::resolve,
    setting::{self, Kind, SETTINGS},
};

/// What a file sets.
#[derive(Debug, Clone, Default)]
pub struct FileLayer {
    pub path: PathBuf,
    pub values: Table,
    /// The line of each key (`sampling.seed`, `keys.save`), counted from 1.
    lines: Vec<(String, usize)>,
}

impl FileLayer {
    /// The line that sets `key`, or its table.
    pub fn line(&self, key: &str) -> Option<usize> {
        let exact = self.lines.iter().find(|(name, _)| name == key);
        exact
            .or_else(|| {
                let table = key.split(['.', '[']).next()?;
                self.lines.iter().find(|(name, _)| name == table)
            })
            .map(|(_, line)| *line)
    }
}

/// Reads a file.
///
/// # Errors
/// It cannot be read, or what [`parse`] says.
pub fn read(path: &Path) -> Result<FileLayer, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        ConfigError::new(
            path.display().to_string(),
            "",
            format!("cannot be read: {error}"),
        )
    })?;
    parse(&text, path)
}

/// Reads a file's text; paths in it become relative to the file's folder.
///
/// # Errors
/// It is not TOML, or a key is unknown, or a value is of the wrong type.
pub fn parse(text: &str, path: &Path) -> Result<FileLayer, ConfigError> {
    let at = |offset: usize| format!("{}:{}", path.display(), line_of(text, offset));
    let offset = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    let spanned = DeTable::parse(text)
        .map_err(|error| ConfigError::new(at(offset(&error)), "", error.message()))?;
    let keys = keys(spanned.get_ref());
    if let Some((key, start)) = keys.iter().find(|(key, _)| !is_known(key)) {
        return Err(ConfigError::new(at(*start), key, unknown(key)));
    }
    if let Err(error) = toml::from_str::<Config>(text) {
        let start = offset(&error);
        // The key whose line or value the error points into: the last that begins before it.
        let key = keys
            .iter()
            .rfind(|(_, key_start)| *key_start <= start)
            .map_or("", |(key, _)| key.as_str());
        return Err(ConfigError::new(at(start), key, plain(error.message())));
    }
    let mut values: Table = toml::from_str(text)
        .map_err(|error| ConfigError::new(at(offset(&error)), "", error.message()))?;
    resolve_paths(&mut values, path.parent().unwrap_or(Path::new("")));
    let lines = keys
        .into_iter()
        .map(|(key, start)| (key, line_of(text, start)))
        .collect();
    Ok(FileLayer {
        path: path.to_owned(),
        values,
        lines,
    })
}

/// Every key of the top level and of its tables, with the byte it begins at, in order of place.
fn keys(table: &DeTable) -> Vec<(String, usize)> {
    let mut keys = Vec::new();
    for (name, value) in table {
        keys.push((name.get_ref().to_string(), name.span().start));
        for (inner, _) in value.get_ref().as_table().into_iter().flatten() {
            keys.push((
                format!("{}.{}", name.get_ref(), inner.get_ref()),
                inner.span().start,
            ));
        }
    }
    keys.sort_by_key(|(_, start)| *start);
    keys
}

/// Whether there is such a setting, or a table of settings; what is inside `keys` is checked by
/// the keymap.
fn is_known(key: &str) -> bool {
    let is_table = |setting: &setting::Setting| {
        setting
            .key
            .split_once('.')
            .is_some_and(|(table, _)| table == key)
    };
    setting::find(key).is_some() || SETTINGS.iter().any(is_table) || key.starts_with("keys.")
}

fn unknown(key: &str) -> String {
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    let close = similar::get_close_matches(key, &names, 1, 0.6);
    match close.first() {
        Some(name) => format!("no such setting; did you mean `{name}`?"),
        None => "no such setting; `routelens doctor --print-config` lists them all".to_owned(),
    }
}

/// A type error in words for a person who does not know the types of this program.
pub(super) fn plain(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.replace("invalid type: ", "found ")
        .replace("invalid value: ", "found ")
        .replace("unknown variant", "no such choice:")
        .replace("a sequence", "a list")
        .replace("sequence", "list")
        .replace(" a map", " a table")
        .replace("usize", "a whole number from 0")
        .replace("u32", "a whole number from 0")
        .replace("u64", "a whole number from 0")
        .replace("f32", "a number")
}

fn resolve_paths(values: &mut Table, base: &Path) {
    for setting in SETTINGS {
        match (setting.kind, values.get_mut(setting.key)) {
            (Kind::Path, Some(Value::String(path))) => *path = resolve(path, base),
            (Kind::Paths, Some(Value::Array(paths))) => {
                for path in paths {
                    if let Value::String(path) = path {
                        *path = resolve(path, base);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The line of a byte, counted from 1.
fn line_of(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text, Path::new("/etc/c.toml"))
            .expect_err("it is wrong")
            .to_string()
    }

    #[test]
    fn what_is_wrong_is_named_with_file_line_and_key() {
        assert_eq!(
            error("policy = \"small\"\nthreshhold = -1.0\n"),
            "/etc/c.toml:2: threshhold: no such setting; did you mean `threshold`?"
        );
        assert_eq!(
            error("\n[sampling]\ntemprature = 1\n"),
            "/etc/c.toml:3: sampling.temprature: no such setting; did you mean `sampling.temperature`?"
        );
        let wrong_type = error("auto = true\nmax_tokens = \"many\"\n");
        assert!(
            wrong_type.starts_with("/etc/c.toml:2: max_tokens: found string \"many\""),
            "{wrong_type}"
        );
        let choice = error("policy = \"sinconf\"");
        assert!(
            choice.starts_with("/etc/c.toml:1: policy: no such choice: `sinconf`"),
            "{choice}"
        );
        let nested =
            error("[[thresholds]]\nscore = \"min_prob\"\nvalue = 0.1\nlang = \"python\"\n");
        assert!(
            nested.starts_with("/etc/c.toml:4: thresholds: unknown field `lang`"),
            "{nested}"
        );
        assert!(
            error("auto = \n").starts_with("/etc/c.toml:1: "),
            "{}",
            error("auto = \n")
        );
    }

    #[test]
    fn paths_are_relative_to_the_file_and_a_url_is_left_alone() {
        let text =
            "small = \"a/b.gguf\"\nlarge = \"http://host/\"\nmodel_folders = [\"m\", \"/n\"]";
        let layer = parse(text, Path::new("/etc/c.toml")).expect("it is right");
        assert_eq!(layer.values["small"].as_str(), Some("/etc/a/b.gguf"));
        assert_eq!(layer.values["large"].as_str(), Some("http://host/"));
        assert_eq!(layer.values["model_folders"][0].as_str(), Some("/etc/m"));
        assert_eq!(layer.values["model_folders"][1].as_str(), Some("/n"));
    }
}
