//! `routelens usage`: the cost of the models over all time.

use routelens::{
    completion::Timing,
    meter::{Ending, Rates, Side, Spent},
    store::UsageFile,
};

use super::*;

const FILE: &str = "state/routelens/usage.json";

fn request(side: Side, model: &str, seconds: f64) -> Spent {
    let large = side == Side::Large;
    Spent {
        side,
        model: model.to_owned(),
        rates: Rates {
            accelerators: if large { 8.0 } else { 1.0 },
            input_price: large.then_some(1.5),
            output_price: large.then_some(6.0),
        },
        ending: Ending::Done,
        timing: Timing {
            prompt_tokens: Some(1_200),
            cached_tokens: Some(200),
            generated_tokens: 40,
            ttft_ms: 10.0,
            total_ms: seconds * 1000.0,
            server: None,
        },
        wasted: false,
    }
}

/// Twenty decisions with a small model, five of them escalated to a large one; one large request
/// was asked ahead and wasted.
fn count_some(home: &Home) {
    let (mut store, mut meter, notice) = UsageFile::open(home.path(FILE));
    assert_eq!(notice, None);
    for index in 0..20 {
        meter.spend(&request(Side::Small, "tiny-coder", 0.1));
        meter.decide(index < 5);
    }
    for _ in 0..5 {
        meter.spend(&request(Side::Large, "giant-coder", 2.0));
    }
    let mut vain = request(Side::Large, "giant-coder", 0.5);
    vain.ending = Ending::Cancelled;
    vain.wasted = true;
    vain.timing.prompt_tokens = None;
    meter.spend(&vain);
    meter.save(1_500.0);
    store.keep(&meter).expect("kept");
}

/// The cells of the line that begins with `name`, after `title`.
fn row(text: &str, title: &str, name: &str) -> Vec<String> {
    let (_, table) = text.split_once(title).expect("the table");
    let line = table
        .lines()
        .find_map(|line| line.trim().strip_prefix(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {text}"));
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn usage_shows_small_against_large_and_what_always_large_would_have_cost() {
    let home = Home::new();
    count_some(&home);
    let output = home.run(&["usage"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.contains("decisions 20, 5 escalated (25.0 %)"),
        "{text}"
    );
    assert!(text.contains("saved 1.5 s"), "{text}");
    let requests = |name| row(&text, "requests", name);
    assert_eq!(requests("small"), ["20", "20", "0", "0", "0", "0"]);
    assert_eq!(requests("large"), ["6", "5", "1", "0", "1", "40"]);
    assert_eq!(requests("giant-coder"), requests("large"));
    let cost = |name| row(&text, "cost", name);
    assert_eq!(
        cost("tiny-coder"),
        ["24,000", "4,000", "800", "2.0", "2.0", "–"]
    );
    assert_eq!(
        cost("large"),
        ["6,000", "1,000", "240", "10.5", "84.0", "0.0104"]
    );
    assert_eq!(
        cost("both"),
        ["30,000", "5,000", "1,040", "12.5", "86.0", "0.0104"]
    );
    assert_eq!(
        cost("always large"),
        ["24,000", "–", "800", "40.0", "320.0", "0.0408"]
    );
    assert!(
        text.contains("20 decisions times the mean\nof 5 large requests"),
        "{text}"
    );
    assert!(
        text.contains("73.1 % less accelerator-seconds, 74.4 % less money"),
        "{text}"
    );
    assert!(text.contains("1 request did not report"), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn usage_as_json_holds_the_same() {
    let home = Home::new();
    count_some(&home);
    let report = records(&home.run(&["usage", "--json"])).remove(0);
    assert_eq!(report["file"], home.path(FILE).to_str().expect("text"));
    assert_eq!(report["cleared"], false);
    assert_eq!(
        (&report["decisions"], &report["escalated"]),
        (&20.into(), &5.into())
    );
    assert_eq!(report["escalation_rate"], 0.25);
    assert_eq!(report["saved_ms"], 1500.0);
    assert_eq!(report["small"]["models"]["tiny-coder"]["tokens_in"], 24_000);
    assert_eq!(report["large"]["accelerator_seconds"], 84.0);
    assert_eq!(report["large"]["wasted_tokens"], 40);
    assert_eq!(report["large"]["unmetered"], 1);
    assert_eq!(report["total"]["requests"], 26);
    assert_eq!(report["always_large"]["from"], 5);
    assert_eq!(report["always_large"]["accelerator_seconds"], 320.0);
}

#[test]
fn usage_is_cleared_only_when_asked_and_says_what_it_was() {
    let home = Home::new();
    count_some(&home);
    let before = fs::read(home.path(FILE)).expect("there");
    home.run(&["usage"]);
    assert_eq!(fs::read(home.path(FILE)).expect("there"), before);
    let output = home.run(&["usage", "--reset"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.contains("decisions 20") && text.contains("cleared"),
        "{text}"
    );
    let report = records(&home.run(&["usage", "--json"])).remove(0);
    assert_eq!(report["decisions"], 0);
    assert_eq!(report["always_large"], Value::Null);
    let text = stdout(&home.run(&["usage", "--reset"]));
    assert!(text.starts_with("no requests yet"), "{text}");
}

#[test]
fn usage_without_a_file_makes_none() {
    let home = Home::new();
    let output = home.run(&["usage"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("no requests yet"), "{text}");
    assert!(text.contains("~/state/routelens/usage.json"), "{text}");
    assert!(!home.path("state").exists());
}

#[test]
fn a_damaged_usage_file_is_set_aside_and_named() {
    let home = Home::new();
    count_some(&home);
    let half = &fs::read(home.path(FILE)).expect("there")[..100];
    fs::write(home.path(FILE), half).expect("written");
    let output = home.run(&["usage"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let aside = "usage.damaged-1.json";
    assert!(stderr(&output).contains(aside), "{}", stderr(&output));
    let kept = fs::read(home.path("state/routelens").join(aside)).expect("there");
    assert_eq!(kept, half);
    assert!(stdout(&output).contains("no requests yet"));
}

#[test]
fn usage_of_a_newer_version_is_refused_and_left_alone() {
    let home = Home::new();
    fs::create_dir_all(home.path("state/routelens")).expect("made");
    let newer = r#"{"version": 99, "usage": []}"#;
    fs::write(home.path(FILE), newer).expect("written");
    for arguments in [&["usage"][..], &["usage", "--reset"]] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let text = stderr(&output);
        assert!(
            text.contains("newer") && text.contains("usage.json"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "{text}");
        assert_eq!(stdout(&output), "");
    }
    assert_eq!(fs::read_to_string(home.path(FILE)).expect("there"), newer);
}
