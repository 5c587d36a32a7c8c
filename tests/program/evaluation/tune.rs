//! `routelens tune` on run files: its JSON matches the screen, and its errors name the file.

use std::path::Path;

use routelens::{
    config::Config,
    evaluation::{
        file::Writer,
        list::Filter,
        outcome::RecordedRun,
        subject::Subject,
        sweep::{OperatingPoint, Strategy},
        table::Part,
        task::HoleKind,
    },
    language::Language,
    routing::{Escalation, Policy, Score},
    tui::{exploration::Start, screens::tune::Tune},
};

use super::fixture;
use crate::cli::{Home, records, stderr};

/// Writes a run as `routelens eval` does.
pub(crate) fn write(path: &Path, run: &RecordedRun) {
    let (mut writer, _) = Writer::open(path, &run.header).expect("a run file");
    for outcome in &run.outcomes {
        writer.append(outcome).expect("written");
    }
    writer.finish().expect("on the disk");
}

/// A home with a run of `outcomes` made-up outcomes in `run.jsonl`.
fn home(outcomes: usize) -> (Home, RecordedRun) {
    let home = Home::new();
    let run = fixture::run(outcomes, 11);
    write(&home.path("run.jsonl"), &run);
    (home, run)
}

#[test]
fn the_json_is_what_the_screen_shows() {
    let (home, run) = home(400);
    let output = home.run(&[
        "tune",
        "run.jsonl",
        "--json",
        "--policy",
        "confidence",
        "--score",
        "mean_logprob",
        "--threshold",
        "-0.3",
        "--pin",
        "-0.6",
        "--language",
        "java",
        "--kind",
        "lines",
        "--escalation",
        "hedged",
    ]);
    let records = records(&output);
    let at = |threshold| OperatingPoint {
        strategy: Strategy::Policy(Policy::Confidence),
        score: Score::MeanLogprob,
        threshold,
        escalation: Escalation::Hedged,
    };
    let start = Start {
        config: Config::default(),
        config_file: "config.toml".into(),
        part: Part {
            language: Some(Language::Java),
            kind: Some(HoleKind::Lines),
        },
        setting: at(-0.3),
        pinned: Some(at(-0.6)),
    };
    let mut tune = Tune::new(Subject::of_run(run, "run.jsonl".as_ref(), 3), start);
    tune.list_only(Filter::SincePin);
    assert!(!tune.list.rows.is_empty());
    let text = serde_json::to_string(&tune.export()).expect("JSON");
    let expected: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(records, [expected]);
}

#[test]
fn without_flags_it_begins_where_the_configuration_is() {
    let (home, _) = home(60);
    home.configure(
        "policy = \"confidence\"\nscore = \"min_prob\"\n[[thresholds]]\nscore = \"min_prob\"\n\
         model = \"demo-small\"\nvalue = 0.25\n",
    );
    let record = &records(&home.run(&["tune", "run.jsonl", "--json"]))[0];
    assert_eq!(record["setting"]["strategy"], "confidence");
    assert_eq!(record["setting"]["score"], "min_prob");
    assert_eq!(record["setting"]["threshold"], 0.25);
    assert_eq!(record["totals"], record["pinned"][1]);
    assert_eq!(record["outcomes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn what_cannot_be_shown_is_said_with_its_name() {
    let (home, run) = home(3);
    std::fs::write(home.path("notes.jsonl"), "not a run\n").expect("written");
    write(
        &home.path("empty.jsonl"),
        &RecordedRun {
            outcomes: Vec::new(),
            ..run
        },
    );
    for (arguments, status, says) in [
        (&["tune", "gone.jsonl", "--json"][..], 1, "gone.jsonl"),
        (&["tune", "notes.jsonl", "--json"], 1, "notes.jsonl"),
        (&["tune", "empty.jsonl", "--json"], 1, "no outcomes yet"),
        (&["tune", "run.jsonl"], 2, "--json"),
        (
            &["tune", "run.jsonl", "--json", "--threshold", "3"],
            2,
            "between -6 and 0",
        ),
        (
            &["tune", "run.jsonl", "--json", "--pin", "nan"],
            2,
            "between -6 and 0",
        ),
        (
            &["tune", "run.jsonl", "--json", "--policy", "best"],
            2,
            "oracle",
        ),
    ] {
        let output = home.run(arguments);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}
