//! The person's signal, and the next completion computed ahead.

use super::{
    HOLE, SUM, filled,
    harness::{CTRL_SPACE, ESC, Home, TAB, Terminal, ctrl},
    said,
};

const KEEP: &str = "K E E P";
const ESCALATE: &str = "E S C A L A T E";

/// A playground that shows the small completion at the hole, kept by the policy `mccom` until the
/// person rejects it; and the output of both models there.
fn kept(home: &Home) -> (Terminal, super::Said) {
    home.write("sum.py", SUM);
    let said = said(home, "sum.py", HOLE);
    let place = format!("sum.py:{HOLE}");
    let terminal = home.start_ready(&["--policy", "mccom", "--threshold", "0", &place]);
    terminal.press(CTRL_SPACE);
    terminal.until_text(&format!("result += {}", said.small));
    terminal.until_text(KEEP);
    terminal.until_text("waiting for you");
    (terminal, said)
}

/// The recorded signals, one JSON object each.
fn signals(home: &Home) -> Vec<serde_json::Value> {
    let lines = home.state("signals.jsonl");
    let lines = lines.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect()
}

#[test]
fn dismissing_escalates_and_shows_the_large_text() {
    let home = Home::new();
    let (mut terminal, said) = kept(&home);
    let first_line = said.large.lines().next().unwrap_or_default();
    assert!(!first_line.is_empty() && said.large != said.small);
    terminal.press(ESC);
    terminal.until_text(ESCALATE);
    terminal.until_text("dismissed");
    terminal.until_text(&format!("result += {first_line}"));
    terminal.until("the large model's last token", |screen| {
        screen.contents().contains("TTFT") && !screen.contents().contains("streaming")
    });
    terminal.press(TAB);
    terminal.until_text("modified");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    assert_eq!(home.read("sum.py"), filled(&said.large));
    terminal.press(ctrl('q'));
    assert!(terminal.end().success());
    let [signal] = &signals(&home)[..] else {
        panic!("one completion, one signal: {:?}", signals(&home));
    };
    assert_eq!(signal["signal"], "dismissed");
    assert_eq!(signal["took_large"], true);
    assert_eq!(signal["action"], "keep");
    assert_eq!(signal["policy"], "mccom");
}

#[test]
fn a_second_escape_dismisses_for_good() {
    let home = Home::new();
    let (mut terminal, said) = kept(&home);
    terminal.press(ESC);
    terminal.until_text(ESCALATE);
    let first_line = said.large.lines().next().unwrap_or_default();
    terminal.until_text(&format!("result += {first_line}"));
    terminal.press(ESC);
    terminal.until_gone(&format!("result += {first_line}"));
    terminal.press(ctrl('q'));
    assert!(terminal.end().success(), "nothing was changed");
    assert_eq!(home.read("sum.py"), SUM);
}

#[test]
fn typing_something_else_has_the_large_model_go_on_behind_it() {
    let home = Home::new();
    let (terminal, said) = kept(&home);
    let other = if said.small.starts_with('l') {
        "x"
    } else {
        "l"
    };
    terminal.press(other);
    terminal.until_text(ESCALATE);
    terminal.until_text("typed otherwise");
    terminal.until("an answer in the buffer", |screen| {
        let contents = screen.contents();
        contents.contains("tok/s") && !contents.contains("waiting for the first token")
    });
}

#[test]
fn accepting_keeps_and_the_next_completion_is_there_at_once() {
    let home = Home::new();
    // The completion was cut off there, so it has a continuation.
    home.configure("max_tokens = 2\n");
    let (mut terminal, said) = kept(&home);
    terminal.until_text("ahead ready");
    terminal.press(TAB);
    terminal.until_text("modified");
    terminal.until_text("1 used · 0 unused");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    assert_eq!(home.read("sum.py"), filled(&said.small));
    terminal.press(ctrl('q'));
    assert!(terminal.end().success());
    let signals = signals(&home);
    let first = signals.first().expect("a signal");
    assert_eq!(first["signal"], "accepted");
    assert_eq!(first["took_large"], false);
}
