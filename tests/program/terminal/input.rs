//! What a terminal sends that is no key, and what it should never send: the keys after it are read.

use super::{
    HOLE, SUM, filled,
    harness::{Home, ctrl},
};

/// Sends `bytes` to a playground; then text is typed, saved, and the program is left.
#[track_caller]
fn assert_keys_live(bytes: &str) {
    let home = Home::new();
    home.write("sum.py", SUM);
    let mut terminal = home.start(&[&format!("sum.py:{HOLE}")]);
    terminal.until_text(HOLE);
    terminal.press(bytes);
    terminal.press("typed");
    terminal.until_text("result += typed");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    assert_eq!(home.read("sum.py"), filled("typed"), "{bytes:?}");
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}

#[test]
fn a_mouse_beyond_the_edge_does_not_kill_the_keyboard() {
    for bytes in [
        "\x1b[<64;0;5M",
        "\x1b[<32;5;0M",
        "\x1b[Mx x",
        "\x1b[32;0;0M",
        "\x1b[<0;65536;65536M\x1b[<32;65536;65536M",
    ] {
        assert_keys_live(bytes);
    }
}

#[test]
fn answers_of_the_terminal_are_neither_text_nor_the_end_of_the_keyboard() {
    for bytes in [
        "\x1b[0;0R",
        "\x1b]11;rgb:0c0c/0c0c/0c0c\x1b\\",
        "\x1bP>|xterm(380)\x1b\\",
    ] {
        assert_keys_live(bytes);
    }
}

#[test]
fn a_paste_without_an_end_does_not_keep_the_keys_for_ever() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let mut terminal = home.start(&[&format!("sum.py:{HOLE}")]);
    terminal.until_text(HOLE);
    terminal.press("\x1b[200~pasted");
    terminal.until_text("result += pasted");
    terminal.press("!");
    terminal.until_text("result += pasted!");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    assert_eq!(home.read("sum.py"), filled("pasted!"));
}
