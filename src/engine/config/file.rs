//! Reads the TOML file. Syntax errors, unknown keys and wrong types are reported with file, line and
//! key; whether values are in range is not checked here.

use std::path::{Path, PathBuf};

use toml::{Table, Value, de::DeTable};

use super::{NamedModel, error::ConfigError, setting::Kind, table::SETTINGS, values};
use crate::{remote::shown_url, store::folders::resolve};

/// What a file sets.
#[derive(Debug, Clone, Default)]
pub struct FileLayer {
    pub path: PathBuf,
    pub values: Table,
    /// The line of each key (`sampling.seed`, `keys.save`), counted from 1.
    lines: Vec<(String, usize)>,
}

impl FileLayer {
    /// The line that sets `key`, or the innermost table around it.
    pub fn line(&self, key: &str) -> Option<usize> {
        let mut key = key;
        loop {
            if let Some((_, line)) = self.lines.iter().find(|(name, _)| name == key) {
                return Some(*line);
            }
            key = &key[..key.rfind(['.', '['])?];
        }
    }
}

/// Reads a file.
///
/// # Errors
/// The file cannot be read, or [`parse`] fails.
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
/// The text is not TOML, a key is unknown, or a value has the wrong type.
pub fn parse(text: &str, path: &Path) -> Result<FileLayer, ConfigError> {
    let at = |offset: usize| format!("{}:{}", path.display(), line_of(text, offset));
    let offset = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    let spanned = DeTable::parse(text)
        .map_err(|error| ConfigError::new(at(offset(&error)), "", error.message()))?;
    let keys = keys(spanned.get_ref());
    for key in &keys {
        if let Some(problem) = problem_with(&key.path) {
            return Err(ConfigError::new(at(key.start), key.name(), problem));
        }
    }
    if let Err(error) = values::config_of_file(spanned) {
        let start = offset(&error);
        // The key whose line or value the error points into: the last that begins before it.
        let key = keys.iter().rfind(|key| key.start <= start);
        let key = key.map_or_else(String::new, Key::name);
        return Err(ConfigError::new(at(start), key, plain(error.message())));
    }
    let mut values: Table = toml::from_str(text)
        .map_err(|error| ConfigError::new(at(offset(&error)), "", error.message()))?;
    resolve_paths(&mut values, path.parent().unwrap_or(Path::new("")));
    let lines = keys
        .into_iter()
        .map(|key| (key.name(), line_of(text, key.start)))
        .collect();
    Ok(FileLayer {
        path: path.to_owned(),
        values,
        lines,
    })
}

/// A key and the tables it is in, outermost first.
struct Key {
    path: Vec<String>,
    /// The byte at which it begins.
    start: usize,
}

impl Key {
    fn name(&self) -> String {
        self.path.join(".")
    }
}

/// Every key, three tables deep, in the order of the file.
fn keys(table: &DeTable) -> Vec<Key> {
    let mut keys = Vec::new();
    collect_keys(table, &[], &mut keys);
    keys.sort_by_key(|key| key.start);
    keys
}

fn collect_keys(table: &DeTable, outer: &[String], keys: &mut Vec<Key>) {
    for (name, value) in table {
        let path = [outer, &[name.get_ref().to_string()]].concat();
        if let Some(inner) = value.get_ref().as_table().filter(|_| path.len() < 3) {
            collect_keys(inner, &path, keys);
        }
        let start = name.span().start;
        keys.push(Key { path, start });
    }
}

/// What is wrong with a key. The keymap checks the keys inside `keys`.
fn problem_with(path: &[String]) -> Option<String> {
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path[..] {
        ["models", _] | ["keys", ..] => None,
        ["models", _, key] => problem_with_model_key(key),
        [table]
            if names
                .iter()
                .any(|name| name.split_once('.').map(|n| n.0) == Some(table)) =>
        {
            None
        }
        _ => unknown(&path.join("."), &names),
    }
}

fn problem_with_model_key(key: &str) -> Option<String> {
    let secret = [
        "key", "api_key", "apikey", "token", "password", "bearer", "secret",
    ];
    if secret.contains(&key.to_ascii_lowercase().as_str()) {
        let text = "keys are not kept in this file; name a variable that holds the key (key_env) \
                    or a command that prints it (key_command)";
        return Some(text.to_owned());
    }
    let keys = NamedModel::keys();
    unknown(key, &keys.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What is wrong with a key that should be one of `names`.
fn unknown(key: &str, names: &[&str]) -> Option<String> {
    if names.contains(&key) {
        return None;
    }
    Some(match closest(key, names) {
        Some(name) => format!("no such setting; did you mean `{name}`?"),
        None => "no such setting; `routelens doctor --print-config` lists them all".to_owned(),
    })
}

/// The name that the user probably meant.
pub(super) fn closest<'a>(text: &str, names: &[&'a str]) -> Option<&'a str> {
    similar::get_close_matches(text, names, 1, 0.6)
        .first()
        .copied()
}

