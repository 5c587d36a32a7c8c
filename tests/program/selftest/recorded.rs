//! Chains on recorded completions: the matrix, the score, which model's solution is returned, and
//! what is recorded for plans.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use routelens::{
    completion::{Completion, Hole, Sampling, StopReason, Timing},
    evaluation::{
        fit::Split,
        plan::{PlanCost, RecordedTask, plans},
    },
    language::Language,
    routing::SelfTest,
    sandbox::{Execution, Executor, Limits, Program, TestResult},
    selftest::{Matrix, Purpose, SelfTesting, Trial, Want},
    turn::{Chain, Link},
};
use serde::Deserialize;

const RECORDED: &str = include_str!("recorded.json");

#[derive(Deserialize)]
struct Task {
    id: String,
    language: Language,
    prefix: String,
    suffix: String,
    turns: Vec<Turn>,
    returned: String,
}

#[derive(Deserialize)]
struct Turn {
    model: String,
    solutions: Vec<String>,
    tests: Vec<String>,
    right: Vec<bool>,
    passed: Vec<Vec<bool>>,
    score: f32,
}

fn tasks() -> Vec<Task> {
    serde_json::from_str(RECORDED).expect("the fixture can be read")
}

fn completion(text: &str, ms: f64) -> Completion {
    Completion {
        text: text.to_owned(),
        tokens: Vec::new(),
        stop: StopReason::End,
        timing: Timing {
            total_ms: ms,
            ..Timing::default()
        },
        drafting: Vec::new(),
    }
}

/// Runs programs, with one executor per language.
#[derive(Default)]
struct Sandboxes(HashMap<Language, Arc<Executor>>);

impl Sandboxes {
    fn passes(&mut self, program: &Program) -> bool {
        self.run(program).result == TestResult::Passed
    }

    fn run(&mut self, program: &Program) -> Execution {
        let executor = self.0.entry(program.language).or_insert_with(|| {
            let limits = Limits {
                time_ms: 5_000,
                ..Limits::default()
            };
            Executor::new(limits, &[program.language], false).expect("the sandbox works")
        });
        executor.run(program).expect("it runs")
    }

    /// Plays a chain with the recorded output of its models.
    fn play(&mut self, task: &Task, settings: SelfTesting, every: bool) -> Chain {
        let names = task.turns.iter().map(|turn| turn.model.clone()).collect();
        let hole = Hole::new(&*task.prefix, &*task.suffix, Some(task.language));
        let mut chain = Chain::new(names, hole, settings, Sampling::default());
        if every {
            chain.go_through_all();
        }
        let mut want = chain.go_on();
        while let Some(wanted) = want {
            let turn = &task.turns[chain.model()];
            want = match wanted {
                Want::Ask(ask) => {
                    assert_eq!(ask.sampling.temperature == 0.0, ask.number == 0);
                    let (texts, ms) = match ask.purpose {
                        Purpose::Solution => (&turn.solutions, 100.0),
                        Purpose::Test => (&turn.tests, 50.0),
                    };
                    chain.answered(completion(&texts[ask.number], ms))
                }
                Want::Run(runs) => {
                    let mut want = None;
                    for (index, run) in runs.iter().enumerate() {
                        assert_eq!(want, None, "nothing is wanted before all have been run");
                        want = chain.ran(index, self.run(&run.program));
                    }
                    want
                }
            };
            want = want.or_else(|| chain.go_on());
        }
        chain
    }
}

/// What each model of a chain did.
fn trials(chain: &Chain) -> Vec<&Trial> {
    chain.links().iter().map(Link::trial).collect()
}

fn settings(theta: f32) -> SelfTesting {
    SelfTesting {
        solutions: 3,
        tests: 4,
        test_lines: 1,
        theta,
        chain: Vec::new(),
    }
}

fn passed(matrix: &Matrix) -> Vec<Vec<bool>> {
    let known = |cell: &Option<bool>| cell.expect("every cell is known");
    let row = |row: &Vec<Option<bool>>| row.iter().map(known).collect();
    matrix.passed.iter().map(row).collect()
}

fn score(trial: &Trial) -> f32 {
    match trial.result().expect("it has ended").self_test {
        SelfTest::Tried { score, .. } => score,
        SelfTest::Inapplicable => panic!("{:?}", trial.result()),
    }
}

#[test]
fn recorded_completions_come_to_the_matrix_and_the_score_that_they_must() {
    let mut sandboxes = Sandboxes::default();
    for task in tasks() {
        let chain = sandboxes.play(&task, settings(0.5), true);
        assert_eq!(trials(&chain).len(), task.turns.len(), "{}", task.id);
        for (trial, turn) in trials(&chain).into_iter().zip(&task.turns) {
            let name = format!("{}, {}: {:#?}", task.id, turn.model, trial.matrix());
            assert_eq!(passed(trial.matrix()), turn.passed, "{name}");
            assert!((score(trial) - turn.score).abs() < 1e-6, "{name}");
        }
        let returned = chain.returned().expect("a solution");
        assert_eq!(
            task.turns[returned.model].model, task.returned,
            "{}",
            task.id
        );
        assert!(returned.reached, "{}", task.id);
    }
}

