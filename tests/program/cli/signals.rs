//! `routelens signals` and `routelens tune --signals`: what was done with completions.

use routelens::{
    completion::Token,
    language::Language,
    routing::{Action, Policy, Scores, UserSignal},
    signals::Reaction,
    store::SignalsFile,
    syntax::VerdictState,
};

use super::*;

const FILE: &str = "state/routelens/signals.jsonl";

fn signal(small: &str, prob: f32, signal: UserSignal) -> Reaction {
    let token = Token {
        id: None,
        bytes: vec![],
        text: String::from("x"),
        logprob: Some(prob.ln()),
        rank: Some(0),
        entropy: Some(1.0),
        margin: Some(0.5),
        top: vec![],
        drafted: None,
    };
    Reaction {
        at: String::from("2026-11-21T00:17:26Z"),
        small: small.to_owned(),
        large: Some(String::from("giant")),
        language: Some(Language::Python),
        signal,
        took_large: false,
        policy: Policy::Mccom,
        action: Action::Keep,
        scores: Scores::of(&[token], 3),
        k: 3,
        tokens: 8,
        verdict: Some(VerdictState::Valid),
        small_ms: 20.0,
        large_ms: Some(200.0),
    }
}

/// Ten completions of one model, the more confident half accepted, and one of another model.
fn keep_some(home: &Home) -> SignalsFile {
    let store = SignalsFile::at(home.path(FILE));
    for step in 0..10 {
        let done = match step {
            0..5 => UserSignal::Dismissed,
            _ => UserSignal::Accepted,
        };
        let mut one = signal("tiny", 0.3 + 0.05 * step as f32, done);
        if step == 0 {
            one.action = Action::Escalate;
            one.took_large = true;
        }
        store.keep(&one).expect("kept");
    }
    let other = signal("other", 0.5, UserSignal::TypedAlong);
    store.keep(&other).expect("kept");
    store
}

fn row(text: &str, name: &str) -> Vec<String> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {text}"));
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn signals_are_counted_by_model_language_and_decision() {
    let home = Home::new();
    keep_some(&home);
    let text = stdout(&home.run(&["signals"]));
    assert!(text.contains("~/state/routelens/signals.jsonl"), "{text}");
    assert_eq!(row(&text, "tiny"), ["10", "5", "5", "1"]);
    assert_eq!(
        row(&text, "python, escalated by mccom"),
        ["1", "0", "1", "1"]
    );
    assert_eq!(row(&text, "other"), ["1", "1", "0", "0"]);
    let json = records(&home.run(&["signals", "--json", "--model", "tiny"])).remove(0);
    assert_eq!(json["signals"], 10);
    assert_eq!(json["counts"].as_array().map(Vec::len), Some(1));
    assert_eq!(json["counts"][0]["decisions"][0]["decision"], "keep");
    assert_eq!(json["counts"][0]["decisions"][0]["accepted"], 5);
}

#[test]
fn signals_are_cleared_only_when_asked_and_only_of_the_model_that_is_named() {
    let home = Home::new();
    let store = keep_some(&home);
    home.run(&["signals"]);
    let text = stdout(&home.run(&["signals", "--clear", "--model", "tiny"]));
    assert_eq!(row(&text, "tiny"), ["10", "5", "5", "1"]);
    assert!(text.contains("signals cleared"), "{text}");
    let left = store.held().expect("read");
    assert_eq!(left.signals.len(), 1);
    assert_eq!(left.signals[0].small, "other");
    let json = records(&home.run(&["signals", "--clear", "--json"])).remove(0);
    assert_eq!(
        (&json["signals"], &json["cleared"]),
        (&1.into(), &true.into())
    );
    let text = stdout(&home.run(&["signals"]));
    assert!(text.contains("no signals yet"), "{text}");
}

#[test]
fn signals_without_a_file_make_none_and_broken_lines_are_counted() {
    let home = Home::new();
    let text = stdout(&home.run(&["signals"]));
    assert!(text.contains("no signals yet"), "{text}");
    assert!(!home.path(FILE).exists());
    keep_some(&home);
    let mut lines = fs::read(home.path(FILE)).expect("read");
    lines.extend(b"{\"at\": \n\xff\xfe\n");
    fs::write(home.path(FILE), lines).expect("written");
    let text = stdout(&home.run(&["signals"]));
    assert!(text.contains("2 lines"), "{text}");
    assert_eq!(row(&text, "tiny"), ["10", "5", "5", "1"]);
}

#[test]
fn kept_signals_are_labels_on_the_tune_screen() {
    let home = Home::new();
    keep_some(&home);
    let output = home.run(&[
        "tune",
        "--signals",
        "--small",
        "tiny",
        "--json",
        "--policy",
        "mccom",
        "--threshold",
        "0.52",
    ]);
    let json = records(&output).remove(0);
    assert_eq!(json["labels"], "signals");
    assert_eq!(json["setting"]["score"], "first_k_mean_prob");
    assert_eq!(json["totals"]["outcomes"], 10);
    // Accepted completions are kept. Of the escalated ones, only the one replaced by the large
    // model's has a known result.
    assert_eq!(json["totals"]["escalated"], 5);
    assert_eq!(json["totals"]["wrongly_kept"], 0);
    assert_eq!(
        (&json["totals"]["labelled"], &json["totals"]["right"]),
        (&6.into(), &6.into())
    );
}

#[test]
fn signals_that_cannot_be_looked_at_are_explained() {
    let home = Home::new();
    let complain = |arguments: &[&str]| {
        let output = home.run(&[&["tune", "--signals", "--json"], arguments].concat());
        assert_ne!(output.status.code(), Some(0));
        stderr(&output)
    };
    assert!(complain(&[]).contains("no signals yet"));
    keep_some(&home);
    let several = complain(&[]);
    assert!(
        several.contains("tiny") && several.contains("--small"),
        "{several}"
    );
    let unknown = complain(&["--small", "huge"]);
    assert!(
        unknown.contains("huge") && unknown.contains("tiny"),
        "{unknown}"
    );
    let other_k = complain(&["--small", "tiny", "--first-k", "5"]);
    assert!(other_k.contains("first 5 tokens"), "{other_k}");
}
