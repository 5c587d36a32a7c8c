//! Ghost text while a person types: consumed, dismissed, accepted in parts, replaced.

use super::{
    HOLE, SUM, filled,
    harness::{CTRL_SPACE, DOWN, ENTER, ESC, Home, RIGHT, TAB, Terminal, alt, ctrl},
    said,
};

/// A playground that shows a finished completion at the file's hole.
fn completed(home: &Home, arguments: &[&str]) -> (Terminal, String) {
    home.write("sum.py", SUM);
    let said = said(home, "sum.py", HOLE);
    let place = format!("sum.py:{HOLE}");
    let terminal = home.start_ready(&[arguments, &[&place]].concat());
    terminal.press(CTRL_SPACE);
    terminal.until_text(&format!("result += {}", said.small));
    terminal.until_text("0 kept · 1 escalated");
    (terminal, said.small)
}

fn saved(terminal: &Terminal, home: &Home) -> String {
    terminal.press(ctrl('s'));
    terminal.until_saved();
    home.read("sum.py")
}

#[test]
fn typing_what_the_ghost_text_says_consumes_it() {
    let home = Home::new();
    let (terminal, text) = completed(&home, &[]);
    let (typed, rest) = text.split_at(3);
    for letter in typed.chars() {
        terminal.press(letter.to_string());
    }
    terminal.until_text("5:22");
    assert!(
        terminal.text().contains(&format!("result += {text}")),
        "the rest stays"
    );
    terminal.press(TAB);
    terminal.until_text(&format!("5:{}", 22 + rest.chars().count()));
    assert_eq!(saved(&terminal, &home), filled(&text));
}

#[test]
fn typing_something_else_dismisses_it() {
    let home = Home::new();
    let (terminal, text) = completed(&home, &[]);
    terminal.press("~");
    terminal.until_text("result += ~");
    assert!(!terminal.text().contains(&format!("~{text}")));
    assert_eq!(saved(&terminal, &home), filled("~"));
}

#[test]
fn escape_dismisses_it_and_leaves_the_text_as_it_was() {
    let home = Home::new();
    let (mut terminal, text) = completed(&home, &[]);
    terminal.press(ESC);
    terminal.until_gone(&format!("result += {text}"));
    terminal.press(ctrl('q'));
    assert!(terminal.end().success(), "there is nothing to ask about");
    assert_eq!(home.read("sum.py"), SUM);
}

#[test]
fn the_next_word_and_line_are_accepted() {
    let home = Home::new();
    let (terminal, text) = completed(&home, &[]);
    let word: String = text.chars().take_while(|c| c.is_alphanumeric()).collect();
    assert!(!word.is_empty(), "the completion begins with a word");
    terminal.press(alt('w'));
    terminal.until_text(&format!("5:{}", 19 + word.len()));
    assert!(
        terminal.text().contains(&format!("result += {text}")),
        "the rest stays"
    );
    terminal.press(alt('l'));
    let line = text.lines().next().unwrap_or_default();
    terminal.until_text(&format!("5:{}", 19 + line.chars().count()));
    let expected = saved(&terminal, &home);
    assert_eq!(expected, filled(line));
    terminal.press(alt('u'));
    terminal.until_text("modified");
}

#[test]
fn alternatives_are_cycled_through() {
    let home = Home::new();
    home.configure("alternatives = 2\n");
    let (terminal, text) = completed(&home, &[]);
    terminal.press(alt('n'));
    terminal.until_text("sampled");
    terminal.until("the sampled one decided", |screen| {
        screen.contents().contains("sampled 2/2, decided in")
    });
    terminal.press(alt('n'));
    terminal.until_text("greedy 1/2, decided in");
    terminal.until_text(&format!("result += {text}"));
}

#[test]
fn another_token_chosen_in_the_inspector_is_continued_from() {
    let home = Home::new();
    let (terminal, text) = completed(&home, &[]);
    terminal.press(alt('i'));
    terminal.until_text("leave the inspector");
    terminal.press(DOWN);
    terminal.press(ENTER);
    terminal.until_text("steered 2/2, decided in");
    terminal.until_gone(&format!("result += {text}"));
    terminal.press(RIGHT);
    terminal.press(ESC);
    terminal.until_gone("leave the inspector");
    terminal.press(TAB);
    terminal.until_text("modified");
    let steered = saved(&terminal, &home);
    assert_ne!(steered, filled(&text));
    assert!(steered.starts_with(&SUM[..SUM.find("result += ").expect("a hole")]));
    assert!(steered.ends_with("    return result\n"));
}

#[test]
fn a_pause_in_typing_completes_in_automatic_mode() {
    let home = Home::new();
    home.write("sum.py", SUM.replace("result += ", "result +="));
    let place = "sum.py:5:18";
    let terminal = home.start_ready(&["--auto", place]);
    terminal.until_text("[auto]");
    terminal.press(" ");
    terminal.until_text("Tab accept");
    terminal.press(alt('v'));
    terminal.until_gone("[auto]");
}

#[test]
fn a_paste_is_one_edit_and_is_undone_as_one() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let terminal = home.start(&[&format!("sum.py:{HOLE}")]);
    terminal.until_text(HOLE);
    terminal.press("\x1b[200~one(\n    two)\x1b[201~");
    terminal.until_text("result += one(");
    assert_eq!(saved(&terminal, &home), filled("one(\n    two)"));
    terminal.press(alt('u'));
    terminal.until_gone("one(");
    // The rest of that frame, so that the next such line is of the next save.
    terminal.until_gone("\n saved ");
    assert_eq!(saved(&terminal, &home), SUM);
}
