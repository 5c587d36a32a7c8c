//! Drives a chain: asks its models, runs its programs, and collects the results. A model is loaded
//! when its first turn comes.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::{
    cli::{Failure, console::Console},
    completion::{Completion, Hole},
    config::Config,
    evaluation::{
        execution::{Execution, Executor, Program, TestResult, sandbox::Stop},
        run::{
            ask::{Lane, Unanswered},
            grade,
        },
        task::Task,
    },
    language::Language,
    model::ModelSource,
    remote::Network,
    routing::SelfTest,
    selftest::{Ask, Chain, Matrix, Run, Trial, Want, plan::RecordedTask},
};

/// The models of a chain, and the executor of their programs.
pub(super) struct Models {
    config: Config,
    network: Network,
    models: Vec<Model>,
    executor: Arc<Executor>,
    jobs: usize,
}

struct Model {
    source: ModelSource,
    name: String,
    accelerators: f64,
    lane: Option<Lane>,
    /// Why it is unavailable; loading is not retried.
    failed: Option<String>,
}

/// The result for one hole.
pub(super) struct Solved {
    pub chain: Chain,
    /// The times of each turn.
    pub times: Vec<Times>,
}

/// The times of a turn, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    pub asking: f64,
    /// Total of its programs, and how many there were.
    pub running: f64,
    pub runs: usize,
}

impl Times {
    pub fn seconds(&self) -> f64 {
        (self.asking + self.running) / 1000.0
    }

    fn run_ms(&self) -> f64 {
        self.running / self.runs.max(1) as f64
    }
}

/// The JSON output for one hole.
#[derive(Serialize)]
pub(super) struct Object<'a> {
    id: Value,
    language: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<bool>,
    returned: Option<ReturnedObject>,
    turns: Vec<TurnObject<'a>>,
}

#[derive(Serialize)]
struct ReturnedObject {
    model: String,
    text: String,
    reached: bool,
}

#[derive(Serialize)]
struct TurnObject<'a> {
    #[serde(flatten)]
    matrix: &'a Matrix,
    score: Option<f32>,
    theta: Option<f32>,
    reached: bool,
    best: Option<usize>,
    seconds: f64,
    why: Option<&'a str>,
}

impl Models {
    /// The small model and the models after it.
    pub fn new(config: Config, executor: Arc<Executor>, jobs: usize) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::Failed(error.to_string());
        let small = ModelSource::File(config.engine(config.small_model().map_err(failed)?));
        let mut sources = vec![(small, config.small.clone())];
        match config.selftest.chain.as_slice() {
            [] => sources.push((config.large_source().map_err(failed)?, config.large.clone())),
            chain => {
                let named = |given: &String| (config.source(given), Some(given.clone()));
                sources.extend(chain.iter().map(named));
            }
        }
        let model = |(source, given): (ModelSource, Option<String>)| Model {
            name: source.name(),
            accelerators: config
                .rates(given.as_deref().unwrap_or_default())
                .accelerators,
            source,
            lane: None,
            failed: None,
        };
        Ok(Models {
            models: sources.into_iter().map(model).collect(),
            network: Network::new(config.network()),
            config,
            executor,
            jobs,
        })
    }

    /// Runs the chain on a hole; with `every`, every model gets a turn.
    ///
    /// # Errors
    /// The sandbox failed.
    pub fn solve(
        &mut self,
        console: &mut Console,
        hole: Hole,
        every: bool,
    ) -> Result<Solved, Failure> {
        let names = self.models.iter().map(|model| model.name.clone()).collect();
        let settings = self.config.selftest.clone();
        let (mut chain, mut want) = Chain::new(names, hole, settings, self.config.sampling, None);
        if every {
            chain.go_through_all();
        }
        let mut times: Vec<Times> = Vec::new();
        while let Some(wanted) = want {
            let turn = chain.model();
            times.resize(times.len().max(turn + 1), Times::default());
            want = match wanted {
                Want::Ask(ask) => match self.ask(console, turn, &ask) {
                    Ok(completion) => {
                        times[turn].asking += completion.timing.total_ms;
                        chain.answered(&completion)
                    }
                    Err(problem) => chain.failed(problem),
                },
                Want::Run(runs) => {
                    let name = &self.models[turn].name;
                    console.progress(&format!("{name}: {} programs", runs.len()));
                    let programs: Vec<&Program> = runs.iter().map(|run| &run.program).collect();
                    let executions = self.run(&programs)?;
                    times[turn].running += executions.iter().map(|one| one.ms).sum::<f64>();
                    times[turn].runs += executions.len();
                    give(&mut chain, &runs, &executions)
                }
            };
        }
        console.clear_progress();
        times.resize(chain.trials().len(), Times::default());
        Ok(Solved { chain, times })
    }

    /// Whether a solution passes the tests of its task; `None` if the task has none.
    pub fn is_right(&self, task: &Task, solution: &str) -> Result<Option<bool>, Failure> {
        let (right, _) = grade(task, solution, &self.executor).map_err(Failure::Failed)?;
        Ok(right)
    }

    /// Every turn at a task, for recording; `None` if some model had no turn, because plans could
    /// not compare it.
    pub fn recorded(&self, task: &Task, solved: &Solved) -> Result<Option<RecordedTask>, Failure> {
        let trials = solved.chain.trials();
        if trials.len() < self.models.len() || trials.iter().any(Trial::has_failed) {
            return Ok(None);
        }
        let turns = trials.iter().zip(&solved.times);
        let mut attempts = Vec::new();
        for ((trial, times), model) in turns.zip(&self.models) {
            let passes = |program: &Program| self.passes(program);
            let mut attempt = trial.record(times.run_ms(), model.accelerators, passes)?;
            for solution in &mut attempt.solutions {
                solution.right = self.is_right(task, &solution.text)?;
            }
            attempts.push(attempt);
        }
        Ok(Some(RecordedTask {
            id: task.id.clone(),
            attempts,
        }))
    }

    /// Checks that programs of a hole's language can run here.
    ///
    /// # Errors
    /// They cannot; says what is missing.
    pub fn check_toolchain(&self, language: Option<Language>) -> Result<(), String> {
        language.map_or(Ok(()), |language| self.executor.check(language))
    }

    fn ask(&mut self, console: &mut Console, turn: usize, ask: &Ask) -> Result<Completion, String> {
        let max_tokens = self.config.max_tokens;
        let max_tokens = ask
            .max_tokens
            .map_or(max_tokens, |most| most.min(max_tokens));
        let model = &mut self.models[turn];
        let name = model.name.clone();
        let lane = model.lane(console, &self.network)?;
        console.progress(&format!("{name}: {}", ask.told()));
        let answer = lane.complete(&ask.hole, ask.sampling, max_tokens, &|| false);
        answer.map_err(|unanswered| problem(&name, unanswered))
    }

    fn passes(&self, program: &Program) -> Result<bool, Failure> {
        let execution = self.executor.run(program).map_err(Failure::Failed)?;
        Ok(execution.result == TestResult::Passed)
    }

    /// Runs programs in parallel; returns their results in order.
    fn run(&self, programs: &[&Program]) -> Result<Vec<Execution>, Failure> {
        let done = Mutex::new(vec![None; programs.len()]);
        let executor = &self.executor;
        executor.run_all(programs, self.jobs, &Stop::default(), |place, ran| {
            done.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(ran);
        });
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        let all: Result<Vec<Execution>, String> = done.into_iter().flatten().collect();
        all.map_err(Failure::Failed)
    }
}

