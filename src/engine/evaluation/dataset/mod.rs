//! Reads benchmarks: HumanEval-Infilling's format (`infilling`), SAFIM's (`safim`), and the
//! built-in suite ([`suite`]). The format is detected from each line's fields. A bad line becomes a
//! problem with its number and field; the rest is read.

mod fields;
mod infilling;
mod safim;
pub mod suite;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::fields::Fields;
use super::task::Task;

/// The dataset name that selects the built-in suite.
pub const BUILTIN: &str = "builtin";

/// The first bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A dataset, identified by name and content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetId {
    /// The file's name without folders, or `builtin`; joined names are separated by `+`.
    pub name: String,
    /// SHA-256 of the unpacked content, in hexadecimal; for joined datasets, the hash of their
    /// hashes.
    pub sha256: String,
    /// Number of usable tasks.
    pub tasks: usize,
}

/// A line that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatasetProblem {
    /// The dataset's name.
    pub dataset: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it, naming the field.
    pub problem: String,
}

impl std::fmt::Display for DatasetProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.dataset, self.line, self.problem)
    }
}

/// A dataset in memory.
#[derive(Debug, Clone)]
pub struct Dataset {
    pub id: DatasetId,
    pub tasks: Vec<Task>,
    pub problems: Vec<DatasetProblem>,
}

impl Dataset {
    /// A dataset from what was read and hashed.
    fn new(name: String, hash: Sha256, tasks: Vec<Task>, problems: Vec<DatasetProblem>) -> Self {
        let id = DatasetId {
            name,
            sha256: digits(hash),
            tasks: tasks.len(),
        };
        Dataset {
            id,
            tasks,
            problems,
        }
    }

    /// Reads a file (`.jsonl`, plain or gzipped) or the built-in suite (`builtin`).
    ///
    /// # Errors
    /// The file cannot be read or unpacked, or has no usable task. The message names the file and
    /// the first problem, if any.
    pub fn open(given: &Path) -> Result<Self, String> {
        if given.as_os_str() == BUILTIN {
            return Ok(suite::dataset());
        }
        let unreadable = |error: io::Error| {
            let hint = match error.kind() {
                io::ErrorKind::NotFound => format!(" (the built-in suite is `{BUILTIN}`)"),
                io::ErrorKind::UnexpectedEof => " (the gzip file is truncated)".to_owned(),
                _ => String::new(),
            };
            format!("{}: {error}{hint}", given.display())
        };
        let mut file = BufReader::new(File::open(given).map_err(unreadable)?);
        let packed = file.fill_buf().map_err(unreadable)?.starts_with(&GZIP);
        let name = given.file_name().unwrap_or(given.as_os_str());
        let name = name.to_string_lossy().into_owned();
        let content: Box<dyn Read> = match packed {
            true => Box::new(MultiGzDecoder::new(file)),
            false => Box::new(file),
        };
        let dataset = Self::read(name, BufReader::new(content)).map_err(unreadable)?;
        match (dataset.tasks.is_empty(), dataset.problems.first()) {
            (false, _) => Ok(dataset),
            (true, None) => Err(format!("{}: it has no tasks", given.display())),
            (true, Some(problem)) => Err(format!(
                "{}: no line is a task; line {}: {}",
                given.display(),
                problem.line,
                problem.problem
            )),
        }
    }

    fn read(name: String, mut content: impl BufRead) -> io::Result<Self> {
        let mut hash = Sha256::new();
        let mut tasks: Vec<Task> = Vec::new();
        let mut problems = Vec::new();
        let mut lines_by_id: HashMap<String, usize> = HashMap::new();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if content.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            hash.update(&line);
            if line.trim_ascii().is_empty() {
                continue;
            }
            let task = task_of(&line).and_then(|task| match lines_by_id.get(&task.id) {
                Some(first) => Err(format!(
                    "task_id: `{}` is already used in line {first}",
                    task.id
                )),
                None => Ok(task),
            });
            match task {
                Ok(task) => {
                    lines_by_id.insert(task.id.clone(), number);
                    tasks.push(task);
                }
                Err(problem) => problems.push(DatasetProblem {
                    dataset: name.clone(),
                    line: number,
                    problem,
                }),
            }
        }
        Ok(Dataset::new(name, hash, tasks, problems))
    }

    /// Joins several datasets in their order.
    ///
    /// # Errors
    /// The list is empty, or two tasks have the same id.
    pub fn joined(mut datasets: Vec<Dataset>) -> Result<Self, String> {
        if datasets.len() == 1 {
            return Ok(datasets.remove(0));
        }
        let mut hash = Sha256::new();
        let mut names = Vec::new();
        let mut tasks: Vec<Task> = Vec::new();
        let mut problems = Vec::new();
        let mut owners: HashMap<String, String> = HashMap::new();
        for dataset in datasets {
            for task in &dataset.tasks {
                let name = dataset.id.name.clone();
                if let Some(other) = owners.insert(task.id.clone(), name) {
                    let (id, name) = (&task.id, &dataset.id.name);
                    return Err(format!(
                        "{other} and {name} both have a task `{id}`: give each dataset once"
                    ));
                }
            }
            hash.update(dataset.id.sha256.as_bytes());
            names.push(dataset.id.name);
            tasks.extend(dataset.tasks);
            problems.extend(dataset.problems);
        }
        if tasks.is_empty() {
            return Err("no dataset was given".to_owned());
        }
        Ok(Dataset::new(names.join("+"), hash, tasks, problems))
    }

    /// Keeps `count` randomly drawn tasks, in the dataset's order; the same seed draws the same
    /// tasks.
    pub fn sample(&mut self, count: usize, seed: u64) {
        let mut random = fastrand::Rng::with_seed(seed);
        let drawn = random.choose_multiple(0..self.tasks.len(), count);
        let mut wanted = vec![false; self.tasks.len()];
        for index in drawn {
            wanted[index] = true;
        }
        let mut wanted = wanted.into_iter();
        self.tasks.retain(|_| wanted.next().unwrap_or(false));
    }
}

/// Parses a line as a task in either format.
fn task_of(line: &[u8]) -> Result<Task, String> {
    let fields = Fields::parse(line)?;
    match fields.has("eval_prompt") || fields.has("ground_truth") {
        true => safim::task(&fields),
        false => infilling::task(&fields),
    }
}

fn digits(hash: Sha256) -> String {
    let bytes = hash.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
