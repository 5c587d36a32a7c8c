//! Recovery files: the unsaved text of a document in the state folder, so that a crash, a kill or a
//! hang-up loses nothing.
//!
//! A recovery file is one line of JSON (the header: the document's path and the process that wrote
//! it) followed by the text. Each process writes its own file, so that two processes with the same
//! document open do not overwrite each other's file. The file of a running process is never
//! offered. Every other file is offered until the user decides about it.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ropey::Rope;
use serde::{Deserialize, Serialize};

use super::disk::{FileError, FileStamp, replace_file};
use crate::{
    document::{Document, Selection},
    language::Language,
};

/// Maximum length of a header line, in bytes; paths have a few thousand at most.
const MAX_HEADER: u64 = 64 << 10;
/// How many chars of a document's name to keep in the name of its recovery file.
const READABLE: usize = 40;
const EXTENSION: &str = "recovery";

/// The header of a recovery file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    /// The version of this format.
    routelens_recovery: u32,
    /// The absolute path of the document, if any; for display.
    path: Option<String>,
    language: Option<Language>,
    anchor: usize,
    cursor: usize,
    pid: u32,
    /// Start time of that process in the system's own unit, if known: process ids are reused.
    started: Option<u64>,
    /// The file that the text was made from; older versions did not write it.
    #[serde(default)]
    based_on: Option<Base>,
}

/// The file that a text was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Base {
    /// It did not exist yet.
    Nothing,
    File {
        /// When it was written, in nanoseconds since 1970.
        modified: Option<u64>,
        bytes: u64,
    },
}

impl From<Option<FileStamp>> for Base {
    fn from(stamp: Option<FileStamp>) -> Self {
        let Some(stamp) = stamp else {
            return Base::Nothing;
        };
        let since = |at: SystemTime| at.duration_since(UNIX_EPOCH).ok();
        let modified = stamp.modified.and_then(since);
        Base::File {
            modified: modified.and_then(|since| u64::try_from(since.as_nanos()).ok()),
            bytes: stamp.bytes,
        }
    }
}

impl Base {
    fn stamp(self) -> Option<FileStamp> {
        let Base::File { modified, bytes } = self else {
            return None;
        };
        let modified = modified.map(|since| UNIX_EPOCH + Duration::from_nanos(since));
        Some(FileStamp { modified, bytes })
    }
}

/// Unsaved text left behind by a run that did not end properly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The recovery file.
    pub file: PathBuf,
    /// When that was written.
    pub written: SystemTime,
    /// When the document's own file was written, if that is not the one that the text was made from.
    pub changed: Option<SystemTime>,
    /// When it was found.
    pub found: SystemTime,
}

/// A document's text at one moment, which any thread can write out; taking it copies nothing.
#[derive(Debug, Clone)]
pub struct Snapshot {
    path: Option<PathBuf>,
    header: Header,
    text: Rope,
}

impl Snapshot {
    pub fn of(document: &Document) -> Self {
        let path = document.path().map(absolute);
        let pid = std::process::id();
        let selection = document.selection();
        Snapshot {
            header: Header {
                routelens_recovery: 1,
                path: path.as_ref().map(|p| p.to_string_lossy().into_owned()),
                language: document.language(),
                anchor: selection.anchor,
                cursor: selection.head,
                pid,
                started: started(pid),
                based_on: None,
            },
            path,
            text: document.rope().clone(),
        }
    }

    /// Records the file that the text was made from, so that a later change of it is noticed.
    #[must_use]
    pub fn based_on(mut self, stamp: Option<FileStamp>) -> Self {
        self.header.based_on = Some(stamp.into());
        self
    }

    /// Writes the recovery file atomically and returns its path.
    pub fn write(&self) -> Result<PathBuf, FileError> {
        RecoveryFolder::default().write(self)
    }
}

/// The newest recovery file of `path`, or of documents without a path, whose process no longer runs.
pub fn find_recovery(path: Option<&Path>) -> Option<Leftover> {
    let stamp = path.and_then(FileStamp::of);
    let nothing = Rope::new();
    let redundant = path.is_none().then_some(&nothing);
    RecoveryFolder::default().find(path, stamp, redundant)
}

