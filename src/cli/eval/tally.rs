//! What is printed when a run has ended: how many are right on each side, and where the time went.

use std::path::Path;

use serde::Serialize;

use crate::evaluation::run::{Ended, FailedTask, Summary, Times};

/// The totals of a run.
#[derive(Serialize)]
pub(super) struct Tally<'a> {
    file: String,
    /// Tasks that can be run here.
    tasks: usize,
    /// Outcomes in the file.
    done: usize,
    /// Of those, what earlier commands recorded.
    before: usize,
    /// Tasks in a language without toolchain.
    skipped: usize,
    failed: &'a [FailedTask],
    /// How many completions are right, of those done.
    small_right: usize,
    large_right: usize,
    /// Whether it was stopped before all tasks were tried.
    stopped: bool,
    /// Of this command alone.
    times: Times,
}

impl<'a> Tally<'a> {
    pub fn new(
        out: &Path,
        tasks: usize,
        before: usize,
        skipped: usize,
        right: [usize; 2],
        summary: &'a Summary,
    ) -> Self {
        let progress = &summary.progress;
        Tally {
            file: out.to_string_lossy().into_owned(),
            tasks,
            done: before + progress.done,
            before,
            skipped,
            failed: &summary.failed,
            small_right: right[0] + progress.right[0],
            large_right: right[1] + progress.right[1],
            stopped: summary.ended != Ended::Whole,
            times: summary.times,
        }
    }

    /// The totals for a person.
    pub fn text(&self) -> String {
        let share = |right: usize| match self.done {
            0 => "–".to_owned(),
            done => format!("{:.1} %", 100.0 * right as f64 / done as f64),
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
                "{:.1} s: small model {:.1} s, large model {:.1} s, tests {:.1} s beside them, all \
                 else {:.1} s ({:.1} % of the time)\n",
                times.wall_s,
                times.small_s,
                times.large_s,
                times.tests_s,
                times.overhead_s,
                100.0 * times.overhead_share,
            ));
        }
        text
    }
}
