//! Terminals of every size, and sizes that keep changing.

use super::{
    HOLE, SUM, filled,
    harness::{CTRL_SPACE, ESC, Home, Terminal, ctrl},
};

#[test]
fn a_terminal_too_small_says_so_and_grows_back() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let mut terminal = home.start_sized(5, 10, &["sum.py"]);
    terminal.until("a notice", |screen| {
        screen.contents().contains("10×5") || screen.contents().contains("40×10")
    });
    terminal.resize(45, 160);
    terminal.until_text("return result");
    terminal.resize(1, 1);
    terminal.resize(45, 160);
    terminal.until_text("return result");
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}

/// The playground with `text` typed into the hole, in a terminal that has become too small.
fn shrunk(home: &Home, text: &str) -> Terminal {
    home.write("sum.py", SUM);
    let terminal = home.start(&[&format!("sum.py:{HOLE}")]);
    terminal.until_text(HOLE);
    terminal.press(text);
    terminal.until_text(&format!("result += {text}"));
    terminal.resize(9, 39);
    terminal.until_text("terminal too small: 39×9, need 40×10");
    terminal.until_text("Ctrl-Q quits");
    terminal
}

#[test]
fn too_small_to_see_the_text_no_key_changes_it() {
    let home = Home::new();
    let mut terminal = shrunk(&home, "lost");
    terminal.press("x\r\x7f\x1b[A\x1b[200~pasted\x1b[201~");
    // All of that was read when this is.
    terminal.press(ctrl('q'));
    terminal.until_text("s save");
    terminal.press(ESC);
    terminal.until_text("Ctrl-Q quits");
    terminal.resize(45, 160);
    terminal.until_text("result += lost");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    assert_eq!(home.read("sum.py"), filled("lost"));
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
}

#[test]
fn too_small_to_see_the_text_the_question_is_seen() {
    let home = Home::new();
    let mut terminal = shrunk(&home, "lost");
    terminal.press(ctrl('q'));
    terminal.until_text("unsaved changes: s save, d discard, Esc");
    terminal.press(ESC);
    terminal.until_text("Ctrl-Q quits");
    terminal.press(ctrl('q'));
    terminal.until_text("s save");
    terminal.press("s");
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
    assert_eq!(home.read("sum.py"), filled("lost"));
}

#[test]
fn storms_of_resizes_while_a_completion_streams_do_no_harm() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let mut terminal = home.start_ready(&["--compare", &format!("sum.py:{HOLE}")]);
    terminal.press(CTRL_SPACE);
    let mut state = 7u32;
    let mut next = |most: u32| {
        // Pseudo-random numbers, the same in every run.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) % most + 1) as u16
    };
    for round in 0..400 {
        let (rows, columns) = match round % 5 {
            0 => (5, 10),
            1 => (1, 1),
            _ => (next(60), next(200)),
        };
        terminal.resize(rows, columns);
        if round % 50 == 0 {
            terminal.press(CTRL_SPACE);
        }
    }
    terminal.resize(45, 160);
    terminal.until_text("return result");
    terminal.until_text("Ctrl-Q quit");
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}
