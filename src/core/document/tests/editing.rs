//! Editing as the user sees it. In these texts `|` is the cursor, and `<` the other end of the
//! selection.

use super::{
    super::{Document, EditKind, Selection, movement::Motion},
    document, marked,
};

#[track_caller]
fn moves(start: &str, motion: Motion, expected: &str) {
    let mut document = document(start, "a.py");
    document.move_cursor(motion, false, 2);
    assert_eq!(marked(&document), expected, "{motion:?} from {start:?}");
}

#[track_caller]
fn edits(file: &str, start: &str, edit: impl Fn(&mut Document) -> bool, expected: &str) {
    let mut document = document(start, file);
    let before = marked(&document);
    assert_eq!(
        edit(&mut document),
        before != expected,
        "says whether it changed"
    );
    assert_eq!(marked(&document), expected, "from {start:?}");
    if before != expected {
        assert!(document.undo());
        assert_eq!(marked(&document), before, "one step undoes it");
    }
}

#[test]
fn a_grapheme_is_one_step() {
    for grapheme in ["a", "e\u{301}", "世", "👨‍👩‍👧", "🇩🇪", "\r\n", "\t"] {
        let (before, after) = (format!("x|{grapheme}y"), format!("x{grapheme}|y"));
        moves(&before, Motion::Right, &after);
        moves(&after, Motion::Left, &before);
        edits("a", &after, |d| d.delete(Motion::Left), "x|y");
        edits("a", &before, |d| d.delete(Motion::Right), "x|y");
    }
}

#[test]
fn words() {
    moves("|one two", Motion::WordRight, "one| two");
    moves("one| two", Motion::WordRight, "one two|");
    moves("on|e_1.two", Motion::WordRight, "one_1|.two");
    moves("one|.two", Motion::WordRight, "one.|two");
    moves("one  |", Motion::WordLeft, "|one  ");
    moves("one.two|", Motion::WordLeft, "one.|two");
    moves("cafe\u{301} x|", Motion::WordLeft, "cafe\u{301} |x");
    moves("cafe\u{301} |x", Motion::WordLeft, "|cafe\u{301} x");
    // A line break is a step of its own.
    moves("one|  \r\n  two", Motion::WordRight, "one  |\r\n  two");
    moves("one  |\r\n  two", Motion::WordRight, "one  \r\n|  two");
    moves("one\r\n  |two", Motion::WordLeft, "one\r\n|  two");
    moves("one\r\n|  two", Motion::WordLeft, "one|\r\n  two");
}

#[test]
fn ends_of_line_and_document() {
    moves("x\r\n  on|e\r\ny", Motion::LineStart, "x\r\n  |one\r\ny");
    moves("x\r\n  |one\r\ny", Motion::LineStart, "x\r\n|  one\r\ny");
    moves("x\r\n|  one\r\ny", Motion::LineStart, "x\r\n  |one\r\ny");
    moves("x\n    |\ny", Motion::LineStart, "x\n|    \ny");
    moves("x\r\n  on|e\r\ny", Motion::LineEnd, "x\r\n  one|\r\ny");
    moves("on|e", Motion::LineEnd, "one|");
    moves("one\ntw|o\n", Motion::DocumentEnd, "one\ntwo\n|");
    moves("one\ntw|o\n", Motion::DocumentStart, "|one\ntwo\n");
    for motion in [
        Motion::Up,
        Motion::Down,
        Motion::LineStart,
        Motion::PageDown,
    ] {
        moves("|", motion, "|");
    }
    // Only \n ends a line.
    moves(
        "|a\u{2028}b\x0Bc\rd",
        Motion::LineEnd,
        "a\u{2028}b\x0Bc\rd|",
    );
}

#[test]
fn a_vertical_run_keeps_its_column_on_screen() {
    let mut document = document("世界人|民\n\tab\nx\n12345678", "a.txt");
    let mut seen = Vec::new();
    for motion in [
        Motion::Down,
        Motion::Down,
        Motion::Down,
        Motion::Up,
        Motion::PageUp,
    ] {
        document.move_cursor(motion, false, 2);
        seen.push(document.cursor_line_column());
    }
    // Column 6: after three wide characters, after a tab and two, past the end, and so on.
    assert_eq!(seen, [(1, 3), (2, 1), (3, 6), (2, 1), (0, 3)]);
    moves("on|e\ntwo", Motion::Up, "|one\ntwo");
    moves("one\nt|wo", Motion::Down, "one\ntwo|");
}

