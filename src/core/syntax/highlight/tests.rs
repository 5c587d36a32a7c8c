use proptest::prelude::*;

use super::*;
use crate::syntax::ThemeSet;

fn theme() -> Theme {
    ThemeSet::bundled().get("routelens-dark").unwrap().clone()
}

/// The text of every span, and the name of the capture with its style.
fn named(language: Language, text: &str) -> Vec<(String, &'static str)> {
    let theme = theme();
    let rope = Rope::from_str(text);
    let spans = Highlighter::new().highlight(Some(language), None, &rope, 0..100, &theme);
    let name = |style| {
        let named = CAPTURE_NAMES
            .into_iter()
            .find(|name| theme.capture(name) == style);
        named.unwrap_or("?")
    };
    spans
        .into_iter()
        .map(|span| (text[span.bytes].to_owned(), name(span.style)))
        .collect()
}

fn has(spans: &[(String, &str)], text: &str, name: &str) -> bool {
    spans.iter().any(|(t, n)| t == text && *n == name)
}

#[test]
fn each_language_has_its_keywords_functions_and_strings() {
    let python = named(Language::Python, "def area(r):\n    return 'é' # π\n");
    assert!(has(&python, "def", "keyword"), "{python:?}");
    assert!(has(&python, "area", "function"), "{python:?}");
    assert!(has(&python, "'é'", "string"), "{python:?}");
    assert!(has(&python, "# π", "comment"), "{python:?}");

    let java = named(Language::Java, "class A { int f() { return 12; } }");
    assert!(has(&java, "class", "keyword"), "{java:?}");
    assert!(has(&java, "f", "function"), "{java:?}");
    assert!(
        has(&java, "12", "constant") || has(&java, "12", "number"),
        "{java:?}"
    );

    let cpp = named(
        Language::Cpp,
        "#include <a.h>\nnamespace x { static int f() { return sizeof(int); } }",
    );
    assert!(has(&cpp, "namespace", "keyword"), "C++'s own: {cpp:?}");
    assert!(has(&cpp, "static", "keyword"), "C's: {cpp:?}");
    assert!(has(&cpp, "sizeof", "keyword"), "C's: {cpp:?}");
    assert!(has(&cpp, "f", "function"), "{cpp:?}");
}

#[test]
fn another_language_is_highlighted_by_name_or_first_line_and_prose_is_not() {
    let theme = theme();
    let mut highlighter = Highlighter::new();
    let mut count = |path: Option<&str>, text: &str| {
        let rope = Rope::from_str(text);
        let path = path.map(Path::new);
        highlighter
            .highlight(None, path, &rope, 0..10, &theme)
            .len()
    };
    assert!(count(Some("a.rs"), "fn main() {}\r\nlet x = \"y\";") > 2);
    assert!(count(Some("Makefile"), "all: a\n\techo hi\n") > 0);
    assert!(count(None, "#!/bin/sh\necho \"$HOME\"\n") > 0);
    assert_eq!(count(Some("a.txt"), "fn main() {}"), 0);
    assert_eq!(count(None, ""), 0);
}

/// A long Python text; each function has 4 lines.
fn long_python(functions: usize) -> String {
    let function = |i| format!("def function_{i}(a):\n    x = 'text'\n    return x\n\n");
    (0..functions).map(function).collect()
}

#[test]
fn of_a_long_text_a_window_is_highlighted_as_the_whole_would_be() {
    let theme = theme();
    let mut highlighter = Highlighter::new();
    let mut spans = |functions: usize, lines| {
        let rope = Rope::from_str(&long_python(functions));
        highlighter.highlight(Some(Language::Python), None, &rope, lines, &theme)
    };
    // The first 450 functions are the same in both texts, few enough to be highlighted whole.
    let whole = spans(450, 0..0);
    let window = spans(10_000, 1_600..1_640);
    let text = Rope::from_str(&long_python(450));
    let view = text.line_to_byte(1_600)..text.line_to_byte(1_640);
    let in_view = |spans: &[Span]| -> Vec<Span> {
        let inside = |s: &&Span| view.start <= s.bytes.start && s.bytes.end <= view.end;
        spans.iter().filter(inside).cloned().collect()
    };
    assert!(in_view(&whole).len() > 40);
    assert_eq!(in_view(&window), in_view(&whole));
    assert!(
        window.len() < 2_000,
        "{} spans are not a window",
        window.len()
    );
}

#[test]
fn an_overlong_line_does_not_darken_those_after_it() {
    let text = format!("a = 1\nb = '{}'\nreturn 2\n", "x".repeat(3_000_000));
    let spans = {
        let rope = Rope::from_str(&text);
        Highlighter::new().highlight(Some(Language::Python), None, &rope, 0..3, &theme())
    };
    let last = text.rfind("return").unwrap();
    assert!(
        spans.iter().any(|s| s.bytes == (last..last + 6)),
        "{spans:?}"
    );
}

/// Code-like and arbitrary text, with every kind of line break and wide characters.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[ -~]{0,20}",
        4 => proptest::sample::select(vec![
            "\n", "\r\n", "\r", "\t", "\u{2028}", "def f(", "class A {", "'''", "\"", "/*", "*/",
            "#include <", "R\"(", "f\"{", "}", ")", "é", "日本", "👩‍👩‍👧", "e\u{301}", "\0", "\u{1b}[31m",
            "\u{feff}", "template<typename T>", "<?php", "<script>", "#!/bin/bash\n",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn spans_of_any_text_are_sorted_apart_and_between_characters(
        text in any_text(),
        kind in 0usize..6,
        lines in (0usize..80, 0usize..80),
    ) {
        let languages = [Some(Language::Python), Some(Language::Java), Some(Language::Cpp)];
        let language = languages.get(kind).copied().flatten();
        let path = ["a.py", "a.java", "a.cpp", "a.html", "a.md", "a.sh"][kind];
        let rope = Rope::from_str(&text);
        let spans = Highlighter::new()
            .highlight(language, Some(Path::new(path)), &rope, lines.0..lines.1, &theme());
        let mut end = 0;
        for span in spans {
            prop_assert!(end <= span.bytes.start && span.bytes.start < span.bytes.end);
            prop_assert!(text.get(span.bytes.clone()).is_some(), "{span:?} splits a character");
            end = span.bytes.end;
        }
    }
}

#[test]
fn the_highlighter_can_live_in_a_worker_thread() {
    fn send<T: Send>() {}
    send::<Highlighter>();
}
