//! Datasets read from files.

use std::{io::Write, path::PathBuf};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{
    evaluation::task::{Grading, HoleKind},
    language::Language,
    sandbox::Check,
};

fn infilling(id: &str) -> Value {
    json!({
        "task_id": id, "entry_point": "f", "prompt": "def f():\n", "suffix": "",
        "canonical_solution": "    return 1\n", "test": "def check(g):\n    assert g() == 1\n",
    })
}

fn without(mut value: Value, field: &str) -> Value {
    value.as_object_mut().expect("an object").remove(field);
    value
}

fn file(folder: &TempDir, name: &str, lines: &[String]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, lines.join("\n")).expect("it can be written");
    path
}

#[test]
fn lines_that_cannot_be_used_are_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rust = infilling("rust");
    rust["language"] = json!("rust");
    let mut number = infilling("number");
    number["suffix"] = json!(7);
    let lines = [
        format!("\u{feff}{}", infilling("a")),
        "{\"task_id\": ".to_owned(),
        String::new(),
        without(infilling("b"), "canonical_solution").to_string(),
        rust.to_string(),
        number.to_string(),
        "[1]".to_owned(),
        infilling("a").to_string(),
        infilling("c").to_string(),
    ];
    let path = file(&folder, "set.jsonl", &lines);
    let dataset = Dataset::open(&path).expect("some lines are right");
    let ids: Vec<&str> = dataset.tasks.iter().map(|task| task.id.as_str()).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(dataset.id.tasks, 2);
    let problems: Vec<String> = dataset
        .problems
        .iter()
        .map(DatasetProblem::to_string)
        .collect();
    assert_eq!(
        problems,
        [
            "set.jsonl:2: it is not JSON: EOF while parsing a value, at column 11",
            "set.jsonl:4: canonical_solution: the field is missing",
            "set.jsonl:5: language: unknown language `rust`; known: python, java, cpp",
            "set.jsonl:6: suffix: found a number, expected a string",
            "set.jsonl:7: it is not a JSON object",
            "set.jsonl:8: task_id: `a` is already used in line 1",
        ]
    );
}

#[test]
fn a_python_task_is_checked_as_the_harness_checks_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, "set.jsonl", &[infilling("a").to_string()]);
    let task = Dataset::open(&path).expect("it is right").tasks.remove(0);
    assert_eq!(task.kind, HoleKind::Line);
    let program = task.program_as_cut("    return 2\n").expect("it has tests");
    assert_eq!(
        program.source,
        "def f():\n    return 2\n\ndef check(g):\n    assert g() == 1\n\ncheck(f)"
    );
}

#[test]
fn a_packed_file_is_the_same_dataset() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = file(&folder, "set.jsonl", &[infilling("a").to_string()]);
    let packed = folder.path().join("set.jsonl.gz");
    let mut pack = GzEncoder::new(Vec::new(), Compression::fast());
    let text = std::fs::read(&plain).expect("it is there");
    pack.write_all(&text).expect("memory takes it");
    let bytes = pack.finish().expect("memory takes it");
    std::fs::write(&packed, &bytes).expect("it can be written");
    let [plain, unpacked] = [&plain, &packed].map(|path| Dataset::open(path).expect("right"));
    assert_eq!(plain.tasks, unpacked.tasks);
    assert_eq!(plain.id.sha256, unpacked.id.sha256);
    std::fs::write(&packed, &bytes[..bytes.len() / 2]).expect("it can be written");
    let error = Dataset::open(&packed).expect_err("it is cut off");
    assert!(
        error.contains("set.jsonl.gz: ") && error.contains("truncated"),
        "{error}"
    );
}

#[test]
fn a_dataset_without_tasks_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = Dataset::open(&file(&folder, "empty.jsonl", &[])).expect_err("no tasks");
    assert!(empty.ends_with("empty.jsonl: it has no tasks"), "{empty}");
    let wrong = [without(infilling("a"), "prompt").to_string()];
    let wrong = Dataset::open(&file(&folder, "wrong.jsonl", &wrong)).expect_err("no tasks");
    assert!(
        wrong.ends_with("line 1: prompt: the field is missing"),
        "{wrong}"
    );
    let missing = Dataset::open(&folder.path().join("none")).expect_err("no file");
    assert!(missing.contains("builtin"), "{missing}");
}

