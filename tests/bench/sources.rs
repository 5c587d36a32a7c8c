//! Real code to measure on: the sources of what this build depends on, where cargo has put them.

use std::path::PathBuf;

/// What of llama.cpp this build compiles comes with this package.
const PACKAGE: &str = "llama-cpp-sys-2";

/// Folders that are there.
pub struct Sources {
    /// The packages, each in a folder of its own.
    pub packages: PathBuf,
    /// The sources of llama.cpp, in one of them.
    pub llama_cpp: PathBuf,
}

/// Finds them in cargo's home, in the version that this build uses; else says what is missing.
pub fn find() -> Result<Sources, String> {
    let locked = include_str!("../../Cargo.lock");
    let version = locked
        .split_once(&format!("name = \"{PACKAGE}\"\nversion = \""))
        .and_then(|(_, rest)| rest.split('"').next())
        .ok_or("llama.cpp is not in Cargo.lock")?;
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home.ok_or("no CARGO_HOME")?.join("registry/src");
    let inside = format!("{PACKAGE}-{version}/llama.cpp");
    let packages = std::fs::read_dir(&registries)
        .map_err(|error| format!("{}: {error}", registries.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|packages| packages.join(&inside).is_dir())
        .ok_or_else(|| format!("{}: no {inside} in it", registries.display()))?;
    Ok(Sources {
        llama_cpp: packages.join(&inside),
        packages,
    })
}
