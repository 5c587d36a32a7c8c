//! The infilling benchmarks: where they are and what is read of them.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use flate2::read::GzDecoder;
use routelens::{completion::Hole, language::Language};
use serde::Deserialize;

/// A hole with the text that was cut out of it.
pub struct Task {
    pub id: String,
    pub language: Language,
    pub hole: Hole,
    pub solution: String,
}

#[derive(Deserialize)]
struct Line {
    task_id: String,
    #[serde(default = "python")]
    language: Language,
    prompt: String,
    suffix: String,
    canonical_solution: String,
}

fn python() -> Language {
    Language::Python
}

/// All tasks in the folder `ROUTELENS_DATA`, or in `../shared/data` beside the repository.
pub fn tasks() -> Result<Vec<Task>, String> {
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
    let mut tasks = Vec::new();
    for path in files {
        let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for line in BufReader::new(GzDecoder::new(file)).lines() {
            let line = line.map_err(|error| format!("{}: {error}", path.display()))?;
            let line: Line = serde_json::from_str(&line)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            tasks.push(Task {
                id: line.task_id,
                language: line.language,
                hole: Hole::new(line.prompt, line.suffix, Some(line.language)),
                solution: line.canonical_solution,
            });
        }
    }
    match tasks.is_empty() {
        true => Err(format!("{}: no *.jsonl.gz", folder.display())),
        false => Ok(tasks),
    }
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
