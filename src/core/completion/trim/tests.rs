use proptest::prelude::*;

use super::*;

/// Pushes `output` in pieces of `size` characters and returns what is kept and why it ended.
fn trim_in(hole: &Hole, output: &str, size: usize) -> (String, StopReason) {
    let mut trimmer = Trimmer::new(hole);
    let characters: Vec<char> = output.chars().collect();
    for piece in characters.chunks(size) {
        let piece: String = piece.iter().collect();
        if let TrimStep::Stop { reason, keep } = trimmer.push(&piece) {
            return (output[..keep].to_owned(), reason);
        }
    }
    (output[..trimmer.finish()].to_owned(), StopReason::End)
}

fn trim(language: Language, prefix: &str, suffix: &str, output: &str) -> (String, StopReason) {
    let hole = Hole::new(prefix, suffix, Some(language));
    let by_character = trim_in(&hole, output, 1);
    assert_eq!(trim_in(&hole, output, 7).0, by_character.0, "piece size");
    by_character
}

fn python(prefix: &str, suffix: &str, output: &str) -> (String, StopReason) {
    trim(Language::Python, prefix, suffix, output)
}

fn kept(text: &str, reason: StopReason) -> (String, StopReason) {
    (text.to_owned(), reason)
}

#[test]
fn leaving_the_block_ends_it() {
    let output = "return a + b\n\n\ndef sub(a, b):\n    return a - b\n";
    assert_eq!(
        python("def add(a, b):\n    ", "\n", output),
        kept("return a + b", StopReason::Dedent)
    );
    assert_eq!(
        python(
            "class A:\n    def f(self):\n",
            "",
            "        x = 1\nclass B:\n"
        ),
        kept("        x = 1", StopReason::Dedent)
    );
}

#[test]
fn dedented_lines_of_a_call_or_a_string_do_not_end_it() {
    let call = "f(\n1,\n2)\n    return 3";
    assert_eq!(
        python("def a():\n    ", "\n", call),
        kept(call, StopReason::End)
    );
    let text = "x = \"\"\"\nHello\n\"\"\"\n    return x";
    assert_eq!(
        python("def a():\n    ", "\n", text),
        kept(text, StopReason::End)
    );
}

#[test]
fn a_closed_block_ends_it_where_braces_make_blocks() {
    let output = "return a;\n}\n\nint g() {\n  return 2;\n}\n";
    assert_eq!(
        trim(Language::Cpp, "int f() {\n  ", "\n}\n", output),
        kept("return a;", StopReason::Dedent)
    );
    let unclosed = "return a;\n}";
    assert_eq!(
        trim(Language::Cpp, "int f() {\n  ", "", unclosed),
        kept(unclosed, StopReason::End)
    );
    let otherwise = "    x();\n} else {\n    y();\n";
    assert_eq!(
        trim(Language::Java, "if (a) {\n", "}\n", otherwise),
        kept(otherwise, StopReason::End)
    );
}

#[test]
fn a_bracket_that_the_rest_of_the_line_closes_is_not_closed_twice() {
    assert_eq!(
        python("print(", ")\n", "x)\n"),
        kept("x", StopReason::Suffix)
    );
    assert_eq!(
        python("print(", ")\n", "f(x)"),
        kept("f(x)", StopReason::End)
    );
    assert_eq!(python("print(f(", ")\n", "x)"), kept("x)", StopReason::End));
}

#[test]
fn in_the_middle_of_a_line_one_line_is_enough_and_its_rest_is_not_said_again() {
    assert_eq!(
        python("x = ", " if y else 0\n", "y + 1\nz = 2\n"),
        kept("y + 1", StopReason::Suffix)
    );
    assert_eq!(
        python("f(", ", b)\n", "a, b)\n"),
        kept("a", StopReason::Suffix)
    );
    assert_eq!(
        python("for ", " in items:\n", "item in items:\n"),
        kept("item", StopReason::Suffix)
    );
}

#[test]
fn lines_that_follow_the_hole_are_not_said_again() {
    let suffix = "    total = sum(values)\n    return total / count\n";
    let output = "    count = len(values)\n    total = sum(values)\n    return total / count\n";
    assert_eq!(
        python("def mean(values):\n", suffix, output),
        kept("    count = len(values)\n", StopReason::Suffix)
    );
    let (text, _) = python(
        "def mean(values):\n    ",
        "\n    return total\n",
        "return total\n",
    );
    assert_eq!(text, "", "the whole completion repeats the next line");
}

#[test]
fn loops_end() {
    let (text, reason) = python("def f():\n    ", "\n", &"x = x + 1\n    ".repeat(20));
    assert_eq!(
        (text.as_str(), reason),
        ("x = x + 1", StopReason::Repetition)
    );
    let (text, reason) = python("x = [", "]\n", &"None, ".repeat(60));
    assert_eq!((text.as_str(), reason), ("None,", StopReason::Repetition));
    let (text, reason) = python("x = 1\n", "", "y = 2\n\n\n\n\n\n\n");
    assert_eq!((text.as_str(), reason), ("y = 2", StopReason::Repetition));
}

#[test]
fn line_breaks_are_not_doubled() {
    assert_eq!(
        python("x = ", "\ny = 2\n", "1\n"),
        kept("1", StopReason::End)
    );
    assert_eq!(
        python("", "y = 2\n", "x = 1\n"),
        kept("x = 1\n", StopReason::End)
    );
    assert_eq!(
        python("def f():\n    ", "return x\n", "x = 1\n    "),
        kept("x = 1\n    ", StopReason::End)
    );
}

#[test]
fn a_right_completion_of_several_lines_comes_out_whole() {
    let middle = "    result = []\n    for x in xs:\n        if x:\n            result.append(x)\n";
    assert_eq!(
        python("def f(xs):\n", "    return result\n", middle),
        kept(middle, StopReason::End)
    );
}

proptest! {
    #[test]
    fn whatever_comes_out_is_a_beginning_and_does_not_hang_on_the_pieces(
        prefix in "[a-z(){}\n \"'#:]{0,40}",
        suffix in "[a-z(){}\n \"'#:]{0,40}",
        output in "[a-zé(){}\n \"'#:]{0,120}",
        size in 1usize..9,
    ) {
        for language in [None, Some(Language::Python), Some(Language::Cpp)] {
            let hole = Hole::new(prefix.clone(), suffix.clone(), language);
            let (text, _) = trim_in(&hole, &output, size);
            prop_assert!(output.starts_with(&text));
        }
    }
}
