//! Real code to measure on: the sources of this build's dependencies, in cargo's home.

use std::path::PathBuf;

/// The package with the llama.cpp sources that this build compiles.
const PACKAGE: &str = "llama-cpp-sys-2";

/// The source folders.
pub struct Sources {
    /// The packages, one folder each.
    pub packages: PathBuf,
    /// The llama.cpp sources, inside one of them.
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
