//! The file of signals: JSON lines, oldest first.
//!
//! Several playgrounds may add to it at once: each adds a whole line under a lock. The file is
//! bounded: if a line would make it too large, the oldest lines are dropped. A line that cannot be
//! parsed (cut off by a full disk, or from a newer version) is skipped, counted, and kept.

#[cfg(test)]
mod tests;

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::lock::{folder, lock};
use crate::{routing::Score, signals::Reaction, words::shown_text};

/// Maximum size of the file, in bytes: about ten thousand signals.
const MAX_BYTES: u64 = 4 << 20;

/// The file of signals.
#[derive(Debug, Clone)]
pub struct SignalsFile {
    path: PathBuf,
    most: u64,
}

/// Content of the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Held {
    /// Oldest first.
    pub signals: Vec<Reaction>,
    /// How many lines could not be parsed.
    pub skipped: usize,
}

impl SignalsFile {
    /// The file at `path`, which need not exist; does not read it yet.
    pub fn at(path: PathBuf) -> Self {
        SignalsFile {
            path,
            most: MAX_BYTES,
        }
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a reaction, completely or not at all. Waits for the disk, and up to two seconds for
    /// another process.
    ///
    /// # Errors
    /// The file cannot be written; its content is unchanged.
    pub fn keep(&self, reaction: &Reaction) -> Result<(), String> {
        let line = line(reaction)?;
        self.locked(|| {
            let mut file = self.open()?;
            let length = file.metadata()?.len();
            if length + line.len() as u64 <= self.most {
                return append(&mut file, length, line.as_bytes());
            }
            // Drops half of it, to make room for the next signals.
            let mut lines = self.tail(self.most / 2)?;
            lines.extend_from_slice(line.as_bytes());
            self.replace(&lines)
        })
    }

    /// The signals in the file; empty if there is no file.
    ///
    /// # Errors
    /// The file is unreadable.
    pub fn held(&self) -> Result<Held, String> {
        let lines = self.tail(self.most).map_err(|error| self.explain(&error))?;
        Ok(parse(&lines))
    }

    /// Removes the signals of one small model, or all of them including unparsable lines, and
    /// returns what was removed.
    ///
    /// # Errors
    /// The file cannot be read or written; its content is unchanged.
    pub fn clear(&self, model: Option<&str>) -> Result<Held, String> {
        self.locked(|| {
            let lines = self.tail(self.most)?;
            let is_cleared = |line: &&[u8]| match (model, read(line)) {
                (None, _) => true,
                (Some(model), Some(reaction)) => reaction.small == model,
                (Some(_), None) => false,
            };
            let (cleared, kept): (Vec<&[u8]>, Vec<&[u8]>) = split(&lines).partition(is_cleared);
            if !cleared.is_empty() {
                self.replace(&kept.concat())?;
            }
            Ok(parse(&cleared.concat()))
        })
    }

    fn locked<T>(&self, work: impl FnOnce() -> io::Result<T>) -> Result<T, String> {
        let done = lock(&self.path).and_then(|_lock| work());
        done.map_err(|error| self.explain(&error))
    }

    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        options.open(&self.path)
    }

    /// The last whole lines within `most` bytes; the last line gets a line break if the file lacks
    /// one.
    fn tail(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut file = match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            file => file?,
        };
        let length = file.metadata()?.len();
        let mut bytes = Vec::new();
        // Starts one byte earlier, to see whether a line begins there.
        let from = length.saturating_sub(most);
        file.seek(SeekFrom::Start(from.saturating_sub(1)))?;
        file.take(most + 1).read_to_end(&mut bytes)?;
        if from > 0 {
            let begin = bytes.iter().position(|&byte| byte == b'\n');
            bytes.drain(..begin.map_or(bytes.len(), |at| at + 1));
        }
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    /// Rewrites the file atomically.
    fn replace(&self, lines: &[u8]) -> io::Result<()> {
        let mut temporary = tempfile::Builder::new()
            .prefix(".signals-")
            .suffix(".tmp")
            .tempfile_in(folder(&self.path))?;
        temporary.write_all(lines)?;
        temporary.as_file().sync_all()?;
        temporary.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Describes what is wrong with the file, and the remedy.
    fn explain(&self, error: &io::Error) -> String {
        let name = shown_text(&self.path.to_string_lossy()).into_owned();
        let (problem, remedy) = match error.kind() {
            ErrorKind::WouldBlock => (
                "another routelens has kept it locked for several seconds".to_owned(),
                "check for a suspended routelens process",
            ),
            _ => (
                error.to_string(),
                "check the permissions of the file and its folder, or set signals = false",
            ),
        };
        format!("cannot save signals in {name}: {problem}; {remedy}")
    }
}

/// A reaction as a line. Scores that are not finite, which JSON cannot express, are omitted.
fn line(reaction: &Reaction) -> Result<String, String> {
    let mut reaction = reaction.clone();
    let scores = reaction.scores;
    reaction.scores = scores.filter(|of| Score::ALL.iter().all(|&score| of.get(score).is_finite()));
    let json = serde_json::to_string(&reaction);
    let json = json.map_err(|error| format!("cannot write a signal as JSON: {error}"))?;
    Ok(json + "\n")
}

/// Appends a line at `length`, the end of the file; on failure, truncates the file back to that
/// length. A partial last line stays on a line of its own.
fn append(file: &mut File, length: u64, line: &[u8]) -> io::Result<()> {
    let mut last = [b'\n'];
    if length > 0 {
        file.seek(SeekFrom::Start(length - 1))?;
        file.read_exact(&mut last)?;
    }
    let written = match last {
        [b'\n'] => file.write_all(line),
        _ => file.write_all(&[b"\n", line].concat()),
    };
    if written.is_err() {
        file.set_len(length)?;
    }
    written
}

/// The lines, each with its line break.
fn split(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines.split_inclusive(|&byte| byte == b'\n')
}

/// Parses the reaction on a line.
fn read(line: &[u8]) -> Option<Reaction> {
    serde_json::from_slice(line).ok()
}

fn parse(lines: &[u8]) -> Held {
    let mut held = Held::default();
    for line in split(lines).filter(|line| !line.trim_ascii().is_empty()) {
        match read(line) {
            Some(reaction) => held.signals.push(reaction),
            None => held.skipped += 1,
        }
    }
    held
}
