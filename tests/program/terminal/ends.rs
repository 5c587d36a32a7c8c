//! Every way to leave, and what remains: the terminal restored, and no text lost.

use super::{
    HOLE, SUM, filled,
    harness::{ESC, Home, Terminal, ctrl},
};

/// A playground with an unsaved change: `lost` typed into the hole.
fn changed(home: &Home) -> Terminal {
    home.write("sum.py", SUM);
    let terminal = home.start(&[&format!("sum.py:{HOLE}")]);
    terminal.until_text(HOLE);
    terminal.press("lost");
    terminal.until_text("result += lost");
    terminal
}

/// The next start offers the text and restores it; saving puts it into the file.
fn assert_recovered(home: &Home) {
    assert_eq!(home.read("sum.py"), SUM, "the file itself is as it was");
    let terminal = home.start(&["sum.py"]);
    terminal.until_text("r restore");
    terminal.press("r");
    terminal.until_text("result += lost");
    terminal.until_text("modified");
    terminal.press(ctrl('s'));
    terminal.until_gone("modified");
    assert_eq!(home.read("sum.py"), filled("lost"));
    terminal.until_true("no recovery file", || home.recovery_files().is_empty());
}

#[test]
fn leaving_with_unsaved_changes_asks() {
    let home = Home::new();
    let mut terminal = changed(&home);
    terminal.press(ctrl('q'));
    terminal.until_text("discard and quit");
    terminal.press(ESC);
    terminal.until_gone("discard and quit");
    terminal.press(ctrl('q'));
    terminal.until_text("discard and quit");
    terminal.press("s");
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
    assert_eq!(home.read("sum.py"), filled("lost"));
}