#[test]
fn a_chain_ends_with_the_first_model_that_reaches_theta_and_else_returns_the_last_ones_best() {
    let mut sandboxes = Sandboxes::default();
    let all = tasks();
    let task = all
        .iter()
        .find(|task| task.id == "python/stack")
        .expect("there");
    let chain = sandboxes.play(task, settings(0.6), false);
    assert_eq!(trials(&chain).len(), 1);
    let returned = chain.returned().expect("a solution");
    assert_eq!(
        returned.text,
        "self.counts[word] = self.counts.get(word, 0) + 1"
    );
    let chain = sandboxes.play(task, settings(0.7), false);
    assert_eq!(chain.returned().map(|returned| returned.model), Some(1));
    // With the models in reverse order, the last one's best is returned although it is below θ.
    let mut turned = tasks().remove(0);
    turned.turns.swap(0, 1);
    turned.turns[0].tests.iter_mut().for_each(String::clear);
    let chain = sandboxes.play(&turned, settings(1.0), false);
    let first = trials(&chain)[0].result().expect("it has ended");
    assert_eq!(first.self_test, SelfTest::Inapplicable);
    assert!(
        first
            .why
            .as_deref()
            .is_some_and(|why| why.contains("no test that calls median"))
    );
    let returned = chain.returned().expect("a solution");
    assert_eq!((returned.model, returned.reached), (1, false));
    assert_eq!(returned.text, "return ordered[middle]");
}

#[test]
fn solutions_that_mean_harm_or_never_end_fail_their_own_tests_and_nobody_elses() {
    let task = Task {
        id: "harm".to_owned(),
        language: Language::Python,
        prefix: "import os, shutil\n\n\ndef one():\n    ".to_owned(),
        suffix: "\n".to_owned(),
        turns: vec![Turn {
            model: "small".to_owned(),
            solutions: [
                "while True:\n        pass",
                "shutil.rmtree(os.getcwd(), ignore_errors=True)\n    os._exit(0)",
                "return 1",
            ]
            .map(str::to_owned)
            .to_vec(),
            tests: vec![") == 1".to_owned(), ") > 0\nassert one() == 2".to_owned()],
            right: vec![false, false, true],
            passed: Vec::new(),
            score: 0.0,
        }],
        returned: "small".to_owned(),
    };
    let mut sandboxes = Sandboxes::default();
    let settings = SelfTesting {
        tests: 2,
        ..settings(0.3)
    };
    let chain = sandboxes.play(&task, settings, false);
    let trial = trials(&chain)[0];
    let expected = [[false, false], [false, false], [true, true]];
    assert_eq!(passed(trial.matrix()), expected);
    assert_eq!(trial.best(), Some("return 1"));
    assert!(trial.reached());
}

/// A Python task of one function, whose small model writes these solutions.
fn one(prefix: &str, solutions: [&str; 3]) -> Task {
    let turn = |model: &str| Turn {
        model: model.to_owned(),
        solutions: solutions.map(str::to_owned).to_vec(),
        tests: vec![") == 1".to_owned(), ") > 0".to_owned()],
        right: vec![false; 3],
        passed: Vec::new(),
        score: 0.0,
    };
    Task {
        id: "one".to_owned(),
        language: Language::Python,
        prefix: prefix.to_owned(),
        suffix: "\n".to_owned(),
        turns: vec![turn("small"), turn("large")],
        returned: "small".to_owned(),
    }
}

#[test]
fn a_file_that_cannot_be_run_by_itself_is_not_tried_with_any_model() {
    let settings = SelfTesting {
        tests: 2,
        ..settings(0.3)
    };
    let prefix = "import nowhere_module\n\n\ndef one():\n    ";
    let task = one(
        prefix,
        ["return 1", "return 1", "return nowhere_module.one"],
    );
    let chain = Sandboxes::default().play(&task, settings.clone(), false);
    let [trial] = trials(&chain)[..] else {
        panic!("{:?}", trials(&chain));
    };
    let result = trial.result().expect("it has ended");
    assert_eq!(result.self_test, SelfTest::Inapplicable);
    let why = result.why.as_deref().unwrap_or_default();
    assert!(why.contains("does not run by itself"), "{why}");
    assert!(trial.has_no_site() && !trial.has_failed());
    // When models are compared, all get their turns.
    let chain = Sandboxes::default().play(&task, settings, true);
    assert_eq!(trials(&chain).len(), 2);
}

