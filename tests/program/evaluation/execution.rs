//! Running programs: pass and fail agree with the benchmarks' own harnesses, and hostile programs
//! do no harm. The sandbox must work here; otherwise these tests fail and say why.

mod hostile;
mod languages;
mod reference;

use std::sync::Arc;

use routelens::{
    language::Language,
    sandbox::{Case, Check, Execution, Executor, Limits, Program, TestResult},
};

/// Limits that hostile programs reach quickly.
const SMALL: Limits = Limits {
    time_ms: 3_000,
    memory_mb: 256,
    processes: 32,
    output_bytes: 1 << 18,
};

/// An executor for one language; `None`, with a message, if the machine cannot run it.
fn executor(language: Language, limits: Limits) -> Option<Arc<Executor>> {
    let executor = Executor::new(limits, &[language], false).expect("the sandbox works");
    match &executor.toolchains()[0].found {
        Ok(_) => Some(executor),
        Err(problem) => {
            eprintln!("not tested here: {problem}");
            None
        }
    }
}

/// Runs a program that contains its tests.
fn tested(executor: &Executor, language: Language, source: &str) -> Execution {
    run(executor, language, source, Check::RunsToEnd)
}

/// Runs a program that must print this; `Passed` if it does.
fn printed(executor: &Executor, language: Language, source: &str, output: &str) -> Execution {
    let case = Case {
        input: String::new(),
        outputs: vec![output.to_owned()],
    };
    run(executor, language, source, Check::Prints(vec![case]))
}

fn run(executor: &Executor, language: Language, source: &str, check: Check) -> Execution {
    let program = Program {
        language,
        source: source.to_owned(),
        check,
    };
    executor.run(&program).expect("the sandbox works")
}

#[track_caller]
fn assert_result(execution: &Execution, wanted: TestResult) {
    assert_eq!(execution.result, wanted, "{}", execution.detail);
}
