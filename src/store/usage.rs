//! The counts since ever, in a file of the state folder. Names of models and numbers are all that
//! is ever in it.
//!
//! Several processes may count at once: each adds what it has counted since it last did, under a
//! lock, to what the file says by then. The file is written whole or not at all. One that cannot be
//! understood is set aside, never overwritten; one that a newer version wrote is left alone.

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

/// The version of the file's format.
const VERSION: u32 = 1;
/// The largest file that is read, in bytes; thousands of models fit.
const MAX_BYTES: u64 = 8 << 20;

/// What the file holds.
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

/// Why the file cannot be used.
#[derive(Debug)]
enum Trouble {
    Io(io::Error),
    /// It is no file of counts, or was cut short.
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

/// The file of counts since ever, and how much of this run is in it.
#[derive(Debug)]
pub struct UsageFile {
    path: PathBuf,
    /// What was added to the file so far, out of this run.
    kept: Tally,
    /// Whether it was said that nothing can be kept.
    complained: bool,
}

impl UsageFile {
    /// The file at `path`, which need not exist; nothing is read yet.
    pub fn at(path: PathBuf) -> Self {
        UsageFile {
            path,
            kept: Tally::default(),
            complained: false,
        }
    }

    /// The counts in the file at `path`, which need not exist, as a meter that goes on from them.
    /// Where something is wrong with the file the counts begin at nothing, and the text says what is
    /// wrong and what was done about it.
    pub fn open(path: PathBuf) -> (UsageFile, Meter, Option<String>) {
        let mut store = UsageFile::at(path);
        let (ever, notice) = store.held().unwrap_or_else(|problem| {
            store.complained = true;
            (Tally::default(), Some(problem))
        });
        (store, Meter::continuing(ever), notice)
    }

    /// What the file holds. A damaged one is set aside, and the text says so.
    ///
    /// # Errors
    /// The file cannot be read, a newer version wrote it, or it is damaged and cannot be set aside.
    pub fn held(&self) -> Result<(Tally, Option<String>), String> {
        let held = match read(&self.path) {
            Ok(tally) => Ok((tally, None)),
            // Under the lock it is looked at again: another process may have dealt with it.
            Err(Trouble::Damaged) => {
                (lock(&self.path).map_err(Trouble::from)).and_then(|_lock| usable(&self.path))
            }
            Err(trouble) => Err(trouble),
        };
        held.map_err(|trouble| explain(&self.path, &trouble))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds to the file what `meter` has counted in this run since the last time. Waits for the disk,
    /// and up to two seconds for another process.
    ///
    /// # Errors
    /// The file cannot be written; nothing is lost, the next call tries again with everything. Said
    /// once, until it has worked again.
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

    /// Empties the file and gives what it held, as [`UsageFile::held`] does. What running processes have
    /// counted but not kept yet is counted from nothing then.
    ///
    /// # Errors
    /// As [`UsageFile::held`], or the file cannot be written.
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

/// What is wrong with the file, and what to do about it.
fn explain(path: &Path, trouble: &Trouble) -> String {
    let name = shown_text(&path.to_string_lossy()).into_owned();
    let (problem, remedy) = match trouble {
        Trouble::Io(error) => (error.to_string(), "check who may use it and its folder"),
        Trouble::Damaged => ("it is damaged".to_owned(), "move it away"),
        Trouble::Newer(version) => (
            format!("a newer routelens wrote it (version {version})"),
            "update this one",
        ),
        Trouble::Busy => (
            "another routelens has locked it for seconds".to_owned(),
            "see whether one is stopped",
        ),
    };
    format!("usage cannot be kept in {name}: {problem}; {remedy}")
}

/// What the file holds; nothing where there is none.
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

/// What the file holds, under the lock; a damaged one is set aside, which the text says.
fn usable(path: &Path) -> Result<(Tally, Option<String>), Trouble> {
    match read(path) {
        Ok(tally) => Ok((tally, None)),
        Err(Trouble::Damaged) => {
            let aside = set_aside(path)?;
            let name = |path: &Path| shown_text(&path.to_string_lossy()).into_owned();
            let notice = format!(
                "{} was damaged: it is now {}, and usage is counted from nothing",
                name(path),
                name(&aside)
            );
            Ok((Tally::default(), Some(notice)))
        }
        Err(trouble) => Err(trouble),
    }
}

/// Renames the file to one that does not exist yet.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let numbered = (1..).map(|number: u32| path.with_extension(format!("damaged-{number}.json")));
    let free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
    let aside = numbered.into_iter().find(free);
    let aside = aside.ok_or(ErrorKind::AlreadyExists)?;
    fs::rename(path, &aside)?;
    Ok(aside)
}

/// Writes the file whole or not at all.
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
