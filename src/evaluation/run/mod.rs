//! A run: each task is put to both models, their completions are judged and tested, and the outcome
//! is written while the models already work on the next task.
//!
//! [`ask`] asks a model and waits for its answer; `grade` turns an answer into an [`Attempt`]; this
//! file sets the order. The models are asked from the caller's thread, one task at a time: two
//! local models would only slow each other down, so they take turns, while a server is asked in
//! parallel. Worker threads judge, test and write each task. The models pause when the workers fall
//! behind, so that only a handful of tasks is in memory.
//!
//! [`Attempt`]: super::outcome::Attempt

pub mod ask;
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

use self::{
    ask::{Answer, Lane, Unanswered},
    ledger::Ledger,
};
use super::{
    execution::Executor,
    file::Writer,
    outcome::{Drafted, Outcome},
    task::{Presented, Task},
};
use crate::completion::{Completion, Drafts, Hole};

/// A run stops after this many consecutive failures: by then the cause is not the tasks.
pub const MOST_FAILURES: usize = 5;

/// The work of a run.
pub struct Job {
    /// The remaining tasks, in order.
    pub tasks: Vec<Task>,
    pub small: Lane,
    pub large: Lane,
    /// Token limit per completion.
    pub max_tokens: usize,
    /// Whether a local large model is asked again with the small completion as its draft.
    pub drafts: bool,
    /// How many tasks are judged and tested at once.
    pub jobs: usize,
    pub executor: Arc<Executor>,
    pub writer: Writer,
}

/// Progress of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
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
pub struct Times {
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
pub struct Summary {
    pub ended: Ended,
    pub progress: Progress,
    pub failed: Vec<FailedTask>,
    pub times: Times,
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
    job: Job,
    stop: &(dyn Fn() -> bool + Sync),
    observe: &(dyn Fn(Progress) + Sync),
) -> Summary {
    let began = Instant::now();
    let Job {
        tasks,
        small,
        large,
        max_tokens,
        drafts,
        jobs,
        executor,
        writer,
    } = job;
    let ledger = Ledger::new(writer, observe);
    let (sender, receiver) = sync_channel(jobs);
    let receiver = Mutex::new(receiver);
    let interrupted = thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| work(&receiver, &executor, &ledger));
        }
        // Dropped when all tasks have been asked, however that ends; then the workers end.
        let sender = sender;
        let mut models = Models {
            small,
            large,
            max_tokens,
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
fn work(receiver: &Mutex<Receiver<Answered>>, executor: &Executor, ledger: &Ledger) {
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
        overhead_ms: overhead.as_secs_f64() * 1000.0,
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
    small: Lane,
    large: Lane,
    max_tokens: usize,
    drafts: bool,
}

impl Models {
    /// Puts a task to both models.
    fn answer(&mut self, task: Task, stop: &dyn Fn() -> bool) -> Result<Answered, Missed> {
        let began = Instant::now();
        let presented = task.presented();
        let hole = presented.hole(task.language);
        let asked = self.small.ask(&hole, self.max_tokens, Drafts::default());
        let at_once = self.large.is_server();
        let beside = at_once.then(|| self.large.ask(&hole, self.max_tokens, Drafts::default()));
        let small = self.small.answer(asked, stop);
        let large_began = Instant::now();
        let large = match (&small, beside) {
            (_, Some(asked)) => {
                let large = self.large.answer(asked, stop);
                large.map(|large| (large.took, large, None))
            }
            (Ok(small), None) => {
                let large = self.large_alone(&hole, &small.completion, stop);
                large.map(|(large, drafted)| (large_began.elapsed(), large, drafted))
            }
            (Err(_), None) => Err(Unanswered::Stopped),
        };
        let failed = |side: &str, unanswered| match unanswered {
            Unanswered::Stopped => Missed::Stopped,
            Unanswered::Failed(problem) => Missed::Failed(FailedTask {
                id: task.id.clone(),
                problem: format!("{side} model: {problem}"),
            }),
        };
        let small = small.map_err(|unanswered| failed("small", unanswered))?;
        let large = large.map_err(|unanswered| failed("large", unanswered))?;
        let (large_took, large, large_drafted) = large;
        let models = match at_once {
            true => small.took.max(large_took),
            false => small.took + large_took,
        };
        Ok(Answered {
            task,
            presented,
            overhead: began.elapsed().saturating_sub(models),
            small,
            large,
            large_drafted,
            large_took,
        })
    }

    /// Asks a local large model after the small one has answered, and again with that text as the
    /// draft if requested.
    fn large_alone(
        &mut self,
        hole: &Hole,
        small: &Completion,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Answer, Option<Drafted>), Unanswered> {
        if self.drafts {
            drafted::forget(&mut self.large, stop)?;
        }
        let asked = self.large.ask(hole, self.max_tokens, Drafts::default());
        let plain = self.large.answer(asked, stop)?;
        if !self.drafts || small.text.is_empty() {
            return Ok((plain, None));
        }
        let what = (hole, self.max_tokens);
        let again = drafted::again(&mut self.large, what, small, &plain, stop)?;
        Ok((plain, Some(again)))
    }
}
