//! Self-tests in the playground: real models, real programs, the real sandbox.

use super::harness::{CTRL_SPACE, ESC, Home, TAB, alt, ctrl};

const ADD: &str = "def add(a, b):\n    \"\"\"Return the sum of a and b.\"\"\"\n    return \n";
const PLACE: &str = "3:12";

/// Whether the matrix shows that every model has had its turn.
fn is_over(text: &str) -> bool {
    text.contains("reaches θ") || text.contains("Not applicable here")
}

#[test]
fn the_matrix_shows_what_the_command_line_says() {
    let home = Home::new();
    home.write("add.py", ADD);
    let place = format!("add.py:{PLACE}");
    let said = home.run(&["selftest", &place, "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).expect("one JSON object");
    let turns = said["turns"].as_array().expect("a turn for each model");
    let mut terminal = home.start_ready(&[&place]);
    terminal.press(alt('8'));
    terminal.until_text("Self-test");
    terminal.until("the end of it", |screen| is_over(&screen.contents()));
    for turn in turns.iter().rev() {
        if let Some(why) = turn["why"].as_str() {
            terminal.until_text(why);
        }
        for test in turn["tests"].as_array().expect("tests") {
            let test = test.as_str().expect("a text");
            terminal.until_text(test.lines().next().unwrap_or_default());
            terminal.press(super::harness::RIGHT);
        }
        terminal.press(TAB);
    }
    terminal.press(ESC);
    terminal.until_gone("Self-test");
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}

#[test]
fn the_policy_tests_before_it_decides() {
    let home = Home::new();
    home.write("add.py", ADD);
    let terminal = home.start_ready(&["--policy", "selftest", &format!("add.py:{PLACE}")]);
    terminal.press(CTRL_SPACE);
    terminal.until("a decision", |screen| {
        let text = screen.contents();
        let decided = text.contains("E S C A L A T E") || text.contains("K E E P");
        decided && (text.contains("self_test") || text.contains("first_k"))
    });
    terminal.until("what it came to", |screen| {
        screen.contents().contains("self-test: ")
    });
}

#[test]
fn without_a_sandbox_it_says_what_is_missing_and_the_score_decides() {
    let mut home = Home::new();
    let nothing = home.path("");
    home.set("PATH", &nothing.display().to_string());
    home.write("add.py", ADD);
    let terminal = home.start_ready(&["--policy", "selftest", &format!("add.py:{PLACE}")]);
    terminal.press(CTRL_SPACE);
    terminal.until("a decision by the score", |screen| {
        let text = screen.contents();
        let decided = text.contains("E S C A L A T E") || text.contains("K E E P");
        decided && !text.contains("self_test")
    });
    terminal.press(alt('8'));
    terminal.press(TAB);
    terminal.until("the reason", |screen| {
        let text = screen.contents();
        // The demo models may or may not write tests.
        text.contains("bubblewrap (bwrap) is not on the PATH") || text.contains("wrote no test")
    });
}

#[test]
fn leaving_while_programs_run_leaves_none_behind() {
    let home = Home::new();
    // Whatever solution and test there are, the file itself never ends.
    home.write("add.py", format!("while True:\n    pass\n\n\n{ADD}"));
    let mut terminal = home.start_ready(&["add.py:7:12"]);
    terminal.press(alt('8'));
    terminal.until("programs, or the end of it", |screen| {
        let text = screen.contents();
        text.contains("running tests") || is_over(&text)
    });
    terminal.press(ESC);
    terminal.until_gone("Self-test");
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}
