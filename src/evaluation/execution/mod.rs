//! Running programs that nobody has read: whether a filled program passes its tests. Each runs in a
//! sandbox ([`sandbox`]): no network, a read-only system, a private temporary folder, and limits on
//! time, memory, processes and output. One file per language says how its programs are compiled and
//! started; what is slow to start (javac, C++ headers) is kept warm.
//!
//! Nothing here knows of models, tasks or policies.

pub mod sandbox;

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// How a program shows that it is right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Check {
    /// It runs to its end without an error: the tests are part of it. Ending early, say by `exit(0)`,
    /// does not count.
    RunsToEnd,
    /// For each case it reads the input and must print the output; white space at the ends of lines
    /// and of the output is not compared.
    Prints(Vec<Case>),
}

/// One case of [`Check::Prints`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Case {
    pub input: String,
    /// Any of these is right.
    pub outputs: Vec<String>,
}

/// A whole program and how it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Program {
    pub language: Language,
    pub source: String,
    pub check: Check,
}

/// How a program's tests went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
        match self {
            TestResult::Passed => "passed",
            TestResult::Failed => "failed",
            TestResult::DoesNotCompile => "does_not_compile",
            TestResult::TimedOut => "timed_out",
            TestResult::OutOfMemory => "out_of_memory",
            TestResult::TooMuchOutput => "too_much_output",
            TestResult::TooManyProcesses => "too_many_processes",
        }
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
}

/// A language's toolchain on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    pub language: Language,
    /// Such as "javac 17.0.15"; or what is missing and how to get it.
    pub found: Result<String, String>,
}

/// Runs programs, from any number of threads at once.
pub struct Executor {
    // Filled in by the owner of this room.
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
        let _ = (limits, languages, unsafe_execution);
        todo!()
    }

    /// What was found of each language that was asked for.
    pub fn toolchains(&self) -> &[Toolchain] {
        todo!()
    }

    /// Whether programs of this language can be run here.
    pub fn runs(&self, language: Language) -> bool {
        let _ = language;
        todo!()
    }

    /// Compiles and runs a program; returns when it has ended or was ended. A text seen before is
    /// not run again.
    ///
    /// # Errors
    /// The sandbox or the toolchain itself fails (not the program): says why.
    pub fn run(&self, program: &Program) -> Result<Execution, String> {
        let _ = program;
        todo!()
    }
}