/// A recovery file that waits for the user's decision.
#[derive(Debug, Clone, Serialize)]
pub struct Waiting {
    pub file: PathBuf,
    /// The document's path, if it has one and the recovery file is readable.
    pub path: Option<String>,
    #[serde(skip)]
    pub written: SystemTime,
}

/// All recovery files whose process no longer runs, oldest first.
pub fn waiting() -> Vec<Waiting> {
    RecoveryFolder::default().waiting()
}

/// Removes a recovery file, if it exists: this process's own (at [`recovery_path`]) after saving or
/// closing the document, or a found one that the user declined.
pub fn remove_recovery(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Path of this process's recovery file for `path` (or for a document without one).
pub fn recovery_path(path: Option<&Path>) -> PathBuf {
    RecoveryFolder::default().file(path.map(absolute).as_deref())
}

/// Restores the text of a found recovery file into `document` in one undo step, with its selection.
/// The file is removed only after this process has written its own.
///
/// Returns the stamp of the document's file for `file::save_unless_changed`: `now`, the file as it
/// is, or an older stamp if the text was not made from that file.
pub fn recover(
    file: &Path,
    document: &mut Document,
    now: Option<FileStamp>,
) -> Result<Option<FileStamp>, FileError> {
    RecoveryFolder::default().recover(file, document, now)
}

/// The folder of recovery files.
#[derive(Debug, Clone)]
pub(super) struct RecoveryFolder(PathBuf);

impl Default for RecoveryFolder {
    /// `routelens/recovery` in the state folder: `$XDG_STATE_HOME`, or the system's equivalent.
    /// Without a home folder, the folder for temporary files.
    fn default() -> Self {
        use etcetera::BaseStrategy;
        let base = match etcetera::choose_base_strategy() {
            Ok(strategy) => strategy.state_dir().unwrap_or_else(|| strategy.data_dir()),
            Err(_) => std::env::temp_dir(),
        };
        RecoveryFolder(base.join("routelens").join("recovery"))
    }
}

impl RecoveryFolder {
    #[cfg(test)]
    pub fn at(folder: &Path) -> Self {
        RecoveryFolder(folder.to_path_buf())
    }

    /// This process's recovery file for an absolute path.
    fn file(&self, path: Option<&Path>) -> PathBuf {
        let pid = std::process::id();
        self.0.join(format!("{}.{pid}.{EXTENSION}", stem(path)))
    }

    pub fn write(&self, snapshot: &Snapshot) -> Result<PathBuf, FileError> {
        let file = self.file(snapshot.path.as_deref());
        self.try_write(snapshot, &file)
            .map_err(|source| FileError::Unwritable {
                path: file.clone(),
                source,
            })?;
        Ok(file)
    }

    fn try_write(&self, snapshot: &Snapshot, file: &Path) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)?;
        replace_file(file, &self.0, None, |out| {
            serde_json::to_writer(&mut *out, &snapshot.header)?;
            out.write_all(b"\n")?;
            snapshot.text.write_to(out)
        })
    }

    /// See [`find_recovery`]. A file that only contains the `known` text recovers nothing, and is
    /// removed.
    pub fn find(
        &self,
        path: Option<&Path>,
        stamp: Option<FileStamp>,
        known: Option<&Rope>,
    ) -> Option<Leftover> {
        let stem = stem(path.map(absolute).as_deref());
        let mut found: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.0)
            .ok()?
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                let rest = name.strip_prefix(&stem)?.strip_prefix('.')?;
                rest.ends_with(EXTENSION).then_some(())?;
                let written = entry.metadata().ok()?.modified().ok()?;
                Some((written, entry.path()))
            })
            .collect();
        found.sort();
        found.into_iter().rev().find_map(|(written, file)| {
            let (header, kept) = read(&file).ok()?;
            if header.is_alive() {
                return None;
            }
            if known.is_some_and(|text| *text == kept.as_str()) {
                // A failure is harmless: the file would only be examined again.
                let _ = remove_recovery(&file);
                return None;
            }
            Some(Leftover {
                changed: header.changed(written, stamp),
                file,
                written,
                found: SystemTime::now(),
            })
        })
    }

    pub fn waiting(&self) -> Vec<Waiting> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let waiting = entries.filter_map(|entry| {
            let file = entry.path();
            let is_one = file.extension().is_some_and(|end| end == EXTENSION);
            let written = entry.metadata().ok()?.modified().ok()?;
            let header = is_one.then(|| read(&file))?.map(|(header, _)| header);
            let alive = header.as_ref().is_ok_and(Header::is_alive);
            (!alive).then(|| Waiting {
                path: header.ok().and_then(|header| header.path),
                file,
                written,
            })
        });
        let mut waiting: Vec<Waiting> = waiting.collect();
        waiting.sort_by_key(|waiting| waiting.written);
        waiting
    }

    pub fn recover(
        &self,
        file: &Path,
        document: &mut Document,
        now: Option<FileStamp>,
    ) -> Result<Option<FileStamp>, FileError> {
        let (header, text) = read(file)?;
        let written = fs::metadata(file).and_then(|file| file.modified());
        let changed = header.changed(written.unwrap_or(UNIX_EPOCH), now);
        let stamp = match changed {
            None => now,
            Some(_) => header.based_on.and_then(Base::stamp),
        };
        if !document.restore(&text, header.cursor) && *document.rope() != text.as_str() {
            return Err(FileError::Locked(file.to_path_buf()));
        }
        if document.language().is_none() {
            document.set_language(header.language);
        }
        document.set_selection(Selection {
            anchor: header.anchor,
            head: header.cursor,
        });
        self.write(&Snapshot::of(document).based_on(stamp))?;
        // The text is in this process's own file by now; a leftover is only offered again.
        let _ = remove_recovery(file);
        Ok(stamp)
    }
}

