//! The infilling benchmarks: where they are and which tasks are used.

use std::path::PathBuf;

use routelens::{completion::Hole, evaluation::dataset::Dataset, language::Language};

/// A hole with the text that was cut out of it.
pub struct Task {
    pub id: String,
    pub language: Language,
    pub hole: Hole,
    pub solution: String,
}

/// The benchmark files in the folder `ROUTELENS_DATA`, or in `../shared/data` beside the
/// repository.
pub fn files() -> Result<Vec<PathBuf>, String> {
    let folder = std::env::var_os("ROUTELENS_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| format!("{}: {error} (set ROUTELENS_DATA)", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".jsonl.gz"))
        .collect();
    files.sort();
    match files.is_empty() {
        true => Err(format!("{}: no *.jsonl.gz", folder.display())),
        false => Ok(files),
    }
}

/// All tasks of the benchmark files, as the benchmarks cut them.
pub fn tasks() -> Result<Vec<Task>, String> {
    let opened: Result<Vec<Dataset>, String> =
        files()?.iter().map(|path| Dataset::open(path)).collect();
    let dataset = Dataset::joined(opened?)?;
    let task = |task: routelens::evaluation::task::Task| Task {
        hole: Hole::new(task.prefix, task.suffix, Some(task.language)),
        id: task.id,
        language: task.language,
        solution: task.canonical,
    };
    Ok(dataset.tasks.into_iter().map(task).collect())
}

/// `text` in pieces of `size` characters.
pub fn pieces(text: &str, size: usize) -> Vec<&str> {
    let mut starts: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .step_by(size)
        .collect();
    starts.push(text.len());
    starts
        .windows(2)
        .map(|pair| &text[pair[0]..pair[1]])
        .collect()
}
