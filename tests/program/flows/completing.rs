//! Completing and accepting, dismissing, typing along and against, in texts of all kinds.

use routelens::{
    config::Config,
    document::Document,
    tui::app::LaneKind::{Large, Small},
};

use super::*;

#[test]
fn a_completion_is_shown_and_accepted() {
    flow!(
        "x = |\n",
        ["ctrl-space", small("a + b"), shows("x = |⟨a + b⟩\n"), "tab"],
        "x = a + b|\n"
    );
}

#[test]
fn a_word_is_accepted_at_a_time() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            small("a + b"),
            "alt-right",
            shows("x = a|⟨ + b⟩\n"),
            "alt-w",
            shows("x = a +|⟨ b⟩\n"),
            "alt-right",
        ],
        "x = a + b|\n"
    );
}

#[test]
fn a_line_is_accepted_at_a_time() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            small("1\ny = 2\n\nz = 3"),
            "alt-down",
            shows("x = 1|⟨\ny = 2\n\nz = 3⟩\n"),
            "alt-l",
            shows("x = 1\ny = 2|⟨\n\nz = 3⟩\n"),
            "tab",
        ],
        "x = 1\ny = 2\n\nz = 3|\n"
    );
}

#[test]
fn a_completion_is_dismissed() {
    flow!("x = |\n", ["ctrl-space", small("abc"), "esc"], "x = |\n");
    flow!(
        "x = |\n",
        ["ctrl-space", begins("abc"), "esc", not_asked(Small)],
        "x = |\n"
    );
}

#[test]
fn what_is_left_of_a_completion_is_dismissed() {
    flow!(
        "x = |\n",
        ["ctrl-space", small("a + b"), "alt-w", "esc"],
        "x = a|\n"
    );
}

#[test]
fn typing_along_the_ghost_text_consumes_it() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            small("abc"),
            typed("ab"),
            shows("x = ab|⟨c⟩\n"),
            typed("c")
        ],
        "x = abc|\n"
    );
    flow!(
        "x = |\n",
        ["ctrl-space", small("a + b"), pasted("a +"), "tab"],
        "x = a + b|\n"
    );
}

#[test]
fn typing_something_else_takes_the_ghost_text_away() {
    flow!(
        "x = |\n",
        ["ctrl-space", small("abc"), typed("a"), typed("x")],
        "x = ax|\n"
    );
    flow!(
        "x = |\n",
        ["ctrl-space", small("abc"), "backspace"],
        "x =|\n"
    );
    flow!("x = |\n", ["ctrl-space", small("abc"), "left"], "x =| \n");
    flow!(
        "x = |\n",
        ["ctrl-space", small("abc"), "enter"],
        "x = \n|\n"
    );
}

#[test]
fn ghost_text_that_still_comes_is_consumed_as_it_comes() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            begins("ab"),
            typed("ab"),
            shows("x = ab|\n"),
            begins("cd"),
            shows("x = ab|⟨cd⟩\n"),
            "tab",
            not_asked(Small),
        ],
        "x = abcd|\n"
    );
}

#[test]
fn alternatives_are_walked_through() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            small("abc"),
            "alt-n",
            small("xyz"),
            shows("x = |⟨xyz⟩\n"),
            "alt-p",
            shows("x = |⟨abc⟩\n"),
            "alt-n",
            "tab",
        ],
        "x = xyz|\n"
    );
}

#[test]
fn another_alternative_wanted_too_early_comes_when_the_first_is_done() {
    flow!(
        "x = |\n",
        ["ctrl-space", "alt-n", small("ab"), small("cd"), "tab"],
        "x = cd|\n"
    );
}

#[test]
fn accepting_is_one_edit_that_is_undone_and_done_again() {
    flow!(
        "x = |\n",
        [
            "ctrl-space",
            begins("a +"),
            begins("\n    b"),
            "tab",
            not_asked(Small),
            shows("x = a +\n    b|\n"),
            "alt-u",
        ],
        "x = |\n"
    );
    flow!(
        "x = |\n",
        ["ctrl-space", small("a + b"), "tab", "ctrl-u", "ctrl-y"],
        "x = a + b|\n"
    );
    flow!(
        "|\n",
        [typed("x = "), "ctrl-space", small("a + b"), "tab", "alt-u"],
        "x = |\n"
    );
}

#[test]
fn a_completion_in_the_middle_of_a_line_pushes_the_rest_of_it() {
    flow!(
        "print(|, b)\n",
        [
            "ctrl-space",
            small("a"),
            shows("print(|⟨a⟩, b)\n"),
            "tab",
            typed("x")
        ],
        "print(ax|, b)\n"
    );
    flow!(
        "f = [|]\n",
        ["ctrl-space", small("1,\n     2"), "alt-down", "enter"],
        "f = [1,\n     |⟨2⟩]\n"
    );
}

