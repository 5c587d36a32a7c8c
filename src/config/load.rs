//! Puts the layers on top of each other, and remembers for each value which one it came from.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use serde::Serialize;
use toml::{Table, Value};

use super::{
    Config, Folders,
    check::check,
    file::{self, FileLayer},
    folders::expand_home,
    setting::{Kind, SETTINGS, Setting},
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

/// A setting that cannot be used: where it stands, its key, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    place: String,
    key: String,
    problem: String,
}

impl ConfigError {
    pub(super) fn new(
        place: impl Into<String>,
        key: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        ConfigError {
            place: place.into(),
            key: key.into(),
            problem: problem.into(),
        }
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}", self.problem)
    }
}

impl std::error::Error for ConfigError {}

/// A value given by a flag.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagValue {
    /// The setting's key.
    pub key: &'static str,
    /// As it was typed, such as `--max-tokens`.
    pub flag: &'static str,
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
        stack.put(flag.key, flag.value.clone(), source)?;
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
            .map_err(|problem| ConfigError::new(&name, setting.key, problem))?;
        self.put(setting.key, value, Source::Environment(name))
    }

    /// Puts one value on top. It is read on its own first, so that an error names its source.
    fn put(&mut self, key: &str, value: Value, source: Source) -> Result<(), ConfigError> {
        let mut alone = Table::new();
        insert(&mut alone, key, value.clone());
        if let Err(error) = alone.try_into::<Config>() {
            let problem = file::plain(error.message());
            return Err(ConfigError::new(source.to_string(), key, problem));
        }
        insert(&mut self.values, key, value);
        self.sources.insert(key.to_owned(), source);
        Ok(())
    }

    fn finish(&self, layer: Option<&FileLayer>) -> Result<Config, ConfigError> {
        let mut config: Config = self
            .values
            .clone()
            .try_into()
            .map_err(|error| ConfigError::new("configuration", "", error.message()))?;
        check(&config).map_err(|(key, problem)| {
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
                (Some(source), _) => source.to_string(),
                (None, _) => "default".to_owned(),
            };
            ConfigError::new(place, key, problem)
        })?;
        // A threshold given by hand goes before those that the file has by model and language.
        let threshold = self.sources.get("threshold");
        if matches!(threshold, Some(Source::Environment(_) | Source::Flag(_))) {
            config.thresholds.clear();
        }
        Ok(config)
    }
}

/// The value that the text of a variable stands for.
fn from_text(kind: Kind, text: &OsStr) -> Result<Value, String> {
    let plain = text.to_string_lossy();
    let plain = plain.trim();
    match kind {
        Kind::Text | Kind::FileOnly => Ok(Value::String(plain.to_owned())),
        Kind::Path => Ok(path_value(expand_home(plain))),
        Kind::Paths => {
            let paths = std::env::split_paths(text);
            let expanded = paths.map(|path| expand_home(&path.to_string_lossy()));
            Ok(Value::Array(expanded.map(path_value).collect()))
        }
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
mod tests {
    use super::*;
    use crate::routing::Policy;

    fn load_with(
        text: &str,
        variables: &[(&str, &str)],
        flags: &[FlagValue],
    ) -> Result<Loaded, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("c.toml");
        std::fs::write(&path, text).expect("written");
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        load(Some(&path), variable, flags).map_err(|error| {
            let text = error.to_string();
            text.replace(&path.display().to_string(), "c.toml")
        })
    }

    fn flag(key: &'static str, flag: &'static str, value: impl Into<Value>) -> FlagValue {
        FlagValue {
            key,
            flag,
            value: value.into(),
        }
    }

    #[test]
    fn a_flag_goes_over_a_variable_over_the_file_over_the_default() {
        let text = "policy = \"small\"\nmax_tokens = 10\nfirst_k = 2\n[sampling]\nseed = 9\n";
        let variables = [
            ("ROUTELENS_POLICY", "syntax"),
            ("ROUTELENS_MAX_TOKENS", "20"),
            ("ROUTELENS_SAMPLING_TEMPERATURE", "0.5"),
            ("ROUTELENS_MOUSE", "off"),
        ];
        let flags = [flag("policy", "--policy", "large")];
        let loaded = load_with(text, &variables, &flags).expect("it is right");
        let config = &loaded.config;
        assert_eq!(config.policy, Policy::Large);
        assert_eq!((config.max_tokens, config.first_k, config.top), (20, 2, 8));
        assert_eq!(
            (config.sampling.seed, config.sampling.temperature),
            (9, 0.5)
        );
        assert!(!config.mouse);
        let source = |key| loaded.source(key).to_string();
        assert_eq!(source("policy"), "--policy");
        assert_eq!(source("max_tokens"), "ROUTELENS_MAX_TOKENS");
        assert_eq!(source("first_k"), "file, line 3");
        assert_eq!(source("sampling.seed"), "file, line 5");
        assert_eq!(source("top"), "default");
    }

    #[test]
    fn a_threshold_by_hand_goes_before_those_of_the_file() {
        let text = "[[thresholds]]\nscore = \"first_k_mean_logprob\"\nvalue = -0.5\n";
        let file = load_with(text, &[], &[]).expect("it is right").config;
        assert_eq!(file.threshold_for("any", None), -0.5);
        let flags = [flag("threshold", "--threshold", -2.0)];
        let flag = load_with(text, &[], &flags).expect("it is right").config;
        assert_eq!(flag.threshold_for("any", None), -2.0);
    }

    #[test]
    fn a_value_out_of_range_is_named_with_where_it_came_from() {
        let error = |text, variables: &[(&str, &str)], flags: &[FlagValue]| {
            load_with(text, variables, flags).expect_err("it is wrong")
        };
        assert_eq!(
            error("auto = true\nmax_tokens = 0", &[], &[]),
            "c.toml:2: max_tokens: must be from 1 to 4096"
        );
        assert_eq!(
            error("max_tokens = 7", &[("ROUTELENS_MAX_TOKENS", "5000")], &[]),
            "ROUTELENS_MAX_TOKENS: max_tokens: must be from 1 to 4096"
        );
        assert_eq!(
            error("", &[("ROUTELENS_AUTO", "maybe")], &[]),
            "ROUTELENS_AUTO: auto: `maybe` is neither true nor false"
        );
        assert_eq!(
            error("", &[], &[flag("small", "--small", "http://host:8012")]),
            "--small: small: the small model runs on this machine; name a GGUF file"
        );
        assert_eq!(
            error(
                "[keys]\ncomplete = [\"ctrl-space\"]\nsave = [\"hyper-s\"]",
                &[],
                &[]
            ),
            "c.toml:3: keys.save: `hyper-s` is not a key; write it like `ctrl-space`, `alt-,` or `f5`"
        );
    }

    #[test]
    fn a_named_file_must_exist() {
        let error = load(Some(Path::new("/no/such.toml")), |_| None, &[]).expect_err("not there");
        assert!(
            error
                .to_string()
                .starts_with("/no/such.toml: cannot be read")
        );
    }
}
