//! Opening, saving and recovering files: the only part of this room that touches the disk.

use std::path::{Path, PathBuf};

use super::Document;

/// What could not be done with a file, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {}

/// An opened file with what a person should know about it ("invalid UTF-8 replaced, read-only").
pub struct Opened {
    pub document: Document,
    pub notice: Option<String>,
    /// A recovery file newer than the file itself, left by a run that did not end well.
    pub recovery: Option<PathBuf>,
}

/// Opens a file; one that does not exist becomes an empty document with that path.
pub fn open(_path: &Path) -> Result<Opened, FileError> {
    todo!()
}

/// Writes the document to its path, atomically (temporary file, flush, rename), keeping the file's
/// permissions and following symbolic links.
pub fn save(_path: &Path, _text: &ropey::Rope) -> Result<(), FileError> {
    todo!()
}

/// Where the recovery file of `path` (or of a document without one) is kept.
pub fn recovery_path(_path: Option<&Path>) -> PathBuf {
    todo!()
}
