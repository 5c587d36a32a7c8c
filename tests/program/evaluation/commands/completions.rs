//! Runs completions from elsewhere through a benchmark's tests.

use super::*;

const RIGHT: &str = "    for value in values:\n";

fn completion(id: &str, text: &str) -> Value {
    json!({"task_id": id, "completion": text, "further": 1})
}

#[test]
fn completions_are_tested_in_the_benchmark_s_own_cut_and_told_as_its_harness_does() {
    let home = home(2);
    let given = [
        completion("T/0", RIGHT),
        completion("T/1", "    for value in values[1:]:\n"),
        completion("T/0", "    while True:\n        value = 0\n"),
        completion("T/1", "    for value in\n"),
        completion("T/1", RIGHT),
    ];
    write(&home, "given.jsonl", &given);
    let arguments = ["eval", "data.jsonl", "--completions", "given.jsonl"];
    let output = home.run(&[&arguments[..], &["--time-limit", "1500"]].concat());
    said(&output, 0, &["2 of 5 passed"]);
    let found = records(&output);
    let column = |name: &str| found.iter().map(|it| it[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("task_id"), ["T/0", "T/1", "T/0", "T/1", "T/1"]);
    assert_eq!(column("passed"), [true, false, false, false, true]);
    let results = column("result");
    assert_eq!(
        (&results[0], &results[2]),
        (&json!("passed"), &json!("timed out"))
    );
    for failed in [&results[1], &results[3]] {
        assert!(
            failed.as_str().expect("text").starts_with("failed: "),
            "{failed}"
        );
    }
    for (line, given) in found.iter().zip(&given) {
        assert_eq!(line["completion"], given["completion"]);
        assert!(line["detail"].is_string());
    }
}

#[test]
fn results_can_go_to_a_file_that_is_not_written_over() {
    let home = home(1);
    let given = format!("{}\n", completion("T/0", RIGHT));
    let arguments = [
        "eval",
        "data.jsonl",
        "--completions",
        "-",
        "--out",
        "results.jsonl",
    ];
    let output = home.feed(&arguments, &given);
    said(&output, 0, &["1 of 1 passed"]);
    assert_eq!(stdout(&output), "");
    let results = fs::read_to_string(home.path("results.jsonl")).expect("there");
    let result: Value = serde_json::from_str(&results).expect("one line");
    assert_eq!(result["passed"], true);
    said(
        &home.feed(&arguments, &given),
        2,
        &["results.jsonl", "--out"],
    );
    assert_eq!(
        fs::read_to_string(home.path("results.jsonl")).expect("there"),
        results
    );
}

#[test]
fn lines_that_cannot_be_used_are_said_in_their_place_and_the_rest_goes_on() {
    let home = home(1);
    let given = format!(
        "{{\n{}\n{}\n{}\n",
        completion("T/9", RIGHT),
        json!({"task_id": "T/0"}),
        completion("T/0", RIGHT),
    );
    let output = home.feed(&["eval", "data.jsonl", "--completions", "-"], &given);
    said(&output, 1, &["1 of 1 passed"]);
    let found = lines(&output);
    let errors: Vec<_> = found.iter().filter_map(|it| it["error"].as_str()).collect();
    let numbers: Vec<_> = found.iter().filter_map(|it| it["line"].as_u64()).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(errors[1].contains("no such task"), "{errors:?}");
    assert!(errors[2].contains("`completion`"), "{errors:?}");
    assert_eq!(found.last().expect("a result")["passed"], true);
}
