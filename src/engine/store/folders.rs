//! The folders for routelens's own files: XDG folders on Linux and macOS, the known folders on
//! Windows.

use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};
use serde::Serialize;

/// The folders in use. They need not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Folders {
    /// `config.toml` and `themes/`.
    pub config: PathBuf,
    /// The demo models, unpacked.
    pub cache: PathBuf,
    /// The log, recovery files, signals, and usage counts.
    pub state: PathBuf,
}

impl Folders {
    /// The current user's folders; below the system's folder for temporary files if there is no
    /// home folder.
    pub fn find() -> Self {
        let Ok(base) = choose_base_strategy() else {
            let base = std::env::temp_dir().join("routelens");
            return Folders {
                config: base.join("config"),
                cache: base.join("cache"),
                state: base.join("state"),
            };
        };
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Folders {
            config: base.config_dir().join("routelens"),
            cache: base.cache_dir().join("routelens"),
            state: state.join("routelens"),
        }
    }

    /// The default configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The folder of the user's own themes.
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// The log file.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("routelens.log")
    }

    /// The file of signals: the user's reactions to completions.
    pub fn signals_file(&self) -> PathBuf {
        self.state.join("signals.jsonl")
    }

    /// The file of usage counts: what the models have cost over all time.
    pub fn usage_file(&self) -> PathBuf {
        self.state.join("usage.json")
    }
}

/// `path` with a leading `~` replaced by the home folder.
pub fn expand_home(path: &str) -> PathBuf {
    let rest = match path {
        "~" => Some(""),
        _ => path.strip_prefix("~/"),
    };
    match (rest, etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// Makes a path from the user absolute: expands `~`, and joins a relative path to `base`. A URL
/// stays unchanged.
pub fn resolve(path: &str, base: &Path) -> String {
    if path.contains("://") {
        return path.to_owned();
    }
    base.join(expand_home(path)).to_string_lossy().into_owned()
}
