//! `routelens selftest`: a place, holes or tasks, solved and tested by the models themselves; and which
//! plan of doing so is worth its cost, computed on recorded attempts.

mod plans;
mod record;
mod text;
mod turns;

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use self::{record::Recorder, turns::Models};
use super::{
    Failure, Outcome,
    console::Console,
    eval::Tests,
    flags::Flags,
    holes::{self, HoleLine, LineError},
    logging,
    place::cut,
};
use crate::{
    completion::Hole,
    config::{Loaded, setting::command::SELFTEST},
    evaluation::{dataset::Dataset, plan::Cost, task::Task},
    language::Language,
};

/// Let the models test their own solutions of a place
///
/// The small model samples k solutions of the hole and writes tests of the function around it; every
/// solution runs against every test, in the sandbox of `routelens eval`. The score is the number of
/// tests passed × the solutions that pass them, of the best group of solutions that pass the same
/// tests, as a share of k × tests. Below θ the next model of the chain does the same; the last one's
/// best solution is returned whatever its score (Model Cascading for Code, arXiv 2405.15842).
///
/// With FILE:LINE:COL, prints the matrix of each model and the solution. With --holes, reads JSON
/// lines {"id", "language", "prefix", "suffix"} and prints one object a line:
///   id, language
///   returned       model, text, reached (its score reached θ); null where no model answered
///   turns          of each model: model, solutions [text, count], tests, passed (for each solution,
///                  for each test), score, theta, reached, best (a solution's index), seconds, why
///                  (nothing could be tested, where that is so)
/// With --tasks, the same for the tasks of a benchmark, and also right: whether the returned solution
/// passes the task's own tests.
///
/// With --record, every model has its turn at every task of --tasks, and the samples, tests and cells
/// are added to the file; tasks that it has already are not done again. --plans computes on such a
/// file what every plan would have done: which models, how many solutions, tests and lines, and which
/// θ. Those that nothing beats in cost and accuracy on one half of the tasks are shown, with what they
/// do on the other half.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    override_usage = "routelens selftest [OPTIONS] FILE:LINE:COL\n       \
                      routelens selftest [OPTIONS] --holes FILE|-\n       \
                      routelens selftest [OPTIONS] --tasks DATASET [--record FILE]\n       \
                      routelens selftest --plans FILE"
)]
pub(super) struct Arguments {
    /// Where to solve
    #[arg(value_name = "FILE:LINE:COL", group = "what")]
    place: Option<String>,
    /// Read holes from this file, or from standard input for -
    #[arg(long, value_name = "FILE|-", group = "what")]
    holes: Option<PathBuf>,
    /// The tasks of a benchmark: a file as `routelens eval` reads it, or builtin
    #[arg(long, value_name = "DATASET", group = "what")]
    tasks: Option<PathBuf>,
    /// Compute on these recorded attempts which plans are worth their cost
    #[arg(long, value_name = "FILE", group = "what")]
    plans: Option<PathBuf>,
    /// Only so many tasks, drawn at random
    #[arg(long, value_name = "N", requires = "tasks", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// What a draw starts from: of tasks, or of the half that plans are chosen on
    #[arg(long, value_name = "S", default_value_t = 1)]
    draw: u64,
    /// Add every model's turn at every task to this file
    #[arg(long, value_name = "FILE", requires = "tasks")]
    record: Option<PathBuf>,
    /// The cost that plans are to keep low: the time that all takes, or that of the models times the
    /// accelerators they run on
    #[arg(long, value_name = "COST", requires = "plans", value_parser = ["seconds", "accelerator-seconds"], default_value = "seconds")]
    cost: String,
    /// Print JSON (--holes and --tasks always do)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tests: Tests,
    #[command(flatten)]
    flags: Flags<SELFTEST>,
}

impl Arguments {
    fn cost(&self) -> Cost {
        match self.cost.as_str() {
            "accelerator-seconds" => Cost::AcceleratorSeconds,
            _ => Cost::Seconds,
        }
    }
}

/// What is to be solved.
enum What {
    Place(Hole, Option<String>),
    Holes(Box<dyn std::io::BufRead>),
    Tasks(Dataset),
}

impl What {
    /// Reads what was asked, before a model is loaded.
    fn read(arguments: &Arguments) -> Result<Self, Failure> {
        if let Some(place) = &arguments.place {
            let (hole, notice) = cut(place)?;
            return Ok(What::Place(hole, notice));
        }
        if let Some(path) = &arguments.holes {
            return Ok(What::Holes(holes::open("--holes", path)?));
        }
        if let Some(path) = &arguments.tasks {
            let mut dataset = Dataset::open(path).map_err(Failure::Usage)?;
            if let Some(count) = arguments.sample {
                dataset.sample(count as usize, arguments.draw);
            }
            return Ok(What::Tasks(dataset));
        }
        let text = "name a place (FILE:LINE:COL), --holes, --tasks or --plans";
        Err(Failure::Usage(text.to_owned()))
    }

