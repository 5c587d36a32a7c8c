//! The run file: JSON lines, appended while a run goes on. An interrupted run resumes where it
//! stopped; a run with other models, settings or data is refused; a lock keeps two runs from
//! writing at once.
//!
//! Only whole lines count: a line cut off by a kill, a full disk or a crash is skipped when reading
//! and removed when resuming. Nothing else is lost.

mod lines;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    fs::{File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use self::lines::{Lines, What};
use super::outcome::{Header, Outcome, RecordedRun};

/// Reads a run. A truncated last line is skipped, with a notice.
///
/// # Errors
/// The file cannot be read, is not a run, has a newer version, or contains a whole line that is not
/// an outcome. The message names the file, the line and the field.
pub fn read(path: &Path) -> Result<RecordedRun, String> {
    let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
    let mut lines = Lines::new(path, file);
    let header = match lines.header()? {
        What::Whole(header) => header,
        What::Nothing => {
            return Err(format!("{}: the file is empty, not a run", path.display()));
        }
        What::Cut => {
            return Err(format!(
                "{}: the run was cut off within its first line, so it holds no outcomes",
                path.display()
            ));
        }
    };
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut ids = HashSet::new();
    let cut = lines.each(|line, outcome: Outcome| {
        if !ids.insert(outcome.id.clone()) {
            return Err(twice(path, line, &outcome.id));
        }
        outcomes.push(outcome);
        Ok(())
    })?;
    let notice = cut.map(|line| {
        format!(
            "{}, line {line}: this line was cut off and is skipped; the lines before it are intact",
            path.display()
        )
    });
    Ok(RecordedRun {
        header,
        outcomes,
        notices: notice.into_iter().collect(),
    })
}

/// Whether a file begins like a run, even if it is damaged or from another version.
pub fn begins_as_run(path: &Path) -> bool {
    let Ok(file) = File::open(path) else {
        return false;
    };
    lines::begins_as_run(file)
}

/// What a run file already held when it was opened to resume.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earlier {
    /// The tasks already done.
    pub ids: HashSet<String>,
    /// How many small and how many large completions are right.
    pub right: [usize; 2],
    /// Whether a truncated line was removed.
    pub cut: bool,
}

/// The part of an outcome that resuming needs.
#[derive(Debug, Deserialize)]
struct Brief {
    id: String,
    small: BriefAttempt,
    large: BriefAttempt,
}

#[derive(Debug, Deserialize)]
struct BriefAttempt {
    passed: Option<bool>,
}

/// A run file open for writing, locked against other writers.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    file: File,
    /// Length of the file up to its last whole line.
    length: u64,
    /// The line being built; kept to reuse its allocation.
    line: Vec<u8>,
}

impl Writer {
    /// Creates the file, or resumes one with the same header; also returns what it already holds.
    ///
    /// # Errors
    /// Another process is writing the file, the file holds another run (the message says what
    /// differs), or it cannot be written.
    pub fn open(path: &Path, header: &Header) -> Result<(Self, Earlier), String> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        lock(path, &file)?;
        let mut writer = Writer {
            path: path.to_owned(),
            file,
            length: 0,
            line: Vec::new(),
        };
        let earlier = writer.go_on(header)?;
        if writer.length == 0 {
            writer.put(header)?;
        }
        Ok((writer, earlier))
    }

    /// Appends one outcome, whole or not at all.
    ///
    /// # Errors
    /// The disk is full or the file cannot be written; the message says what to do. Everything
    /// written before stays valid.
    pub fn append(&mut self, outcome: &Outcome) -> Result<(), String> {
        self.put(outcome)
    }

    /// Makes sure that everything written has reached the disk.
    ///
    /// # Errors
    /// The data did not reach the disk; the message says what to do.
    pub fn finish(self) -> Result<(), String> {
        match self.file.sync_all() {
            // Some targets can be written but not synced (a pipe, some network file systems).
            // Nothing more can be done there.
            Err(error) if !is_unsupported(&error) => Err(self.unwritable(&error)),
            _ => Ok(()),
        }
    }

    /// Reads what the file holds, removes a truncated line, and seeks to the end.
    fn go_on(&mut self, header: &Header) -> Result<Earlier, String> {
        let path = &self.path;
        let mut earlier = Earlier::default();
        let mut lines = Lines::new(path, &self.file);
        match lines.header()? {
            What::Nothing => return Ok(earlier),
            What::Cut => earlier.cut = true,
            What::Whole(there) => {
                refuse_another(path, &there, header)?;
                let cut = lines.each(|line, brief: Brief| {
                    for (right, attempt) in
                        earlier.right.iter_mut().zip([&brief.small, &brief.large])
                    {
                        *right += usize::from(attempt.passed == Some(true));
                    }
                    match earlier.ids.insert(brief.id.clone()) {
                        true => Ok(()),
                        false => Err(twice(path, line, &brief.id)),
                    }
                })?;
                earlier.cut = cut.is_some();
            }
        }
        let (length, ended) = (lines.whole(), lines.is_ended());
        self.length = length;
        self.back().map_err(|error| self.unwritable(&error))?;
        if !ended && length > 0 {
            self.write(b"\n").map_err(|error| self.unwritable(&error))?;
        }
        Ok(earlier)
    }

    fn put(&mut self, value: &impl serde::Serialize) -> Result<(), String> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        serde_json::to_writer(&mut line, value)
            .map_err(|error| format!("{}: cannot write JSON: {error}", self.path.display()))?;
        line.push(b'\n');
        let written = self.write(&line);
        self.line = line;
        written.map_err(|error| self.unwritable(&error))
    }

    /// Writes bytes at the end; on failure restores the file to its previous length.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.file.write_all(bytes) {
            Ok(()) => {
                self.length += bytes.len() as u64;
                Ok(())
            }
            Err(error) => {
                if let Err(second) = self.back() {
                    tracing::warn!(
                        "cannot remove the partial line at the end of the run file: {second}"
                    );
                }
                Err(error)
            }
        }
    }

    /// Truncates the file to its whole lines.
    fn back(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length)).map(drop)
    }

    fn unwritable(&self, error: &io::Error) -> String {
        let path = self.path.display();
        let remedy = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "the disk is full. Free some space"
            }
            ErrorKind::FileTooLarge => "the file has reached a system size limit. Raise the limit",
            _ => "make it writable",
        };
        format!(
            "{path} cannot be written ({error}): {remedy}, then run the same command again; it \
             resumes from what is already written"
        )
    }
}

fn lock(path: &Path, file: &File) -> Result<(), String> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(format!(
            "{}: another run is writing this file; wait for it, or choose another file with --out",
            path.display()
        )),
        // Some network file systems have no locks; runs must work there too.
        Err(TryLockError::Error(error)) if is_unsupported(&error) => Ok(()),
        Err(TryLockError::Error(error)) => {
            Err(format!("{} cannot be locked: {error}", path.display()))
        }
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unsupported | ErrorKind::InvalidInput
    )
}

fn refuse_another(path: &Path, there: &Header, header: &Header) -> Result<(), String> {
    let differences = there.differences(header);
    match differences.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{} holds another run: {}. Choose another file with --out, or delete this one",
            path.display(),
            differences.join("; ")
        )),
    }
}

fn twice(path: &Path, line: usize, id: &str) -> String {
    format!(
        "{}, line {line}: the file already has `{id}`; remove one of the two lines",
        path.display()
    )
}

fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {error}", path.display())
}
