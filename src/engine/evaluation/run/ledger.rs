//! The state of a run: its file, its counts, its failures and its times. Shared by the thread that
//! asks the models and the threads that test.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{Ended, FailedTask, MOST_FAILURES, RunProgress, RunSummary, RunTimes};
use crate::evaluation::{file::Writer, outcome::Outcome};

/// The records of a run in progress.
pub(super) struct RunLedger<'a> {
    pages: Mutex<Pages>,
    /// Nothing more will be written.
    closed: AtomicBool,
    observe: &'a (dyn Fn(RunProgress) + Sync),
}

struct Pages {
    writer: Writer,
    progress: RunProgress,
    failed: Vec<FailedTask>,
    /// Failures since the last success.
    in_a_row: usize,
    /// Why nothing more can be written.
    unwritable: Option<String>,
    small: Duration,
    large: Duration,
    tests: Duration,
    overhead: Duration,
}

impl<'a> RunLedger<'a> {
    pub fn new(writer: Writer, observe: &'a (dyn Fn(RunProgress) + Sync)) -> Self {
        RunLedger {
            pages: Mutex::new(Pages {
                writer,
                progress: RunProgress::default(),
                failed: Vec::new(),
                in_a_row: 0,
                unwritable: None,
                small: Duration::ZERO,
                large: Duration::ZERO,
                tests: Duration::ZERO,
                overhead: Duration::ZERO,
            }),
            closed: AtomicBool::new(false),
            observe,
        }
    }

    /// Whether the run should end.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Adds the models' time for a task.
    pub fn answered(&self, small: Duration, large: Duration) {
        let mut pages = self.pages();
        pages.small += small;
        pages.large += large;
    }

    /// Writes an outcome and adds the time of its tests.
    pub fn record(&self, outcome: &Outcome, tests: Duration) {
        let mut pages = self.pages();
        if pages.unwritable.is_some() {
            return;
        }
        let began = Instant::now();
        let written = pages.writer.append(outcome);
        pages.tests += tests;
        pages.overhead += began.elapsed() + Duration::from_secs_f64(outcome.overhead_ms / 1000.0);
        match written {
            Ok(()) => {
                pages.in_a_row = 0;
                let progress = &mut pages.progress;
                progress.done += 1;
                let attempts = [&outcome.small, &outcome.large];
                for (right, attempt) in progress.right.iter_mut().zip(attempts) {
                    *right += usize::from(attempt.passed == Some(true));
                }
            }
            Err(problem) => {
                pages.unwritable = Some(problem);
                self.closed.store(true, Ordering::Relaxed);
            }
        }
        self.tell(pages);
    }

    /// Records a task that failed.
    pub fn fail(&self, failed: FailedTask) {
        tracing::warn!("{}: {}", failed.id, failed.problem);
        let mut pages = self.pages();
        pages.progress.failed += 1;
        pages.failed.push(failed);
        pages.in_a_row += 1;
        if pages.in_a_row >= MOST_FAILURES {
            self.closed.store(true, Ordering::Relaxed);
        }
        self.tell(pages);
    }

    /// Ends the records.
    pub fn finish(self, interrupted: bool, wall: Duration) -> RunSummary {
        let pages = self
            .pages
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let failing = pages.in_a_row >= MOST_FAILURES;
        let unwritable = pages.unwritable.or(pages.writer.finish().err());
        let ended = match unwritable {
            Some(problem) => Ended::Unwritable(problem),
            None if failing => Ended::Failing,
            None if interrupted => Ended::Interrupted,
            None => Ended::Whole,
        };
        let seconds = |duration: Duration| duration.as_secs_f64();
        let share = seconds(pages.overhead) / seconds(wall).max(f64::EPSILON);
        RunSummary {
            ended,
            progress: pages.progress,
            failed: pages.failed,
            times: RunTimes {
                wall_s: seconds(wall),
                small_s: seconds(pages.small),
                large_s: seconds(pages.large),
                tests_s: seconds(pages.tests),
                overhead_s: seconds(pages.overhead),
                overhead_share: share,
            },
        }
    }

    fn tell(&self, pages: MutexGuard<Pages>) {
        let progress = pages.progress;
        drop(pages);
        (self.observe)(progress);
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
