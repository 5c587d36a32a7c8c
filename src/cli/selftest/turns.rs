//! Drives a chain of models over holes, and collects what the models wrote, the times and the
//! results. A model is loaded when its first turn comes.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::{
    cli::{
        Failure,
        bench::{Bench, show_step},
        console::Console,
        shelf::Shelf,
    },
    completion::{Hole, Passage, Query, Request, model::ModelEvent},
    config::Config,
    evaluation::{plan::RecordedTask, run::grade, task::Task},
    language::Language,
    models::{self, Aide, Driver, ModelSource, Unanswered},
    remote::Network,
    routing::{LargeUse, SelfTest, Settings},
    sandbox::{Execution, Executor, Program, TestResult},
    selftest::{Matrix, Trial},
    turn::{Batch, Chain, Link, Returned, Rules, Slot, Turn, TurnEvent},
    words::number::percent,
};

/// The models of a chain, and the executor of their programs.
pub(super) struct Models {
    config: Config,
    driver: Driver,
    models: Vec<Model>,
    executor: Arc<Executor>,
    desk: Desk,
}

struct Model {
    name: String,
    accelerators: f64,
}

/// What turns need besides models.
struct Desk {
    names: Vec<String>,
    shelf: Shelf,
    bench: Bench,
    /// Why programs cannot be run.
    broken: Option<String>,
}

/// The desk, with the console.
struct At<'a> {
    desk: &'a mut Desk,
    console: &'a mut Console,
}

