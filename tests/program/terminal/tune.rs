//! The tune screen in a terminal: on a run file, and on the playground's signals.

use super::{
    HOLE, SUM,
    harness::{CTRL_SPACE, ENTER, Home, RIGHT, TAB, ctrl},
};
use crate::evaluation::{fixture, tune::write};

#[test]
fn a_run_is_tuned_exported_and_its_threshold_written() {
    let home = Home::new();
    write(&home.path("run.jsonl"), &fixture::run(300, 2));
    let mut terminal = home.start_raw(&["tune", "run.jsonl"]);
    terminal.until_text("Pass@1 by escalation");
    terminal.until_text("τ -1.00");
    assert!(terminal.is_raw());
    terminal.press(RIGHT.repeat(2));
    terminal.until_text("τ -0.90");
    terminal.until_text("since τ -1.00");
    terminal.press("p>");
    terminal.until_text("τ -0.40");
    terminal.press("e");
    terminal.until_text("tune-run.json");
    terminal.press(ENTER);
    terminal.until_text("exported to tune-run.json");
    let exported: serde_json::Value =
        serde_json::from_str(&home.read("tune-run.json")).expect("JSON");
    let written = exported["setting"]["threshold"].as_f64().expect("τ");
    assert!((written + 0.4).abs() < 1e-6);
    terminal.press("e");
    terminal.press(ENTER);
    terminal.until_text("already exists");
    terminal.resize(24, 80);
    terminal.until_text("all languages");
    terminal.press("w");
    terminal.until_text("Write the threshold");
    terminal.press("y");
    terminal.until_text("config.toml");
    terminal.press("q");
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
    let path = home.path("run.jsonl").display().to_string();
    let shown = home.run(&["tune", &path, "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["setting"]["threshold"].as_f64(), Some(written));
}

#[test]
fn the_playground_is_tuned_by_what_was_accepted() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let mut terminal = home.start_ready(&[&format!("sum.py:{HOLE}")]);
    terminal.press(ctrl('t'));
    terminal.until_text("nothing to tune on yet");
    terminal.press(CTRL_SPACE);
    terminal.until("the verdict in the history", |screen| {
        let contents = screen.contents();
        let mut lines = contents.lines();
        lines.any(|line| line.contains("sum.py:5") && line.contains("valid"))
    });
    terminal.press(TAB);
    terminal.until_text("modified");
    terminal.press(ctrl('t'));
    terminal.until_text("labels: accept/reject");
    terminal.until_text("1 outcome ");
    terminal.press("ff");
    terminal.until_text("sum.py:5");
    terminal.press("q");
    terminal.until_text("modified");
    terminal.press(ctrl('q'));
    terminal.press("d");
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}