#[test]
fn the_same_seed_draws_the_same_tasks_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines: Vec<String> = (0..50)
        .map(|id| infilling(&format!("{id:02}")).to_string())
        .collect();
    let path = file(&folder, "set.jsonl", &lines);
    let drawn = |count, seed| {
        let mut dataset = Dataset::open(&path).expect("it is right");
        dataset.sample(count, seed);
        dataset
            .tasks
            .into_iter()
            .map(|task| task.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(drawn(10, 1).len(), 10);
    assert_eq!(drawn(10, 1), drawn(10, 1));
    assert_ne!(drawn(10, 1), drawn(10, 2));
    assert!(drawn(10, 1).is_sorted());
    assert_eq!(drawn(99, 1).len(), 50);
}

#[test]
fn datasets_are_joined_unless_they_share_a_task() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = |name: &str, id: &str| {
        let path = file(&folder, name, &[infilling(id).to_string()]);
        Dataset::open(&path).expect("it is right")
    };
    let joined = Dataset::joined(vec![open("x.jsonl", "a"), open("y.jsonl", "b")]);
    let joined = joined.expect("the ids differ");
    assert_eq!(
        (joined.id.name.as_str(), joined.tasks.len()),
        ("x.jsonl+y.jsonl", 2)
    );
    let error = Dataset::joined(vec![open("x.jsonl", "a"), open("z.jsonl", "a")]);
    let error = error.expect_err("the ids are the same");
    assert!(
        error.contains("x.jsonl and z.jsonl both have a task `a`"),
        "{error}"
    );
}

fn safim() -> Value {
    json!({
        "task_id": "block_completion_000001", "lang": "python",
        "prompt": "Solve this:\n\nPrint a+b.\n\nCode:\n\na, b = 1, 2\nfor _ in range(1):\n    # TODO: Your code here\nprint(c)\n",
        "eval_prompt": "a, b = 1, 2\nfor _ in range(1):\n    {{completion}}\nprint(c)\n",
        "ground_truth": "c = a + b",
        "unit_tests": [{"input": "", "output": ["3\n"]}],
    })
}

#[test]
fn a_safim_block_is_shown_with_its_problem_as_a_comment_and_run_by_its_cases() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut as_text = safim();
    as_text["task_id"] = json!("control_completion_000002");
    as_text["unit_tests"] = json!(safim()["unit_tests"].to_string());
    let lines = [safim().to_string(), as_text.to_string()];
    let dataset = Dataset::open(&file(&folder, "s.jsonl", &lines)).expect("it is right");
    let [block, control] = &dataset.tasks[..] else {
        panic!("{:?}", dataset.problems);
    };
    assert_eq!(
        (block.kind, control.kind),
        (HoleKind::Block, HoleKind::Control)
    );
    let shown = block.presented();
    assert_eq!(
        shown.prefix,
        "# Solve this:\n#\n# Print a+b.\n#\n# Code:\na, b = 1, 2\nfor _ in range(1):\n    "
    );
    assert_eq!(shown.suffix, "\nprint(c)\n");
    let program = block.program("c = 3").expect("it has cases");
    assert_eq!(
        program.source,
        "a, b = 1, 2\nfor _ in range(1):\n    c = 3\nprint(c)\n"
    );
    assert!(matches!(&program.check, Check::Prints(cases) if cases[0].outputs == ["3\n"]));
    assert_eq!(block.grading, control.grading);
}

#[test]
fn a_safim_call_is_compared_as_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut api = safim();
    api["task_id"] = json!("api_completion_000003");
    api["unit_tests"] = json!("[]");
    let mut sharp = safim();
    sharp["lang"] = json!("csharp");
    let mut lost = safim();
    lost["eval_prompt"] = json!("no hole");
    let lines = [api, sharp, lost].map(|line| line.to_string());
    let dataset = Dataset::open(&file(&folder, "s.jsonl", &lines)).expect("one is right");
    assert_eq!(dataset.tasks[0].grading, Grading::ExactMatch);
    assert_eq!(dataset.tasks[0].kind, HoleKind::Api);
    assert_eq!(dataset.tasks[0].language, Language::Python);
    assert!(
        dataset.problems[0]
            .problem
            .contains("unknown language `csharp`")
    );
    assert!(
        dataset.problems[1]
            .problem
            .starts_with("eval_prompt: it does not contain")
    );
}
