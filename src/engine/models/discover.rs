//! Finds GGUF files: the bundled models, the configured ones, and those in the folders where users
//! and other programs keep them. Looks only at names and sizes; [`crate::local::inspect`] reads the
//! files.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use ignore::{DirEntry, WalkBuilder};
use serde::Serialize;

use crate::{
    assets::{DemoModel, demo_model},
    config::Config,
    local::inspect,
    store::folders::expand_home,
    words::{human_bytes, shorten_home},
};

/// How deep to search folders. Hugging Face's cache is five deep.
const DEPTH: usize = 6;
/// How many entries to visit in one place before giving up on it.
const ENTRIES: usize = 20_000;
/// How many models to list at most.
const MODELS: usize = 500;

/// Folders for models under the home folder, by convention or by other programs.
const CACHES: [&str; 5] = [
    "~/.cache/huggingface/hub",
    "~/.cache/llama.cpp",
    "~/.lmstudio/models",
    "~/.cache/lm-studio/models",
    "~/models",
];

/// Where a listed model comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundIn {
    /// Bundled with the program.
    Bundled,
    /// Named in the configuration.
    Configured,
    /// In a folder named in the configuration.
    ModelFolder,
    /// In the current folder or below.
    CurrentFolder,
    /// In another program's cache.
    Cache,
}

impl FoundIn {
    /// Display name.
    pub fn name(self) -> &'static str {
        match self {
            FoundIn::Bundled => "bundled",
            FoundIn::Configured => "configured",
            FoundIn::ModelFolder => "model folder",
            FoundIn::CurrentFolder => "current folder",
            FoundIn::Cache => "cache",
        }
    }
}

/// A GGUF file found on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundModel {
    pub path: PathBuf,
    pub origin: FoundIn,
    /// File size; 0 if unreadable.
    pub bytes: u64,
}

impl FoundModel {
    /// Label in a picker: the name, with the folder if needed to tell it apart.
    pub fn label(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let folder = self.path.parent().unwrap_or(Path::new(""));
        match self.origin {
            FoundIn::Bundled => name.into_owned(),
            _ if folder.as_os_str().is_empty() => name.into_owned(),
            _ => format!("{name}  {}", shorten_home(folder)),
        }
    }

    /// Details in a picker: size, quantisation and FIM family, or why the model is unusable. Reads
    /// the file's header.
    pub fn detail(&self) -> String {
        let info = match inspect(&self.path) {
            Ok(info) => info,
            Err(error) => {
                let text = error.to_string();
                let path = format!("{}: ", self.path.display());
                return text.strip_prefix(&path).unwrap_or(&text).to_owned();
            }
        };
        let mut parts = vec![human_bytes(info.bytes), info.description()];
        parts.push(match info.fim_family {
            Some(family) => format!("FIM {family}"),
            None => "no FIM tokens".to_owned(),
        });
        if self.origin == FoundIn::Bundled {
            parts.push("demo".to_owned());
        }
        parts.join(" · ")
    }
}

/// All available models, nearest first, each file once: the bundled ones, those in `folders`, in
/// the current folder, and in other programs' caches. Bounded in depth and number, so it ends soon
/// on any machine, but it still blocks.
pub fn models(folders: &[PathBuf]) -> Vec<FoundModel> {
    models_with(&[], folders)
}

/// As [`models`], plus the files named in the configuration.
pub fn models_of(config: &Config) -> Vec<FoundModel> {
    models_with(&config.model_files(), &config.model_folders)
}

fn models_with(named: &[PathBuf], folders: &[PathBuf]) -> Vec<FoundModel> {
    let mut found = Found::default();
    for model in DemoModel::ALL {
        if let Ok(path) = demo_model(model) {
            found.add(path, FoundIn::Bundled);
        }
    }
    for path in named {
        found.add(path.clone(), FoundIn::Configured);
    }
    for folder in folders {
        found.search(folder, FoundIn::ModelFolder);
    }
    found.search(Path::new("."), FoundIn::CurrentFolder);
    for cache in CACHES {
        found.search(&expand_home(cache), FoundIn::Cache);
    }
    found.models
}

/// The list so far, and the files in it.
#[derive(Default)]
struct Found {
    models: Vec<FoundModel>,
    known: HashSet<PathBuf>,
}

impl Found {
    fn add(&mut self, path: PathBuf, origin: FoundIn) {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if self.models.len() < MODELS && self.known.insert(real) {
            let bytes = path.metadata().map_or(0, |known| known.len());
            self.models.push(FoundModel {
                path,
                origin,
                bytes,
            });
        }
    }

    /// Adds the models in a folder, sorted by name. A missing folder has none.
    fn search(&mut self, folder: &Path, origin: FoundIn) {
        // The walker detects loops of symbolic links.
        let walk = WalkBuilder::new(folder)
            .standard_filters(false)
            .follow_links(true)
            .max_depth(Some(DEPTH))
            .filter_entry(|entry| entry.depth() == 0 || !is_passed_over(entry))
            .build();
        let mut paths: Vec<PathBuf> = walk
            .take(ENTRIES)
            .flatten()
            .filter(|entry| is_model(entry.path()) && entry.path().is_file())
            .map(DirEntry::into_path)
            .collect();
        paths.sort();
        for path in paths {
            let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
            self.add(path, origin);
        }
    }
}

/// Folders that hold many files but no models.
fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    is_folder && (name.starts_with('.') || name == "node_modules" || name == "target")
}

/// Whether a file name is that of a model: a GGUF file, the first part of a split one, and not the
/// projector of a vision model.
fn is_model(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".gguf") else {
        return false;
    };
    let part = stem
        .rsplit_once("-of-")
        .and_then(|(before, _)| before.rsplit_once('-'))
        .and_then(|(_, number)| number.parse::<u32>().ok());
    part.is_none_or(|number| number == 1) && !name.starts_with("mmproj")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projectors_and_later_parts_are_no_models() {
        for (name, expected) in [
            ("a.gguf", true),
            ("A.GGUF", true),
            ("a-00001-of-00003.gguf", true),
            ("a-00002-of-00003.gguf", false),
            ("state-of-the-art.gguf", true),
            ("mmproj-a.gguf", false),
            ("a.bin", false),
        ] {
            assert_eq!(is_model(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn each_file_is_found_once_and_a_loop_of_links_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("org/model");
        std::fs::create_dir_all(&inner).expect("made");
        std::fs::create_dir_all(folder.path().join(".hidden")).expect("made");
        std::fs::write(inner.join("m.gguf"), "GGUF").expect("written");
        std::fs::write(folder.path().join(".hidden/h.gguf"), "GGUF").expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink(folder.path(), inner.join("loop")).expect("linked");
            symlink(inner.join("m.gguf"), folder.path().join("again.gguf")).expect("linked");
        }
        let mut found = Found::default();
        found.search(folder.path(), FoundIn::ModelFolder);
        assert_eq!(found.models.len(), 1, "{:?}", found.models);
        assert_eq!(found.models[0].bytes, 4);
    }
}
