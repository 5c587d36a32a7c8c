//! The built-in suite: every task's own solution passes its tests, and every mutant fails them.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use routelens::{
    evaluation::dataset::suite::{self, SuiteTask},
    language::Language,
    sandbox::{Executor, Limits, TestResult},
    syntax::{VerdictState, verdict},
};

/// The fewest tasks per language.
const TASKS: usize = 40;
/// The fewest mutants per task.
const MUTANTS: usize = 3;

fn tasks() -> Vec<SuiteTask> {
    suite::tasks().expect("the files are as they must be")
}

#[test]
fn there_are_tasks_of_every_language_level_and_kind() {
    let mut counts: BTreeMap<(Language, String), usize> = BTreeMap::new();
    for known in tasks() {
        let task = known.task;
        let level = task.id.split('/').nth(2).unwrap_or_default().to_owned();
        for group in [level, task.kind.name().to_owned(), String::new()] {
            *counts.entry((task.language, group)).or_default() += 1;
        }
        assert!(known.mutants.len() >= MUTANTS, "{}", task.id);
        assert!(!known.mutants.contains(&task.canonical), "{}", task.id);
    }
    for language in Language::ALL {
        for (group, least) in [
            ("", TASKS),
            ("easy", 8),
            ("medium", 8),
            ("hard", 8),
            ("line", 8),
            ("lines", 4),
            ("span", 4),
        ] {
            let count = counts.get(&(language, group.to_owned())).copied();
            assert!(count >= Some(least), "{language:?} {group}: {count:?}");
        }
    }
}

#[test]
fn the_syntax_gate_passes_every_solution_in_either_cut() {
    for SuiteTask { task, .. } in tasks() {
        let presented = task.presented();
        let cut =
            routelens::completion::Hole::new(&*task.prefix, &*task.suffix, Some(task.language));
        for (hole, canonical) in [
            (presented.hole(task.language), &presented.canonical),
            (cut, &task.canonical),
        ] {
            let verdict = verdict(&hole, canonical);
            assert_eq!(
                verdict.state,
                VerdictState::Valid,
                "{}: {:?}",
                task.id,
                verdict.faults
            );
        }
    }
}

#[test]
fn python_solutions_pass_and_mutants_fail() {
    try_all(Language::Python);
}

#[test]
fn java_solutions_pass_and_mutants_fail() {
    try_all(Language::Java);
}

#[test]
fn cpp_solutions_pass_and_mutants_fail() {
    try_all(Language::Cpp);
}

fn try_all(language: Language) {
    let executor = Executor::new(Limits::default(), &[language], false).expect("the sandbox works");
    if !executor.runs(language) {
        eprintln!("left out: {:?}", executor.toolchains());
        return;
    }
    let mut tasks = tasks();
    tasks.retain(|known| known.task.language == language);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let work = || {
            while let Some(known) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                try_one(&executor, known);
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
}

fn try_one(executor: &Executor, known: &SuiteTask) {
    let run = |completion: &str| {
        let program = known.task.program_as_cut(completion).expect("it has tests");
        executor.run(&program).expect("the sandbox works")
    };
    let id = &known.task.id;
    let right = run(&known.task.canonical);
    assert_eq!(right.result, TestResult::Passed, "{id}: {}", right.detail);
    for mutant in known.mutants.iter().map(String::as_str).chain([""]) {
        let wrong = run(mutant);
        assert_ne!(wrong.result, TestResult::Passed, "{id}: {mutant:?}");
        // An empty hole may not compile; a mutant is a plausible answer and does.
        let compiles = wrong.result != TestResult::DoesNotCompile;
        assert!(
            compiles || mutant.is_empty(),
            "{id}: {mutant:?}: {}",
            wrong.detail
        );
    }
}
