//! A program as a language's toolchain gets it, and the steps that are the same for every language:
//! how it is run, and how its end becomes a result.

use std::{fmt::Debug, path::Path, time::Duration};

use super::{
    Case, Check, Execution, Limits, TestResult,
    isolation::{Job, Sandbox},
    report,
};

/// A language's toolchain: compiles and runs programs.
pub(super) trait Runner: Debug + Send + Sync {
    /// Compiles and runs a program.
    ///
    /// # Errors
    /// The sandbox or the toolchain failed (not the program).
    fn run(&self, submission: &Submission) -> Result<Execution, String>;
}

/// A program to run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Submission<'a> {
    pub sandbox: &'a Sandbox,
    pub limits: &'a Limits,
    /// An empty folder for it, outside the sandbox.
    pub folder: &'a Path,
    pub source: &'a str,
    pub check: &'a Check,
}

impl Submission<'_> {
    /// Runs the compiled program as its check demands. A driver that is part of it reports after
    /// the word on its first line of input.
    pub(super) fn run(&self, job: Job) -> Result<Execution, String> {
        match self.check {
            Check::RunsToEnd => tests(self.sandbox, job, |word| format!("{word}\n")),
            Check::Prints(cases) => prints(self.sandbox, &job, cases),
        }
    }
}

/// Runs a program that contains its tests, with a driver that reads `input` and reports after the
/// word in it.
pub(super) fn tests(
    sandbox: &Sandbox,
    job: Job,
    input: impl FnOnce(&str) -> String,
) -> Result<Execution, String> {
    let word = report::word();
    let finished = sandbox.run(&job.input(input(&word)))?;
    let result = report::tested(&finished, &word);
    Ok(report::execution(result, finished.took))
}

/// Runs a command for each case, until one fails.
fn prints(sandbox: &Sandbox, job: &Job, cases: &[Case]) -> Result<Execution, String> {
    let mut took = Duration::ZERO;
    for case in cases {
        let finished = sandbox.run(&job.clone().input(case.input.as_bytes()))?;
        took += finished.took;
        let (result, detail) = report::printed(&finished, case);
        if result != TestResult::Passed {
            return Ok(report::execution((result, detail), took));
        }
    }
    Ok(report::execution((TestResult::Passed, String::new()), took))
}
