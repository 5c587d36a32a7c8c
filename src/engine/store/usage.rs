//! The all-time counts, in a file of the state folder. It only ever contains names of models and
//! numbers.
//!
//! Several processes may count at once: under a lock, each adds its counts since the last time to
//! the file's current content. The file is written atomically. A damaged file is set aside, never
//! overwritten; a file of a newer version is left alone.

#[cfg(test)]
mod tests;

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::lock::{folder, lock};
use crate::{
    meter::{Meter, Tally},
    words::shown_text,
};

/// Version of the file format.
const VERSION: u32 = 1;
/// Largest file to read, in bytes; enough for thousands of models.
const MAX_BYTES: u64 = 8 << 20;

/// Content of the file.
#[derive(Serialize, Deserialize)]
struct Contents {
    version: u32,
    usage: Tally,
}

/// Just the version, which every format has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Why the file is unusable.
#[derive(Debug)]
enum Trouble {
    Io(io::Error),
    /// It is not a file of counts, or it is truncated.
    Damaged,
    /// A newer version of the program wrote it.
    Newer(u32),
    /// Another process has held the lock for too long.
    Busy,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::WouldBlock => Trouble::Busy,
            _ => Trouble::Io(error),
        }
    }
}

/// The all-time counts' file, and how much of this run is in it.
#[derive(Debug)]
pub struct UsageFile {
    path: PathBuf,
    /// The part of this run already added to the file.
    kept: Tally,
    /// Whether a failure to save was already reported.
    complained: bool,
}

impl UsageFile {
    /// The file at `path`, which need not exist; does not read it yet.
    pub fn at(path: PathBuf) -> Self {
        UsageFile {
            path,
            kept: Tally::default(),
            complained: false,
        }
    }

    /// Reads the counts in the file at `path`, which need not exist, into a meter that continues
    /// them. If the file is unusable, the counts start at zero, and the text says what is wrong and
    /// what was done about it.
    pub fn open(path: PathBuf) -> (UsageFile, Meter, Option<String>) {
        let mut store = UsageFile::at(path);
        let (ever, notice) = store.held().unwrap_or_else(|problem| {
            store.complained = true;
            (Tally::default(), Some(problem))
        });
        (store, Meter::continuing(ever), notice)
    }

    /// The content of the file. A damaged file is set aside, and the text says so.
    ///
    /// # Errors
    /// The file is unreadable, was written by a newer version, or is damaged and could not be set
    /// aside.
    pub fn held(&self) -> Result<(Tally, Option<String>), String> {
        let held = match read(&self.path) {
            Ok(tally) => Ok((tally, None)),
            // Check again under the lock: another process may have set it aside.
            Err(Trouble::Damaged) => {
                (lock(&self.path).map_err(Trouble::from)).and_then(|_lock| usable(&self.path))
            }
            Err(trouble) => Err(trouble),
        };
        held.map_err(|trouble| explain(&self.path, &trouble))
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds to the file what `meter` has counted in this run since the last call. Waits for the
    /// disk, and up to two seconds for another process.
    ///
    /// # Errors
    /// The file cannot be written. Nothing is lost: the next call tries again with everything. A
    /// failure is reported once, until saving works again.
    pub fn keep(&mut self, meter: &Meter) -> Result<(), String> {
        let new = meter.run().since(&self.kept);
        if new.is_empty() {
            return Ok(());
        }
        match self.add(&new) {
            Ok(()) => {
                self.kept = meter.run().clone();
                self.complained = false;
                Ok(())
            }
            Err(_) if self.complained => Ok(()),
            Err(trouble) => {
                self.complained = true;
                Err(explain(&self.path, &trouble))
            }
        }
    }

    /// Empties the file and returns its content, as [`UsageFile::held`] does. Counts that running
    /// processes have not saved yet are added to the empty file later.
    ///
    /// # Errors
    /// As for [`UsageFile::held`], or the file cannot be written.
    pub fn reset(&self) -> Result<(Tally, Option<String>), String> {
        let emptied = || {
            let _lock = lock(&self.path)?;
            let held = usable(&self.path)?;
            write(&self.path, Tally::default())?;
            Ok(held)
        };
        emptied().map_err(|trouble| explain(&self.path, &trouble))
    }

    fn add(&self, new: &Tally) -> Result<(), Trouble> {
        let _lock = lock(&self.path)?;
        let (held, notice) = usable(&self.path)?;
        if let Some(notice) = notice {
            tracing::warn!("{notice}");
        }
        write(&self.path, held.plus(new))?;
        Ok(())
    }
}

/// Describes what is wrong with the file, and the remedy.
fn explain(path: &Path, trouble: &Trouble) -> String {
    let name = shown_text(&path.to_string_lossy()).into_owned();
    let (problem, remedy) = match trouble {
        Trouble::Io(error) => (
            error.to_string(),
            "check the permissions of the file and its folder",
        ),
        Trouble::Damaged => ("the file is damaged".to_owned(), "move it away"),
        Trouble::Newer(version) => (
            format!("it was written by a newer routelens (version {version})"),
            "update routelens",
        ),
        Trouble::Busy => (
            "another routelens has kept it locked for several seconds".to_owned(),
            "check for a suspended routelens process",
        ),
    };
    format!("cannot save usage in {name}: {problem}; {remedy}")
}

/// Reads the file; an empty tally if there is none.
fn read(path: &Path) -> Result<Tally, Trouble> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Tally::default()),
        Err(error) => return Err(Trouble::Io(error)),
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Trouble::Damaged);
    }
    let damaged = |_| Trouble::Damaged;
    let Version { version } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if version > VERSION {
        return Err(Trouble::Newer(version));
    }
    let contents: Contents = serde_json::from_slice(&bytes).map_err(damaged)?;
    match contents.usage.is_possible() {
        true => Ok(contents.usage),
        false => Err(Trouble::Damaged),
    }
}

/// Reads the file under the lock; a damaged one is set aside, and the text says so.
fn usable(path: &Path) -> Result<(Tally, Option<String>), Trouble> {
    match read(path) {
        Ok(tally) => Ok((tally, None)),
        Err(Trouble::Damaged) => {
            let aside = set_aside(path)?;
            let name = |path: &Path| shown_text(&path.to_string_lossy()).into_owned();
            let notice = format!(
                "{} was damaged; it was renamed to {}, and usage counts start at zero",
                name(path),
                name(&aside)
            );
            Ok((Tally::default(), Some(notice)))
        }
        Err(trouble) => Err(trouble),
    }
}

/// Renames the file to an unused name.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let numbered = (1..).map(|number: u32| path.with_extension(format!("damaged-{number}.json")));
    let free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
    let aside = numbered.into_iter().find(free);
    let aside = aside.ok_or(ErrorKind::AlreadyExists)?;
    fs::rename(path, &aside)?;
    Ok(aside)
}

/// Writes the file atomically.
fn write(path: &Path, usage: Tally) -> io::Result<()> {
    let mut temporary = tempfile::Builder::new()
        .prefix(".usage-")
        .suffix(".tmp")
        .tempfile_in(folder(path))?;
    let contents = Contents {
        version: VERSION,
        usage,
    };
    let mut text = serde_json::to_vec_pretty(&contents)?;
    text.push(b'\n');
    temporary.write_all(&text)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}
