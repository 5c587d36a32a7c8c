//! Runs the programs of self-tests, and shows how far the tests have come.

use std::{
    sync::{Arc, mpsc::channel},
    thread,
};

use super::console::Console;
use crate::{
    completion::RequestId,
    language::Language,
    sandbox::{Execution, Executor, Limits, Program, isolation::Stop},
    turn::{Batch, Turn},
};

/// A sandbox, created when first needed, and how many programs run in it at once.
pub(super) struct Bench {
    executor: Option<Result<Arc<Executor>, String>>,
    jobs: usize,
}

impl Default for Bench {
    fn default() -> Self {
        Bench {
            executor: None,
            jobs: thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

impl Bench {
    /// A bench with an existing sandbox.
    pub fn with(executor: Arc<Executor>, jobs: usize) -> Self {
        Bench {
            executor: Some(Ok(executor)),
            jobs,
        }
    }

    /// Shows a turn's step and runs its programs; returns their results in order.
    ///
    /// # Errors
    /// Programs cannot run here; the error says what is missing.
    pub fn run(
        &mut self,
        console: &mut Console,
        turn: &Turn,
        batch: &Batch,
    ) -> Result<Vec<Execution>, String> {
        show_step(console, turn, batch.id);
        let executor = self
            .executor
            .get_or_insert_with(|| Executor::new(Limits::default(), &Language::ALL, false));
        let executor = executor.clone()?;
        executor.check(batch.language)?;
        let programs: Vec<&Program> = batch.programs.iter().collect();
        let (sender, ended) = channel();
        executor.run_all(&programs, self.jobs, &Stop::default(), |place, ran| {
            // The receiver is in this function, so this cannot fail.
            let _ = sender.send((place, ran));
        });
        drop(sender);
        let mut all: Vec<_> = ended.into_iter().collect();
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, ran)| ran).collect()
    }
}

/// Shows which step of a self-test a request or a batch of programs is, if it is one.
pub(super) fn show_step(console: &mut Console, turn: &Turn, id: RequestId) {
    let tests = turn.self_tests.as_ref();
    if let Some(told) = tests.and_then(|tests| tests.told(id)) {
        console.progress(&told);
    }
}
