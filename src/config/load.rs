//! Puts the layers on top of each other, and remembers for each value which one it came from.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use serde::Serialize;
use toml::{Table, Value};

use super::{
    Config, NamedModel,
    check::{Problem, check},
    error::ConfigError,
    file::{self, FileLayer},
    setting::{Kind, SETTINGS, Setting},
};
use crate::store::{
    Folders,
    folders::{self, expand_home},
};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Default,
    /// The configuration file, at this line.
    File(usize),
    /// This variable.
    Environment(String),
    /// This flag.
    Flag(String),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Default => write!(f, "default"),
            Source::File(line) => write!(f, "file, line {line}"),
            Source::Environment(name) => write!(f, "{name}"),
            Source::Flag(name) => write!(f, "{name}"),
        }
    }
}

/// A value given by a flag.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagValue {
    /// The setting's key.
    pub key: &'static str,
    /// As it was typed, such as `--max-tokens`.
    pub flag: &'static str,
    /// A list adds to the list of the layers below; anything else takes the place of what is there.
    pub value: Value,
}

/// The configuration in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub config: Config,
    /// Where each value came from, by its key; what is not here is the default.
    pub sources: BTreeMap<String, Source>,
    /// The configuration file that was read, if there was one.
    pub file: Option<PathBuf>,
    pub folders: Folders,
}

impl Loaded {
    /// The defaults, for when nothing else can be read.
    pub fn defaults() -> Self {
        Loaded {
            config: Config::default(),
            sources: BTreeMap::new(),
            file: None,
            folders: Folders::find(),
        }
    }

    /// Where the value of `key` came from.
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).cloned().unwrap_or(Source::Default)
    }
}

/// Loads the configuration: the defaults, the file (`named`, else what `ROUTELENS_CONFIG` names,
/// else the one in the configuration folder if there is one), the variables that `variable` looks
/// up, and `flags`.
///
/// # Errors
/// The first value that cannot be used, with its place and key.
pub fn load(
    named: Option<&Path>,
    variable: impl Fn(&str) -> Option<OsString>,
    flags: &[FlagValue],
) -> Result<Loaded, ConfigError> {
    let folders = Folders::find();
    let named = named.map(Path::to_owned);
    let named = named.or_else(|| {
        let value = variable("ROUTELENS_CONFIG").filter(|value| !value.is_empty())?;
        Some(expand_home(&value.to_string_lossy()))
    });
    let standard = folders.config_file();
    let layer = match &named {
        Some(path) => Some(file::read(path)?),
        None if standard.exists() => Some(file::read(&standard)?),
        None => None,
    };
    let mut stack = Stack::default();
    if let Some(layer) = &layer {
        stack.put_file(layer);
    }
    for setting in SETTINGS {
        stack.put_variable(setting, &variable)?;
    }
    for flag in flags {
        let source = Source::Flag(flag.flag.to_owned());
        let value = stack.added(flag.key, flag.value.clone());
        stack.put(flag.key, value, source)?;
    }
    let config = stack.finish(layer.as_ref())?;
    Ok(Loaded {
        config,
        sources: stack.sources,
        file: layer.map(|layer| layer.path),
        folders,
    })
}

/// The layers so far.
#[derive(Default)]
struct Stack {
    values: Table,
    sources: BTreeMap<String, Source>,
}

impl Stack {
    fn put_file(&mut self, layer: &FileLayer) {
        self.values = layer.values.clone();
        for setting in SETTINGS {
            if get(&self.values, setting.key).is_some() {
                let line = layer.line(setting.key).unwrap_or(1);
                let source = Source::File(line);
                self.sources.insert(setting.key.to_owned(), source);
            }
        }
    }

