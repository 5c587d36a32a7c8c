//! The file of recorded attempts: one JSON line per task, appended as soon as the task is done.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use crate::{cli::Failure, evaluation::plan::RecordedTask, store::json};

/// A file that attempts are appended to.
pub(super) struct Recorder {
    path: PathBuf,
    file: File,
    known: HashSet<String>,
}

impl Recorder {
    /// Opens or creates a file.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds something else.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let cannot = |error: std::io::Error| {
            Failure::Usage(format!(
                "--record: {} cannot be written: {error}",
                path.display()
            ))
        };
        let known = match path.exists() {
            true => read(path)?.into_iter().map(|task| task.id).collect(),
            false => HashSet::new(),
        };
        let mut options = OpenOptions::new();
        let file = options
            .append(true)
            .create(true)
            .open(path)
            .map_err(cannot)?;
        Ok(Recorder {
            path: path.to_owned(),
            file,
            known,
        })
    }

    /// Whether the file already has a task.
    pub fn has(&self, id: &str) -> bool {
        self.known.contains(id)
    }

    /// Appends a task.
    pub fn add(&mut self, task: &RecordedTask) -> Result<(), Failure> {
        let cannot = |error: &dyn std::fmt::Display| {
            Failure::Failed(format!(
                "{} cannot be written: {error}",
                self.path.display()
            ))
        };
        let mut line = serde_json::to_string(task).map_err(|error| cannot(&error))?;
        line.push('\n');
        self.file
            .write_all(line.as_bytes())
            .map_err(|error| cannot(&error))?;
        self.known.insert(task.id.clone());
        Ok(())
    }
}

/// All tasks of a file.
///
/// # Errors
/// The file cannot be read, or a line is not a recorded task; the error names the line.
pub(super) fn read(path: &Path) -> Result<Vec<RecordedTask>, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::Usage(format!("{} cannot be read: {error}", path.display()))
    };
    let input = BufReader::new(File::open(path).map_err(cannot)?);
    let mut tasks = Vec::new();
    for (index, line) in input.lines().enumerate() {
        let line = line.map_err(cannot)?;
        if line.trim().is_empty() {
            continue;
        }
        let task = serde_json::from_str(&line).map_err(|error| {
            Failure::Usage(format!(
                "{}, line {}: not a recorded attempt: {}; `routelens selftest --record` writes \
                 such files",
                path.display(),
                index + 1,
                json::problem(&error)
            ))
        })?;
        tasks.push(task);
    }
    Ok(tasks)
}
