//! Output files named by the user: which may be overwritten, and which must not.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Failure;
use crate::evaluation::file::begins_as_run;

/// Refuses to write `out` over one of `inputs`, over any run, or (without `force`) over any other
/// file. A run may hold hours of a model's work, so even `force` does not allow overwriting it.
///
/// # Errors
/// The file must not be overwritten; the error names it and the remedy.
pub(super) fn may_write(out: &Path, inputs: &[PathBuf], force: bool) -> Result<(), Failure> {
    let name = out.display();
    if inputs.iter().any(|input| is_same(input, out)) {
        return Err(Failure::Usage(format!(
            "{name} is an input file; name another file with --out"
        )));
    }
    if begins_as_run(out) {
        return Err(Failure::Usage(format!(
            "{name} is a run; name another file with --out, or delete it"
        )));
    }
    if !force && fs::symlink_metadata(out).is_ok() {
        return Err(Failure::Usage(format!(
            "{name} already exists; name another file with --out, or overwrite it with --force"
        )));
    }
    Ok(())
}

/// Whether both names are the same file: by another spelling, a symbolic link or a hard link.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let number = |path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
        number(one).is_some_and(|one| Some(one) == number(other))
    }
    #[cfg(not(unix))]
    {
        let place = |path| fs::canonicalize(path).ok();
        place(one).is_some_and(|one| Some(one) == place(other))
    }
}
