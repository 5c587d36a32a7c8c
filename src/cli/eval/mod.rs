//! `routelens eval`: runs a benchmark's tasks through both models once and records the outcomes in
//! a run file; or runs completions from elsewhere through the benchmark's tests.

mod bar;
mod completions;
mod interrupt;
mod models;
mod tally;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use clap::{Args, value_parser};

use super::{Exit, Failure, console::Console, flags::Flags, logging};
use crate::{
    config::{Config, Loaded, setting::command::EVAL},
    evaluation::{
        dataset::Dataset,
        outcome::RunSettings,
        task::{Grading, Task},
    },
    language::Language,
    sandbox::{Executor, Limits},
};

/// Run a benchmark through both models and record the outcomes
///
/// Each task asks the small and the large model once, greedily; the parser judges the completions,
/// and the task's tests are run. The run file records each task as it is done: the hole, every
/// token with its statistics and arrival time, the verdict, and the test results. After that,
/// `routelens report` and `routelens tune` need no model.
///
/// DATASET is a file in the format of HumanEval-Infilling or SAFIM (JSON lines, plain or gzipped),
/// or `builtin`, the suite that comes with the program. Several datasets are run as one. If a hole
/// covers whole lines, the models see it as in an editor: with the cursor after the indentation,
/// before the line's end.
///
/// To resume a run that was stopped or killed, run the same command again. A run with other models,
/// settings or data is refused, and so is a second run on the same file.
///
/// Tests run in a sandbox (bubblewrap): no network, a read-only system, an empty folder, and limits
/// on time, memory, processes and output. Languages without a toolchain are skipped, with a
/// message. Local models run without shifted keys (shift_reuse), so that the order of the tasks
/// does not affect their output. The cost of a run is not counted in `routelens usage`, which
/// covers everyday work.
///
/// With --completions, no model is asked. Reads JSON lines {"task_id", "completion"}, each for the
/// hole as the benchmark cut it. Prints for each, in order, {"task_id", "completion", "result",
/// "passed", "detail"}. As in HumanEval-Infilling's harness, result is "passed", "timed out", or
/// "failed: " and the reason. An unusable line gives {"error", "line"}.
///
/// The exit status is 1 if a line of a dataset was unusable or a task failed (the same command
/// tries it again), 2 if the arguments are wrong, and 130 after Ctrl-C.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    override_usage = "routelens eval [OPTIONS] --out RUN.jsonl DATASET…\n       \
                      routelens eval [OPTIONS] --completions FILE.jsonl [--out RESULTS.jsonl] DATASET…"
)]
pub(super) struct Arguments {
    /// A dataset file, or builtin
    #[arg(value_name = "DATASET", required = true)]
    datasets: Vec<PathBuf>,
    /// The run file, created or resumed
    #[arg(
        long,
        value_name = "RUN.jsonl",
        required_unless_present = "completions"
    )]
    out: Option<PathBuf>,
    /// Test these completions instead of asking models (- for standard input)
    #[arg(long, value_name = "FILE.jsonl|-")]
    completions: Option<PathBuf>,
    /// Take only N tasks, drawn at random
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// Seed of the draw: the same seed draws the same tasks
    #[arg(long, value_name = "S", default_value_t = 1, requires = "sample")]
    seed: u64,
    /// Also time a local large model with the small completion as its draft, as after a rejection.
    /// Both timings then start from an empty cache
    #[arg(long, conflicts_with = "completions")]
    drafts: bool,
    /// Print the totals as one JSON object
    #[arg(long, conflicts_with = "completions")]
    json: bool,
    /// Show no progress
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    tests: Tests,
    #[command(flatten)]
    flags: Flags<EVAL>,
}

/// How tests are run.
#[derive(Debug, Args)]
pub(super) struct Tests {
    /// Number of tasks to test in parallel; default: the number of cores minus one. With more, the
    /// tests slow the models down and distort their timings
    #[arg(
        long,
        value_name = "N",
        value_parser = value_parser!(u16).range(1..=256),
        help_heading = "Tests"
    )]
    jobs: Option<u16>,
    /// Time limit per program, in milliseconds
    #[arg(
        long,
        value_name = "MS",
        default_value_t = Limits::default().time_ms,
        value_parser = value_parser!(u64).range(1..=3_600_000),
        help_heading = "Tests"
    )]
    time_limit: u64,
    /// Memory limit per program, in MiB
    #[arg(
        long,
        value_name = "MB",
        default_value_t = Limits::default().memory_mb,
        value_parser = value_parser!(u64).range(16..=1_048_576),
        help_heading = "Tests"
    )]
    memory_limit: u64,
    /// Run generated code unsandboxed, with your own permissions
    #[arg(long, help_heading = "Tests")]
    unsafe_execution: bool,
}

