//! The driver's side of self-tests: programs that nobody has read, run in the sandbox of the
//! evaluation on threads of their own. What to run and what comes of it is the app's business.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedSender;

use super::app::{
    Event,
    event::{Batch, Ran},
};
use crate::{
    evaluation::execution::{Executor, Limits, sandbox::Stop},
    language::Language,
};

/// At most so many programs run at once: the models need the machine too.
const MOST: usize = 4;

/// At the program's end what runs may take this long to be ended; then it ends with the process.
const PATIENCE: Duration = Duration::from_millis(300);

/// A handle on the thread.
pub(super) struct Programs {
    jobs: Option<Sender<(Batch, Stop)>>,
    /// Ends the batch that was sent last.
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Programs {
    /// Starts the thread, which answers to `events`. Sandbox and toolchains are looked for when the
    /// first program is to be run.
    pub fn answering(events: UnboundedSender<Event>) -> Self {
        let (jobs, inbox) = channel();
        let thread = thread::Builder::new()
            .name("self-tests".to_owned())
            .spawn(move || Bench::new(events).work(&inbox));
        Programs {
            jobs: Some(jobs),
            stop: Stop::default(),
            thread: thread.ok(),
        }
    }

    /// Runs a batch, in place of the one before it.
    pub fn run(&mut self, batch: Batch) {
        self.stop();
        self.stop = Stop::default();
        let job = (batch, self.stop.clone());
        let sent = self
            .jobs
            .as_ref()
            .is_some_and(|jobs| jobs.send(job).is_ok());
        if !sent {
            tracing::error!("the thread of self-tests has ended");
        }
    }

    /// Ends what runs.
    pub fn stop(&self) {
        self.stop.stop();
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        self.stop();
        self.jobs = None;
        let Some(thread) = self.thread.take() else {
            return;
        };
        let begun = Instant::now();
        while !thread.is_finished() && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// The thread's side.
struct Bench {
    events: UnboundedSender<Event>,
    /// One for each language, so that none waits for the toolchain of another.
    executors: HashMap<Language, Arc<Executor>>,
}

impl Bench {
    fn new(events: UnboundedSender<Event>) -> Self {
        Bench {
            events,
            executors: HashMap::new(),
        }
    }

    fn work(&mut self, inbox: &Receiver<(Batch, Stop)>) {
        while let Ok((batch, stop)) = inbox.recv() {
            if stop.is_stopped() {
                continue;
            }
            match self.executor(batch.language) {
                Ok(executor) => self.run(&executor, &batch, &stop),
                Err(problem) => self.tell(&batch, Err(problem)),
            }
        }
    }

    /// What runs programs of a language. Where that is nothing, it is looked for again the next time:
    /// what was missing may have been installed.
    fn executor(&mut self, language: Language) -> Result<Arc<Executor>, String> {
        if let Some(known) = self.executors.get(&language) {
            return Ok(Arc::clone(known));
        }
        let executor = Executor::new(Limits::default(), &[language], false)?;
        for toolchain in executor.toolchains() {
            toolchain.found.clone()?;
        }
        self.executors.insert(language, Arc::clone(&executor));
        Ok(executor)
    }

    /// Runs the programs, several at once, and tells of each as it ends.
    fn run(&self, executor: &Executor, batch: &Batch, stop: &Stop) {
        let next = AtomicUsize::new(0);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let work = || {
            while !stop.is_stopped()
                && let index = next.fetch_add(1, Ordering::Relaxed)
                && let Some(program) = batch.programs.get(index)
            {
                let ran = executor.run_until(program, stop);
                if !stop.is_stopped() {
                    self.tell(batch, ran.map(|execution| (index, execution)));
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..cores.clamp(1, MOST).min(batch.programs.len()) {
                scope.spawn(work);
            }
        });
    }

    fn tell(
        &self,
        batch: &Batch,
        result: Result<(usize, crate::evaluation::execution::Execution), String>,
    ) {
        // After the program's end nobody listens, and nobody needs to.
        let _ = self.events.send(Event::Ran(Ran {
            id: batch.id,
            result,
        }));
    }
}
