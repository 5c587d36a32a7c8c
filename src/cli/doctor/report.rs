//! The report as data: printed by `--json`, and the source of the text.

use std::{
    io::{IsTerminal, stdin, stdout},
    path::PathBuf,
    time::Duration,
};

use serde::Serialize;
use serde_json::Value;
use toml::Table;

use super::{
    models::{self, Model},
    servers::{self, NetworkSettings, Server},
    thresholds::{self, InForce},
};
use crate::{
    cli::version,
    config::{Loaded, Source, setting::Setting, table::SETTINGS, values},
    language::Language,
    local::{DeviceInfo, devices},
    remote::shown_url,
    store::{
        Folders,
        recovery::{self, Waiting},
        themes,
    },
};

/// Everything that doctor reports.
#[derive(Serialize)]
pub(super) struct Report {
    pub version: &'static str,
    /// The version of the binding to llama.cpp.
    pub llama_cpp_2: Option<&'static str>,
    /// The back ends compiled in.
    pub backends: Vec<&'static str>,
    pub devices: Vec<DeviceInfo>,
    pub models: Vec<Model>,
    pub servers: Vec<Server>,
    pub network: NetworkSettings,
    pub tree_sitter: Option<&'static str>,
    pub grammars: Vec<Grammar>,
    pub terminal: Terminal,
    pub themes: Themes,
    pub configuration: Configuration,
    /// The threshold in effect for each language.
    pub thresholds: Vec<InForce>,
    pub folders: Folders,
    /// The log file; `None` when it cannot be written.
    pub log: Option<PathBuf>,
    /// Unsaved text of earlier runs that still awaits a decision.
    pub unsaved: Vec<Waiting>,
    /// What is broken but needed.
    pub problems: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Grammar {
    pub language: &'static str,
    /// The tree-sitter ABI version that it was generated for.
    pub abi: usize,
    pub version: Option<&'static str>,
}

/// The terminal's capabilities; mostly unknown if standard output is not a terminal.
#[derive(Serialize)]
pub(super) struct Terminal {
    pub is_terminal: bool,
    pub columns: Option<u16>,
    pub rows: Option<u16>,
    /// none, 16, 256 or 16 million colours, as used for drawing.
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
    /// Why it cannot be used; the defaults are then used.
    pub error: Option<String>,
    pub settings: Vec<SettingInForce>,
    /// Variables named like settings that are not settings.
    pub unknown_variables: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct SettingInForce {
    pub key: &'static str,
    pub value: Value,
    pub source: Source,
}

impl Report {
    /// Gathers everything.
    pub fn make(
        loaded: &Loaded,
        config_error: Option<String>,
        terminal: Terminal,
        log_written: bool,
    ) -> Self {
        let config = &loaded.config;
        let models = models::models(config);
        let themes = themes(&loaded.folders);
        let log = loaded.folders.log_file();
        let mut problems: Vec<String> = config_error.iter().cloned().collect();
        problems.extend(models::problems(config, &models));
        let servers = servers::ask(config);
        problems.extend(servers::problems(&servers));
        if let Some(wanted) = &config.theme
            && !themes
                .names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(wanted))
        {
            problems.push(format!(
                "theme `{wanted}` not found; choose one of the themes listed"
            ));
        }
        let devices = devices();
        if let Some(wanted) = &config.device
            && !devices
                .iter()
                .any(|device| device.name.eq_ignore_ascii_case(wanted))
        {
            problems.push(format!(
                "device `{wanted}` not found; choose one of the devices listed"
            ));
        }
        Report {
            version: env!("CARGO_PKG_VERSION"),
            llama_cpp_2: version::of_crate("llama-cpp-2"),
            backends: version::backends(),
            devices,
            thresholds: thresholds::thresholds(loaded, &models, &servers),
            models,
            servers,
            network: servers::network(config),
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
            unsaved: recovery::waiting(),
            problems,
        }
    }
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

/// Queries the terminal.
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
    let (set, errors) = themes::themes(&folders.themes());
    Themes {
        names: set.names().into_iter().map(str::to_owned).collect(),
        errors: errors.iter().map(ToString::to_string).collect(),
    }
}

fn settings(loaded: &Loaded) -> Vec<SettingInForce> {
    let mut values = values::of(&loaded.config);
    hide_secrets(&mut values);
    let in_force = |setting: &Setting| SettingInForce {
        key: setting.key,
        value: serde_json::to_value(values::get(&values, setting.key)).unwrap_or_default(),
        source: loaded.source(setting.key),
    };
    SETTINGS.iter().map(in_force).collect()
}

/// Removes credentials from URLs, and commands that print keys.
fn hide_secrets(values: &mut Table) {
    let hide = |value: Option<&mut toml::Value>| {
        if let Some(toml::Value::String(url)) = value
            && url.contains("://")
        {
            *url = shown_url(url);
        }
    };
    hide(values.get_mut("large"));
    hide(values.get_mut("second"));
    let models = values.get_mut("models").and_then(toml::Value::as_table_mut);
    for (_, model) in models.into_iter().flatten() {
        hide(model.get_mut("url"));
        if let Some(command) = model.get_mut("key_command") {
            *command = "(not shown)".into();
        }
    }
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
