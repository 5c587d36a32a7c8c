//! `routelens selftest`: models solve a place, holes or tasks and test their own solutions; and,
//! from recorded attempts, which self-test plans are worth their cost.

mod plans;
mod record;
mod text;
mod turns;

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use self::{record::Recorder, turns::Models};
use super::{
    Exit, Failure,
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
    evaluation::{dataset::Dataset, plan::PlanCost, task::Task},
    language::Language,
};

/// Let the models test their own solutions
///
/// The small model samples k solutions of the hole and writes tests of the enclosing function;
/// every solution runs against every test, in the sandbox of `routelens eval`. Solutions that pass
/// the same tests form a group; the score is tests passed × solutions in the best group, as a share
/// of k × tests. Below θ, the next model of the chain does the same; the last model's best solution
/// is returned whatever its score (Model Cascading for Code, arXiv 2405.15842).
/// If retrieval is on, every solution is written with the passages found for the hole.
///
/// With FILE:LINE:COL, prints each model's matrix and the solution. With --holes, reads JSON lines
/// {"id", "language", "prefix", "suffix"} and prints one object per line:
///   id, language
///   returned       model, text, reached (its score reached θ); null if no model answered
///   turns          for each model: model, solutions [text, count], tests, passed (for each
///                  solution, for each test), score, theta, reached, best (a solution's index),
///                  seconds, why (the reason, if nothing could be tested)
/// With --tasks, the same for the tasks of a benchmark, plus right: whether the returned solution
/// passes the task's own tests.
///
/// With --record, every model gets a turn at every task of --tasks, and the samples, tests and
/// results are appended to the file; tasks already in it are skipped. From such a file, --plans
/// computes what every plan would have done: which models, how many solutions, tests and lines, and
/// which θ. It shows the plans on the Pareto frontier of cost and accuracy on one half of the
/// tasks, with their results on the other half.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    override_usage = "routelens selftest [OPTIONS] FILE:LINE:COL\n       \
                      routelens selftest [OPTIONS] --holes FILE|-\n       \
                      routelens selftest [OPTIONS] --tasks DATASET [--record FILE]\n       \
                      routelens selftest --plans FILE"
)]
pub(super) struct Arguments {
    /// The place to solve
    #[arg(value_name = "FILE:LINE:COL", group = "what")]
    place: Option<String>,
    /// Read holes from this file, or from standard input for -
    #[arg(long, value_name = "FILE|-", group = "what")]
    holes: Option<PathBuf>,
    /// The tasks of a benchmark: a file that `routelens eval` reads, or builtin
    #[arg(long, value_name = "DATASET", group = "what")]
    tasks: Option<PathBuf>,
    /// Compute which plans are worth their cost, from the attempts recorded in this file
    #[arg(long, value_name = "FILE", group = "what")]
    plans: Option<PathBuf>,
    /// Take only N tasks, drawn at random
    #[arg(long, value_name = "N", requires = "tasks", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// Seed for drawing tasks, or for choosing the half that plans are fitted on
    #[arg(long, value_name = "S", default_value_t = 1)]
    draw: u64,
    /// Append every model's turn at every task to this file
    #[arg(long, value_name = "FILE", requires = "tasks")]
    record: Option<PathBuf>,
    /// The cost to minimize: total time, or the models' time multiplied by the accelerators they
    /// run on
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
    fn cost(&self) -> PlanCost {
        match self.cost.as_str() {
            "accelerator-seconds" => PlanCost::AcceleratorSeconds,
            _ => PlanCost::Seconds,
        }
    }
}

/// What to solve.
enum What {
    Place(Hole, Option<String>),
    Holes(Box<dyn std::io::BufRead>),
    Tasks(Dataset),
}

impl What {
    /// Reads the input, before a model is loaded.
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
        let text = "give a place (FILE:LINE:COL), --holes, --tasks or --plans";
        Err(Failure::Usage(text.to_owned()))
    }

    /// The languages whose programs may need to run.
    fn languages(&self) -> Vec<Language> {
        match self {
            What::Place(hole, _) => hole.language.into_iter().collect(),
            What::Holes(_) => Language::ALL.to_vec(),
            What::Tasks(dataset) => dataset.tasks.iter().map(|task| task.language).collect(),
        }
    }
}

/// Solves the input, or computes plans.
pub(super) fn run(arguments: Arguments) -> Exit {
    if let Some(path) = &arguments.plans {
        return plans::run(path, arguments.draw, arguments.cost(), arguments.json);
    }
    let Loaded {
        mut config,
        folders,
        ..
    } = arguments.flags.load()?;
    // A model's output must not depend on earlier requests.
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
) -> Exit {
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
) -> Exit {
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
) -> Exit {
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

/// Solves a task, records it and prints it; returns the error otherwise.
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
