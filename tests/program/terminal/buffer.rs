//! The buffer as a person uses it: opening, moving, finding, the mouse, the picker.

use super::{
    SUM,
    harness::{DOWN, ENTER, Home, ctrl},
};

#[test]
fn opens_at_a_line_and_column_counted_from_one() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let terminal = home.start(&["sum.py:3:5"]);
    terminal.until_text("3:5");
    terminal.press("X");
    terminal.until_text("    Xresult = 0");
}

#[test]
fn a_new_file_is_made_by_saving_it() {
    let home = Home::new();
    let terminal = home.start(&["new.py"]);
    terminal.until_text("new.py");
    terminal.press("x = 1");
    terminal.until_text("x = 1");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    assert_eq!(home.read("new.py"), "x = 1");
}

#[test]
fn a_sample_is_saved_under_a_name_of_ones_own() {
    let home = Home::new();
    let terminal = home.start(&["--sample", "sorting.py"]);
    terminal.until_text("python/sorting.py");
    terminal.press(ctrl('s'));
    terminal.until("a question for the name", |screen| {
        screen.contents().to_lowercase().contains("save as")
    });
    terminal.press("mine.py\r");
    terminal.until_saved();
    assert!(home.read("mine.py").contains("def merge("));
    terminal.press("# ");
    terminal.until_text("modified");
    terminal.press(ctrl('s'));
    terminal.until_gone("modified");
}

#[test]
fn the_picker_finds_files_by_a_few_letters() {
    let home = Home::new();
    home.write("sum.py", SUM);
    home.write("other.txt", "something else\n");
    let terminal = home.start(&["sum.py"]);
    terminal.until_text("return result");
    terminal.press(ctrl('o'));
    terminal.until_text("Open a file");
    terminal.press("othertxt");
    terminal.until_text("▸ other.txt");
    terminal.press(ENTER);
    terminal.until_text("something else");
    terminal.press("more ");
    terminal.until_text("more something else");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    assert_eq!(home.read("other.txt"), "more something else\n");
    assert_eq!(home.read("sum.py"), SUM);
}

#[test]
fn find_and_go_to_line() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let terminal = home.start(&["sum.py"]);
    terminal.until_text("return result");
    terminal.press(ctrl('f'));
    terminal.press("return");
    terminal.press(ENTER);
    terminal.until_text("6:11");
    terminal.press(ctrl('g'));
    terminal.press("2:3\r");
    terminal.until_text("2:3");
    terminal.press(DOWN);
    terminal.until_text("3:3");
}

#[test]
fn a_click_puts_the_cursor_and_a_drag_selects() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let terminal = home.start(&["sum.py"]);
    terminal.until_text("return result");
    let (row, column) = terminal.look(|screen| {
        let rows: Vec<String> = screen.rows(0, 160).collect();
        let row = rows
            .iter()
            .position(|row| row.contains("result = 0"))
            .expect("the line");
        let byte = rows[row].find("result = 0").expect("its text");
        (row + 1, rows[row][..byte].chars().count() + 1)
    });
    terminal.press(format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
    terminal.until_text("3:5");
    let end = column + "result".len();
    terminal.press(format!(
        "\x1b[<0;{column};{row}M\x1b[<32;{end};{row}M\x1b[<0;{end};{row}m"
    ));
    terminal.until_text("3:11");
    terminal.press("sum");
    terminal.until_text("    sum = 0");
}
