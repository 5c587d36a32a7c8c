//! The log: a file in the state folder, written by its own thread. llama.cpp's output goes there
//! too, never to the screen.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use super::Failure;

/// A larger log is renamed at the next start, replacing the previous one.
const MOST_BYTES: u64 = 4 << 20;

/// The default log level. llama.cpp would log all of a model's metadata each time one is loaded.
const USUAL: &str = "info,llama-cpp-2=warn";

/// The running log; dropping it flushes pending lines.
pub struct Log {
    _guard: Option<WorkerGuard>,
    /// The log's file, for redirecting foreign writes to the terminal.
    pub file: Option<File>,
}

/// Starts the log in `path`. The variable `ROUTELENS_LOG` sets the level (`error`, `warn`, `info`,
/// `debug`, `trace`, or per module as in tracing's filters). A log that cannot be written is
/// skipped.
///
/// # Errors
/// `ROUTELENS_LOG` is not a valid filter.
pub(super) fn start(path: &Path) -> Result<Log, Failure> {
    let level = std::env::var("ROUTELENS_LOG").unwrap_or_default();
    let level = if level.is_empty() { USUAL } else { &level };
    let filter = EnvFilter::try_new(level).map_err(|error| {
        Failure::Usage(format!(
            "ROUTELENS_LOG: `{level}` is not a log level (error, warn, info, debug, trace): {error}"
        ))
    })?;
    let Ok(file) = open(path) else {
        return Ok(Log {
            _guard: None,
            file: None,
        });
    };
    let kept = file.try_clone().ok();
    let (writer, guard) = tracing_appender::non_blocking(file);
    // A second start in one process (in tests) keeps the first log.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer)
        .try_init();
    Ok(Log {
        _guard: Some(guard),
        file: kept,
    })
}

/// Opens the log for appending; renames one that has grown too large first.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::metadata(path).is_ok_and(|known| known.len() > MOST_BYTES) {
        fs::rename(path, path.with_extension("log.old"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_has_grown_too_large_is_set_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state/routelens.log");
        let file = open(&path).expect("opened");
        file.set_len(MOST_BYTES + 1).expect("grown");
        open(&path).expect("opened again");
        assert_eq!(fs::metadata(&path).expect("there").len(), 0);
        assert!(path.with_extension("log.old").exists());
    }
}
