//! A run from its first task to its last, and everything that can interrupt it.

use std::{
    fs::File,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::*;

/// Longer than any of these runs takes: exceeding it means a hang.
const LONG: Duration = Duration::from_secs(120);

/// Waits until the run file has this many outcomes.
fn wait_for(home: &Home, outcomes: usize, run: &mut Child) {
    let begun = Instant::now();
    loop {
        let text = fs::read_to_string(home.path("run.jsonl")).unwrap_or_default();
        if text.matches('\n').count() > outcomes {
            return;
        }
        if let Some(status) = run.try_wait().expect("it can be asked") {
            panic!("the run ended before: {status}");
        }
        assert!(begun.elapsed() < LONG, "{text}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn begin(home: &Home) -> Child {
    home.command(&["eval", "data.jsonl", "--out", "run.jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs")
}

/// An outcome without the fields that differ between runs.
fn without_times(mut outcome: Value) -> Value {
    for lane in ["small", "large"] {
        for name in [
            "token_ms",
            "execution/ms",
            "completion/timing/ttft_ms",
            "completion/timing/total_ms",
            "completion/timing/cached_tokens",
        ] {
            let value = outcome.pointer_mut(&format!("/{lane}/{name}"));
            *value.expect("it is recorded") = Value::Null;
        }
    }
    outcome["overhead_ms"] = Value::Null;
    outcome
}

fn timeless(home: &Home) -> Vec<Value> {
    let mut outcomes: Vec<Value> = outcomes(home).into_iter().map(without_times).collect();
    outcomes.sort_by_key(|outcome| outcome["id"].to_string());
    outcomes
}

#[test]
fn each_task_is_recorded_with_both_completions_and_everything_known_of_them() {
    let home = home(3);
    let output = eval(&home, &["--top", "3"]);
    said(&output, 0, &[]);
    assert!(
        stdout(&output).contains("3 of 3 tasks done"),
        "{}",
        stdout(&output)
    );
    let header: Value =
        serde_json::from_str(run_file(&home).lines().next().expect("a line")).expect("JSON");
    assert_eq!(header["format"], "routelens");
    assert_eq!(header["dataset"]["name"], "data.jsonl");
    for side in ["small", "large"] {
        assert!(header[side]["fingerprint"].is_string(), "{header}");
    }
    let outcomes = outcomes(&home);
    assert_eq!(ids(&outcomes), ["T/0", "T/1", "T/2"]);
    for outcome in &outcomes {
        // The hole is after the indentation and before the line's end.
        assert!(outcome["prefix"].as_str().expect("text").ends_with("    "));
        assert_eq!(outcome["canonical"], "for value in values:");
        for side in ["small", "large"] {
            let attempt = &outcome[side];
            let tokens = attempt["completion"]["tokens"].as_array().expect("tokens");
            let text: String = tokens.iter().filter_map(|t| t["text"].as_str()).collect();
            assert_eq!(attempt["completion"]["text"], text.as_str());
            for list in ["token_ms", "timeline"] {
                let list = attempt[list].as_array().expect("a list");
                assert_eq!(list.len(), tokens.len());
            }
            let times: Vec<_> = attempt["token_ms"].as_array().expect("times").to_vec();
            assert!(times.is_sorted_by_key(|ms| ms.as_f64()));
            assert!(
                tokens
                    .iter()
                    .all(|t| t["top"].as_array().map(Vec::len) == Some(3))
            );
            assert!(attempt["verdict"].is_string() && attempt["faults"].is_array());
            let passed = attempt["execution"]["result"] == "passed";
            assert_eq!(attempt["passed"], passed);
        }
    }
}

#[test]
fn the_totals_are_those_of_the_outcomes() {
    let home = home(3);
    let totals = records(&eval(&home, &["--json"])).remove(0);
    let outcomes = outcomes(&home);
    for side in ["small", "large"] {
        let right = outcomes.iter().filter(|it| it[side]["passed"] == true);
        assert_eq!(totals[format!("{side}_right")], right.count());
    }
    assert_eq!(totals["done"], 3);
    let times = &totals["times"];
    let models = ["small_s", "large_s"].map(|name| times[name].as_f64().expect("seconds"));
    let recorded = |side: &str| -> f64 {
        let total = |it: &Value| it[side]["completion"]["timing"]["total_ms"].as_f64();
        outcomes.iter().filter_map(total).sum::<f64>() / 1000.0
    };
    for (counted, side) in models.into_iter().zip(["small", "large"]) {
        let recorded = recorded(side);
        assert!(counted >= recorded * 0.99, "{counted} {recorded}");
    }
    assert!(
        times["wall_s"].as_f64() >= Some(models.iter().sum()),
        "{times}"
    );
}

#[test]
fn a_run_that_is_killed_goes_on_and_is_what_it_would_have_been() {
    let home = home(12);
    let mut run = begin(&home);
    wait_for(&home, 3, &mut run);
    run.kill().expect("killed");
    run.wait().expect("ended");
    // As if killed in the middle of writing.
    let cut = run_file(&home);
    let cut = &cut[..cut.trim_end().len() - 100];
    fs::write(home.path("run.jsonl"), cut).expect("written");

    let output = eval(&home, &[]);
    said(&output, 0, &["truncated", "of 12 tasks already done"]);
    assert_eq!(ids(&outcomes(&home)), ids_of(12));
    let resumed = timeless(&home);
    fs::remove_file(home.path("run.jsonl")).expect("removed");
    said(&eval(&home, &[]), 0, &[]);
    assert_eq!(resumed, timeless(&home));

    // A complete run has nothing left to do and changes nothing.
    let before = run_file(&home);
    said(&eval(&home, &[]), 0, &["12 of 12 tasks already done"]);
    assert!(run_file(&home) == before);
}

fn ids_of(count: usize) -> Vec<String> {
    let mut ids: Vec<String> = (0..count).map(|index| format!("T/{index}")).collect();
    ids.sort();
    ids
}

#[test]
fn ctrl_c_leaves_a_whole_file_and_says_how_to_go_on() {
    let home = home(30);
    let mut run = begin(&home);
    wait_for(&home, 1, &mut run);
    let process = i32::try_from(run.id()).expect("a process");
    // SAFETY: a signal to a child that has not been waited for.
    unsafe { libc::kill(process, libc::SIGINT) };
    let output = run.wait_with_output().expect("it ends");
    said(&output, 130, &["stopped", "the same command"]);
    let done = outcomes(&home).len();
    assert!((1..30).contains(&done), "{done}");
    assert!(
        stdout(&output).contains(&format!("{done} of 30 tasks done")),
        "{}",
        stdout(&output)
    );
    said(
        &eval(&home, &[]),
        0,
        &[&format!("{done} of 30 tasks already done")],
    );
    assert_eq!(ids(&outcomes(&home)), ids_of(30));
}

#[test]
fn two_runs_do_not_write_one_file() {
    let home = home(2);
    said(&eval(&home, &[]), 0, &[]);
    let held = File::open(home.path("run.jsonl")).expect("there");
    held.lock().expect("locked");
    said(&eval(&home, &[]), 2, &["run.jsonl", "another run", "--out"]);
    drop(held);
    said(&eval(&home, &[]), 0, &[]);
}

#[test]
fn another_setting_model_or_dataset_is_refused_and_says_what_differs() {
    let home = home(2);
    said(&eval(&home, &[]), 0, &[]);
    let before = run_file(&home);
    let large =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/models/demo-large-16m-q8_0.gguf");
    let large = large.to_str().expect("text");
    let cases: [(&[&str], &[&str]); 5] = [
        (&["--max-tokens", "32"], &["64", "32"]),
        (
            &["--sample", "1"],
            &["all tasks", "a sample of 1 with seed 1"],
        ),
        (&["--time-limit", "2000"], &["time limit", "3000", "2000"]),
        (
            &["--unsafe-execution"],
            &["in a sandbox", "without a sandbox"],
        ),
        (
            &["--small", large],
            &["the small model", "demo small", "demo large"],
        ),
    ];
    for (arguments, words) in cases {
        let output = eval(&home, arguments);
        said(
            &output,
            2,
            &["run.jsonl holds another run", "--out", "delete"],
        );
        said(&output, 2, words);
        assert_eq!(stderr(&output).lines().count(), 1);
    }
    write(&home, "data.jsonl", &tasks(3));
    said(&eval(&home, &[]), 2, &["the dataset", "2 tasks", "3 tasks"]);
    assert!(run_file(&home) == before);
}

#[test]
fn a_file_that_is_no_run_or_of_a_newer_program_is_left_alone() {
    let home = home(1);
    let newer = "{\"format\":\"routelens\",\"version\":99,\"routelens\":\"9.0.0\"}\n";
    for (content, word) in [
        ("my notes\n", "not a run"),
        (newer, "newer routelens (9.0.0"),
    ] {
        fs::write(home.path("run.jsonl"), content).expect("written");
        said(&eval(&home, &[]), 2, &["run.jsonl", word]);
        assert_eq!(run_file(&home), content);
    }
}

/// A temporary file system of 64 KiB holds the header and a few outcomes.
#[test]
fn a_full_disk_stops_the_run_and_what_was_written_goes_on_elsewhere() {
    let home = home(12);
    let folder = home.path("full");
    fs::create_dir(&folder).expect("made");
    let program = env!("CARGO_BIN_EXE_routelens");
    let script = format!(
        "{program} eval data.jsonl --out full/run.jsonl --unsafe-execution; status=$?; \
         cp full/run.jsonl run.jsonl; exit $status"
    );
    let arguments = ["--dev-bind", "/", "/", "--size", "65536", "--tmpfs"];
    let output = std::process::Command::new("bwrap")
        .args(arguments)
        .arg(&folder)
        .args(["--", "sh", "-c", &script])
        .envs(
            home.command(&[])
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(home.path("."))
        .output()
        .expect("bubblewrap is installed");
    said(
        &output,
        1,
        &["full/run.jsonl", "disk is full", "same command"],
    );
    let done = outcomes(&home);
    assert!((1..12).contains(&done.len()), "{}", done.len());
    let rest = eval(&home, &["--unsafe-execution"]);
    said(
        &rest,
        0,
        &[&format!("{} of 12 tasks already done", done.len())],
    );
    assert!(!stderr(&rest).contains("truncated"), "every line is whole");
    assert_eq!(ids(&outcomes(&home)), ids_of(12));
}

#[test]
fn a_sample_is_drawn_by_its_seed() {
    let home = home(10);
    let drawn = |seed: &str| {
        let output = eval(&home, &["--sample", "3", "--seed", seed]);
        said(&output, 0, &[]);
        let drawn = ids(&outcomes(&home));
        fs::remove_file(home.path("run.jsonl")).expect("removed");
        assert_eq!(drawn.len(), 3);
        drawn
    };
    let first = drawn("1");
    assert_eq!(first, drawn("1"));
    assert!((2..6).any(|seed| drawn(&seed.to_string()) != first));
}

#[test]
fn the_large_model_is_asked_again_with_the_small_completion_as_its_draft() {
    let home = home(3);
    said(&eval(&home, &["--drafts"]), 0, &[]);
    for outcome in outcomes(&home) {
        let written = outcome["small"]["completion"]["text"]
            .as_str()
            .expect("a text");
        let again = &outcome["large_drafted"];
        assert_eq!(again.is_object(), !written.is_empty(), "{outcome}");
        if again.is_object() {
            assert_eq!(again["same"], true, "{outcome}");
            assert!(again["total_ms"].as_f64().expect("a time") > 0.0);
        }
    }
    let report = home.run(&["report", "run.jsonl", "--format", "json"]);
    let report: Value = serde_json::from_str(&stdout(&report)).expect("JSON");
    assert_eq!(report["drafts"]["different"], 0);
}
