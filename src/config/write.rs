//! Writing to the configuration file: only thresholds are ever written, only on request, and what
//! else stands there, comments included, stays as it is.

use std::path::Path;

use super::FittedThreshold;

/// Puts thresholds into a configuration file, each in place of one for the same model, language and
/// score; creates the file where there is none. The file is replaced whole or not at all.
///
/// # Errors
/// The file is not valid TOML or cannot be written: names it and the remedy.
pub fn put_thresholds(path: &Path, thresholds: &[FittedThreshold]) -> Result<(), String> {
    let _ = (path, thresholds);
    todo!()
}