#[test]
fn selections_are_extended_left_and_replaced() {
    let mut document = document("one two|", "a");
    document.move_cursor(Motion::WordLeft, true, 1);
    assert_eq!(document.selected_text().as_deref(), Some("two"));
    document.move_cursor(Motion::Left, false, 1);
    assert_eq!(marked(&document), "one |two", "left of the selection");
    document.select_all();
    assert_eq!(document.selected_text().as_deref(), Some("one two"));
    assert!(document.insert("x", EditKind::Type));
    assert_eq!(marked(&document), "x|");
    document.set_selection(Selection { anchor: 9, head: 7 });
    assert_eq!(marked(&document), "x|", "clamped to the text");
}

#[test]
fn clicks_find_words_and_lines() {
    let document = Document::new("one two_3..\r\n世界 x", None);
    assert_eq!(document.word_at(1), 0..3);
    assert_eq!(document.word_at(3), 3..4, "blanks");
    assert_eq!(document.word_at(8), 4..9);
    assert_eq!(document.word_at(9), 9..11);
    assert_eq!(document.word_at(11), 11..11, "the line break");
    assert_eq!(document.word_at(17), 16..17, "the end of the last word");
    assert_eq!(document.line_range(0), 0..13);
    assert_eq!(document.line_range(7), 13..17, "the last line");
    assert_eq!(document.char_at(0, 99), 11, "before the line break");
    assert_eq!(document.char_at(1, 1), 14);
    assert_eq!(document.char_at(99, 1), 14);
}

#[test]
fn line_endings_stay_as_they_are_and_new_ones_follow() {
    let mut document = Document::new("a\r\nb\r\nc\nd", None);
    assert_eq!(document.line_ending(), "\r\n");
    assert!(document.insert("1\n2\r3\r\n", EditKind::Whole));
    assert_eq!(*document.rope(), "1\r\n2\r\n3\r\na\r\nb\r\nc\nd");
    assert_eq!(document.hole().prefix, "1\n2\n3\n");
    assert_eq!(document.hole().suffix, "a\nb\nc\nd");
    assert_eq!(Document::new("a\nb\r\nc\n", None).line_ending(), "\n");
    assert_eq!(Document::new("", None).line_ending(), "\n");
}

#[test]
fn the_hole_leaves_out_the_selection_and_the_byte_order_mark() {
    let mut document = document("\u{FEFF}def f():\n    <return 1|\n", "a.py");
    assert_eq!(document.hole().prefix, "def f():\n    ");
    assert_eq!(document.hole().suffix, "\n");
    assert_eq!(
        document.hole().language,
        Some(crate::language::Language::Python)
    );
    document.insert("pass", EditKind::Whole);
    assert_eq!(document.revision(), 1);
}

#[test]
fn typing_is_undone_by_words() {
    let mut document = Document::new("", None);
    for c in "let mut x".chars() {
        document.insert(&c.to_string(), EditKind::Type);
    }
    let mut seen = Vec::new();
    while document.undo() {
        seen.push(document.rope().to_string());
    }
    assert_eq!(seen, ["let mut ", "let ", ""]);
    while document.redo() {}
    assert_eq!(marked(&document), "let mut x|");
    // The cursor moves away and back: another group.
    document.move_cursor(Motion::Left, false, 1);
    document.move_cursor(Motion::Right, false, 1);
    document.insert("y", EditKind::Type);
    document.undo();
    assert_eq!(*document.rope(), "let mut x");
}

#[test]
fn deletions_in_one_direction_are_undone_together() {
    let mut document = document("one tw|o three", "a");
    for _ in 0..3 {
        document.delete(Motion::Left);
    }
    for _ in 0..2 {
        document.delete(Motion::Right);
    }
    assert_eq!(marked(&document), "one|three");
    document.undo();
    assert_eq!(marked(&document), "one|o three");
    document.undo();
    assert_eq!(marked(&document), "one tw|o three");
    document.delete(Motion::LineEnd);
    document.delete(Motion::LineStart);
    assert_eq!(marked(&document), "|");
}

#[test]
fn an_accepted_completion_is_one_step_between_typing() {
    let mut document = document("de|", "a.py");
    document.insert("f", EditKind::Type);
    document.insert(" f():\n    pass\n", EditKind::Whole);
    document.insert("x", EditKind::Type);
    document.undo();
    assert_eq!(marked(&document), "def f():\n    pass\n|");
    document.undo();
    assert_eq!(marked(&document), "def|");
}

#[test]
fn unmodified_is_where_it_was_saved() {
    let mut document = Document::new("a", None);
    document.insert("b", EditKind::Type);
    assert!(document.is_modified());
    document.mark_saved();
    document.insert("c", EditKind::Type);
    document.undo();
    assert!(!document.is_modified(), "saving ended the run of typing");
    document.undo();
    assert!(document.is_modified(), "before the saved state");
    document.insert("b", EditKind::Type);
    assert!(
        document.is_modified(),
        "the way back to the saved state is gone"
    );
}

