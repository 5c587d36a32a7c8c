//! Files embedded in the binary: demo models, samples and themes.

use std::{
    collections::HashMap,
    fs,
    hash::{DefaultHasher, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use etcetera::BaseStrategy;
use serde::Deserialize;

/// A bundled sample: code with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Path under `samples/code/`, such as `python/sorting.py`.
    pub name: &'static str,
    /// The text with the holes cut out.
    pub text: &'static str,
    /// Places worth completing, in order of position; the cursor starts at the first. May be empty.
    pub holes: Vec<HolePlace>,
}

impl Sample {
    /// The text with only the `nth` hole cut out (counted from 0, the others filled in), and the
    /// line and column of that hole, counted from 1. If there is no such hole: the whole text and
    /// its start.
    pub fn with_hole(&self, nth: usize) -> (String, (usize, usize)) {
        let mut text = self.text.to_owned();
        let mut at = 0;
        // From the last to the first, so that earlier positions stay valid.
        for (index, hole) in self.holes.iter().enumerate().rev() {
            let place = byte_of(&text, hole.line, hole.column);
            if index == nth {
                at = place;
            } else {
                text.insert_str(place, &hole.cut);
                at += if index < nth { hole.cut.len() } else { 0 };
            }
        }
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (text, (line, column))
    }
}

/// The byte offset of a line and column (in characters), both counted from 1.
fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let rest = &text[start..];
    let within: usize = rest.chars().take(column - 1).map(char::len_utf8).sum();
    start + within
}

/// A place in a sample where something was cut out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolePlace {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1: the cursor's position.
    pub column: usize,
    /// The text that was cut out.
    pub cut: String,
    /// What this hole demonstrates, for display.
    pub note: String,
}

/// The files under `folder`, by name and text. They are listed one by one to fix their order, and
/// so that the compiler tracks their changes.
macro_rules! texts {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $folder, "/", $name)),
        )),*]
    };
}

/// Samples by name and text, in picker order.
const SAMPLES: &[(&str, &str)] = texts!["samples/code":
    "python/counting.py",
    "python/sorting.py",
    "python/grid_paths.py",
    "python/matrix.py",
    "python/inventory.py",
    "python/unicode.py",
    "java/RingBuffer.java",
    "java/Graph.java",
    "java/Primes.java",
    "java/TextTools.java",
    "java/Tree.java",
    "cpp/heap.cpp",
    "cpp/strings.cpp",
    "cpp/knapsack.cpp",
    "cpp/union_find.hpp",
    "cpp/fraction.cpp",
    "other/collatz.rs",
];

/// The bundled suite's files by name and text, from easy to hard.
const SUITE: &[(&str, &str)] = texts!["samples/suite":
    "python/easy.py",
    "python/medium.py",
    "python/hard.py",
    "java/easy.java",
    "java/medium.java",
    "java/hard.java",
    "cpp/easy.cpp",
    "cpp/medium.cpp",
    "cpp/hard.cpp",
];

const HOLES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../samples/code/holes.toml"
));

/// The bundled suite's files: name under `samples/suite/`, and text.
pub fn suite() -> &'static [(&'static str, &'static str)] {
    SUITE
}

/// Themes by name and text, in the order of cycling; the first is the default.
const THEMES: &[(&str, &str)] = texts!["themes":
    "routelens-dark.tmTheme",
    "routelens-light.tmTheme",
    "high-contrast.tmTheme",
    "high-contrast-light.tmTheme",
    "colour-blind-safe.tmTheme",
];

/// The bundled samples in picker order; the first opens if no file is given.
pub fn samples() -> Vec<Sample> {
    let mut holes: HashMap<String, Vec<HolePlace>> =
        toml::from_str(HOLES).expect("the bundled list of holes is tested");
    SAMPLES
        .iter()
        .map(|&(name, text)| Sample {
            name,
            text,
            holes: holes.remove(name).unwrap_or_default(),
        })
        .collect()
}

/// The bundled themes as (file name, text), in the order of cycling; the first is the default on a
/// dark background, the second on a light one.
pub fn themes() -> &'static [(&'static str, &'static str)] {
    THEMES
}

/// The demo models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoModel {
    Small,
    Large,
}

impl DemoModel {
    /// Both, the small one first.
    pub const ALL: [DemoModel; 2] = [DemoModel::Small, DemoModel::Large];

    pub fn file_name(self) -> &'static str {
        match self {
            DemoModel::Small => "demo-small-7m-q8_0.gguf",
            DemoModel::Large => "demo-large-16m-q8_0.gguf",
        }
    }

    /// The file's content.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            DemoModel::Small => include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../samples/models/demo-small-7m-q8_0.gguf"
            )),
            DemoModel::Large => include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../samples/models/demo-large-16m-q8_0.gguf"
            )),
        }
    }

    /// A name derived from the content, so that another version of the program, with other models,
    /// unpacks its own.
    fn version(self) -> &'static str {
        static VERSIONS: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];
        VERSIONS[self as usize].get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            hasher.write(self.bytes());
            format!("{:016x}", hasher.finish())
        })
    }
}

/// The demo model as a file, which llama.cpp needs. Unpacked atomically to the cache folder if not
/// there yet, so that two starts at once do not interfere; or to the temporary folder if the cache
/// folder is not writable.
///
/// # Errors
/// Neither folder is writable; the error names both, and why.
pub fn demo_model(model: DemoModel) -> io::Result<PathBuf> {
    let cache = etcetera::choose_base_strategy().map(|s| s.cache_dir().join("routelens"));
    let mut problems = Vec::new();
    for folder in cache.ok().into_iter().chain([temporary_folder()]) {
        match unpack(model, &folder) {
            Ok(path) => return Ok(path),
            Err(e) => problems.push(format!("{}: {e}", folder.display())),
        }
    }
    Err(io::Error::other(format!(
        "cannot unpack the demo model {} to the cache folder ({}); \
         set XDG_CACHE_HOME to a folder that can be written",
        model.file_name(),
        problems.join("; ")
    )))
}

/// The model's file under `folder`; written first if it is missing or damaged.
fn unpack(model: DemoModel, folder: &Path) -> io::Result<PathBuf> {
    create_private(folder)?;
    let folder = folder.join("models").join(model.version());
    let path = folder.join(model.file_name());
    if is_whole(&path, model.bytes()) {
        return Ok(path);
    }
    fs::create_dir_all(&folder)?;
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    file.write_all(model.bytes())?;
    file.persist(&path)?;
    Ok(path)
}

/// Whether the file has exactly these bytes; false if it is incomplete, damaged or a different
/// file.
fn is_whole(path: &Path, bytes: &[u8]) -> bool {
    let same_length = fs::metadata(path).is_ok_and(|m| m.len() == bytes.len() as u64);
    same_length && fs::read(path).is_ok_and(|content| content == bytes)
}

/// Where to unpack without a cache folder: a folder per user, because the temporary folder is
/// shared.
fn temporary_folder() -> PathBuf {
    #[cfg(unix)]
    let name = format!("routelens-{}", rustix::process::getuid().as_raw());
    #[cfg(not(unix))]
    let name = "routelens";
    std::env::temp_dir().join(name)
}

/// Creates a folder that only its owner can write, and refuses one that belongs to another user,
/// who could replace its files.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, MetadataExt};
        builder.mode(0o700).create(folder)?;
        if fs::symlink_metadata(folder)?.uid() != rustix::process::getuid().as_raw() {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the folder belongs to another user",
            ));
        }
        Ok(())
    }
    #[cfg(not(unix))]
    builder.create(folder)
}

#[cfg(test)]
mod tests;