    fn put_variable(
        &mut self,
        setting: &Setting,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<(), ConfigError> {
        let Some(name) = setting.variable() else {
            return Ok(());
        };
        let Some(text) = variable(&name).filter(|text| !text.is_empty()) else {
            return Ok(());
        };
        let value = from_text(setting.kind, &text)
            .map_err(|problem| ConfigError::new(&name, "", problem))?;
        self.put(setting.key, value, Source::Environment(name))
    }

    /// Puts one value on top. It is read on its own first, so that an error names its source.
    fn put(&mut self, key: &str, value: Value, source: Source) -> Result<(), ConfigError> {
        let mut alone = Table::new();
        insert(&mut alone, key, value.clone());
        if let Err(error) = alone.try_into::<Config>() {
            let problem = file::plain(error.message());
            return Err(ConfigError::new(source.to_string(), "", problem));
        }
        insert(&mut self.values, key, value);
        self.sources.insert(key.to_owned(), source);
        Ok(())
    }

    /// A list behind the one that stands there, or in the defaults; anything else as it is.
    fn added(&self, key: &str, value: Value) -> Value {
        let Value::Array(further) = value else {
            return value;
        };
        let defaults = || Table::try_from(Config::default()).ok();
        let known = get(&self.values, key).cloned();
        let known = known.or_else(|| get(&defaults()?, key).cloned());
        match known {
            Some(Value::Array(known)) => Value::Array([known, further].concat()),
            _ => Value::Array(further),
        }
    }

    fn finish(&self, layer: Option<&FileLayer>) -> Result<Config, ConfigError> {
        let mut config: Config = self
            .values
            .clone()
            .try_into()
            .map_err(|error| ConfigError::new("configuration", "", error.message()))?;
        let folder = layer.and_then(|layer| layer.path.parent());
        let resolved = resolve_models(&mut config, &self.sources, folder);
        resolved
            .and_then(|()| check(&config))
            .map_err(|problem| self.placed(problem, layer))?;
        // A threshold given by hand goes before those that the file has by model and language.
        let threshold = self.sources.get("threshold");
        if matches!(threshold, Some(Source::Environment(_) | Source::Flag(_))) {
            config.thresholds.clear();
        }
        Ok(config)
    }

    /// The error with the place at which its key was set.
    fn placed(&self, (key, problem): Problem, layer: Option<&FileLayer>) -> ConfigError {
        let setting = SETTINGS
            .iter()
            .map(|setting| setting.key)
            .find(|name| key == *name || key.starts_with(&format!("{name}.")));
        let source = setting.and_then(|name| self.sources.get(name));
        let place = match (source, layer) {
            (Some(Source::File(line)), Some(layer)) => {
                let line = layer.line(&key).unwrap_or(*line);
                format!("{}:{line}", layer.path.display())
            }
            // A flag or a variable says which setting it is.
            (Some(source), _) => return ConfigError::new(source.to_string(), "", problem),
            (None, _) => "default".to_owned(),
        };
        ConfigError::new(place, key, problem)
    }
}

/// Makes of what `small`, `large` and `second` say a name in `models`, a URL, or the absolute path
/// of a file: relative to `folder`, the configuration file's, where it stands in the file.
fn resolve_models(
    config: &mut Config,
    sources: &BTreeMap<String, Source>,
    folder: Option<&Path>,
) -> Result<(), Problem> {
    let here = std::env::current_dir().unwrap_or_default();
    let models = &config.models;
    let given = [
        ("small", &mut config.small),
        ("large", &mut config.large),
        ("second", &mut config.second),
    ];
    for (key, given) in given {
        let Some(given) = given else { continue };
        if given.contains("://") || models.contains_key(given.as_str()) {
            continue;
        }
        let source = sources.get(key);
        let base = match source {
            Some(Source::File(_)) => folder.unwrap_or(&here),
            _ => &here,
        };
        let path = folders::resolve(given, base);
        let by_flag = matches!(source, Some(Source::Flag(_)));
        if (by_flag || is_bare(given)) && !Path::new(&path).exists() {
            return Err((key.to_owned(), no_such_model(given, models)));
        }
        *given = path;
    }
    Ok(())
}

/// Whether a text looks like the name of a model rather than like a path.
fn is_bare(given: &str) -> bool {
    !given.contains(['/', '\\']) && !given.ends_with(".gguf") && !given.starts_with('~')
}

/// Whether a text looks like a server's address without its scheme.
fn is_host_and_port(given: &str) -> bool {
    let parts = given.rsplit_once(':');
    parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

fn no_such_model(given: &str, models: &BTreeMap<String, NamedModel>) -> String {
    if !is_bare(given) {
        return format!("{given}: no such file");
    }
    if is_host_and_port(given) {
        return format!("`{given}` is no file; for a server write http://{given}");
    }
    let names: Vec<&str> = models.keys().map(String::as_str).collect();
    let none = format!("`{given}` is neither a file nor a URL");
    match (file::closest(given, &names), names.is_empty()) {
        (_, true) => format!("{none}, and the configuration names no models"),
        (Some(name), _) => format!("{none} nor a model by name; did you mean `{name}`?"),
        (None, _) => format!("{none} nor a model by name; there are {}", names.join(", ")),
    }
}

/// The value that the text of a variable stands for.
fn from_text(kind: Kind, text: &OsStr) -> Result<Value, String> {
    let plain = text.to_string_lossy();
    let plain = plain.trim();
    match kind {
        Kind::Text | Kind::Model | Kind::FileOnly => Ok(Value::String(plain.to_owned())),
        Kind::Path => Ok(path_value(expand_home(plain))),
        Kind::Paths => {
            let paths = std::env::split_paths(text);
            let expanded = paths.map(|path| expand_home(&path.to_string_lossy()));
            Ok(Value::Array(expanded.map(path_value).collect()))
        }
        Kind::List if plain.starts_with('[') && looks_quoted(&plain[1..]) => as_in_file(plain),
        Kind::List => {
            let texts = plain.split(',').map(str::trim).filter(|t| !t.is_empty());
            let texts = texts.map(|text| Value::String(text.to_owned()));
            Ok(Value::Array(texts.collect()))
        }
        Kind::Number => {
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

/// Whether a list is written as in the file: no pattern begins like that.
fn looks_quoted(inside: &str) -> bool {
    let inside = inside.trim_start();
    inside.is_empty() || inside.starts_with(['"', '\'', ']'])
}

/// A list written as in the file. Taken for a pattern, it would match nothing and let out what it
/// was to keep here.
fn as_in_file(text: &str) -> Result<Value, String> {
    let table: Option<Table> = format!("list = {text}").parse().ok();
    let list = table.filter(|table| table.len() == 1);
    match list.and_then(|mut table| table.remove("list")) {
        Some(Value::Array(list)) => Ok(Value::Array(list)),
        _ => {
            Err("is no list: put commas between its parts, without brackets and quotes".to_owned())
        }
    }
}

fn path_value(path: PathBuf) -> Value {
    Value::String(path.to_string_lossy().into_owned())
}

fn get<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        Some((outer, inner)) => table.get(outer)?.get(inner),
        None => table.get(key),
    }
}

fn insert(table: &mut Table, key: &str, value: Value) {
    let Some((outer, inner)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return;
    };
    let entry = table
        .entry(outer)
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(table) = entry {
        table.insert(inner.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