impl Model {
    /// The model, ready to be asked.
    fn lane(&mut self, console: &mut Console, network: &Network) -> Result<&mut Lane, String> {
        if let Some(problem) = &self.failed {
            return Err(problem.clone());
        }
        if self.lane.is_none() {
            let mut lane = Lane::start(self.source.clone(), network);
            let name = &self.name;
            let mut note = |text: &str| console.progress(&format!("{name}: {text}"));
            match lane.ready(&|| false, &mut note) {
                Ok(info) => {
                    console.clear_progress();
                    info.notices.iter().for_each(|notice| console.say(notice));
                }
                Err(unanswered) => {
                    let problem = problem(&self.name, unanswered);
                    self.failed = Some(problem.clone());
                    return Err(problem);
                }
            }
            self.lane = Some(lane);
        }
        self.lane.as_mut().ok_or_else(String::new)
    }
}

fn problem(name: &str, unanswered: Unanswered) -> String {
    match unanswered {
        Unanswered::Failed(problem) => problem,
        Unanswered::Stopped => format!("{name} was stopped"),
    }
}

/// Passes the results of its programs to a chain.
fn give(chain: &mut Chain, runs: &[Run], executions: &[Execution]) -> Option<Want> {
    let mut want = None;
    for (run, execution) in runs.iter().zip(executions) {
        want = chain.ran(
            run.solution,
            run.test,
            execution.result == TestResult::Passed,
        );
    }
    want
}

impl Solved {
    /// Why there is no solution.
    pub fn problem(&self) -> String {
        let whys: Vec<String> = self.chain.trials().iter().filter_map(why).collect();
        match whys.is_empty() {
            true => "no model wrote a solution".to_owned(),
            false => whys.join("; "),
        }
    }

    pub fn object(&self, id: Value, language: Option<Language>, right: Option<bool>) -> Object<'_> {
        let trials = self.chain.trials();
        let returned = self.chain.returned().map(|returned| ReturnedObject {
            model: trials[returned.model].matrix().model.clone(),
            text: returned.text,
            reached: returned.reached,
        });
        let turns = trials.iter().zip(&self.times);
        Object {
            id,
            language: language.map(Language::name),
            right,
            returned,
            turns: turns
                .map(|(trial, times)| turn_object(trial, times))
                .collect(),
        }
    }
}

fn turn_object<'a>(trial: &'a Trial, times: &Times) -> TurnObject<'a> {
    let outcome = trial.outcome();
    let tried = match outcome.map(|outcome| outcome.result) {
        Some(SelfTest::Tried { score, theta }) => Some((score, theta)),
        _ => None,
    };
    TurnObject {
        matrix: trial.matrix(),
        score: tried.map(|(score, _)| score),
        theta: tried.map(|(_, theta)| theta),
        reached: trial.reached(),
        best: outcome.and_then(|outcome| outcome.best),
        seconds: times.seconds(),
        why: outcome.and_then(|outcome| outcome.why.as_deref()),
    }
}

/// Why a turn failed.
pub(super) fn why(trial: &Trial) -> Option<String> {
    let why = trial.outcome()?.why.as_deref()?;
    Some(format!("{}: {why}", trial.matrix().model))
}