/// The result for one hole.
pub(super) struct Solved {
    chain: Chain,
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
        let model = |(source, given): &(ModelSource, Option<String>)| Model {
            name: source.name(),
            accelerators: config
                .rates(given.as_deref().unwrap_or_default())
                .accelerators,
        };
        let models: Vec<Model> = sources.iter().map(model).collect();
        let sources = sources.into_iter().map(|(source, _)| Ok(source)).collect();
        Ok(Models {
            driver: Driver::new(Network::new(config.network()), sources),
            desk: Desk {
                names: models.iter().map(|model| model.name.clone()).collect(),
                shelf: Shelf::default(),
                bench: Bench::with(Arc::clone(&executor), jobs),
                broken: None,
            },
            models,
            config,
            executor,
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
        let desk = &mut self.desk;
        desk.shelf.open(console, &hole, &self.config);
        let rules = Rules {
            folder: desk.shelf.folder(),
            ..models::rules(&self.config, Settings::default(), LargeUse::Never)
        };
        let models = desk.names.clone();
        let mut at = At { desk, console };
        let mut turns = [self.driver.turn(rules)];
        let begin = TurnEvent::TestAll {
            hole: Arc::new(hole),
            models,
            every,
        };
        self.driver.update(&mut turns, 0, begin, &mut at);
        let followed = self.driver.follow(&mut turns, &|_| false, &mut at);
        self.driver.close(&mut turns, &mut at);
        at.console.clear_progress();
        if let Some(problem) = at.desk.broken.take() {
            return Err(Failure::Failed(problem));
        }
        let ended = |problem: &str| Failure::Failed(problem.to_owned());
        match followed {
            Ok(()) => {}
            Err(Unanswered::Failed(problem)) => return Err(Failure::Failed(problem)),
            Err(Unanswered::Stopped) => return Err(ended("stopped")),
        }
        let [turn] = turns;
        let tests = turn.self_tests.ok_or_else(|| ended("nothing was tested"))?;
        Ok(Solved { chain: tests.chain })
    }

    /// Whether a solution passes the tests of its task; `None` if the task has none.
    pub fn is_right(&self, task: &Task, solution: &str) -> Result<Option<bool>, Failure> {
        let (right, _) = grade(task, solution, &self.executor).map_err(Failure::Failed)?;
        Ok(right)
    }

    /// Every turn at a task, for recording. `None` if a model had no turn, because plans could not
    /// compare such a task.
    pub fn recorded(&self, task: &Task, solved: &Solved) -> Result<Option<RecordedTask>, Failure> {
        let links = solved.links();
        if links.len() < self.models.len() || solved.trials().any(Trial::has_failed) {
            return Ok(None);
        }
        let mut attempts = Vec::new();
        for (link, model) in links.iter().zip(&self.models) {
            let passes = |program: &Program| self.passes(program);
            let run_ms = Times::of(link).run_ms();
            let mut attempt = link.trial().record(run_ms, model.accelerators, passes)?;
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
    /// Programs cannot run here; the error says what is missing.
    pub fn check_toolchain(&self, language: Option<Language>) -> Result<(), String> {
        language.map_or(Ok(()), |language| self.executor.check(language))
    }

    fn passes(&self, program: &Program) -> Result<bool, Failure> {
        let execution = self.executor.run(program).map_err(Failure::Failed)?;
        Ok(execution.result == TestResult::Passed)
    }
}

impl Aide for At<'_> {
    fn hear(&mut self, slot: Slot, event: &ModelEvent) {
        let name = self.desk.names.get(slot.0).map_or("", String::as_str);
        match event {
            ModelEvent::Loading(share) => {
                let done = percent(*share, 0);
                self.console.progress(&format!("{name}: loading: {done}"));
            }
            ModelEvent::Waiting(why) => self.console.progress(&format!("{name}: {why}")),
            ModelEvent::Ready(info) => {
                self.console.clear_progress();
                info.notices
                    .iter()
                    .for_each(|notice| self.console.say(notice));
            }
            // The request itself fails with the same message.
            ModelEvent::LoadFailed(_) | ModelEvent::Unreachable(_) | ModelEvent::Stream(..) => {}
        }
    }

    fn asks(&mut self, turn: &Turn, _: Slot, request: &Request) {
        show_step(self.console, turn, request.id);
    }

    fn search(&mut self, query: &Query) -> Vec<Passage> {
        self.desk.shelf.search(query)
    }

    fn run(&mut self, turn: &Turn, batch: &Batch) -> Result<Vec<Execution>, String> {
        let ran = self.desk.bench.run(self.console, turn, batch);
        self.desk.broken = ran.as_ref().err().cloned();
        ran
    }

    fn stops(&self) -> bool {
        self.desk.broken.is_some()
    }
}

impl Times {
    /// The times of a model of a chain.
    pub fn of(link: &Link) -> Self {
        Times {
            asking: link.asking_ms,
            running: link.executions().map(|execution| execution.ms).sum(),
            runs: link.executions().count(),
        }
    }
}

impl Solved {
    /// The models of the chain that had their turn.
    pub fn links(&self) -> &[Link] {
        self.chain.links()
    }

    /// The returned solution, if any model wrote one.
    pub fn returned(&self) -> Option<Returned> {
        self.chain.returned()
    }

    fn trials(&self) -> impl Iterator<Item = &Trial> {
        self.links().iter().map(Link::trial)
    }

    /// Why there is no solution.
    pub fn problem(&self) -> String {
        let whys: Vec<String> = self.trials().filter_map(why).collect();
        match whys.is_empty() {
            true => "no model wrote a solution".to_owned(),
            false => whys.join("; "),
        }
    }

    pub fn object(&self, id: Value, language: Option<Language>, right: Option<bool>) -> Object<'_> {
        let links = self.links();
        let returned = self.returned().map(|returned| ReturnedObject {
            model: links[returned.model].matrix().model.clone(),
            text: returned.text,
            reached: returned.reached,
        });
        Object {
            id,
            language: language.map(Language::name),
            right,
            returned,
            turns: links
                .iter()
                .map(|link| turn_object(link.trial(), &Times::of(link)))
                .collect(),
        }
    }
}

fn turn_object<'a>(trial: &'a Trial, times: &Times) -> TurnObject<'a> {
    let result = trial.result();
    let tried = match result.map(|result| result.self_test) {
        Some(SelfTest::Tried { score, theta }) => Some((score, theta)),
        _ => None,
    };
    TurnObject {
        matrix: trial.matrix(),
        score: tried.map(|(score, _)| score),
        theta: tried.map(|(_, theta)| theta),
        reached: trial.reached(),
        best: result.and_then(|result| result.best),
        seconds: times.seconds(),
        why: result.and_then(|result| result.why.as_deref()),
    }
}

/// Why a turn failed.
pub(super) fn why(trial: &Trial) -> Option<String> {
    let why = trial.result()?.why.as_deref()?;
    Some(format!("{}: {why}", trial.matrix().model))
}
