//! Runs untrusted programs: whether a filled program passes its tests. Each runs in a sandbox
//! ([`isolation`]): no network, a read-only system, a private temporary folder, and limits on time,
//! memory, processes and output. One file per language compiles and starts its programs; what
//! starts slowly (javac, C++ headers) is kept warm.
//!
//! Models, tasks and policies are unknown here.

mod cpp;
mod folder;
pub mod isolation;
mod java;
mod lookup;
mod python;
mod report;
mod submission;
mod toolchain;

use std::{
    borrow::Borrow,
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use strum::IntoStaticStr;

use self::{
    cpp::Cpp,
    folder::PrivateFolder,
    isolation::{JobLimits, Sandbox, Stop},
    java::Java,
    python::Python,
    submission::{Runner, Submission},
};
use crate::language::Language;

/// How a program is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// It must run to its end without an error; the tests are part of it. Ending early, for example
    /// with `exit(0)`, does not count.
    RunsToEnd,
    /// For each case it reads the input and must print the output. Trailing whitespace of lines and
    /// of the whole output is ignored.
    Prints(Vec<Case>),
}

/// One case of [`Check::Prints`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub input: String,
    /// The accepted outputs.
    pub outputs: Vec<String>,
}

/// A whole program and how it is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub language: Language,
    pub source: String,
    pub check: Check,
}

impl Program {
    /// SHA-256 of everything that determines the result. Kept instead of the program: those of a
    /// benchmark with large cases would not all fit in memory.
    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update(text.len().to_le_bytes());
            hash.update(text);
        };
        part(self.language.name());
        part(&self.source);
        match &self.check {
            Check::RunsToEnd => part("runs to its end"),
            Check::Prints(cases) => {
                for case in cases {
                    part(&format!("prints one of {}", case.outputs.len()));
                    part(&case.input);
                    case.outputs.iter().for_each(|output| part(output));
                }
            }
        }
        hash.finalize().into()
    }
}

/// The result of a program's tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TestResult {
    Passed,
    /// A test failed, or the program ended with an error or too early.
    Failed,
    /// The source does not compile.
    DoesNotCompile,
    TimedOut,
    OutOfMemory,
    TooMuchOutput,
    TooManyProcesses,
}

impl TestResult {
    /// The name used in JSON.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The record of running a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    pub result: TestResult,
    /// The program's last error lines, for display: at most about 400 characters.
    pub detail: String,
    /// Duration in milliseconds, compilation included.
    pub ms: f64,
}

/// The resource limits of one program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Wall-clock time of the run, in milliseconds; compilation has its own limit, five times as
    /// long.
    pub time_ms: u64,
    /// Memory in MiB.
    pub memory_mb: u64,
    /// Concurrent processes and threads.
    pub processes: u32,
    /// Bytes of output, and of each file.
    pub output_bytes: u64,
}

impl Default for Limits {
    /// Three seconds, as in HumanEval-Infilling's harness.
    fn default() -> Self {
        Limits {
            time_ms: 3_000,
            memory_mb: 1_024,
            processes: 64,
            output_bytes: 1 << 20,
        }
    }
}

impl Limits {
    /// The time limit.
    pub fn time(&self) -> Duration {
        Duration::from_millis(self.time_ms)
    }

    /// The time limit for compilation.
    fn compiling(&self) -> Duration {
        5 * self.time()
    }

    /// The same for the sandbox.
    fn sandbox(&self) -> JobLimits {
        JobLimits {
            time: self.time(),
            memory: self.memory_mb << 20,
            processes: self.processes,
            output: self.output_bytes,
            file: self.output_bytes,
        }
    }
}

/// A language's toolchain on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    pub language: Language,
    /// A version such as "javac 17.0.15"; or what is missing and how to get it.
    pub found: Result<String, String>,
}

/// Runs programs; can be used from several threads at once.
#[derive(Debug)]
pub struct Executor {
    limits: Limits,
    sandbox: Sandbox,
    toolchains: Vec<Toolchain>,
    runners: HashMap<Language, Box<dyn Runner>>,
    seen: Mutex<HashMap<[u8; 32], Execution>>,
    // Last field, so that the folder is removed after everything that uses it has been dropped.
    folder: PrivateFolder,
}

impl Executor {
    /// Finds the sandbox and the toolchains of `languages`, and tries both.
    ///
    /// # Errors
    /// Bubblewrap is missing or does not work here, and `unsafe_execution` is not set; the error
    /// says why and what to do.
    pub fn new(
        limits: Limits,
        languages: &[Language],
        unsafe_execution: bool,
    ) -> Result<Arc<Self>, String> {
        let sandbox = Sandbox::find(unsafe_execution)?;
        let folder = PrivateFolder::new().map_err(|error| {
            format!("cannot create a temporary folder: {error}; set TMPDIR to a writable folder")
        })?;
        let mut executor = Executor {
            limits,
            sandbox,
            toolchains: Vec::new(),
            runners: HashMap::new(),
            seen: Mutex::default(),
            folder,
        };
        for &language in languages {
            if executor
                .toolchains
                .iter()
                .all(|known| known.language != language)
            {
                let found = executor.find(language);
                executor.toolchains.push(Toolchain { language, found });
            }
        }
        Ok(Arc::new(executor))
    }

