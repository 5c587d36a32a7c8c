//! Self-tests of one hole, for the policy of that name: a model that is there already is asked for
//! more solutions and for tests, and all of them are run.

use std::{
    sync::{Arc, mpsc::channel},
    thread,
};

use super::lanes::{Lanes, Which};
use crate::{
    cli::{Failure, console::Console},
    completion::{Completion, Hole},
    language::Language,
    sandbox::{Executor, Limits, Program, TestResult, isolation::Stop},
    selftest::{Run, Trial, Want, attempt::Sampled},
};

/// What runs the programs, made when it is first needed.
#[derive(Default)]
pub(super) struct Bench {
    executor: Option<Result<Arc<Executor>, String>>,
}

impl Bench {
    /// What can run programs of a language.
    ///
    /// # Errors
    /// Nothing can: says what is missing.
    fn executor(&mut self, language: Language) -> Result<Arc<Executor>, String> {
        let made = self
            .executor
            .get_or_insert_with(|| Executor::new(Limits::default(), &Language::ALL, false));
        let executor = made.clone()?;
        executor.check(language)?;
        Ok(executor)
    }
}

impl Lanes {
    /// A model's turn at a hole that it has completed once already. Where programs cannot be run
    /// here, or the model fails, that is how the turn ends.
    ///
    /// # Errors
    /// The models' threads have ended.
    pub fn self_test(
        &mut self,
        console: &mut Console,
        which: Which,
        hole: &Hole,
        first: &Completion,
    ) -> Result<Trial, Failure> {
        let model = self.info(which).map(|info| info.name.clone());
        let model = model.unwrap_or_default();
        let first = Sampled::new(&first.text, first.timing.total_ms);
        let (settings, sampling) = self.self_testing();
        let (mut trial, mut want) =
            Trial::new(model.clone(), hole.clone(), settings, sampling, Some(first));
        while let Some(wanted) = want.take() {
            let answered = match wanted {
                Want::Ask(ask) => {
                    console.progress(&format!("{model}: {}", ask.told()));
                    let answer = self.complete(console, which, &ask)?;
                    answer.map(|completion| trial.answered(&completion))
                }
                Want::Run(runs) => {
                    console.progress(&format!("{model}: {} programs", runs.len()));
                    self.run_programs(&mut trial, hole, &runs)
                }
            };
            match answered {
                Ok(next) => want = next,
                Err(problem) => trial.failed(problem),
            }
        }
        console.clear_progress();
        Ok(trial)
    }

    fn run_programs(
        &mut self,
        trial: &mut Trial,
        hole: &Hole,
        runs: &[Run],
    ) -> Result<Option<Want>, String> {
        let language = hole.language.ok_or("there is no grammar")?;
        let executor = self.bench().executor(language)?;
        let programs: Vec<&Program> = runs.iter().map(|run| &run.program).collect();
        let (sender, ended) = channel();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        executor.run_all(&programs, cores, &Stop::default(), |place, ran| {
            // Who waits for it is in this function.
            let _ = sender.send((place, ran));
        });
        drop(sender);
        let mut want = None;
        for (place, ran) in ended {
            let passed = ran?.result == TestResult::Passed;
            want = trial.ran(runs[place].solution, runs[place].test, passed);
        }
        Ok(want)
    }
}
