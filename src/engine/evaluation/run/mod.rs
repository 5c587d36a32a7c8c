//! A run: each task goes to both models, their completions are judged and tested, and the outcome
//! is written while the models already work on the next task.
//!
//! Each task is a turn in which both models are asked whatever the policy says. No decision is made
//! here: decisions are computed when the run is read. `grade` turns an answer into an [`Attempt`].
//! The models are asked from the caller's thread, one task at a time: two local models would only
//! slow each other down, so they take turns, while a server is asked in parallel. Worker threads
//! judge, test and write each task. The models pause when the workers fall behind, so that only a
//! handful of tasks is in memory.
//!
//! [`Attempt`]: super::outcome::Attempt

mod answer;
mod drafted;
mod grade;
mod ledger;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;

pub use grade::grade;

use self::{answer::Answer, ledger::RunLedger};
use super::{
    file::Writer,
    outcome::{Drafted, Outcome},
    task::{Presented, Task},
};
use crate::{
    completion::{Completion, Hole},
    models::{Aide, Driver, Unanswered},
    routing::LargeUse,
    sandbox::Executor,
    turn::{LaneKind, Rules, Run, Turn, TurnEvent},
    words::number::milliseconds,
};

/// A run stops after this many consecutive failures: by then the cause is not the tasks.
pub const MOST_FAILURES: usize = 5;

/// The work of a run.
pub struct RunWork {
    /// The remaining tasks, in order.
    pub tasks: Vec<Task>,
    /// The small and the large model, in the slots of their lanes.
    pub driver: Driver,
    /// How they are asked.
    pub rules: Rules,
    /// Whether a local large model is asked again with the small completion as its draft.
    pub drafts: bool,
    /// How many tasks are judged and tested at once.
    pub jobs: usize,
    pub executor: Arc<Executor>,
    pub writer: Writer,
}

/// Progress of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RunProgress {
    /// Tasks finished in this run.
    pub done: usize,
    /// Tasks that failed and were not recorded.
    pub failed: usize,
    /// How many small and how many large completions are right.
    pub right: [usize; 2],
}

/// A task that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedTask {
    pub id: String,
    /// What is wrong and what to do about it.
    pub problem: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// All tasks were tried.
    Whole,
    /// The run was stopped on request.
    Interrupted,
    /// Nothing more can be written; says what to do.
    Unwritable(String),
    /// [`MOST_FAILURES`] tasks failed in a row.
    Failing,
}

/// Where the time went, in seconds. Models and tests run in parallel, so the parts can add up to
/// more than the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct RunTimes {
    /// From the first request to the last line.
    pub wall_s: f64,
    pub small_s: f64,
    pub large_s: f64,
    /// All tests, compiling included.
    pub tests_s: f64,
    /// All other work: preparing holes, judging the syntax, writing.
    pub overhead_s: f64,
    /// `overhead_s` divided by `wall_s`, although part of it runs in parallel with the models.
    pub overhead_share: f64,
}

/// The result of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    pub ended: Ended,
    pub progress: RunProgress,
    pub failed: Vec<FailedTask>,
    pub times: RunTimes,
}

/// A task answered by both models.
struct Answered {
    task: Task,
    presented: Presented,
    small: Answer,
    large: Answer,
    large_drafted: Option<Drafted>,
    /// Time of all requests to the large model.
    large_took: Duration,
    /// Time spent besides the models, so far.
    overhead: Duration,
}

/// Does the tasks. `stop` is polled and returns whether to end; tasks already answered are then
/// still tested and written. `observe` is called after each task, from any thread.
pub fn run(
    job: RunWork,
    stop: &(dyn Fn() -> bool + Sync),
    observe: &(dyn Fn(RunProgress) + Sync),
) -> RunSummary {
    let began = Instant::now();
    let RunWork {
        tasks,
        driver,
        rules,
        drafts,
        jobs,
        executor,
        writer,
    } = job;
    let ledger = RunLedger::new(writer, observe);
    let (sender, receiver) = sync_channel(jobs);
    let receiver = Mutex::new(receiver);
    let interrupted = thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| work(&receiver, &executor, &ledger));
        }
        // Dropped when all tasks have been asked, however that ends; then the workers end.
        let sender = sender;
        let mut models = Models {
            driver,
            rules,
            drafts,
        };
        let stop = || ledger.is_closed() || stop();
        for task in tasks {
            if stop() {
                return true;
            }
            match models.answer(task, &stop) {
                // The workers outlive the sender, so this only waits until one is free.
                Ok(answered) => {
                    ledger.answered(answered.small.took, answered.large_took);
                    drop(sender.send(answered));
                }
                Err(Missed::Failed(failed)) => ledger.fail(failed),
                Err(Missed::Stopped) => return true,
            }
        }
        false
    });
    ledger.finish(interrupted, began.elapsed())
}

/// Tests tasks and writes them to the file until there are none left.
fn work(receiver: &Mutex<Receiver<Answered>>, executor: &Executor, ledger: &RunLedger) {
    loop {
        let next = receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(answered) = next else { return };
        if ledger.is_closed() {
            continue;
        }
        let id = answered.task.id.clone();
        let graded = catch_unwind(AssertUnwindSafe(|| outcome(answered, executor)));
        let problem = match graded {
            Ok(Ok((outcome, tests))) => {
                ledger.record(&outcome, tests);
                continue;
            }
            Ok(Err(problem)) => problem,
            Err(_) => "its completions could not be judged. This is a bug in routelens; please \
                       report it, with the log"
                .to_owned(),
        };
        ledger.fail(FailedTask { id, problem });
    }
}

