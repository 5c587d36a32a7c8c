//! The private folder of one executor, for what it compiles and caches. Removed at the end; the
//! folders of killed programs are removed by the next one.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use tempfile::TempDir;

const PREFIX: &str = "routelens-programs-";
/// Held locked as long as the folder is in use.
const LOCK: &str = "lock";

/// A folder that only this user can read.
#[derive(Debug)]
pub(super) struct PrivateFolder {
    _lock: File,
    folder: TempDir,
}

impl PrivateFolder {
    /// Creates one, and removes abandoned ones.
    pub(super) fn new() -> io::Result<Self> {
        remove_abandoned(&std::env::temp_dir());
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        // Locked before it gets its name, so that no other process finds it unlocked.
        let lock = tempfile::NamedTempFile::new_in(folder.path())?;
        lock.as_file().lock()?;
        let lock = lock.persist(folder.path().join(LOCK))?;
        Ok(PrivateFolder {
            _lock: lock,
            folder,
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn remove_abandoned(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(PREFIX.as_bytes())
        {
            continue;
        }
        // Other users' folders cannot be opened.
        if let Ok(lock) = File::open(entry.path().join(LOCK))
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_is_removed_and_what_is_in_use_stays() {
        let parent = tempfile::tempdir().expect("a folder");
        let [used, abandoned] = ["used", "abandoned"].map(|name| {
            let folder = parent.path().join(format!("{PREFIX}{name}"));
            fs::create_dir(&folder).expect("made");
            fs::write(folder.join(LOCK), "").expect("written");
            folder
        });
        let lock = File::open(used.join(LOCK)).expect("opened");
        lock.lock().expect("locked");
        remove_abandoned(parent.path());
        assert!(used.exists());
        assert!(!abandoned.exists());
    }
}
