//! The summary printed after a run: how many completions of each model are right, and where the
//! time went.

use serde::Serialize;

use crate::{
    evaluation::{
        dataset::DatasetProblem,
        run::{FailedTask, RunTimes},
    },
    words::number::{UNKNOWN, percent},
};

/// The totals of a run.
#[derive(Serialize)]
pub(super) struct RunTally<'a> {
    pub file: String,
    /// Tasks that can run here.
    pub tasks: usize,
    /// Outcomes in the file.
    pub done: usize,
    /// Outcomes recorded by earlier commands.
    pub before: usize,
    /// Tasks in languages without a toolchain.
    pub skipped: usize,
    /// Unusable lines of the dataset.
    pub problems: &'a [DatasetProblem],
    pub failed: &'a [FailedTask],
    /// How many of the recorded completions are right.
    pub small_right: usize,
    pub large_right: usize,
    /// Whether the run ended before all tasks were tried.
    pub stopped: bool,
    /// The times of this command alone.
    pub times: RunTimes,
}

impl RunTally<'_> {
    /// The totals as text.
    pub fn text(&self) -> String {
        let share = |right: usize| match self.done {
            0 => UNKNOWN.to_owned(),
            done => percent(right as f64 / done as f64, 1),
        };
        let mut text = format!(
            "{} of {} tasks done, in {}\n\
             right: small {} ({}), large {} ({})\n",
            self.done,
            self.tasks,
            self.file,
            self.small_right,
            share(self.small_right),
            self.large_right,
            share(self.large_right),
        );
        if self.done > self.before {
            let times = &self.times;
            text.push_str(&format!(
                "{:.1} s: small model {:.1} s, large model {:.1} s, tests {:.1} s in parallel, \
                 other {:.1} s ({} of the time)\n",
                times.wall_s,
                times.small_s,
                times.large_s,
                times.tests_s,
                times.overhead_s,
                percent(times.overhead_share, 1),
            ));
        }
        text
    }
}