/// Judges and tests the models' answers; also returns how long the tests took.
fn outcome(answered: Answered, executor: &Executor) -> Result<(Outcome, Duration), String> {
    let began = Instant::now();
    let Answered {
        task,
        presented,
        small,
        large,
        large_drafted,
        overhead,
        large_took: _,
    } = answered;
    let hole = presented.hole(task.language);
    let (small, small_tests) = grade::attempt(&task, &hole, small, executor)?;
    let (large, large_tests) = grade::attempt(&task, &hole, large, executor)?;
    let tests = small_tests + large_tests;
    let overhead = overhead + began.elapsed().saturating_sub(tests);
    let Presented {
        prefix,
        suffix,
        canonical,
    } = presented;
    let outcome = Outcome {
        id: task.id,
        language: task.language,
        kind: task.kind,
        prefix,
        suffix,
        canonical,
        small,
        large,
        large_drafted,
        overhead_ms: milliseconds(overhead),
    };
    Ok((outcome, tests))
}

/// Why a task was not answered.
enum Missed {
    Failed(FailedTask),
    Stopped,
}

/// Both models.
struct Models {
    driver: Driver,
    rules: Rules,
    drafts: bool,
}

/// Waits for the models until told to stop.
struct Waiting<'a> {
    stop: &'a dyn Fn() -> bool,
}

impl Aide for Waiting<'_> {
    /// The workers judge the whole text, in parallel with the models.
    fn judges(&self) -> bool {
        false
    }

    fn stops(&self) -> bool {
        (self.stop)()
    }
}

impl Models {
    /// Sends a task to both models.
    fn answer(&mut self, task: Task, stop: &dyn Fn() -> bool) -> Result<Answered, Missed> {
        let began = Instant::now();
        let presented = task.presented();
        let hole = Arc::new(presented.hole(task.language));
        let at_once = self.driver.is_server(LaneKind::Large.into());
        let mut turns = [self.driver.turn(Rules {
            large: match at_once {
                true => LargeUse::Always,
                false => LargeUse::Never,
            },
            ..self.rules.clone()
        })];
        let aide = &mut Waiting { stop };
        let asked = self.ask(&mut turns, &hole, at_once, aide);
        self.driver.close(&mut turns, aide);
        let failed = |side: &str, unanswered| match unanswered {
            Unanswered::Stopped => Missed::Stopped,
            Unanswered::Failed(problem) => Missed::Failed(FailedTask {
                id: task.id.clone(),
                problem: format!("{side} model: {problem}"),
            }),
        };
        let (small, large) = asked.map_err(|unanswered| failed("large", unanswered))?;
        let small = small.map_err(|unanswered| failed("small", unanswered))?;
        let large = large.map_err(|unanswered| failed("large", unanswered))?;
        let models = match at_once {
            true => small.took.max(large.took),
            false => small.took + large.took,
        };
        Ok(Answered {
            task,
            presented,
            overhead: began.elapsed().saturating_sub(models),
            small,
            large: large.answer,
            large_drafted: large.drafted,
            large_took: large.took,
        })
    }

    /// Both models' answers for a hole. A local large model is asked only after the small one has
    /// answered.
    fn ask(
        &mut self,
        turns: &mut [Turn; 1],
        hole: &Arc<Hole>,
        at_once: bool,
        aide: &mut Waiting,
    ) -> Result<Both, Unanswered> {
        let begin = TurnEvent::Begin(Arc::clone(hole));
        self.driver.update(turns, 0, begin, aide);
        self.driver.follow(turns, &have_answered, aide)?;
        let small = Answer::of(&turns[0].small);
        let large = match (&small, at_once) {
            (_, true) => Answer::of(&turns[0].large).map(LargeAnswer::at_once),
            (Ok(small), false) => self.ask_large(turns, hole, &small.completion, aide),
            (Err(_), false) => Err(Unanswered::Stopped),
        };
        Ok((small, large))
    }

    /// Asks a local large model after the small one has answered, and again with that text as the
    /// draft if requested.
    fn ask_large(
        &mut self,
        turns: &mut [Turn; 1],
        hole: &Arc<Hole>,
        small: &Completion,
        aide: &mut Waiting,
    ) -> Result<LargeAnswer, Unanswered> {
        let began = Instant::now();
        if self.drafts {
            drafted::forget(&mut self.driver, aide)?;
        }
        let ask = TurnEvent::AskLarge { again: false };
        self.driver.update(turns, 0, ask, aide);
        self.driver.follow(turns, &have_answered, aide)?;
        let answer = Answer::of(&turns[0].large)?;
        let drafted = match self.drafts && !small.text.is_empty() {
            true => {
                let what = (hole, self.rules.max_tokens);
                let plain = &answer.completion;
                Some(drafted::again(&mut self.driver, what, small, plain, aide)?)
            }
            false => None,
        };
        Ok(LargeAnswer {
            answer,
            drafted,
            took: began.elapsed(),
        })
    }
}

/// Both models' answers, or why there is none.
type Both = (Result<Answer, Unanswered>, Result<LargeAnswer, Unanswered>);

/// The large model's answers.
struct LargeAnswer {
    answer: Answer,
    drafted: Option<Drafted>,
    /// The time of all requests to it.
    took: Duration,
}

impl LargeAnswer {
    fn at_once(answer: Answer) -> Self {
        LargeAnswer {
            took: answer.took,
            answer,
            drafted: None,
        }
    }
}

/// Whether all models have finished; verdicts are not awaited.
fn have_answered(turn: &Turn) -> bool {
    let mut runs = turn.small.runs.iter().chain(&turn.large.runs);
    !runs.any(Run::is_live)
}
