//! Toolchains that compile and run programs: their versions, and the files of theirs that a sandbox
//! must show.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::isolation;

/// Asks a toolchain about itself, outside the sandbox: version managers need the user's
/// environment. Returns what it printed on both streams.
///
/// # Errors
/// The program cannot be started or fails; the error includes what it printed.
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
        false => Err(format!("{} failed: {}", program.display(), said.trim())),
    }
}

/// The parts of a toolchain that a sandbox lacks. Paths that would expose a home folder, or all
/// program data in it, are left out.
pub(super) fn to_show(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let named = ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"];
    let named = named.into_iter().filter_map(env::var_os).map(PathBuf::from);
    let home = env::var_os("HOME").map(PathBuf::from);
    let private: Vec<PathBuf> = home
        .iter()
        .flat_map(|home| private(home))
        .chain(named)
        .collect();
    without(paths, &private)
}

/// A home folder, and where programs conventionally keep their data in it.
fn private(home: &Path) -> Vec<PathBuf> {
    let folders = [".config", ".local/share", ".local/state"];
    let folders = folders.map(|folder| home.join(folder));
    std::iter::once(home.to_owned()).chain(folders).collect()
}

/// The paths that exist, without the system's and without those that contain a private one.
fn without(paths: impl IntoIterator<Item = PathBuf>, private: &[PathBuf]) -> Vec<PathBuf> {
    let private: Vec<PathBuf> = private
        .iter()
        .flat_map(|path| [path.canonicalize().unwrap_or_default(), path.clone()])
        .filter(|path| path.is_absolute())
        .collect();
    let mut paths: Vec<PathBuf> = paths
        .into_iter()
        .filter(|path| path.is_absolute() && path.exists() && !isolation::is_shared(path))
        .filter(|path| !private.iter().any(|private| private.starts_with(path)))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_in_the_home_folder_is_shown_and_what_is_around_it_is_not() {
        let home = tempfile::tempdir().expect("a folder");
        let toolchain = home.path().join(".local/share/toolchain");
        std::fs::create_dir_all(&toolchain).expect("made");
        let paths = [
            home.path().parent().expect("a folder").to_owned(),
            home.path().to_owned(),
            home.path().join(".local"),
            home.path().join(".local/share"),
            home.path().join("absent"),
            "/usr/bin".into(),
            toolchain.clone(),
            toolchain.clone(),
        ];
        assert_eq!(without(paths, &private(home.path())), [toolchain]);
    }
}
