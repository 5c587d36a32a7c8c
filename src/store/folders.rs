//! Where routelens keeps what is not the person's own: XDG folders on Linux and macOS, the known
//! folders on Windows.

use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};
use serde::Serialize;

/// The folders in use. None of them need exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Folders {
    /// `config.toml` and `themes/`.
    pub config: PathBuf,
    /// The demo models, unpacked.
    pub cache: PathBuf,
    /// The log, recovery files, and what the models have cost.
    pub state: PathBuf,
}

impl Folders {
    /// The folders of this person; a folder of the system's temporary files where there is no home.
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

    /// The configuration file that is read when no other is named.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The folder of a person's own themes.
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// The log file.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("routelens.log")
    }

    /// The file of what was done with completions.
    pub fn signals_file(&self) -> PathBuf {
        self.state.join("signals.jsonl")
    }

    /// The file of what the models have cost since ever.
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

/// `path` as a person wrote it, made absolute: `~` expanded, and relative to `base` unless it is
/// absolute already. A URL stays what it is.
pub fn resolve(path: &str, base: &Path) -> String {
    if path.contains("://") {
        return path.to_owned();
    }
    base.join(expand_home(path)).to_string_lossy().into_owned()
}