#[test]
fn discarding_leaves_the_file_and_no_recovery_file() {
    let home = Home::new();
    let mut terminal = changed(&home);
    terminal.press(ctrl('q'));
    terminal.until_text("discard and quit");
    terminal.press("d");
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
    assert_eq!(home.read("sum.py"), SUM);
    assert_eq!(home.recovery_files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_file_that_another_program_changed_is_not_overwritten_unasked() {
    let home = Home::new();
    let terminal = changed(&home);
    home.write("sum.py", "somebody else's\n");
    terminal.press(ctrl('s'));
    terminal.until_text("overwrite it");
    assert_eq!(home.read("sum.py"), "somebody else's\n");
    terminal.press("o");
    terminal.until_saved();
    assert_eq!(home.read("sum.py"), filled("lost"));
}

#[test]
fn sigterm_restores_the_terminal_and_leaves_a_recovery_file() {
    let home = Home::new();
    let mut terminal = changed(&home);
    terminal.signal(libc::SIGTERM);
    terminal.end_and_read();
    terminal.assert_restored();
    drop(terminal);
    assert_recovered(&home);
}

#[test]
fn an_abort_inside_a_library_restores_the_terminal_and_leaves_a_recovery_file() {
    let home = Home::new();
    let mut terminal = changed(&home);
    terminal.until_true("a recovery file", || !home.recovery_files().is_empty());
    terminal.signal(libc::SIGABRT);
    assert!(!terminal.end_and_read().success());
    terminal.assert_restored();
    drop(terminal);
    assert_recovered(&home);
}

#[test]
fn a_hang_up_leaves_a_recovery_file() {
    let home = Home::new();
    let mut terminal = changed(&home);
    terminal.hang_up();
    terminal.end();
    drop(terminal);
    assert_recovered(&home);
}

#[test]
fn keys_that_can_no_longer_come_end_the_program_with_a_recovery_file() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let (mut terminal, keyboard) = home.start_apart(&[&format!("sum.py:{HOLE}")]);
    terminal.until_text(HOLE);
    keyboard.press("lost");
    terminal.until_text("result += lost");
    drop(keyboard);
    let status = terminal.end_and_read();
    assert!(!status.success(), "{status:?}");
    terminal.assert_restored();
    let text = terminal.text();
    assert!(text.contains("keys can no longer be read"), "{text}");
    assert!(text.contains("will be offered at the next start"), "{text}");
    assert_eq!(text.trim().lines().count(), 1, "{text}");
    drop(terminal);
    assert_recovered(&home);
}

#[test]
fn unsaved_text_is_offered_until_a_person_decides() {
    let home = Home::new();
    let mut terminal = changed(&home);
    terminal.signal(libc::SIGTERM);
    terminal.end();
    drop(terminal);
    // Later, and then the file is saved with something else.
    let mut terminal = home.start(&["sum.py"]);
    terminal.until_text("r restore");
    assert!(!terminal.text().contains("This file is newer"));
    terminal.press(ESC);
    terminal.until_gone("r restore");
    terminal.press("# new");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    drop(terminal);
    let doctor = home.run(&["doctor", "--offline"]);
    assert!(doctor.contains("unsaved text of earlier runs"), "{doctor}");
    assert!(doctor.contains("sum.py` offers to restore it"), "{doctor}");
    let newer = home.read("sum.py");
    let terminal = home.start(&["sum.py"]);
    terminal.until_text("r restore");
    terminal.until_text("This file is newer");
    terminal.until_text("ago)");
    terminal.press("r");
    terminal.until_text("result += lost");
    // It would undo what was saved since.
    terminal.press(ctrl('s'));
    terminal.until_text("overwrite it");
    assert_eq!(home.read("sum.py"), newer);
    terminal.press("o");
    terminal.until_saved();
    assert_eq!(home.read("sum.py"), filled("lost"));
    terminal.until_true("no recovery file", || home.recovery_files().is_empty());
}

#[test]
fn unsaved_text_is_offered_after_another_program_wrote_the_file() {
    let home = Home::new();
    let mut terminal = changed(&home);
    terminal.until_true("a recovery file", || !home.recovery_files().is_empty());
    // The text is written anew after the file was: it is the younger one, and yet not made from it.
    home.write("sum.py", format!("{SUM}# more\n"));
    terminal.press("!");
    terminal.until_text("lost!");
    terminal.signal(libc::SIGTERM);
    terminal.end();
    drop(terminal);
    let terminal = home.start(&["sum.py"]);
    terminal.until_text("r restore");
    terminal.until_text("Another program saved this file");
    terminal.press("r");
    terminal.until_text("result += lost!");
    terminal.press(ctrl('s'));
    terminal.until_text("overwrite it");
    assert_eq!(home.read("sum.py"), format!("{SUM}# more\n"));
}

#[test]
fn kill_leaves_a_recovery_file() {
    let home = Home::new();
    let mut terminal = changed(&home);
    // Written a moment after the last edit.
    terminal.until_true("a recovery file", || !home.recovery_files().is_empty());
    terminal.signal(libc::SIGKILL);
    terminal.end();
    drop(terminal);
    assert_recovered(&home);
}

#[test]
fn deleting_a_recovery_file_is_the_end_of_it() {
    let home = Home::new();
    let mut terminal = changed(&home);
    terminal.signal(libc::SIGTERM);
    terminal.end();
    drop(terminal);
    let terminal = home.start(&["sum.py"]);
    terminal.until_text("Del delete");
    // Typing on without looking does not lose it.
    terminal.press("odd");
    terminal.until_text("Del delete");
    assert_eq!(home.recovery_files().len(), 1);
    terminal.press("\x1b[3~");
    terminal.until_gone("Del delete");
    terminal.until_true("no recovery file", || home.recovery_files().is_empty());
    assert!(!terminal.text().contains("lost"));
}

#[test]
fn the_text_of_a_sample_is_recovered_too() {
    let home = Home::new();
    let mut terminal = home.start(&[]);
    terminal.until_text("python/");
    terminal.press("lost");
    terminal.until_text("lost");
    terminal.signal(libc::SIGTERM);
    terminal.end();
    drop(terminal);
    let terminal = home.start(&[]);
    terminal.until_text("r restore");
    terminal.press("r");
    terminal.until_text("lost");
}

#[test]
fn ctrl_z_suspends_and_fg_comes_back_with_a_full_screen() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let mut terminal = home.shell();
    terminal.until_text("shell>");
    terminal.press(format!(
        "{} sum.py:{HOLE}\r",
        env!("CARGO_BIN_EXE_routelens")
    ));
    terminal.until_text("return result");
    terminal.press("lost");
    terminal.until_text("result += lost");
    for _ in 0..2 {
        terminal.press(ctrl('z'));
        terminal.until("the shell", |screen| {
            !screen.alternate_screen() && screen.contents().contains("Stopped")
        });
        terminal.assert_restored();
        terminal.press("clear; fg\r");
        terminal.until("the playground again", |screen| {
            screen.alternate_screen() && screen.contents().contains("return result")
        });
        assert!(terminal.is_raw());
    }
    terminal.press("!");
    terminal.until_text("result += lost!");
    terminal.press(ctrl('q'));
    terminal.until_text("discard and quit");
    terminal.press("d");
    terminal.until_cooked();
    terminal.press("exit\r");
    terminal.end();
}

#[test]
fn stopped_and_continued_from_outside_it_draws_everything_again() {
    let home = Home::new();
    let terminal = changed(&home);
    terminal.signal(libc::SIGTSTP);
    terminal.until("the normal screen", |screen| !screen.alternate_screen());
    terminal.until_stopped();
    terminal.signal(libc::SIGCONT);
    terminal.until("the playground again", |screen| {
        screen.alternate_screen() && screen.contents().contains("result += lost")
    });
    assert!(terminal.is_raw());
    terminal.press("!");
    terminal.until_text("result += lost!");
}

#[test]
fn a_stop_that_cannot_be_caught_is_come_back_from() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let mut terminal = home.shell();
    terminal.until_text("shell>");
    terminal.press(format!(
        "{} sum.py:{HOLE} & pid=$!; fg\r",
        env!("CARGO_BIN_EXE_routelens")
    ));
    terminal.until_text("return result");
    terminal.signal_foreground(libc::SIGSTOP);
    terminal.until_text("Stopped");
    terminal.press("clear\r");
    terminal.until_gone("return result");
    terminal.press("fg\r");
    terminal.until_text("return result");
    terminal.until_true("raw mode", || terminal.is_raw());
    terminal.press("lost");
    terminal.until_text("result += lost");
    terminal.signal_foreground(libc::SIGTERM);
    terminal.until_cooked();
    terminal.press("exit\r");
    terminal.end();
}
