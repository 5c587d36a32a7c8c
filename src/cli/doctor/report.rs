//! The report as data: what `--json` prints and what the text is written from.

use std::{
    io::{IsTerminal, stdin, stdout},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;
use serde_json::Value;

use crate::{
    cli::version,
    config::{Config, Folders, Loaded, Source, setting::SETTINGS},
    language::Language,
    local::{
        DeviceInfo, GgufInfo, devices,
        discover::{self, FoundModel, Origin},
        inspect,
    },
    model::ModelSource,
    syntax::ThemeSet,
};

/// Everything that doctor knows.
#[derive(Serialize)]
pub(super) struct Report {
    pub version: &'static str,
    /// The version of the binding to llama.cpp.
    pub llama_cpp_2: Option<&'static str>,
    /// The back ends that were compiled in.
    pub backends: Vec<&'static str>,
    pub devices: Vec<DeviceInfo>,
    pub models: Vec<Model>,
    pub tree_sitter: Option<&'static str>,
    pub grammars: Vec<Grammar>,
    pub terminal: Terminal,
    pub themes: Themes,
    pub configuration: Configuration,
    pub folders: Folders,
    /// The log file; `None` when it cannot be written.
    pub log: Option<PathBuf>,
    /// What is broken and needed.
    pub problems: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Model {
    pub path: PathBuf,
    pub origin: Origin,
    pub bytes: u64,
    pub demo: bool,
    /// "small" or "large" when it is the one in force.
    pub used_as: Option<&'static str>,
    /// What the file says of itself.
    pub info: Option<GgufInfo>,
    /// Why it cannot be used.
    pub error: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Grammar {
    pub language: &'static str,
    /// The version of tree-sitter's interface that it was generated for.
    pub abi: usize,
    pub version: Option<&'static str>,
}

/// What the terminal says of itself; where standard output is none, most of it is not known.
#[derive(Serialize)]
pub(super) struct Terminal {
    pub is_terminal: bool,
    pub columns: Option<u16>,
    pub rows: Option<u16>,
    /// none, 16, 256 or 16 million colours, as it will be drawn.
    pub colours: &'static str,
    pub background: Option<&'static str>,
    pub term: Option<String>,
    pub colorterm: Option<String>,
    pub no_color: bool,
}

#[derive(Serialize)]
pub(super) struct Themes {
    pub names: Vec<String>,
    pub errors: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Configuration {
    pub file: Option<PathBuf>,
    /// Why it cannot be used; the settings are then the defaults.
    pub error: Option<String>,
    pub settings: Vec<Setting>,
    /// Variables that look like settings and are none.
    pub unknown_variables: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Setting {
    pub key: &'static str,
    pub value: Value,
    pub source: Source,
}

impl Report {
    /// Looks at everything.
    pub fn make(
        loaded: &Loaded,
        config_error: Option<String>,
        terminal: Terminal,
        log_written: bool,
    ) -> Self {
        let config = &loaded.config;
        let models = models(config);
        let themes = themes(&loaded.folders);
        let log = loaded.folders.log_file();
        let mut problems: Vec<String> = config_error.iter().cloned().collect();
        problems.extend(model_problems(config, &models));
        if let Some(wanted) = &config.theme
            && !themes
                .names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(wanted))
        {
            problems.push(format!("theme `{wanted}` is not among the themes found"));
        }
        let devices = devices();
        if let Some(wanted) = &config.device
            && !devices
                .iter()
                .any(|device| device.name.eq_ignore_ascii_case(wanted))
        {
            problems.push(format!("device `{wanted}` is not among the devices seen"));
        }
        Report {
            version: env!("CARGO_PKG_VERSION"),
            llama_cpp_2: version::of_crate("llama-cpp-2"),
            backends: version::backends(),
            devices,
            models,
            tree_sitter: version::of_crate("tree-sitter"),
            grammars: Language::ALL.map(grammar).into(),
            terminal,
            themes,
            configuration: Configuration {
                file: loaded.file.clone(),
                error: config_error,
                settings: settings(loaded),
                unknown_variables: unknown_variables(),
            },
            folders: loaded.folders.clone(),
            log: log_written.then_some(log),
            problems,
        }
    }
}

/// The large model's file, where it is one.
fn large_file(config: &Config) -> std::io::Result<PathBuf> {
    match config.large_source()? {
        ModelSource::File(engine) => Ok(engine.model),
        ModelSource::Server(_) => Err(std::io::ErrorKind::NotFound.into()),
    }
}

fn models(config: &Config) -> Vec<Model> {
    let same = |path: &Path, other: std::io::Result<PathBuf>| {
        let other = other.ok().and_then(|other| other.canonicalize().ok());
        other.is_some() && path.canonicalize().ok() == other
    };
    let describe = |found: FoundModel| {
        let used_as = if same(&found.path, config.small_model()) {
            Some("small")
        } else if same(&found.path, large_file(config)) {
            Some("large")
        } else {
            None
        };
        let (info, error) = match inspect(&found.path) {
            Ok(info) => (Some(info), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Model {
            demo: found.origin == Origin::Bundled,
            path: found.path,
            origin: found.origin,
            bytes: found.bytes,
            used_as,
            info,
            error,
        }
    };
    let found = discover::models_of(config);
    found.into_iter().map(describe).collect()
}

/// What is wrong with the models in force. Only the small one is needed: without the large one,
/// its completions stand.
fn model_problems(config: &Config, models: &[Model]) -> Vec<String> {
    let path = match config.small_model() {
        Ok(path) => path,
        Err(error) => return vec![error.to_string()],
    };
    if let Err(error) = inspect(&path) {
        return vec![format!("the small model cannot be used: {error}")];
    }
    let small = models.iter().find(|model| model.used_as == Some("small"));
    let info = small.and_then(|model| model.info.as_ref());
    if info.is_some_and(|info| info.fim_family.is_none()) {
        let text = "the small model has no FIM tokens, so it cannot fill holes";
        return vec![format!("{text}: {}", path.display())];
    }
    Vec::new()
}

fn grammar(language: Language) -> Grammar {
    let name = match language {
        Language::Python => "tree-sitter-python",
        Language::Java => "tree-sitter-java",
        Language::Cpp => "tree-sitter-cpp",
    };
    Grammar {
        language: language.name(),
        abi: language.grammar().abi_version(),
        version: version::of_crate(name),
    }
}

/// Asks the terminal.
pub(super) fn terminal() -> Terminal {
    let is_terminal = stdin().is_terminal() && stdout().is_terminal();
    let size = is_terminal
        .then(crossterm::terminal::size)
        .and_then(Result::ok)
        .filter(|(columns, rows)| *columns > 0 && *rows > 0);
    let level = supports_color::on(supports_color::Stream::Stdout);
    let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
    Terminal {
        is_terminal,
        columns: size.map(|(columns, _)| columns),
        rows: size.map(|(_, rows)| rows),
        colours: match level {
            Some(level) if level.has_16m => "16 million",
            Some(level) if level.has_256 => "256",
            Some(_) => "16",
            None => "none",
        },
        background: is_terminal.then(background).flatten(),
        term: variable("TERM"),
        colorterm: variable("COLORTERM"),
        no_color: variable("NO_COLOR").is_some(),
    }
}

fn background() -> Option<&'static str> {
    use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

    let mut options = QueryOptions::default();
    options.timeout = Duration::from_millis(200);
    match theme_mode(options).ok()? {
        ThemeMode::Dark => Some("dark"),
        ThemeMode::Light => Some("light"),
    }
}

fn themes(folders: &Folders) -> Themes {
    let mut set = ThemeSet::bundled();
    let errors = set.add_folder(&folders.themes());
    Themes {
        names: set.names().into_iter().map(str::to_owned).collect(),
        errors: errors.iter().map(ToString::to_string).collect(),
    }
}

fn settings(loaded: &Loaded) -> Vec<Setting> {
    // By way of text, because a number of 32 bits would show its rounding in one of 64.
    let text = serde_json::to_string(&loaded.config).unwrap_or_default();
    let values: Value = serde_json::from_str(&text).unwrap_or_default();
    let setting = |setting: &crate::config::setting::Setting| Setting {
        key: setting.key,
        value: values
            .pointer(&format!("/{}", setting.key.replace('.', "/")))
            .cloned()
            .unwrap_or_default(),
        source: loaded.source(setting.key),
    };
    SETTINGS.iter().map(setting).collect()
}

fn unknown_variables() -> Vec<String> {
    let known: Vec<String> = SETTINGS.iter().filter_map(|s| s.variable()).collect();
    let other = ["ROUTELENS_CONFIG", "ROUTELENS_LOG", "ROUTELENS_BACKENDS"];
    let names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
    names
        .filter(|name| name.starts_with("ROUTELENS_"))
        .filter(|name| !known.contains(name) && !other.contains(&name.as_str()))
        .collect()
}
