//! `routelens eval` as a user runs it: the real program, the demo models and the real sandbox on
//! small datasets that the tests write.

mod completions;
mod data;
mod running;
mod servers;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use serde_json::{Value, json};

use crate::cli::{Home, lines, records, stderr, stdout};

/// A task in HumanEval-Infilling's format: a function that adds, with a hole for one line.
fn task(id: &str) -> Value {
    json!({
        "task_id": id,
        "entry_point": "total",
        "prompt": format!("def total(values):\n    \"\"\"The sum of {id}.\"\"\"\n    result = 0\n"),
        "suffix": "        result += value\n    return result\n",
        "canonical_solution": "    for value in values:\n",
        "test": "def check(candidate):\n    assert candidate([1, 2, 3]) == 6\n    assert candidate([]) == 0\n",
    })
}

fn java_task(id: &str) -> Value {
    json!({
        "task_id": id,
        "language": "java",
        "entry_point": "",
        "prompt": "class Solution {\n    int twice(int value) {\n",
        "suffix": "    }\n}\n",
        "canonical_solution": "        return 2 * value;\n",
        "test": "public class Main {\n    public static void main(String[] args) {\n        if (new Solution().twice(4) != 8) throw new AssertionError();\n    }\n}\n",
    })
}

/// Tasks with the names `T/0`, `T/1` and so on.
fn tasks(count: usize) -> Vec<Value> {
    (0..count)
        .map(|index| task(&format!("T/{index}")))
        .collect()
}

fn write(home: &Home, name: &str, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(home.path(name), text).expect("written");
}

/// A home with a dataset of `count` tasks.
fn home(count: usize) -> Home {
    let home = Home::new();
    write(&home, "data.jsonl", &tasks(count));
    home
}

fn eval(home: &Home, arguments: &[&str]) -> Output {
    home.run(&[&["eval", "data.jsonl", "--out", "run.jsonl"], arguments].concat())
}

fn run_file(home: &Home) -> String {
    fs::read_to_string(home.path("run.jsonl")).expect("a run file")
}

/// The outcomes of a run file; every line must be whole.
fn outcomes(home: &Home) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    run_file(home).lines().skip(1).map(parse).collect()
}

fn ids(outcomes: &[Value]) -> Vec<String> {
    let id = |outcome: &Value| outcome["id"].as_str().expect("an id").to_owned();
    let mut ids: Vec<String> = outcomes.iter().map(id).collect();
    ids.sort();
    ids
}

/// A folder with links to only these programs, to use as the PATH.
fn path_with(home: &Home, programs: &[&str]) -> PathBuf {
    let folder = home.path("bin");
    fs::create_dir_all(&folder).expect("made");
    for program in programs {
        let found = match *program {
            // Version managers put scripts on the PATH that themselves need the PATH.
            "python3" => said_by("python3", &["-c", "import sys; print(sys.executable)"]),
            _ => said_by("sh", &["-c", &format!("command -v {program}")]),
        };
        std::os::unix::fs::symlink(found, folder.join(program)).expect("linked");
    }
    folder
}

fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = std::process::Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}");
    stdout(&output).trim().to_owned()
}

/// Asserts the exit status, and that standard error has these words.
fn said(output: &Output, status: i32, words: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(status), "{text}");
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
}
