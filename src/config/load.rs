//! Puts the layers on top of each other, and remembers for each value which one it came from.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use serde::Serialize;
use toml::{Table, Value};

use super::{
    Config, Folders, NamedModel,
    check::{Problem, check},
    file::{self, FileLayer},
    folders::{self, expand_home},
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

impl ConfigError {
    /// Whether it is about the value of this flag.
    pub fn is_of_flag(&self, flag: &str) -> bool {
        self.place == flag
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
            (Some(source), _) => source.to_string(),
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

fn no_such_model(given: &str, models: &BTreeMap<String, NamedModel>) -> String {
    if !is_bare(given) {
        return format!("{given}: no such file");
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
    fn a_model_is_a_name_a_url_or_a_file_beside_the_configuration() {
        let models = "\n[models.near]\nurl = \"http://localhost:8012\"\n\
                      [models.disk]\nfile = \"m.gguf\"\n";
        let load = |text: &str| load_with(&format!("{text}{models}"), &[], &[]);
        let large = |text: &str| load(text).expect("it is right").config.large;
        assert_eq!(large("large = \"near\"").as_deref(), Some("near"));
        let url = "http://host:1/v1";
        assert_eq!(large(&format!("large = \"{url}\"")).as_deref(), Some(url));
        let file = large("large = \"a/b.gguf\"").expect("set");
        assert!(
            Path::new(&file).is_absolute() && file.ends_with("/a/b.gguf"),
            "{file}"
        );
        assert_eq!(
            load("small = \"disk\"")
                .expect("it is right")
                .config
                .small
                .as_deref(),
            Some("disk")
        );
        assert_eq!(
            load("auto = true\nlarge = \"naer\"").expect_err("no such name"),
            "c.toml:2: large: `naer` is neither a file nor a URL nor a model by name; did you mean \
             `near`?"
        );
        assert_eq!(
            load("second = \"elsewhere\"").expect_err("no such name"),
            "c.toml:1: second: `elsewhere` is neither a file nor a URL nor a model by name; there \
             are disk, near"
        );
        assert_eq!(
            load_with("", &[("ROUTELENS_LARGE", "near")], &[]).expect_err("no such name"),
            "ROUTELENS_LARGE: large: `near` is neither a file nor a URL, and the configuration \
             names no models"
        );
        let flags = [flag("large", "--large", "near")];
        let loaded = load_with(models, &[], &flags).expect("it is right");
        assert_eq!(loaded.config.large.as_deref(), Some("near"));
        let flags = [flag("small", "--small", "no/such.gguf")];
        assert_eq!(
            load_with("", &[], &flags).expect_err("no such file"),
            "--small: small: no/such.gguf: no such file"
        );
        assert!(
            load("small = \"near\"")
                .expect_err("a server")
                .starts_with("c.toml:1: small: ")
        );
    }

    #[test]
    fn a_list_given_by_flag_adds_to_what_there_is() {
        let list =
            |values: &[&str]| Value::Array(values.iter().map(|text| Value::from(*text)).collect());
        let flags = [flag("deny", "--deny", list(&["mine/**"]))];
        let deny = |text: &str| {
            load_with(text, &[], &flags)
                .expect("it is right")
                .config
                .deny
        };
        assert_eq!(deny("deny = [\"*.key\"]"), ["*.key", "mine/**"]);
        let added = deny("");
        assert_eq!(
            added.split_last(),
            Some((&"mine/**".to_owned(), &Config::default().deny[..]))
        );
    }

    #[test]
    fn a_named_model_is_checked() {
        let error = |text: &str| {
            let text = format!("[models.far]\n{text}\n");
            load_with(&text, &[], &[]).expect_err("it is wrong")
        };
        let url = "url = \"http://host:1\"\n";
        for (text, said) in [
            (
                "context = 4096",
                ":1: models.far: is neither a file nor a server",
            ),
            (
                "file = \"a\"\nurl = \"http://host\"",
                ":3: models.far.url: is given beside",
            ),
            (
                "file = \"a\"\ndialect = \"chat\"",
                ":3: models.far.dialect: is for a server",
            ),
            ("url = \"host:8000\"", ":2: models.far.url: "),
            (
                "url = \"ftp://host\"",
                ":2: models.far.url: must begin with http:// or https://",
            ),
            ("url = \"http://\"", ":2: models.far.url: "),
            (
                "url = \"http://host?key=hidden\"",
                ":2: models.far.url: must end with the path",
            ),
            (
                &format!("{url}accelerators = 0"),
                ":3: models.far.accelerators: must be above 0",
            ),
            (
                &format!("{url}input_price = -1"),
                ":3: models.far.input_price: ",
            ),
            (
                &format!("{url}output_price = nan"),
                ":3: models.far.output_price: ",
            ),
            (&format!("{url}context = 8"), ":3: models.far.context: "),
            (
                &format!("{url}total_timeout_ms = 0"),
                ":3: models.far.total_timeout_ms: ",
            ),
            (
                &format!("{url}total_timeout_ms = 50\nfirst_token_timeout_ms = 60"),
                ":4: models.far.first_token_timeout_ms: is longer than total_timeout_ms (50)",
            ),
            (
                &format!("{url}key_env = \"A\"\nkey_command = \"b\""),
                ":4: models.far.key_command: is given beside key_env",
            ),
            (
                &format!("{url}key_env = \"sk-hidden\""),
                ":3: models.far.key_env: ",
            ),
            (
                "url = \"http://me:hidden@host\"\nkey_env = \"A\"",
                ":3: models.far.key_env: is given beside a name and password in the URL",
            ),
        ] {
            let found = error(text);
            assert!(found.contains(said), "{text}: {found}");
            assert!(!found.contains("hidden"), "{found}");
        }
    }

    #[test]
    fn what_is_said_of_servers_is_checked() {
        let error = |text: &str| load_with(text, &[], &[]).expect_err("it is wrong");
        for (text, said) in [
            ("deny = [\"a[\"]", ":1: deny: "),
            (
                "ca_certificates = [\"/no/such.pem\"]",
                ":1: ca_certificates: /no/such.pem",
            ),
            ("connect_timeout_ms = 0", ":1: connect_timeout_ms: "),
            (
                "first_token_timeout_ms = 300000",
                ":1: first_token_timeout_ms: is longer than total_timeout_ms (120000)",
            ),
            ("large = \"http://[::1\"", ":1: large: "),
            (
                "second = \"htp://host\"",
                ":1: second: must begin with http://",
            ),
            ("large_model = \"m\"", ":1: large_model: "),
            (
                "large = \"http://host\"\nlarge_key_env = \"hid-den\"",
                ":2: large_key_env: ",
            ),
        ] {
            let found = error(text);
            assert!(found.contains(said), "{text}: {found}");
            assert!(!found.contains("hid-den"), "{found}");
        }
        load_with("total_timeout_ms = 1500", &[], &[]).expect("the others give way");
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
