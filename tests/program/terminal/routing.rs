//! From the key to the decision, and what changes it.

use super::{
    HOLE, SUM, filled,
    harness::{CTRL_SPACE, ENTER, ESC, Home, TAB, alt, ctrl},
    said,
};

const KEEP: &str = "K E E P";
const ESCALATE: &str = "E S C A L A T E";

#[test]
fn open_complete_turn_the_decision_accept_save_and_quit() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let said = said(&home, "sum.py", HOLE);
    assert!(said.score < -1.0, "else it is kept from the start");
    let mut terminal = home.start_ready(&[&format!("sum.py:{HOLE}")]);
    terminal.until_text(HOLE);
    assert!(terminal.is_raw());

    terminal.press(CTRL_SPACE);
    terminal.until_text(&format!("result += {}", said.small));
    terminal.until_text(ESCALATE);
    terminal.until_text("0 kept · 1 escalated");
    // Until the verdict arrives, an escalation is only half of a decision.
    terminal.until("the verdict in the history", |screen| {
        let contents = screen.contents();
        let mut lines = contents.lines();
        lines.any(|line| line.contains("E sum.py:5") && line.contains("valid"))
    });
    // Ten steps at a time, until the threshold is below the score: the escalated completion is
    // kept.
    let tens = ((-1.0 - said.score) / 0.5).ceil() as usize;
    for _ in 0..tens {
        terminal.press(alt('<'));
    }
    terminal.until_text(KEEP);
    terminal.until_text("E→K");
    terminal.until_text("1 kept · 0 escalated");
    for _ in 0..tens {
        terminal.press(alt('>'));
    }
    terminal.until_text(ESCALATE);
    terminal.until_text("K→E");
    terminal.until_text("τ -1.00");

    terminal.press(TAB);
    terminal.until_text("modified");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    terminal.until_gone("modified");
    assert_eq!(home.read("sum.py"), filled(&said.small));
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
    assert_eq!(home.recovery_files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn an_escalation_shows_the_large_models_alternative_to_accept() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let said = said(&home, "sum.py", HOLE);
    let terminal = home.start_ready(&["--policy", "large", &format!("sum.py:{HOLE}")]);
    terminal.press(CTRL_SPACE);
    terminal.until_text(ESCALATE);
    terminal.until_text("Alt-a accept it");
    let first_line = said.large.lines().next().unwrap_or_default().to_owned();
    terminal.until_text(&first_line);
    terminal.until("the large model's last token", |screen| {
        screen.contents().contains("TTFT") && !screen.contents().contains("streaming")
    });
    terminal.press(alt('a'));
    terminal.until_text("modified");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    assert_eq!(home.read("sum.py"), filled(&said.large));
}

#[test]
fn compare_asks_the_large_model_also_when_the_small_one_is_kept() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let said = said(&home, "sum.py", HOLE);
    let terminal = home.start_ready(&["--policy", "small", &format!("sum.py:{HOLE}")]);
    terminal.press(CTRL_SPACE);
    terminal.until_text(KEEP);
    terminal.until_text(&format!("result += {}", said.small));
    assert!(
        !terminal.text().contains("accept it"),
        "nothing asked the large model"
    );
    terminal.press(ESC);
    terminal.until("the ghost text gone", |screen| {
        !screen
            .contents()
            .contains(&format!("result += {}", said.small))
    });
    terminal.press(alt('m'));
    terminal.until_text("[compare]");
    terminal.press(CTRL_SPACE);
    terminal.until_text("accept it");
    terminal.until_text(KEEP);
}

#[test]
fn every_policy_can_be_chosen_by_key_and_decides_again() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let terminal = home.start_ready(&[&format!("sum.py:{HOLE}")]);
    terminal.press(CTRL_SPACE);
    terminal.until_text(ESCALATE);
    for (policy, word) in [
        ("confidence", ESCALATE),
        ("syntax", ""),
        ("mccom", ""),
        ("selftest", ""),
        ("small", KEEP),
        ("large", ESCALATE),
    ] {
        terminal.press(alt('y'));
        terminal.until_text(&format!("policy {policy}"));
        terminal.until_text(word);
    }
}

#[test]
fn without_a_large_model_the_small_completion_stands_marked_degraded() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let missing = home.path("missing.gguf");
    home.write("missing.gguf", "not a model");
    let terminal = home.start(&[
        "--policy",
        "large",
        "--large",
        &missing.display().to_string(),
        &format!("sum.py:{HOLE}"),
    ]);
    terminal.until_text("cannot be used");
    terminal.until_text("demo small (");
    terminal.press(CTRL_SPACE);
    terminal.until_text("D E G R A D E D");
}

#[test]
fn settings_change_while_it_runs() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let terminal = home.start_ready(&[&format!("sum.py:{HOLE}")]);
    terminal.press("\x1b[20~"); // F9
    terminal.until_text("max_tokens");
    for _ in 0..23 {
        terminal.press(super::harness::DOWN);
    }
    for _ in 0..7 {
        terminal.press(super::harness::LEFT);
    }
    terminal.until("fewer tokens", |screen| {
        let contents = screen.contents();
        contents.lines().any(|line| {
            line.contains("max_tokens") && line.split_whitespace().any(|word| word == "8")
        })
    });
    terminal.press(ENTER);
    terminal.until_gone("max_tokens");
    terminal.press(CTRL_SPACE);
    terminal.until_text(ESCALATE);
}