fn read(file: &Path) -> Result<(Header, String), FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: file.to_path_buf(),
        source,
    };
    let not_recovery = || FileError::NotRecovery(file.to_path_buf());
    let mut reader = BufReader::new(File::open(file).map_err(unreadable)?);
    let mut line = String::new();
    let limited = &mut reader.by_ref().take(MAX_HEADER);
    limited.read_line(&mut line).map_err(|_| not_recovery())?;
    let header = serde_json::from_str(&line).map_err(|_| not_recovery())?;
    let mut text = String::new();
    let read = reader.read_to_string(&mut text);
    read.map_err(|_| not_recovery())?;
    Ok((header, text))
}

impl Header {
    /// When the document's file (now with this stamp) was written, if the text was not made from
    /// it. If that is unknown, a file older than the text counts as the one it was made from.
    fn changed(&self, written: SystemTime, now: Option<FileStamp>) -> Option<SystemTime> {
        let modified = now?.modified?;
        let same = match self.based_on {
            Some(base) => base == Base::from(now),
            None => modified <= written,
        };
        (!same).then_some(modified)
    }

    fn is_alive(&self) -> bool {
        match self.started {
            Some(then) => started(self.pid) == Some(then),
            None => is_running(self.pid),
        }
    }
}

/// The part of a recovery file's name that identifies the document: a hash of its absolute path,
/// and a readable part of its name.
fn stem(path: Option<&Path>) -> String {
    let Some(path) = path else {
        return String::from("unnamed");
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let readable: String = name
        .chars()
        .take(READABLE)
        .map(|c| match c {
            c if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') => c,
            _ => '_',
        })
        .collect();
    let hash = fnv1a(path.as_os_str().as_encoded_bytes());
    format!("{hash:016x}-{readable}")
}

/// The FNV-1a hash; unlike the standard library's, it is the same in every version.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// `path` as every process sees it: with links resolved if it exists.
fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let in_folder = || {
        let folder = fs::canonicalize(absolute.parent()?).ok()?;
        Some(folder.join(absolute.file_name()?))
    };
    // The same before and after the first save: only the file may be missing, not its folder.
    fs::canonicalize(path)
        .ok()
        .or_else(in_folder)
        .unwrap_or(absolute)
}

/// Start time of a running process, in clock ticks since boot; Linux only.
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets, which may contain anything. After it come
    // the state letter (`Z` for a process that has ended but was not reaped) and 19 fields up to
    // the start time.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let ended = matches!(fields.next()?, "Z" | "X");
    fields.nth(18)?.parse().ok().filter(|_| !ended)
}

#[cfg(unix)]
fn is_running(pid: u32) -> bool {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| {
        // A process of another user is running too, though it may not be signalled.
        rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
    })
}

/// On other systems only this process is known to be running.
#[cfg(not(unix))]
fn is_running(pid: u32) -> bool {
    pid == std::process::id()
}