#[test]
fn a_read_only_document_does_not_change() {
    let mut document = document("\tone| two", "a");
    document.insert("x", EditKind::Whole);
    document.set_read_only(true);
    assert!(!document.insert("x", EditKind::Type));
    assert!(!document.newline() && !document.indent() && !document.outdent());
    assert!(!document.delete(Motion::Left) && !document.undo() && !document.redo());
    assert!(!document.restore("", 0));
    assert_eq!(marked(&document), "\tonex| two");
    assert_eq!(document.take_edits().len(), 1);
}

#[test]
fn a_new_line_is_indented_as_the_language_wants() {
    let newline = Document::newline;
    edits("a.py", "def f():|", newline, "def f():\n    |");
    edits(
        "a.py",
        "  if x:  # why: {|",
        newline,
        "  if x:  # why: {\n      |",
    );
    edits("a.py", "    x = '#:'|", newline, "    x = '#:'\n    |");
    edits("a.py", "f(|)", newline, "f(\n    |\n)");
    edits(
        "A.java",
        "\tvoid f() {|}",
        newline,
        "\tvoid f() {\n\t\t|\n\t}",
    );
    edits(
        "a.cpp",
        "  int f() { // {\n    if (x) {|",
        newline,
        "  int f() { // {\n    if (x) {\n      |",
    );
    edits("a.cpp", "case 1:|", newline, "case 1:\n|");
    edits("a.cpp", "    one;| two;", newline, "    one;\n    |two;");
    edits("a.cpp", "    |", newline, "\n    |");
    edits("a.cpp", "|    one", newline, "\n|    one");
    edits("a.cpp", "  |  one", newline, "\n  |  one");
    edits(
        "a.py",
        "x\r\ny\r\n    <one|",
        newline,
        "x\r\ny\r\n\r\n    |",
    );
    edits("notes.txt", "Note:|", newline, "Note:\n|");
}

#[test]
fn tab_and_shift_tab() {
    let (indent, outdent) = (Document::indent, Document::outdent);
    edits("a.py", "ab|c", indent, "ab  |c");
    edits("a.py", "世|c", indent, "世  |c");
    edits("a.go", "\tx\n|y", indent, "\tx\n\t|y");
    edits("a.js", "a {\n  b\n|", indent, "a {\n  b\n  |");
    edits(
        "a.py",
        "<one\n\ntwo\n|three",
        indent,
        "<    one\n\n    two\n|three",
    );
    edits("a.py", "o<ne\ntw|o", indent, "    o<ne\n    tw|o");
    edits("a.py", "    o<ne\n  tw|o\nx", outdent, "o<ne\ntw|o\nx");
    edits("a.py", "      one|", outdent, "  one|");
    edits("a.py", "  |  one", outdent, "|one");
    edits("a.py", "\tone|", outdent, "one|");
    edits("a.py", "one|", outdent, "one|");
}

#[test]
fn a_closing_bracket_moves_out_to_its_line() {
    let close = |d: &mut Document| d.type_text("}");
    edits(
        "a.cpp",
        "  if (x) {\n    y();\n    |",
        close,
        "  if (x) {\n    y();\n  }|",
    );
    edits("a.cpp", "{\n  {\n  }\n    |", close, "{\n  {\n  }\n}|");
    edits("a.cpp", "f() {|", close, "f() {}|");
    edits("a.cpp", "    |", close, "    }|");
}

#[test]
fn marks_that_join_keep_the_cursor_between_graphemes() {
    edits(
        "a",
        "e|x",
        |d| d.insert("\u{301}", EditKind::Type),
        "e\u{301}|x",
    );
    edits("a", "🇩x|🇪", |d| d.delete(Motion::Left), "🇩🇪|");
}

/// Walking or copying the line at every key would make this take hours.
#[test]
fn a_line_of_megabytes_is_edited_like_any_other() {
    let mut document = Document::new(&"word e\u{301}世 ".repeat(1_000_000), None);
    let motions = [
        Motion::DocumentEnd,
        Motion::Left,
        Motion::WordLeft,
        Motion::Up,
        Motion::Down,
        Motion::LineStart,
        Motion::LineEnd,
    ];
    for motion in motions.into_iter().cycle().take(700) {
        document.move_cursor(motion, false, 40);
        document.insert("x", EditKind::Type);
        document.delete(Motion::Left);
    }
    assert_eq!(document.rope().len_chars(), 9_000_000);
    // Where a flag ends depends on all the flags before it.
    let mut document = Document::new(&"🇩🇪".repeat(100_000), None);
    for motion in [Motion::DocumentEnd, Motion::WordLeft, Motion::WordRight] {
        document.move_cursor(motion, false, 40);
    }
    assert_eq!(document.cursor(), 200_000);
}
