//! Opens and saves files. Recovery files are in [`super::recovery`].

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
};

use ropey::Rope;

use super::{
    disk::{FileError, FileStamp, MAX_BYTES, name, regular, replace_file},
    recovery::{Leftover, RecoveryFolder},
};
use crate::document::Document;

/// A NUL within this many first bytes marks a binary file.
const BINARY_CHECK: usize = 8 << 10;
/// Maximum number of symbolic links followed in a row, as on Linux.
const MAX_LINKS: usize = 40;

/// An opened file, with a notice for the user ("invalid UTF-8 replaced, read-only").
pub struct Opened {
    pub document: Document,
    pub notice: Option<String>,
    /// Unsaved text left by a run that crashed or was killed.
    pub recovery: Option<Leftover>,
    /// The file as it was read; `None` if it does not exist yet. For [`save_unless_changed`].
    pub stamp: Option<FileStamp>,
}

/// Opens a file; a missing one becomes an empty document with that path. Invalid UTF-8 is replaced,
/// and the document is then read-only, so that those bytes cannot be lost.
pub fn open(path: &Path) -> Result<Opened, FileError> {
    open_with(path, &RecoveryFolder::default())
}

pub(super) fn open_with(path: &Path, folder: &RecoveryFolder) -> Result<Opened, FileError> {
    let (bytes, stamp) = match read(path) {
        Ok((bytes, stamp)) => (bytes, Some(stamp)),
        Err(FileError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            (Vec::new(), None)
        }
        Err(error) => return Err(error),
    };
    let mut notice = stamp
        .is_none()
        .then(|| format!("{} does not exist yet; saving creates it", name(path)));
    let document = match String::from_utf8(bytes) {
        Ok(text) => Document::new(&text, Some(path.to_path_buf())),
        Err(error) => {
            let wrong = error.as_bytes().utf8_chunks();
            let wrong = wrong.filter(|chunk| !chunk.invalid().is_empty()).count();
            let places = if wrong == 1 { "place" } else { "places" };
            notice = Some(format!(
                "{} is not UTF-8 in {wrong} {places}, shown as \u{FFFD}; it is read-only here: \
                 convert it to UTF-8 to edit it",
                name(path)
            ));
            let text = String::from_utf8_lossy(error.as_bytes());
            let mut document = Document::new(&text, Some(path.to_path_buf()));
            document.set_read_only(true);
            document
        }
    };
    let recovery = match document.is_read_only() {
        true => None,
        false => folder.find(Some(path), stamp, Some(document.rope())),
    };
    Ok(Opened {
        document,
        notice,
        recovery,
        stamp,
    })
}

/// The bytes of a file that can be opened as text.
fn read(path: &Path) -> Result<(Vec<u8>, FileStamp), FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_path_buf(),
        source,
    };
    // Check before opening: opening a pipe waits for a writer.
    regular(path, &fs::metadata(path).map_err(unreadable)?)?;
    let file = File::open(path).map_err(unreadable)?;
    let stamp = FileStamp::from(&file.metadata().map_err(unreadable)?);
    let mut bytes = Vec::new();
    if stamp.bytes <= MAX_BYTES {
        // A file may grow while it is read, or (in /proc) not know its size.
        let mut limited = file.take(MAX_BYTES + 1);
        limited.read_to_end(&mut bytes).map_err(unreadable)?;
    }
    let size = stamp.bytes.max(bytes.len() as u64);
    if size > MAX_BYTES {
        return Err(FileError::TooLarge {
            path: path.to_path_buf(),
            bytes: size,
        });
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(FileError::Utf16(path.to_path_buf()));
    }
    if bytes[..bytes.len().min(BINARY_CHECK)].contains(&0) {
        return Err(FileError::Binary(path.to_path_buf()));
    }
    Ok((bytes, stamp))
}

/// Writes the document to its path atomically (temporary file, flush, rename), following symbolic
/// links and keeping the file's permissions and, if allowed, its owner. Other hard links to the
/// file keep the old text.
pub fn save(path: &Path, text: &Rope) -> Result<(), FileError> {
    let target = follow_links(path);
    let unwritable = |source| FileError::Unwritable {
        path: path.to_path_buf(),
        source,
    };
    let old = match fs::metadata(&target) {
        Ok(metadata) => {
            regular(path, &metadata)?;
            writable(path, &target, &metadata)?;
            Some(metadata)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unwritable(error)),
    };
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(FileError::NoFolder(path.to_path_buf()));
    }
    replace_file(&target, folder, old.as_ref(), |file| text.write_to(file)).map_err(unwritable)
}

/// Like [`save`], but fails if the file no longer matches `stamp` (`None`: it did not exist).
/// Returns the stamp of the new file, for the next save.
pub fn save_unless_changed(
    path: &Path,
    text: &Rope,
    stamp: Option<FileStamp>,
) -> Result<Option<FileStamp>, FileError> {
    if FileStamp::of(path) != stamp {
        return Err(FileError::ChangedOnDisk(path.to_path_buf()));
    }
    save(path, text)?;
    Ok(FileStamp::of(path))
}

/// The final target of writing to `path`; the file need not exist.
fn follow_links(path: &Path) -> PathBuf {
    let mut target = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let Ok(link) = fs::read_link(&target) else {
            break;
        };
        target = target.parent().unwrap_or(Path::new("")).join(link);
    }
    target
}

/// A rename would silently replace a write-protected file, so check first.
fn writable(path: &Path, target: &Path, metadata: &Metadata) -> Result<(), FileError> {
    let refused = metadata.permissions().readonly()
        || File::options()
            .write(true)
            .open(target)
            .is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    match refused {
        true => Err(FileError::ReadOnly(path.to_path_buf())),
        false => Ok(()),
    }
}
