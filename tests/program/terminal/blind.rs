//! A blind comparison in a terminal: picks survive the program, however it ends.

use super::harness::Home;
use crate::evaluation::{fixture, tune::write};

#[test]
fn picks_survive_a_kill_and_do_not_come_again() {
    let home = Home::new();
    write(&home.path("run.jsonl"), &fixture::run(60, 7));
    let terminal = home.start_raw(&["tune", "run.jsonl"]);
    terminal.until_text("labels: tests");
    terminal.press("b");
    terminal.until_text("Which completion do you");
    terminal.press("1");
    terminal.until_text(" 2 of ");
    terminal.press("2");
    terminal.until_text(" 3 of ");
    terminal.press("u");
    terminal.until_text(" 2 of ");
    terminal.press("=");
    terminal.until_text(" 3 of ");
    terminal.signal(libc::SIGKILL);
    drop(terminal);
    let picks = home.read("run.picks.jsonl");
    assert_eq!(
        picks.lines().count(),
        5,
        "the run, three picks and one taken back"
    );
    let mut terminal = home.start_raw(&["tune", "run.jsonl", "--labels", "picks"]);
    terminal.until_text("labels: blind picks");
    terminal.press("b");
    terminal.until_text("Which completion do you");
    terminal.press("1");
    terminal.until_text(" 2 of ");
    terminal.press("\x1b");
    terminal.until_text("3 comparisons");
    terminal.press("q");
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}

#[test]
fn an_outcome_is_opened_from_the_list() {
    let home = Home::new();
    write(&home.path("run.jsonl"), &fixture::run(60, 7));
    let mut terminal = home.start_raw(&["tune", "run.jsonl"]);
    terminal.until_text("labels: tests");
    terminal.press(">>");
    terminal.press("l");
    terminal.press("\r");
    terminal.until_text("served");
    terminal.press("n");
    terminal.press("c");
    terminal.until_text("Expected text");
    terminal.resize(24, 80);
    terminal.until_text("Expected text");
    terminal.press("\x1b");
    terminal.until_text("labels: tests");
    terminal.press("q");
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}