impl Tests {
    fn limits(&self) -> Limits {
        Limits {
            time_ms: self.time_limit,
            memory_mb: self.memory_limit,
            ..Limits::default()
        }
    }

    pub(super) fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        match self.jobs {
            Some(jobs) => jobs.into(),
            None => cores().saturating_sub(1).max(1),
        }
    }

    /// The sandbox and the toolchains for the tasks that need them.
    fn executor(&self, tasks: &[Task]) -> Result<Arc<Executor>, Failure> {
        let run = |task: &&Task| task.grading != Grading::ExactMatch;
        let mut languages: Vec<Language> =
            tasks.iter().filter(run).map(|task| task.language).collect();
        languages.sort();
        languages.dedup();
        self.executor_of(&languages)
    }

    /// The sandbox and the toolchains for these languages.
    pub(super) fn executor_of(&self, languages: &[Language]) -> Result<Arc<Executor>, Failure> {
        Executor::new(self.limits(), languages, self.unsafe_execution).map_err(Failure::Usage)
    }
}

impl Arguments {
    /// All datasets as one, sampled if requested.
    fn dataset(&self) -> Result<Dataset, Failure> {
        let opened: Result<Vec<_>, _> = self
            .datasets
            .iter()
            .map(|path| Dataset::open(path))
            .collect();
        let mut dataset = opened.and_then(Dataset::joined).map_err(Failure::Usage)?;
        if let Some(count) = self.sample {
            dataset.sample(count as usize, self.seed);
        }
        Ok(dataset)
    }

    fn settings(&self, config: &Config) -> RunSettings {
        RunSettings {
            max_tokens: config.max_tokens,
            top: config.top,
            context: config.context,
            limits: self.tests.limits(),
            unsafe_execution: self.tests.unsafe_execution,
            sample: self.sample.map(|count| (count as usize, self.seed)),
        }
    }
}

/// Runs the benchmark, or tests the given completions.
pub(super) fn run(arguments: Arguments) -> Exit {
    let Loaded {
        mut config,
        folders,
        ..
    } = arguments.flags.load()?;
    config.shift_reuse = false;
    // Bad input is reported before a model is loaded.
    let dataset = arguments.dataset()?;
    let log = logging::start(&folders.log_file())?;
    let mut console = Console::claim(log.file.as_ref());
    for problem in &dataset.problems {
        console.say(&problem.to_string());
    }
    let unusable = !dataset.problems.is_empty();
    let status = match (&arguments.completions, &arguments.out) {
        (Some(given), out) => {
            completions::run(&arguments, &mut console, dataset, given, out.as_deref())?
        }
        (None, Some(out)) => models::run(&arguments, &mut console, &config, dataset, out)?,
        (None, None) => {
            return Err(Failure::Usage(
                "--out is missing: name the run file".to_owned(),
            ));
        }
    };
    Ok(status.max(u8::from(unusable)))
}

/// Removes the tasks that cannot be tested here and reports them; returns how many.
fn skip(
    console: &mut Console,
    tasks: &mut Vec<Task>,
    executor: &Executor,
) -> Result<usize, Failure> {
    let mut skipped: BTreeMap<Language, usize> = BTreeMap::new();
    tasks.retain(|task| {
        let runs = task.grading == Grading::ExactMatch || executor.runs(task.language);
        if !runs {
            *skipped.entry(task.language).or_default() += 1;
        }
        runs
    });
    let mut told = Vec::new();
    for (language, count) in &skipped {
        let toolchains = executor.toolchains().iter();
        let mut missing = toolchains.filter(|toolchain| toolchain.language == *language);
        let why = missing.find_map(|toolchain| toolchain.found.as_ref().err());
        let why = why.map_or("it cannot run here", String::as_str);
        let plural = if *count == 1 { "" } else { "s" };
        told.push(format!(
            "{}: {count} task{plural} skipped: {why}",
            language.name()
        ));
    }
    if tasks.is_empty() {
        return Err(Failure::Usage(format!(
            "no task can run here: {}",
            told.join("; ")
        )));
    }
    for line in told {
        console.say(&line);
    }
    Ok(skipped.values().sum())
}
