//! What can be wrong with a dataset, and with the machine that runs it.

use super::*;

#[test]
fn lines_that_cannot_be_used_are_named_and_the_rest_goes_on() {
    let home = Home::new();
    let mut without = task("T/1");
    without.as_object_mut().expect("an object").remove("test");
    let mut unknown = task("T/2");
    unknown["language"] = json!("cobol");
    let lines = [
        task("T/0").to_string(),
        "{\"task_id\": ".to_owned(),
        without.to_string(),
        unknown.to_string(),
        task("T/3").to_string(),
    ];
    fs::write(home.path("data.jsonl"), lines.join("\n")).expect("written");
    let output = eval(&home, &[]);
    said(
        &output,
        1,
        &["data.jsonl:2", "data.jsonl:3", "data.jsonl:4"],
    );
    let text = stderr(&output);
    let line = |number: usize| {
        let begin = format!("data.jsonl:{number}:");
        let found = text.lines().find(|line| line.starts_with(&begin));
        found.unwrap_or_else(|| panic!("{begin} {text}"))
    };
    assert!(line(3).contains("test"), "{text}");
    assert!(
        line(4).contains("language") && line(4).contains("cobol"),
        "{text}"
    );
    assert_eq!(ids(&outcomes(&home)), ["T/0", "T/3"]);
}

#[test]
fn what_cannot_be_run_at_all_is_refused_before_any_model_is_loaded() {
    let home = home(1);
    fs::write(home.path("empty.jsonl"), "\n").expect("written");
    fs::write(home.path("wrong.jsonl"), "{\"task_id\": 1}\n").expect("written");
    let cases: [(&[&str], &[&str]); 7] = [
        (&["empty.jsonl", "--out", "r"], &["empty.jsonl", "no tasks"]),
        (&["wrong.jsonl", "--out", "r"], &["wrong.jsonl", "line 1"]),
        (&["gone.jsonl", "--out", "r"], &["gone.jsonl", "builtin"]),
        (
            &["data.jsonl", "data.jsonl", "--out", "r"],
            &["T/0", "once"],
        ),
        (&["data.jsonl"], &["--out"]),
        (&["data.jsonl", "--out", "r", "--seed", "2"], &["--sample"]),
        (
            &["data.jsonl", "--out", "r", "--sample", "0"],
            &["--sample", "0"],
        ),
    ];
    for (arguments, words) in cases {
        said(&home.run(&[&["eval"], arguments].concat()), 2, words);
    }
    assert!(!home.path("r").exists());
    assert!(!home.path("cache").exists(), "no demo model was unpacked");
    said(
        &home.run(&["eval", "data.jsonl", "--out", "no/such/folder"]),
        2,
        &["no/such/folder", "cannot be written"],
    );
}

#[test]
fn a_language_without_toolchain_is_skipped_and_that_is_said() {
    let home = Home::new();
    let path = path_with(&home, &["bwrap", "python3"]);
    let tasks = [task("T/0"), java_task("J/0"), java_task("J/1")];
    write(&home, "data.jsonl", &tasks);
    let run = || {
        home.command(&["eval", "data.jsonl", "--out", "run.jsonl"])
            .env("PATH", &path)
            .output()
            .expect("it runs")
    };
    said(&run(), 0, &["java: 2 tasks skipped", "javac"]);
    assert_eq!(ids(&outcomes(&home)), ["T/0"]);
    write(&home, "data.jsonl", &tasks[1..]);
    said(&run(), 2, &["no task can run here", "javac"]);
}

#[test]
fn without_bubblewrap_nothing_is_run_unless_that_is_wanted() {
    let home = home(1);
    let path = path_with(&home, &["python3"]);
    let run = |arguments: &[&str]| {
        let first = ["eval", "data.jsonl", "--out", "run.jsonl"];
        home.command(&[&first, arguments].concat())
            .env("PATH", &path)
            .output()
            .expect("it runs")
    };
    let words = ["bubblewrap", "install", "--unsafe-execution"];
    said(&run(&[]), 2, &words);
    assert!(!home.path("run.jsonl").exists());
    said(&run(&["--unsafe-execution"]), 0, &[]);
    let header = run_file(&home);
    assert!(header.contains("\"unsafe_execution\":true"));
    assert_eq!(ids(&outcomes(&home)), ["T/0"]);
}
