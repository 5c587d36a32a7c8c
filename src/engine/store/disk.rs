//! Common to all saved files: errors, noticing that another program changed a file, and replacing
//! it.

use std::{
    fs::{self, File, Metadata},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::words::shown_text;

/// Largest file to open, in bytes.
pub const MAX_BYTES: u64 = 64 << 20;

/// Why a file operation failed, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} is a folder; name a file in it", name(.0))]
    Folder(PathBuf),
    #[error("{} is not a regular file (a device, a pipe or a socket); copy its text to a file", name(.0))]
    NotRegular(PathBuf),
    #[error("{} looks binary (it contains a NUL byte); only text files can be opened", name(.0))]
    Binary(PathBuf),
    #[error("{} is UTF-16; convert it first (iconv -f UTF-16 -t UTF-8)", name(.0))]
    Utf16(PathBuf),
    #[error("{} is too large: {} MiB, and the limit is {} MiB; split it", name(.path), .bytes >> 20, MAX_BYTES >> 20)]
    TooLarge { path: PathBuf, bytes: u64 },
    #[error("cannot read {}: {source}{}", name(.path), remedy(.source))]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is write-protected; make it writable, or save under another name", name(.0))]
    ReadOnly(PathBuf),
    #[error("cannot save {}: its folder does not exist; create it, or save under another name", name(.0))]
    NoFolder(PathBuf),
    #[error("cannot save {}: {source}{} (the old file is unharmed)", name(.path), remedy(.source))]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("{} was changed or removed by another program since it was opened; save again to overwrite it, or reopen it", name(.0))]
    ChangedOnDisk(PathBuf),
    #[error("{} is not a recovery file of routelens, or is truncated; nothing was recovered", name(.0))]
    NotRecovery(PathBuf),
    #[error("{} is read-only here; nothing was recovered", name(.0))]
    Locked(PathBuf),
}

/// A path made safe for the screen.
pub(super) fn name(path: &Path) -> String {
    shown_text(&path.to_string_lossy()).into_owned()
}

/// A remedy for `error`, to append to its message.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "; check the permissions of the file and its folder",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space, or save elsewhere"
        }
        io::ErrorKind::ReadOnlyFilesystem => "; save elsewhere",
        _ => "",
    }
}

/// Modification time and size of a file: enough to notice that another program wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    pub modified: Option<SystemTime>,
    pub bytes: u64,
}

impl FileStamp {
    /// The stamp of the file at `path` now; `None` if there is none.
    pub fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().as_ref().map(Self::from)
    }
}

impl From<&Metadata> for FileStamp {
    fn from(metadata: &Metadata) -> Self {
        FileStamp {
            modified: metadata.modified().ok(),
            bytes: metadata.len(),
        }
    }
}

pub(super) fn regular(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    match metadata {
        m if m.is_dir() => Err(FileError::Folder(path.to_path_buf())),
        m if !m.is_file() => Err(FileError::NotRegular(path.to_path_buf())),
        _ => Ok(()),
    }
}

/// Writes a file completely or not at all: until the last step only a temporary file beside it
/// changes.
pub(super) fn replace_file(
    target: &Path,
    folder: &Path,
    old: Option<&Metadata>,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".routelens-").suffix(".tmp");
    #[cfg(unix)]
    if old.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // The usual mode of a new file, before the umask.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let temporary = builder.tempfile_in(folder)?;
    let file = temporary.as_file();
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    if let Some(old) = old {
        keep_owner(file, old);
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()?;
    temporary.persist(target).map_err(|error| error.error)?;
    // The rename is durable only once the folder is on disk; not every file system supports that.
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Gives the new file to the owner of the old one. Only root may do that, so a failure means that
/// the file will belong to the current user, as with every editor.
fn keep_owner(file: &File, old: &Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
    #[cfg(not(unix))]
    let _ = (file, old);
}
