//! The lock on a file of the state folder that several processes change.

use std::{
    fs::{self, File, TryLockError},
    io::{self, ErrorKind},
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long another process may hold the lock. It needs milliseconds, unless it is suspended.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// Locks the file at `path` against other processes while the result lives; creates its folder. The
/// lock is on a separate file beside it, because the file itself may be replaced.
///
/// # Errors
/// The lock file cannot be created; [`ErrorKind::WouldBlock`] if another process has held it for
/// two seconds.
pub fn lock(path: &Path) -> io::Result<File> {
    fs::create_dir_all(folder(path))?;
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    let file = options.open(path.with_extension("lock"))?;
    let asked = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if asked.elapsed() > PATIENCE => {
                return Err(ErrorKind::WouldBlock.into());
            }
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
        }
    }
}

/// The folder of a file, which may be named without one.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
