//! Runs completions from elsewhere through a benchmark's tests, as the benchmark's own harness
//! does.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::channel,
    },
    thread,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Arguments, interrupt::Interrupt, skip};
use crate::{
    cli::{
        Exit, Failure,
        console::Console,
        holes::{self, LineError},
    },
    evaluation::{
        dataset::Dataset,
        task::{Grading, Task},
    },
    sandbox::{Execution, Executor, TestResult},
    words::number::percent,
};

/// A line of input.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Line {
    task_id: String,
    completion: String,
}

/// A line of output, with the keys of HumanEval-Infilling's harness.
#[derive(Serialize)]
struct Record<'a> {
    task_id: &'a str,
    completion: &'a str,
    result: String,
    passed: bool,
    detail: String,
}

/// Tests every completion in `given`.
pub(super) fn run(
    arguments: &Arguments,
    console: &mut Console,
    dataset: Dataset,
    given: &Path,
    out: Option<&Path>,
) -> Exit {
    let input = holes::open("--completions", given)?;
    let mut tasks = dataset.tasks;
    let all: HashSet<String> = tasks.iter().map(|task| task.id.clone()).collect();
    let interrupt = Interrupt::listen();
    let executor = arguments.tests.executor(&tasks)?;
    let mut out = out.map(create).transpose()?;
    skip(console, &mut tasks, &executor)?;
    let tasks: HashMap<&str, &Task> = tasks.iter().map(|task| (task.id.as_str(), task)).collect();
    let mut wanted = Vec::new();
    let errors = holes::for_each(input, console, |_, line, given: Line| {
        match (
            tasks.get(given.task_id.as_str()),
            all.contains(&given.task_id),
        ) {
            (Some(task), _) => wanted.push((*task, given.completion)),
            (None, true) => {}
            (None, false) => {
                return Ok(Err(LineError {
                    error: "task_id: no such task in the dataset".to_owned(),
                    line,
                    id: Value::String(given.task_id),
                }));
            }
        }
        Ok(Ok(()))
    })?;
    let jobs = arguments.tests.jobs();
    let mut counts = Counts::default();
    test_all(&wanted, &executor, jobs, &interrupt, |record| {
        counts.tested += 1;
        counts.passed += usize::from(record.passed);
        match &mut out {
            None => console.json(&record)?,
            Some(out) => out.put(&record)?,
        }
        if !arguments.quiet {
            let Counts { tested, passed } = counts;
            let all = wanted.len();
            console.progress(&format!("{tested} of {all} tested, {passed} passed"));
        }
        Ok(())
    })?;
    if let Some(out) = out {
        out.finish()?;
    }
    let Counts { tested, passed } = counts;
    let share = percent(passed as f64 / tested.max(1) as f64, 1);
    console.say(&format!("{passed} of {tested} passed ({share})"));
    match interrupt.is_set() {
        true => Ok(interrupt.status()),
        false => Ok(u8::from(errors > 0)),
    }
}

#[derive(Default)]
struct Counts {
    tested: usize,
    passed: usize,
}

/// Tests completions on several threads; `each` gets the results in the order of the completions.
fn test_all(
    wanted: &[(&Task, String)],
    executor: &Executor,
    jobs: usize,
    interrupt: &Interrupt,
    mut each: impl FnMut(Record) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, results) = channel();
        for _ in 0..jobs {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while !interrupt.is_set() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((task, completion)) = wanted.get(index) else {
                        return;
                    };
                    let tested = test(task, completion, executor);
                    if sender.send((index, tested)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        for (index, tested) in results {
            waiting.insert(index, tested);
            while let Some(tested) = waiting.remove(&due) {
                each(tested.map_err(Failure::Failed)?)?;
                due += 1;
            }
        }
        Ok(())
    })
}

fn test<'a>(
    task: &'a Task,
    completion: &'a str,
    executor: &Executor,
) -> Result<Record<'a>, String> {
    let (passed, result, detail) = match task.program_as_cut(completion) {
        Some(program) => {
            let execution = executor.run(&program)?;
            let passed = execution.result == TestResult::Passed;
            (passed, told(&execution), execution.detail)
        }
        None => {
            let passed = task.grading == Grading::ExactMatch && task.is_exact(completion);
            let result = if passed {
                "passed"
            } else {
                "failed: text differs"
            };
            (passed, result.to_owned(), String::new())
        }
    };
    Ok(Record {
        task_id: &task.id,
        completion,
        result,
        passed,
        detail,
    })
}

/// The result in the words of HumanEval-Infilling's harness.
fn told(execution: &Execution) -> String {
    match execution.result {
        TestResult::Passed => "passed".to_owned(),
        TestResult::TimedOut => "timed out".to_owned(),
        TestResult::Failed => {
            // The error's last line; the lines after it are stack frames.
            let lines = || execution.detail.trim_end().lines().rev();
            let error = lines().find(|line| !line.starts_with(char::is_whitespace));
            let told = error.or_else(|| lines().next()).unwrap_or_default();
            format!("failed: {told}")
        }
        other => format!("failed: {}", other.name().replace('_', " ")),
    }
}

/// The results file.
struct Results {
    name: String,
    to: BufWriter<File>,
}

/// Creates a new file; never overwrites one.
fn create(path: &Path) -> Result<Results, Failure> {
    let name = path.display().to_string();
    match File::create_new(path) {
        Ok(file) => Ok(Results {
            name,
            to: BufWriter::new(file),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(Failure::Usage(
            format!("{name} already exists; choose another file with --out, or delete it"),
        )),
        Err(error) => Err(Failure::Usage(format!("{name} cannot be written: {error}"))),
    }
}

impl Results {
    fn put(&mut self, record: &Record) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(record)
            .map_err(|error| Failure::Failed(format!("cannot write JSON: {error}")))?;
        line.push(b'\n');
        let written = self.to.write_all(&line);
        written.map_err(|error| self.unwritable(&error))
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.to.flush().map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &std::io::Error) -> Failure {
        Failure::Failed(format!(
            "{} cannot be written ({error}); free some space, delete the file and try again",
            self.name
        ))
    }
}