#[test]
fn solutions_that_are_all_broken_say_nothing_against_the_file() {
    let settings = SelfTesting {
        tests: 2,
        ..settings(0.3)
    };
    for (prefix, broken) in [
        ("def one():\n    ", "nonlocal gone"),
        ("def one():\n    return ", "01"),
        (
            "def one():\n    for number in [1]:\n",
            "        nonlocal gone",
        ),
    ] {
        let task = one(prefix, [broken; 3]);
        let chain = Sandboxes::default().play(&task, settings.clone(), false);
        let scores: Vec<f32> = trials(&chain).into_iter().map(score).collect();
        assert_eq!(scores, [0.0, 0.0], "{prefix}");
    }
}

#[test]
fn a_file_that_is_too_large_is_not_tried() {
    let prefix = format!("# {}\n\n\ndef one():\n    ", "x".repeat(300 * 1024));
    let task = one(&prefix, ["return 1"; 3]);
    let chain = Sandboxes::default().play(&task, settings(0.3), false);
    assert_eq!(trials(&chain).len(), 1);
    let result = trials(&chain)[0].result().expect("it has ended");
    assert_eq!(result.self_test, SelfTest::Inapplicable);
    let why = result.why.as_deref().unwrap_or_default();
    assert!(why.contains("larger than 256 KiB"), "{why}");
}

#[test]
fn of_a_test_that_fails_it_is_recorded_which_lines_hold() {
    let mut sandboxes = Sandboxes::default();
    let task = tasks().remove(0);
    let settings = SelfTesting {
        test_lines: 3,
        ..settings(0.5)
    };
    let chain = sandboxes.play(&task, settings, false);
    let record = |trial: &Trial, sandboxes: &mut Sandboxes| {
        let passes = |program: &Program| Ok::<_, ()>(sandboxes.passes(program));
        trial.record(10.0, 1.0, passes).expect("recorded")
    };
    let attempt = record(trials(&chain)[0], &mut sandboxes);
    // The first sample occurs twice; it passes the first of the first test's two lines.
    assert_eq!(attempt.held, [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 0, 1]]);
    let whole = trials(&chain)[0].matrix();
    assert_eq!(attempt.matrix(3, 4, 3).passed, whole.passed);
    assert_eq!(passed(&attempt.matrix(3, 4, 1)), task.turns[0].passed);
    let smaller = attempt.matrix(2, 1, 1);
    assert_eq!((smaller.samples(), smaller.solutions.len()), (2, 1));
    assert_eq!(smaller.score(), 1.0);
}

/// Every task's turns, as the command records them.
pub(super) fn record_all() -> Vec<RecordedTask> {
    static RECORDED: LazyLock<Vec<RecordedTask>> = LazyLock::new(run_all);
    RECORDED.clone()
}

fn run_all() -> Vec<RecordedTask> {
    let mut sandboxes = Sandboxes::default();
    let record = |task: Task| {
        let chain = sandboxes.play(&task, settings(0.5), true);
        let attempt = |(trial, turn): (&Trial, &Turn)| {
            let passes = |program: &Program| Ok::<_, ()>(sandboxes.passes(program));
            let accelerators = if turn.model == "large" { 4.0 } else { 1.0 };
            let mut attempt = trial.record(10.0, accelerators, passes).expect("recorded");
            for (solution, right) in attempt.solutions.iter_mut().zip(&turn.right) {
                solution.right = Some(*right);
            }
            attempt
        };
        let attempts = trials(&chain)
            .into_iter()
            .zip(&task.turns)
            .map(attempt)
            .collect();
        RecordedTask {
            id: task.id,
            attempts,
        }
    };
    tasks().into_iter().map(record).collect()
}

#[test]
fn plans_of_recorded_attempts_cost_more_only_where_they_are_better() {
    let found = plans(
        &record_all(),
        Split::default(),
        PlanCost::AcceleratorSeconds,
    )
    .expect("plans");
    assert_eq!(found.models, ["small", "large"]);
    let frontier: Vec<_> = found.rows.iter().filter(|row| row.on_frontier).collect();
    let points: Vec<(f64, f64)> = frontier
        .iter()
        .map(|row| {
            (
                row.fit.accelerator_seconds,
                row.fit.accuracy.expect("tasks").value,
            )
        })
        .collect();
    assert!(
        points.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1),
        "{points:?}"
    );
    assert_eq!(points.last().map(|point| point.1), Some(1.0));
    // One solution of the small model without tests is the cheapest plan.
    assert_eq!(
        (&frontier[0].plan.models[..], frontier[0].plan.tests),
        (&[0][..], 0)
    );
    assert!((points[0].0 - 0.1).abs() < 1e-9, "{points:?}");
}
