//! The driver's side of self-tests: runs unreviewed programs in the sandbox on threads of their
//! own. The app decides which programs to run and evaluates the results.

use std::{collections::HashMap, sync::Arc, thread, time::Duration};

use tokio::sync::mpsc::UnboundedSender;

use crate::{
    language::Language,
    sandbox::{Execution, Executor, Limits, isolation::Stop},
    tui::app::{
        Event,
        event::{Batch, Ran},
    },
    worker::{Mailbox, Worker},
};

/// The most programs that run at once: the models need the machine too.
const MOST: usize = 4;

/// The time that running programs get to stop at the end; then they end with the process.
const PATIENCE: Duration = Duration::from_millis(300);

/// The newest batch and its stop signal.
type Newest = Option<(Batch, Stop)>;

/// A handle on the thread.
pub(super) struct Programs {
    worker: Worker<Newest>,
    /// Stops the latest batch.
    stop: Stop,
}

impl Programs {
    /// Starts the thread, which answers through `events`. The sandbox and the toolchains are looked
    /// up when the first program runs.
    pub fn answering(events: UnboundedSender<Event>) -> Self {
        Programs {
            worker: Worker::start("self-tests", |mailbox| Tester::new(events).work(mailbox)),
            stop: Stop::default(),
        }
    }

    /// Runs a batch and stops the previous one.
    pub fn run(&mut self, batch: Batch) {
        self.stop();
        self.stop = Stop::default();
        let job = (batch, self.stop.clone());
        self.worker.put(|newest| *newest = Some(job));
    }

    /// Stops the running batch.
    pub fn stop(&self) {
        self.stop.stop();
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        self.stop();
        self.worker.end_within(Some(PATIENCE));
    }
}

/// The thread's side.
struct Tester {
    events: UnboundedSender<Event>,
    /// One per language, so that none waits for the toolchain of another.
    executors: HashMap<Language, Arc<Executor>>,
}

impl Tester {
    fn new(events: UnboundedSender<Event>) -> Self {
        Tester {
            events,
            executors: HashMap::new(),
        }
    }

    fn work(&mut self, mailbox: &Arc<Mailbox<Newest>>) {
        while let Some((batch, stop)) = mailbox.take(Option::take) {
            if stop.is_stopped() {
                continue;
            }
            match self.executor(batch.language) {
                Ok(executor) => self.run(&executor, &batch, &stop),
                Err(problem) => self.tell(&batch, Err(problem)),
            }
        }
    }

    /// The executor for a language. A failure is not remembered: the missing tool may be installed
    /// by the next call.
    fn executor(&mut self, language: Language) -> Result<Arc<Executor>, String> {
        if let Some(known) = self.executors.get(&language) {
            return Ok(Arc::clone(known));
        }
        let executor = Executor::new(Limits::default(), &[language], false).map_err(|problem| {
            format!("{problem} (only `routelens selftest` has this option; the playground always needs the sandbox)")
        })?;
        executor.check(language)?;
        self.executors.insert(language, Arc::clone(&executor));
        Ok(executor)
    }

    /// Runs the programs, several at once, and reports each result.
    fn run(&self, executor: &Executor, batch: &Batch, stop: &Stop) {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        executor.run_all(&batch.programs, cores.min(MOST), stop, |index, ran| {
            self.tell(batch, ran.map(|execution| (index, execution)));
        });
    }

    fn tell(&self, batch: &Batch, result: Result<(usize, Execution), String>) {
        // After the end of the program, nothing receives this.
        let _ = self.events.send(Event::Ran(Ran {
            id: batch.id,
            result,
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;
    use crate::{
        completion::RequestId,
        sandbox::{Check, Program, TestResult},
    };

    fn batch(id: u64, sources: &[&str]) -> Batch {
        let program = |source: &&str| Program {
            language: Language::Python,
            source: (*source).to_owned(),
            check: Check::RunsToEnd,
        };
        Batch {
            id: RequestId(id),
            language: Language::Python,
            programs: sources.iter().map(program).collect(),
        }
    }

    fn next(events: &mut UnboundedReceiver<Event>) -> Ran {
        let begun = Instant::now();
        loop {
            match events.try_recv() {
                Ok(Event::Ran(ran)) => return ran,
                Ok(other) => panic!("{other:?}"),
                Err(_) => thread::sleep(Duration::from_millis(1)),
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing came");
        }
    }

    #[test]
    fn each_program_is_told_of_and_none_hurts_another() {
        let (sender, mut events) = unbounded_channel();
        let mut programs = Programs::answering(sender);
        let sources = [
            "assert 1 + 1 == 2\n",
            "assert 1 + 1 == 3\n",
            "import os, shutil\nfor place in (os.getcwd(), '/tmp'):\n    shutil.rmtree(place, ignore_errors=True)\n",
            "open('/tmp/left', 'w').write('x')\n",
            "import os\nassert not os.path.exists('/tmp/left')\n",
        ];
        programs.run(batch(7, &sources));
        let mut results = vec![None; sources.len()];
        for _ in &sources {
            let ran = next(&mut events);
            assert_eq!(ran.id, RequestId(7));
            let (index, execution) = ran.result.expect("the sandbox works");
            results[index] = Some(execution.result);
        }
        let (passed, failed) = (Some(TestResult::Passed), Some(TestResult::Failed));
        // A program with tests cannot use functions that delete files, so that one fails on its
        // own.
        assert_eq!(results, [passed, failed, failed, passed, passed]);
    }

    #[test]
    fn what_nobody_waits_for_is_ended_and_the_next_batch_begins_at_once() {
        let (sender, mut events) = unbounded_channel();
        let mut programs = Programs::answering(sender);
        let endless = ["while True:\n    pass\n"; 100];
        let mut different = Vec::new();
        for (index, source) in endless.iter().enumerate() {
            different.push(format!("{source}# {index}\n"));
        }
        let different: Vec<&str> = different.iter().map(String::as_str).collect();
        programs.run(batch(1, &different));
        // All of them together would exceed the test's time limit.
        programs.run(batch(2, &["assert True\n"]));
        let ran = next(&mut events);
        assert_eq!(ran.id, RequestId(2));
        let passed = ran.result.map(|(_, execution)| execution.result);
        assert_eq!(passed, Ok(TestResult::Passed));
        programs.run(batch(3, &different));
        let begun = Instant::now();
        drop(programs);
        assert!(begun.elapsed() < Duration::from_secs(10), "it hangs");
        while let Ok(event) = events.try_recv() {
            let told = matches!(&event, Event::Ran(ran) if ran.id == RequestId(3));
            assert!(!told, "{event:?}");
        }
    }
}