/// A type error without the names of this program's types.
pub(super) fn plain(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let quoted: Vec<String> = line.split('"').map(without_credentials).collect();
    let plain = quoted
        .join("\"")
        .replace("invalid type: ", "found ")
        .replace("invalid value: ", "found ")
        .replace("unknown variant", "no such choice:")
        .replace("a sequence", "a list")
        .replace("sequence", "list")
        .replace(" a map", " a table")
        .replace("struct NamedModel", "a table")
        .replace("usize", "a whole number from 0")
        .replace("u32", "a whole number from 0")
        .replace("u64", "a whole number from 0")
        .replace("f32", "a number")
        .replace("f64", "a number");
    match meant(line) {
        Some(name) => format!("{plain}; did you mean `{name}`?"),
        None => plain,
    }
}

fn without_credentials(text: &str) -> String {
    match text.contains("://") {
        true => shown_url(text),
        false => text.to_owned(),
    }
}

/// The choice that the user probably meant, if the message is about an unknown choice.
fn meant(message: &str) -> Option<&str> {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (wrong, choices) = quoted.split_first()?;
    if !message.starts_with("unknown variant") {
        return None;
    }
    let spoken = spoken_by(wrong).filter(|dialect| choices.contains(dialect));
    spoken.or_else(|| closest(wrong, choices))
}

/// The dialect that a program speaks, for users who name the program instead.
fn spoken_by(program: &str) -> Option<&'static str> {
    Some(match program.to_ascii_lowercase().as_str() {
        "vllm" | "tgi" | "lm-studio" | "lmstudio" | "deepseek" | "sglang" | "llama-cpp-python" => {
            "openai"
        }
        "llama.cpp" | "llama-cpp" | "llamacpp" => "llama-server",
        "codestral" => "mistral",
        _ => return None,
    })
}

/// Makes paths relative to the file. Those of `small`, `large` and `second` may be names of models;
/// [`super::load()`] resolves them.
fn resolve_paths(values: &mut Table, base: &Path) {
    for setting in SETTINGS {
        let Some(value) = values::get_mut(values, setting.key) else {
            continue;
        };
        match (setting.kind, value) {
            (Kind::Path, path) => resolve_path(path, base),
            (Kind::Paths, Value::Array(paths)) => {
                paths.iter_mut().for_each(|path| resolve_path(path, base));
            }
            _ => {}
        }
    }
    let models = values.get_mut("models").and_then(Value::as_table_mut);
    for (_, model) in models.into_iter().flatten() {
        if let Some(file) = model.get_mut("file") {
            resolve_path(file, base);
        }
    }
}

fn resolve_path(value: &mut Value, base: &Path) {
    if let Value::String(path) = value {
        *path = resolve(path, base);
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
    fn paths_are_relative_to_the_file() {
        let text = "model_folders = [\"m\", \"/n\"]\nca_certificates = [\"ca.pem\"]\n\
                    [retrieval]\nfolder = \"work\"\n\
                    [models.near]\nfile = \"a/b.gguf\"\n";
        let layer = parse(text, Path::new("/etc/c.toml")).expect("it is right");
        assert_eq!(layer.values["model_folders"][0].as_str(), Some("/etc/m"));
        assert_eq!(layer.values["model_folders"][1].as_str(), Some("/n"));
        assert_eq!(
            layer.values["ca_certificates"][0].as_str(),
            Some("/etc/ca.pem")
        );
        let folder = layer.values["retrieval"]["folder"].as_str();
        assert_eq!(folder, Some("/etc/work"));
        let file = layer.values["models"]["near"]["file"].as_str();
        assert_eq!(file, Some("/etc/a/b.gguf"));
    }

    #[test]
    fn what_is_wrong_with_a_named_model_is_named_with_file_line_and_key() {
        let model = |line: &str| error(&format!("[models.\"big.one\"]\n{line}\n"));
        assert_eq!(
            model("url = \"http://host\"\ndialekt = \"openai\""),
            "/etc/c.toml:3: models.big.one.dialekt: no such setting; did you mean `dialect`?"
        );
        for key in ["key", "api_key", "token"] {
            let said = model(&format!("{key} = \"sk-12345\""));
            assert!(
                said.contains(&format!(":2: models.big.one.{key}: ")),
                "{said}"
            );
            assert!(said.contains("key_env") && !said.contains("sk-1"), "{said}");
        }
        let said = model("dialect = \"opnai\"");
        assert!(
            said.starts_with("/etc/c.toml:2: models.big.one.dialect: "),
            "{said}"
        );
        assert!(said.ends_with("did you mean `openai`?"), "{said}");
        let said = model("dialect = \"vllm\"");
        assert!(said.ends_with("did you mean `openai`?"), "{said}");
        let said = model("fim = \"starcoder\"");
        assert!(said.ends_with("did you mean `starcoder2`?"), "{said}");
        let said = error("[models]\nfar = \"http://me:hidden@host\"\n");
        assert_eq!(
            said,
            "/etc/c.toml:2: models.far: found string \"http://host\", expected a table"
        );
        let said = model("accelerators = \"many\"");
        assert!(
            said.contains("models.big.one.accelerators: found string"),
            "{said}"
        );
    }
}