fn automatic() -> Config {
    Config {
        auto: true,
        ..Config::default()
    }
}

#[test]
fn after_a_pause_in_typing_it_completes_by_itself() {
    flow!(
        playground(automatic(), "f.py", "|\n"),
        [
            typed("x ="),
            Step::Pause,
            small(" 1"),
            shows("x =|⟨ 1⟩\n"),
            "tab"
        ],
        "x = 1|\n"
    );
    flow!(
        "|\n",
        ["alt-v", typed("x ="), Step::Pause, small(" 1"), "tab"],
        "x = 1|\n"
    );
}

#[test]
fn a_pause_completes_nothing_where_much_stands_to_the_right() {
    flow!(
        playground(automatic(), "f.py", "|one_word_more\n"),
        [typed("x"), Step::Pause, not_asked(Small)],
        "x|one_word_more\n"
    );
    flow!(
        playground(automatic(), "f.py", "f(|)\n"),
        [typed("x"), Step::Pause, small(", y"), "tab"],
        "f(x, y|)\n"
    );
}

#[test]
fn typing_on_before_the_completion_comes_waits_for_another_pause() {
    flow!(
        playground(automatic(), "f.py", "|\n"),
        [
            typed("x"),
            Step::Pause,
            asked(Small),
            typed(" "),
            not_asked(Small),
            Step::Pause,
            small("= 1"),
        ],
        "x |⟨= 1⟩\n"
    );
}

#[test]
fn a_read_only_text_stays_as_it_is() {
    let read_only = || {
        let mut document = Document::new("x = \n", Some("f.py".into()));
        document.set_read_only(true);
        open(Config::default(), document, "x = |\n")
    };
    flow!(read_only(), ["ctrl-space", not_asked(Small)], "x = |\n");
    flow!(
        read_only(),
        [
            typed("1"),
            pasted("2"),
            "enter",
            "backspace",
            "delete",
            "tab"
        ],
        "x = |\n"
    );
}

#[test]
fn a_file_with_windows_line_breaks_keeps_them() {
    flow!(
        "x = |\r\ny = 2\r\n",
        ["ctrl-space", small("1\nz = 3"), "alt-down", "alt-down"],
        "x = 1\r\nz = 3|\r\ny = 2\r\n"
    );
}

#[test]
fn tabs_are_indentation_like_any_other() {
    flow!(
        playground(
            Config::default(),
            "f.cpp",
            "int f(int a) {\n\tif (a) {\n\t\t|\n\t}\n}\n"
        ),
        [
            "ctrl-space",
            small("a--;\n\t\treturn a;"),
            typed("a--;"),
            "enter",
            "tab"
        ],
        "int f(int a) {\n\tif (a) {\n\t\ta--;\n\t\treturn a;|\n\t}\n}\n"
    );
}

#[test]
fn tab_indents_where_there_is_no_ghost_text() {
    flow!("if x:\n|y = 1\n", ["tab"], "if x:\n    |y = 1\n");
    flow!("if x:\n<y = 1|\n", ["tab"], "if x:\n<    y = 1|\n");
}

#[test]
fn wide_characters_are_completed_and_typed_along() {
    flow!(
        "s = \"世|\"\n",
        [
            "ctrl-space",
            small("界 🌍 e\u{301}👨‍👩‍👧"),
            typed("界"),
            "alt-w",
            shows("s = \"世界 🌍|⟨ e\u{301}👨‍👩‍👧⟩\"\n"),
            "tab",
            "backspace",
        ],
        "s = \"世界 🌍 e\u{301}|\"\n"
    );
}

#[test]
fn enter_takes_the_line_break_and_the_indentation_of_the_ghost_text() {
    flow!(
        "def f():\n    x = |\n",
        [
            "ctrl-space",
            small("1\n    return x"),
            typed("1"),
            "enter",
            shows("def f():\n    x = 1\n    |⟨return x⟩\n"),
            "tab"
        ],
        "def f():\n    x = 1\n    return x|\n"
    );
}

#[test]
fn completing_at_a_selection_leaves_its_text() {
    flow!(
        "x = <abc|\n",
        ["ctrl-space", small("d"), "tab"],
        "x = abcd|\n"
    );
    flow!(
        "x = <abc|\n",
        [typed("d"), "ctrl-space", small("e"), "tab"],
        "x = de|\n"
    );
}

#[test]
fn the_next_completion_is_there_at_once_where_it_was_computed_ahead() {
    flow!(
        "|\n",
        [
            "ctrl-space",
            small("x = 1\n"),
            asked(Small),
            small("y = 2"),
            "tab",
            shows("x = 1\n|⟨y = 2⟩\n"),
            "tab",
            not_asked(Large),
        ],
        "x = 1\ny = 2|\n"
    );
}
