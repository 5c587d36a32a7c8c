//! Recovery files: the unsaved text of a document, kept in the state folder so that a crash, a kill
//! or a hang-up loses nothing.
//!
//! A recovery file is one line of JSON (the header: whose text it is, and which process wrote it)
//! and then the text as it is. Each process writes its own, so that two of them with the same file
//! open do not write over each other's; one whose process still runs is never offered.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use ropey::Rope;
use serde::{Deserialize, Serialize};

use super::disk::{FileError, FileStamp, replace_file};
use crate::{
    document::{Document, Selection},
    language::Language,
};

/// Longest header line that is read, in bytes; paths are a few thousand at most.
const MAX_HEADER: u64 = 64 << 10;
/// Chars of a file's name that are kept in the name of its recovery file.
const READABLE: usize = 40;
const EXTENSION: &str = "recovery";

/// What a recovery file says before the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    /// The version of this format.
    routelens_recovery: u32,
    /// The absolute path of the document, where it has one; for people to read.
    path: Option<String>,
    language: Option<Language>,
    anchor: usize,
    cursor: usize,
    pid: u32,
    /// When that process began, in the system's own count, where it can be told: ids are reused.
    started: Option<u64>,
}

/// A document's text at one moment, to be written by any thread: taking it copies nothing.
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
            },
            path,
            text: document.rope().clone(),
        }
    }

    /// Writes the recovery file, atomically, and gives its path.
    pub fn write(&self) -> Result<PathBuf, FileError> {
        RecoveryFolder::default().write(self)
    }
}

/// The newest recovery file of `path`, or of documents without a path, that a process which no
/// longer runs left behind and that is not older than the file itself.
pub fn find_recovery(path: Option<&Path>) -> Option<PathBuf> {
    let stamp = path.and_then(FileStamp::of);
    let nothing = Rope::new();
    let redundant = path.is_none().then_some(&nothing);
    RecoveryFolder::default().find(path, stamp, redundant)
}

/// Removes a recovery file, where there is one: this process's own (at [`recovery_path`]) once the
/// document is saved or given up, a found one that nobody wants.
pub fn remove_recovery(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where this process keeps the recovery file of `path` (or of a document without one).
pub fn recovery_path(path: Option<&Path>) -> PathBuf {
    RecoveryFolder::default().file(path.map(absolute).as_deref())
}

/// Puts the text of a found recovery file into `document`, in one undo step, with the selection as
/// it was. The file is removed only when a recovery file of this process has taken its place.
pub fn recover(file: &Path, document: &mut Document) -> Result<(), FileError> {
    RecoveryFolder::default().recover(file, document)
}

/// The folder that recovery files are in.
#[derive(Debug, Clone)]
pub(super) struct RecoveryFolder(PathBuf);

impl Default for RecoveryFolder {
    /// `routelens/recovery` in the state folder: `$XDG_STATE_HOME`, or what the system has for it.
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

    /// See [`find_recovery`]. One that holds just the `known` text recovers nothing, and is removed.
    pub fn find(
        &self,
        path: Option<&Path>,
        stamp: Option<FileStamp>,
        known: Option<&Rope>,
    ) -> Option<PathBuf> {
        let stem = stem(path.map(absolute).as_deref());
        let saved = stamp.and_then(|stamp| stamp.modified);
        let mut found: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.0)
            .ok()?
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                let rest = name.strip_prefix(&stem)?.strip_prefix('.')?;
                rest.ends_with(EXTENSION).then_some(())?;
                let written = entry.metadata().ok()?.modified().ok()?;
                (Some(written) >= saved).then(|| (written, entry.path()))
            })
            .collect();
        found.sort();
        found.into_iter().rev().map(|(_, file)| file).find(|file| {
            let Ok((header, kept)) = read(file) else {
                return false;
            };
            if header.is_alive() {
                return false;
            }
            let redundant = known.is_some_and(|text| *text == kept.as_str());
            if redundant {
                // Left behind it would only be looked at again: nothing depends on its removal.
                let _ = remove_recovery(file);
            }
            !redundant
        })
    }

    pub fn recover(&self, file: &Path, document: &mut Document) -> Result<(), FileError> {
        let (header, text) = read(file)?;
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
        self.write(&Snapshot::of(document))?;
        // The text is safe in this process's own file by now; a leftover is offered once more.
        let _ = remove_recovery(file);
        Ok(())
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
    fn is_alive(&self) -> bool {
        match self.started {
            Some(then) => started(self.pid) == Some(then),
            None => is_running(self.pid),
        }
    }
}

/// The part of a recovery file's name that belongs to the document: a hash of its absolute path,
/// and enough of the name for a person to know it by.
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

/// The FNV-1a hash, which unlike the standard library's is the same in every version.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// `path` as every process sees it: links resolved where it exists.
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

/// When a running process began, in clock ticks since the machine did; Linux only.
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets, which may hold anything. After it comes
    // the state, a letter (one that ended but is not waited for yet is a zombie), and 19 fields on
    // the time.
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
        // Somebody else's process runs too, though it may not be signalled.
        rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
    })
}

/// Elsewhere only this process is known to run.
#[cfg(not(unix))]
fn is_running(pid: u32) -> bool {
    pid == std::process::id()
}
