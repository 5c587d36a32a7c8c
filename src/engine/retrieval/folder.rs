//! Reads a folder: selects the files to index, and their text. Files excluded by `.gitignore` and
//! similar files, hidden files and denied files are skipped; links are not followed, which rules
//! out loops; and the number of entries visited is bounded.

use std::{
    fs::File,
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use ignore::{DirEntry, Walk, WalkBuilder};

use super::{Census, Scope};
use crate::privacy::Deny;

/// Entries to visit per file that may be indexed, so that a folder of a million images ends as
/// well.
const ENTRIES_PER_FILE: usize = 10;

/// How many entries to visit for this limit of files.
fn most_entries(max_files: usize) -> usize {
    max_files.saturating_mul(ENTRIES_PER_FILE)
}

/// A binary file has a zero byte within this many first bytes.
const FIRST_BLOCK: usize = 8192;
/// Text with a longer average line, in bytes, was not written by hand: minified code, data.
const LONG_LINES: usize = 300;

/// A folder that is read file by file.
pub(super) struct Folder {
    walk: Walk,
    /// Files that the walk itself skips because they are denied.
    denied: Arc<AtomicUsize>,
    max_files: usize,
    max_bytes: u64,
    entries: usize,
    census: Census,
}

/// What one step through the folder found.
pub(super) enum Step {
    /// A file to index: its absolute path and its text.
    File(PathBuf, String),
    /// Something else.
    Other,
    End,
}

/// A path with the file's text, or the reason to skip it.
enum Content {
    Text(String),
    Large,
    Binary,
    Unreadable,
    Gone,
}

impl Folder {
    /// # Errors
    /// The path is not a folder, or a deny pattern is invalid.
    pub fn new(scope: &Scope) -> Result<Self, String> {
        Self::narrowed(scope, None)
    }

    /// The same for a single file, if the folder would include it.
    ///
    /// # Errors
    /// As [`Folder::new`].
    pub fn only(scope: &Scope, file: &Path) -> Result<Self, String> {
        Self::narrowed(scope, Some(file.to_path_buf()))
    }

    fn narrowed(scope: &Scope, only: Option<PathBuf>) -> Result<Self, String> {
        let problem = |why: &str| {
            let root = scope.root.display();
            format!("cannot index {root}: {why}; choose another folder in retrieval.folder")
        };
        match scope.root.read_dir() {
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Err(problem("not a folder"));
            }
            Err(error) => return Err(problem(&error.to_string())),
            Ok(_) => {}
        }
        let deny = Deny::new(&scope.deny).map_err(|problem| problem.to_string())?;
        let denied = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&denied);
        let root = scope.root.clone();
        let most = most_entries(scope.settings.max_files);
        let is_wanted = move |entry: &DirEntry| {
            let path = entry.path();
            if count.load(Ordering::Relaxed) >= most {
                // Denied entries are skipped within one step, so bound them here.
                return false;
            }
            let beside = |only: &PathBuf| !only.starts_with(path);
            if only.as_ref().is_some_and(beside) {
                return false;
            }
            let permitted = entry.path_is_symlink() || deny.permits_in(&root, path).is_ok();
            count.fetch_add(usize::from(!permitted), Ordering::Relaxed);
            permitted
        };
        let walk = WalkBuilder::new(&scope.root)
            .require_git(false)
            .filter_entry(is_wanted)
            .build();
        Ok(Folder {
            walk,
            denied,
            max_files: scope.settings.max_files,
            max_bytes: scope.settings.max_file_kib as u64 * 1024,
            entries: 0,
            census: Census::default(),
        })
    }

    /// Visits one more entry. Files are returned until `full` or until the limit of files; after
    /// that they are only counted, and not for long.
    pub fn step(&mut self, full: bool) -> Step {
        let full = full || self.census.files >= self.max_files;
        let most = most_entries(self.max_files);
        let denied = self.denied.load(Ordering::Relaxed);
        if self.entries.max(denied) >= most || self.census.beyond >= self.max_files {
            self.census.more = self.walk.next().is_some();
            return Step::End;
        }
        let entry = match self.walk.next() {
            None => return Step::End,
            Some(entry) => entry,
        };
        self.entries += 1;
        let Ok(entry) = entry else {
            self.census.unreadable += 1;
            return Step::Other;
        };
        if entry.path_is_symlink() && entry.depth() > 0 {
            self.census.links += 1;
            return Step::Other;
        }
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            // A folder, a socket, or anything else without text.
            return Step::Other;
        }
        if full {
            self.census.beyond += 1;
            return Step::Other;
        }
        match self.read(entry.path()) {
            Content::Text(text) => {
                self.census.files += 1;
                return Step::File(entry.into_path(), text);
            }
            Content::Large => self.census.large += 1,
            Content::Binary => self.census.binary += 1,
            Content::Unreadable => self.census.unreadable += 1,
            Content::Gone => {}
        }
        Step::Other
    }

    /// The counts so far; `chunks` is not known here.
    pub fn census(&self) -> Census {
        Census {
            denied: self.denied.load(Ordering::Relaxed),
            ..self.census
        }
    }

    fn read(&self, path: &Path) -> Content {
        match read_bounded(path, self.max_bytes) {
            Ok(Some(bytes)) => text_of(bytes).map_or(Content::Binary, Content::Text),
            Ok(None) => Content::Large,
            Err(error) if error.kind() == ErrorKind::NotFound => Content::Gone,
            Err(_) => Content::Unreadable,
        }
    }
}

/// The text of a file as the index would read it, within the same limits; `None` if it would be
/// skipped.
pub(super) fn read_text(path: &Path, max_bytes: u64) -> Option<String> {
    text_of(read_bounded(path, max_bytes).ok()??)
}

/// Reads at most `max_bytes`; `None` if there are more. If the file changes size meanwhile, what
/// was read counts.
fn read_bounded(path: &Path, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.len() > max_bytes {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.take(max_bytes + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max_bytes).then_some(bytes))
}

/// The text, if it looks written by hand.
fn text_of(bytes: Vec<u8>) -> Option<String> {
    if bytes[..bytes.len().min(FIRST_BLOCK)].contains(&0) {
        return None;
    }
    let mut text = String::from_utf8(bytes).ok()?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    let lines = text.lines().count().max(1);
    (text.len() / lines <= LONG_LINES).then_some(text)
}
