//! Stacks the layers of the configuration, and records for each value which layer it came from. What a
//! file, a variable or a value means is not decided here.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use serde::Serialize;
use toml::{Table, Value};

use super::{
    Config, NamedModel,
    check::{Problem, check},
    error::ConfigError,
    file::{self, FileLayer},
    setting::Setting,
    table::SETTINGS,
    values::{self, get, insert},
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
    /// The flag, such as `--max-tokens`.
    pub flag: &'static str,
    /// A list is appended to the list of the layers below; anything else replaces their value.
    pub value: Value,
}

/// The effective configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub config: Config,
    /// Where each value came from, by its key; a key that is missing here has its default.
    pub sources: BTreeMap<String, Source>,
    /// The configuration file that was read, if any.
    pub file: Option<PathBuf>,
    pub folders: Folders,
}

impl Loaded {
    /// The defaults, in case nothing else can be read.
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
/// Returns the first value that cannot be used, with its place and key.
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
        let value = setting.kind.read(&text);
        let value = value.map_err(|problem| ConfigError::new(&name, "", problem))?;
        self.put(setting.key, value, Source::Environment(name))
    }

    /// Adds one value on top. It is checked on its own first, so that an error names its source.
    fn put(&mut self, key: &str, value: Value, source: Source) -> Result<(), ConfigError> {
        let mut alone = Table::new();
        insert(&mut alone, key, value.clone());
        if let Err(error) = values::config(alone) {
            let problem = file::plain(error.message());
            return Err(ConfigError::new(source.to_string(), "", problem));
        }
        insert(&mut self.values, key, value);
        self.sources.insert(key.to_owned(), source);
        Ok(())
    }

    /// A list is appended to the current one or to the default; anything else stays as it is.
    fn added(&self, key: &str, value: Value) -> Value {
        let Value::Array(further) = value else {
            return value;
        };
        let default = || get(&values::of(&Config::default()), key).cloned();
        match get(&self.values, key).cloned().or_else(default) {
            Some(Value::Array(known)) => Value::Array([known, further].concat()),
            _ => Value::Array(further),
        }
    }

    fn finish(&self, layer: Option<&FileLayer>) -> Result<Config, ConfigError> {
        let mut config = values::config(self.values.clone())
            .map_err(|error| ConfigError::new("configuration", "", error.message()))?;
        let folder = layer.and_then(|layer| layer.path.parent());
        let resolved = resolve_models(&mut config, &self.sources, folder);
        resolved
            .and_then(|()| check(&config))
            .map_err(|problem| self.placed(problem, layer))?;
        // A threshold from a variable or a flag overrides those of the file for models and languages.
        let threshold = self.sources.get("threshold");
        if matches!(threshold, Some(Source::Environment(_) | Source::Flag(_))) {
            config.thresholds.clear();
        }
        Ok(config)
    }

    /// The error with the place where its key was set.
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

/// Turns `small`, `large` and `second` into a name in `models`, a URL, or the absolute path of a file.
/// Paths in the configuration file are relative to its folder, `folder`.
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
        return format!("`{given}` is not a file; for a server, write http://{given}");
    }
    let names: Vec<&str> = models.keys().map(String::as_str).collect();
    let remedy = match (file::closest(given, &names), names.is_empty()) {
        (_, true) => "the configuration names no models".to_owned(),
        (Some(name), _) => format!("did you mean `{name}`?"),
        (None, _) => format!("named models: {}", names.join(", ")),
    };
    format!("`{given}` is not a file, a URL or a named model; {remedy}")
}

#[cfg(test)]
mod tests;
