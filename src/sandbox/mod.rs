//! Running programs that nobody has read: whether a filled program passes its tests. Each runs in a
//! sandbox ([`isolation`]): no network, a read-only system, a private temporary folder, and limits on
//! time, memory, processes and output. One file per language says how its programs are compiled and
//! started; what is slow to start (javac, C++ headers) is kept warm.
//!
//! Nothing here knows of models, tasks or policies.

mod cpp;
mod folder;
pub mod isolation;
mod java;
mod lookup;
mod python;
mod report;
mod toolchain;
mod trial;

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
    isolation::{Sandbox, Stop},
    java::Java,
    python::Python,
    trial::{Runner, Submission},
};
use crate::language::Language;

/// How a program shows that it is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// It runs to its end without an error: the tests are part of it. Ending early, say by `exit(0)`,
    /// does not count.
    RunsToEnd,
    /// For each case it reads the input and must print the output; white space at the ends of lines
    /// and of the output is not compared.
    Prints(Vec<Case>),
}

/// One case of [`Check::Prints`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub input: String,
    /// Any of these is right.
    pub outputs: Vec<String>,
}

/// A whole program and how it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub language: Language,
    pub source: String,
    pub check: Check,
}

impl Program {
    /// SHA-256 of everything that makes it the program it is: of a benchmark with large cases not
    /// all programs fit in memory.
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

/// How a program's tests went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TestResult {
    Passed,
    /// A test failed, or the program ended with an error or too early.
    Failed,
    /// It does not compile.
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

/// What came of running a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    pub result: TestResult,
    /// What it said, for people: the last lines of the error, at most about 400 characters.
    pub detail: String,
    /// How long it took, compiling included, in milliseconds.
    pub ms: f64,
}

/// What one program may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Wall-clock time of the run, in milliseconds; compiling has its own, five times as long.
    pub time_ms: u64,
    /// Memory in MiB.
    pub memory_mb: u64,
    /// Processes and threads at once.
    pub processes: u32,
    /// Bytes of output and of each file.
    pub output_bytes: u64,
}

impl Default for Limits {
    /// Three seconds, as HumanEval-Infilling's harness has it.
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

    /// The time limit of compiling.
    fn compiling(&self) -> Duration {
        5 * self.time()
    }

    /// As the sandbox takes them.
    fn sandbox(&self) -> isolation::Limits {
        isolation::Limits {
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
    /// Such as "javac 17.0.15"; or what is missing and how to get it.
    pub found: Result<String, String>,
}

/// Runs programs, from any number of threads at once.
#[derive(Debug)]
pub struct Executor {
    limits: Limits,
    sandbox: Sandbox,
    toolchains: Vec<Toolchain>,
    runners: HashMap<Language, Box<dyn Runner>>,
    seen: Mutex<HashMap<[u8; 32], Execution>>,
    // Last, so that it is removed when nothing that uses it runs any more.
    folder: PrivateFolder,
}

impl Executor {
    /// Looks for the sandbox and for the toolchains of `languages`, and tries both.
    ///
    /// # Errors
    /// Bubblewrap is missing or does not work here and `unsafe_execution` is not set: says why and
    /// what to do.
    pub fn new(
        limits: Limits,
        languages: &[Language],
        unsafe_execution: bool,
    ) -> Result<Arc<Self>, String> {
        let sandbox = Sandbox::find(unsafe_execution)?;
        let folder = PrivateFolder::new()
            .map_err(|error| format!("no temporary folder can be made: {error}; set TMPDIR to a folder that can be written to"))?;
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

    /// What was found of each language that was asked for.
    pub fn toolchains(&self) -> &[Toolchain] {
        &self.toolchains
    }

    /// Whether programs of this language can be run here.
    pub fn runs(&self, language: Language) -> bool {
        self.toolchains
            .iter()
            .any(|toolchain| toolchain.language == language && toolchain.found.is_ok())
    }

    /// Whether programs of a language that was asked for can be run here.
    ///
    /// # Errors
    /// They cannot: says what is missing.
    pub fn check(&self, language: Language) -> Result<(), String> {
        let mut toolchains = self.toolchains.iter();
        let found = toolchains.find(|toolchain| toolchain.language == language);
        match found.map(|toolchain| &toolchain.found) {
            Some(Err(missing)) => Err(format!(
                "{} programs cannot be run here: {missing}",
                language.name()
            )),
            _ => Ok(()),
        }
    }

    /// Runs programs, at most `jobs` at once, until `stop` says that nobody wants the results any
    /// more; returns when none runs. `each` gets, on any thread, the place of every program that was
    /// not stopped and what [`Executor::run`] gives of it, as it ends.
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

    /// Compiles and runs a program; returns when it has ended or was ended. A text seen before is
    /// not run again.
    ///
    /// # Errors
    /// The sandbox or the toolchain itself fails (not the program): says why.
    pub fn run(&self, program: &Program) -> Result<Execution, String> {
        self.run_until(program, &Stop::default())
    }

    /// The same until `stop` says that nobody wants the result any more.
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

    /// Looks for a toolchain and has it run the smallest program.
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
        let trial = Program {
            language,
            source: smallest(language).to_owned(),
            check: Check::RunsToEnd,
        };
        let execution = self.execute(&trial, &Stop::default())?;
        match execution.result {
            TestResult::Passed => Ok(version),
            result => Err(format!(
                "{version} was found, but a {name} program that does nothing ends as {}: {}",
                result.name(),
                execution.detail,
            )),
        }
    }

    fn execute(&self, program: &Program, stop: &Stop) -> Result<Execution, String> {
        let missing = || format!("there is no toolchain for {}", program.language.name());
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
