//! `routelens selftest` as a user runs it: the real program, the demo models, the real sandbox.

use std::fs;

use serde_json::{Value, json};

use super::recorded::record_all;
use crate::cli::{Home, PLACE, lines, records, stderr, stdout, sum_hole};

fn write(home: &Home, name: &str, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(home.path(name), text).expect("written");
}

fn task(id: &str) -> Value {
    json!({
        "task_id": id,
        "entry_point": "total",
        "prompt": "def total(values):\n    result = 0\n    for value in values:\n",
        "suffix": "    return result\n",
        "canonical_solution": "        result += value\n",
        "test": "def check(candidate):\n    assert candidate([1, 2, 3]) == 6\n",
    })
}

#[test]
fn a_place_gives_each_models_matrix_and_a_solution() {
    let home = Home::new();
    let output = home.run(&["selftest", PLACE, "--theta", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.contains("demo-small") && text.contains("returned: demo-"),
        "{text}"
    );
}

#[test]
fn holes_give_a_line_each_with_every_cell_and_the_same_seed_the_same_texts() {
    let home = Home::new();
    let outside = json!({ "id": "b", "language": "python", "prefix": "total = ", "suffix": "\n" });
    let unknown = json!({ "id": "c", "language": "cobol", "prefix": "MOVE ", "suffix": "\n" });
    let input = format!("{}{outside}\n{unknown}\nnothing\n", sum_hole("a"));
    let arguments = [
        "selftest",
        "--holes",
        "-",
        "--solutions",
        "4",
        "--tests",
        "2",
    ];
    let first = home.feed(&arguments, &input);
    assert_eq!(first.status.code(), Some(1), "{}", stderr(&first));
    let records = lines(&first);
    let turn = &records[0]["turns"][0];
    let counts = turn["solutions"].as_array().expect("solutions").iter();
    let counts: u64 = counts.filter_map(|one| one["count"].as_u64()).sum();
    assert_eq!(counts, 4);
    if turn["why"].is_null() {
        let cells = turn["passed"].as_array().expect("rows").iter();
        assert!(
            cells
                .flat_map(|row| row.as_array().expect("cells"))
                .all(Value::is_boolean)
        );
        assert!(turn["score"].is_number());
    }
    assert!(records[0]["returned"]["text"].is_string());
    let why = records[1]["turns"][0]["why"].as_str().expect("a reason");
    assert!(why.contains("not inside a function"), "{why}");
    assert_eq!(records[1]["turns"].as_array().map(Vec::len), Some(1));
    assert!(
        records[2]["error"]
            .as_str()
            .is_some_and(|why| why.contains("no grammar")),
        "{}",
        records[2]
    );
    assert_eq!(records[3]["line"], 4);
    let without_times = |mut record: Value| {
        let turns = record["turns"].as_array_mut().expect("turns");
        turns
            .iter_mut()
            .for_each(|turn| turn["seconds"] = Value::Null);
        record
    };
    let again = lines(&home.feed(&arguments, &input));
    assert_eq!(
        without_times(again[0].clone()),
        without_times(records[0].clone())
    );
}

#[test]
fn tasks_are_recorded_once_and_plans_are_computed_on_them() {
    let home = Home::new();
    let mut outside = task("T/3");
    outside["prompt"] = json!("from math import inf as total\n");
    outside["suffix"] = json!("");
    let tasks = [task("T/0"), task("T/1"), task("T/2"), outside];
    write(&home, "tasks.jsonl", &tasks);
    let small = [
        "--solutions",
        "2",
        "--tests",
        "2",
        "--test-lines",
        "2",
        "--max-tokens",
        "24",
    ];
    let record = [
        &[
            "selftest",
            "--tasks",
            "tasks.jsonl",
            "--record",
            "turns.jsonl",
        ],
        &small[..],
    ]
    .concat();
    let output = home.run(&record);
    let first = records(&output);
    assert!(first.iter().all(|record| record["right"].is_boolean()));
    let turns = first
        .iter()
        .map(|record| record["turns"].as_array().map_or(0, Vec::len));
    assert_eq!(turns.collect::<Vec<_>>(), [2, 2, 2, 1]);
    let said = stderr(&output);
    assert!(
        said.contains("T/3: not recorded: ") && said.contains("not inside"),
        "{said}"
    );
    // The last task, which is not recorded, is tried again.
    assert_eq!(records(&home.run(&record)).len(), 1);
    let plans = records(&home.run(&["selftest", "--plans", "turns.jsonl", "--json"]));
    assert_eq!(plans[0]["models"].as_array().map(Vec::len), Some(2));
    let rows = plans[0]["rows"].as_array().expect("rows");
    assert!(rows.iter().any(|row| row["on_frontier"] == true));
}

#[test]
fn plans_are_a_table_for_people() {
    let home = Home::new();
    let recorded = record_all();
    let recorded: Vec<Value> = recorded.iter().map(|task| json!(task)).collect();
    write(&home, "turns.jsonl", &recorded);
    let output = home.run(&[
        "selftest",
        "--plans",
        "turns.jsonl",
        "--cost",
        "accelerator-seconds",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for part in ["A  small", "B  large", "100 %", "2 held-out tasks"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let home = Home::new();
    fs::write(home.path("torn.jsonl"), "{\"id\": \"a\", \"attempts\": [\n").expect("written");
    write(&home, "one.jsonl", &[json!(record_all()[0])]);
    for (arguments, words) in [
        (&["selftest"][..], "give a place"),
        (
            &["selftest", "--plans", "none.jsonl"],
            "none.jsonl cannot be read",
        ),
        (&["selftest", "--plans", "torn.jsonl"], "torn.jsonl, line 1"),
        (
            &["selftest", "--plans", "one.jsonl"],
            "at least two problems",
        ),
        (&["selftest", "sum.py"], "FILE:LINE:COL"),
        (&["selftest", PLACE, "--theta", "2"], "--theta"),
        (&["selftest", PLACE, "--solutions", "0"], "--solutions"),
    ] {
        let output = home.run(arguments);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(words), "{arguments:?}: {text}");
    }
}
