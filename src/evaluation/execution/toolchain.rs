//! Looking for the programs that compile and run other programs, and for what of them a sandbox has
//! to show.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::sandbox;

/// The first program of this name on the PATH.
pub(super) fn find_on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    let executable = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let executable = true;
    metadata.is_file() && executable
}

/// Asks a toolchain about itself, outside the sandbox: version managers need the person's
/// environment. Returns what it printed on both streams.
///
/// # Errors
/// It cannot be started or fails: says what it said.
pub(super) fn ask(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    match output.status.success() {
        true => Ok(said),
        false => Err(format!("{} fails: {}", program.display(), said.trim())),
    }
}

/// The parts of a toolchain that a sandbox does not have anyway. What would show a person's home
/// folder is left out.
pub(super) fn to_show(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let homes: Vec<PathBuf> = ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"]
        .into_iter()
        .filter_map(env::var_os)
        .map(PathBuf::from)
        .flat_map(|home| [home.canonicalize().unwrap_or_default(), home])
        .filter(|home| home.is_absolute())
        .collect();
    let mut paths: Vec<PathBuf> = paths
        .into_iter()
        .filter(|path| path.is_absolute() && path.exists() && !sandbox::is_shared(path))
        .filter(|path| !homes.iter().any(|home| home.starts_with(path)))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}