    /// The languages whose programs may have to be run.
    fn languages(&self) -> Vec<Language> {
        match self {
            What::Place(hole, _) => hole.language.into_iter().collect(),
            What::Holes(_) => Language::ALL.to_vec(),
            What::Tasks(dataset) => dataset.tasks.iter().map(|task| task.language).collect(),
        }
    }
}

/// Solves what was asked, or computes plans.
pub(super) fn run(arguments: Arguments) -> Outcome {
    if let Some(path) = &arguments.plans {
        return plans::run(path, arguments.draw, arguments.cost(), arguments.json);
    }
    let Loaded {
        mut config,
        folders,
        ..
    } = arguments.flags.load()?;
    // What a model writes must not depend on what it was asked before.
    config.shift_reuse = false;
    let what = What::read(&arguments)?;
    let recorder = arguments
        .record
        .as_deref()
        .map(Recorder::open)
        .transpose()?;
    let log = logging::start(&folders.log_file())?;
    let mut console = Console::claim(log.file.as_ref());
    let executor = arguments.tests.executor_of(&what.languages())?;
    let models = Models::new(config, executor, arguments.tests.jobs())?;
    match what {
        What::Place(hole, notice) => {
            if let Some(notice) = notice {
                console.say(&notice);
            }
            let id = arguments.place.unwrap_or_default();
            solve_place(models, &mut console, id, hole, arguments.json)
        }
        What::Holes(input) => solve_holes(models, &mut console, input),
        What::Tasks(dataset) => solve_tasks(models, &mut console, dataset, recorder),
    }
}

fn solve_place(
    mut models: Models,
    console: &mut Console,
    id: String,
    hole: Hole,
    json: bool,
) -> Outcome {
    let language = hole.language;
    models.check_toolchain(language).map_err(Failure::Usage)?;
    let solved = models.solve(console, hole, false)?;
    match json {
        true => console.json(&solved.object(Value::String(id), language, None))?,
        false => console.print(&text::write(&solved))?,
    }
    match solved.returned() {
        Some(_) => Ok(0),
        None => Err(Failure::Failed(solved.problem())),
    }
}

fn solve_holes(
    mut models: Models,
    console: &mut Console,
    input: Box<dyn std::io::BufRead>,
) -> Outcome {
    let errors = holes::for_each(input, console, |console, line, hole: HoleLine| {
        let (id, _, hole) = hole.into_hole();
        let language = hole.language;
        if let Err(error) = models.check_toolchain(language) {
            return Ok(Err(LineError { error, line, id }));
        }
        let solved = models.solve(console, hole, false)?;
        if solved.returned().is_none() {
            let error = solved.problem();
            return Ok(Err(LineError { error, line, id }));
        }
        console.json(&solved.object(id, language, None))?;
        Ok(Ok(()))
    })?;
    Ok(u8::from(errors > 0))
}

fn solve_tasks(
    mut models: Models,
    console: &mut Console,
    dataset: Dataset,
    mut recorder: Option<Recorder>,
) -> Outcome {
    for problem in &dataset.problems {
        console.say(&problem.to_string());
    }
    let known = |task: &&Task| recorder.as_ref().is_none_or(|file| !file.has(&task.id));
    let tasks: Vec<&Task> = dataset.tasks.iter().filter(known).collect();
    let mut failed = usize::from(!dataset.problems.is_empty());
    for (done, task) in tasks.iter().enumerate() {
        console.progress(&format!("{done} of {} tasks", tasks.len()));
        if let Err(error) = solve_task(&mut models, console, task, recorder.as_mut())? {
            failed += 1;
            console.json(&serde_json::json!({ "id": task.id, "error": error }))?;
        }
    }
    Ok(u8::from(failed > 0))
}

/// Solves a task, records and prints it; why that cannot be done otherwise.
fn solve_task(
    models: &mut Models,
    console: &mut Console,
    task: &Task,
    recorder: Option<&mut Recorder>,
) -> Result<Result<(), String>, Failure> {
    if let Err(error) = models.check_toolchain(Some(task.language)) {
        return Ok(Err(error));
    }
    let hole = task.presented().hole(task.language);
    let solved = models.solve(console, hole, recorder.is_some())?;
    let Some(returned) = solved.returned() else {
        return Ok(Err(solved.problem()));
    };
    let right = models.is_right(task, &returned.text)?;
    if let Some(recorder) = recorder {
        match models.recorded(task, &solved)? {
            Some(recorded) => recorder.add(&recorded)?,
            None => console.say(&format!("{}: not recorded: {}", task.id, solved.problem())),
        }
    }
    let id = Value::String(task.id.clone());
    console.json(&solved.object(id, Some(task.language), right))?;
    Ok(Ok(()))
}
