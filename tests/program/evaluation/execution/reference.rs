//! Python's results equal those of HumanEval-Infilling's own harness. `reference.jsonl` holds tasks
//! in that format and completions that are hard to judge, each with the verdict that the harness
//! (openai/human-eval-infilling at 88062ff, 3 seconds, Python 3.11) gave.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use routelens::{
    language::Language::Python,
    sandbox::{Limits, TestResult},
};
use serde::Deserialize;

use super::{executor, tested};

const RECORDED: &str = include_str!("reference.jsonl");

#[derive(Deserialize)]
struct Task {
    task_id: String,
    entry_point: String,
    prompt: String,
    suffix: String,
    test: String,
}

#[derive(Deserialize)]
struct Completion {
    task_id: String,
    completion: String,
    passed: bool,
}

#[test]
fn pass_and_fail_are_the_references() {
    let Some(executor) = executor(Python, Limits::default()) else {
        return;
    };
    let tasks: HashMap<String, Task> = RECORDED
        .lines()
        .filter_map(|line| serde_json::from_str::<Task>(line).ok())
        .map(|task| (task.task_id.clone(), task))
        .collect();
    let completions: Vec<Completion> = RECORDED
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert!(completions.len() > 80);
    let next = AtomicUsize::new(0);
    let judge = || {
        let mut wrong = Vec::new();
        while let Some(given) = completions.get(next.fetch_add(1, Ordering::Relaxed)) {
            let task = &tasks[&given.task_id];
            let source = format!(
                "{}{}{}\n{}\ncheck({})",
                task.prompt, given.completion, task.suffix, task.test, task.entry_point
            );
            let execution = tested(&executor, Python, &source);
            if (execution.result == TestResult::Passed) != given.passed {
                wrong.push(format!("{:?}: {execution:?}", given.completion));
            }
        }
        wrong
    };
    // Most of the time is spent waiting for programs that never end.
    let wrong: Vec<String> = thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(judge));
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("it ended"))
            .collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