    /// The toolchain of each requested language.
    pub fn toolchains(&self) -> &[Toolchain] {
        &self.toolchains
    }

    /// Whether programs of this language can be run here.
    pub fn runs(&self, language: Language) -> bool {
        self.toolchains
            .iter()
            .any(|toolchain| toolchain.language == language && toolchain.found.is_ok())
    }

    /// Checks that programs of a requested language can run here.
    ///
    /// # Errors
    /// They cannot run; the error says what is missing.
    pub fn check(&self, language: Language) -> Result<(), String> {
        let mut toolchains = self.toolchains.iter();
        let found = toolchains.find(|toolchain| toolchain.language == language);
        match found.map(|toolchain| &toolchain.found) {
            Some(Err(missing)) => Err(format!(
                "cannot run {} programs here: {missing}",
                language.name()
            )),
            _ => Ok(()),
        }
    }

    /// Runs programs, at most `jobs` at once, until `stop` is given; returns when none is running.
    /// For every program that was not stopped, `each` gets its index and the result of
    /// [`Executor::run`] as it ends, on any thread.
    pub fn run_all<P: Borrow<Program> + Sync>(
        &self,
        programs: &[P],
        jobs: usize,
        stop: &Stop,
        each: impl Fn(usize, Result<Execution, String>) + Sync,
    ) {
        let next = AtomicUsize::new(0);
        let work = || {
            while !stop.is_stopped()
                && let place = next.fetch_add(1, Ordering::Relaxed)
                && let Some(program) = programs.get(place)
            {
                let ran = self.run_until(program.borrow(), stop);
                if !stop.is_stopped() {
                    each(place, ran);
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..jobs.max(1).min(programs.len()) {
                scope.spawn(work);
            }
        });
    }

    /// Compiles and runs a program; returns when it has ended or was ended. A program seen before
    /// is not run again.
    ///
    /// # Errors
    /// The sandbox or the toolchain failed (not the program); the error says why.
    pub fn run(&self, program: &Program) -> Result<Execution, String> {
        self.run_until(program, &Stop::default())
    }

    /// The same until `stop` is given.
    ///
    /// # Errors
    /// As for [`Executor::run`], or it was stopped.
    pub fn run_until(&self, program: &Program, stop: &Stop) -> Result<Execution, String> {
        let digest = program.digest();
        if let Some(known) = self.seen().get(&digest) {
            return Ok(known.clone());
        }
        let execution = self.execute(program, stop)?;
        self.seen().insert(digest, execution.clone());
        Ok(execution)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Execution>> {
        self.seen
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Finds a toolchain and runs the smallest program with it.
    fn find(&mut self, language: Language) -> Result<String, String> {
        let (name, folder) = (language.name(), self.folder.path().join(language.name()));
        std::fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let (runner, version): (Box<dyn Runner>, String) = match language {
            Language::Python => {
                let (python, version) = Python::find()?;
                (Box::new(python), version)
            }
            Language::Java => {
                let (java, version) = Java::find(&self.sandbox, &folder)?;
                (Box::new(java), version)
            }
            Language::Cpp => {
                let (cpp, version) = Cpp::find(&self.sandbox, &folder)?;
                (Box::new(cpp), version)
            }
        };
        self.runners.insert(language, runner);
        let program = Program {
            language,
            source: smallest(language).to_owned(),
            check: Check::RunsToEnd,
        };
        let execution = self.execute(&program, &Stop::default())?;
        match execution.result {
            TestResult::Passed => Ok(version),
            result => Err(format!(
                "found {version}, but an empty {name} program ends with the result {}: {}",
                result.name(),
                execution.detail,
            )),
        }
    }

    fn execute(&self, program: &Program, stop: &Stop) -> Result<Execution, String> {
        let missing = || format!("no toolchain for {}", program.language.name());
        let runner = self.runners.get(&program.language).ok_or_else(missing)?;
        let folder = tempfile::Builder::new()
            .prefix("program-")
            .tempdir_in(self.folder.path())
            .map_err(|error| format!("{}: {error}", self.folder.path().display()))?;
        runner.run(&Submission {
            sandbox: &self.sandbox.until(stop),
            limits: &self.limits,
            folder: folder.path(),
            source: &program.source,
            check: &program.check,
        })
    }
}

/// The smallest program that uses what a toolchain must have.
fn smallest(language: Language) -> &'static str {
    match language {
        Language::Python => "assert 1 + 1 == 2\n",
        Language::Java => "public class Main { public static void main(String[] a) {} }\n",
        Language::Cpp => "#include <vector>\nint main() { return 0; }\n",
    }
}
