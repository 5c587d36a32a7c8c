//! Has a model write tests: the hole that it fills, and the usable part of its answer. The hole
//! begins in the middle of an assertion that calls the function, so that even a model that only
//! completes code continues with a test.

use tree_sitter::Node;

use super::site::{TestedFunction, parse};
use crate::{
    completion::{Completion, Hole, StopReason},
    language::Language,
};

/// The hole in which tests are written: after the function, in the file with `filling`.
pub(super) fn hole(hole: &Hole, filling: &str, site: &TestedFunction) -> Hole {
    let file = hole.filled(filling);
    let (before, after) = file.split_at(site.place);
    let before = before.trim_end();
    let opening = opening(site);
    let (prefix, suffix) = match site.language {
        Language::Python => (format!("{before}\n\n\n# Tests\n{opening}"), "\n".to_owned()),
        Language::Java => (
            format!("{before}\n\n    static void test() {{\n        {opening}"),
            format!("\n    }}\n{after}"),
        ),
        Language::Cpp => (
            format!("{before}\n\n#include <cassert>\n\nvoid test() {{\n    {opening}"),
            "\n}\n".to_owned(),
        ),
    };
    Hole {
        prefix,
        suffix,
        ..hole.clone()
    }
}

/// The first `lines` distinct assertions of an answer that call the function. A truncated one is
/// not used: half of a number is also a number.
pub(super) fn read(site: &TestedFunction, answer: &Completion, lines: usize) -> Vec<String> {
    let text = match answer.stop {
        StopReason::Limit | StopReason::Context => match answer.text.rsplit_once('\n') {
            Some((whole, _)) => whole,
            None => return Vec::new(),
        },
        _ => answer.text.as_str(),
    };
    let opening = opening(site);
    let (before, after) = match site.language {
        Language::Python => ("", ""),
        Language::Java => ("class T { void test() {\n", "\n}}"),
        Language::Cpp => ("void test() {\n", "\n}"),
    };
    let text = [before, &opening, text, after].concat();
    let Some(tree) = parse(site.language, &text) else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for statement in statements(tree.root_node(), site.language) {
        let written = &text[statement.byte_range()];
        let usable = is_assertion(statement, &text) && !statement.has_error();
        if usable && calls(written, &site.name) && !found.iter().any(|known| known == written) {
            found.push(written.to_owned());
        }
    }
    found.truncate(lines);
    found
}

/// The text that the model continues.
fn opening(site: &TestedFunction) -> String {
    match site.language {
        Language::Python | Language::Java => format!("assert {}(", site.call),
        Language::Cpp => format!("assert({}(", site.call),
    }
}

/// The statements at the nesting level where the model began.
fn statements(root: Node, language: Language) -> Vec<Node> {
    let block = match language {
        Language::Python => Some(root),
        Language::Java => first(root, "block"),
        Language::Cpp => first(root, "compound_statement"),
    };
    let children = block.map(|block| block.named_children(&mut block.walk()).collect());
    children.unwrap_or_default()
}

/// The first node of a kind, outermost first.
fn first<'t>(root: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut left = std::collections::VecDeque::from([root]);
    while let Some(node) = left.pop_front() {
        if node.kind() == kind {
            return Some(node);
        }
        left.extend(node.named_children(&mut node.walk()));
    }
    None
}

fn is_assertion(statement: Node, text: &str) -> bool {
    match statement.kind() {
        "assert_statement" => true,
        "expression_statement" => {
            let call = statement.named_child(0);
            let function = call.and_then(|call| call.child_by_field_name("function"));
            function.is_some_and(|function| &text[function.byte_range()] == "assert")
        }
        _ => false,
    }
}

/// Whether a text calls a function of this name.
fn calls(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let behind = text[at + name.len()..].trim_start();
        behind.starts_with(['(', '<']) && !text[..at].ends_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::Timing;

    fn site(language: Language, call: &str) -> TestedFunction {
        TestedFunction {
            language,
            name: "add".to_owned(),
            call: call.to_owned(),
            place: 0,
            mains: Vec::new(),
        }
    }

    fn read_all(site: &TestedFunction, text: &str, stop: StopReason) -> Vec<String> {
        let answer = Completion {
            text: text.to_owned(),
            tokens: Vec::new(),
            stop,
            timing: Timing::default(),
            drafting: Vec::new(),
        };
        read(site, &answer, 9)
    }

    #[test]
    fn whole_assertions_that_call_the_function_are_kept_each_once() {
        let python = site(Language::Python, "add");
        let answer = "1, 2) == 3\nassert add(1, 2) == 3\nassert True\nprint(add(1, 1))\n\
                      assert add(\n    2,\n    2,\n) == 4\nassert add(5, 5) == [1";
        let expected = [
            "assert add(1, 2) == 3",
            "assert add(\n    2,\n    2,\n) == 4",
        ];
        assert_eq!(read_all(&python, answer, StopReason::End), expected);
        let java = site(Language::Java, "new A().add");
        let answer = "1, 2) == 3;\n        assert new A().add(0, 0) == 0 : \"zero\";\n    }\n}\n";
        let expected = [
            "assert new A().add(1, 2) == 3;",
            "assert new A().add(0, 0) == 0 : \"zero\";",
        ];
        assert_eq!(read_all(&java, answer, StopReason::End), expected);
        let cpp = site(Language::Cpp, "add");
        let answer =
            "1, 2) == 3);\n    int n = add(1, 1);\n    assert(add(0, 0) == 0);\n    readd(1);";
        let expected = ["assert(add(1, 2) == 3);", "assert(add(0, 0) == 0);"];
        assert_eq!(read_all(&cpp, answer, StopReason::End), expected);
    }

    #[test]
    fn nothing_is_made_of_answers_that_are_no_tests() {
        let python = site(Language::Python, "add");
        for answer in ["", "((((", "1, 2", "\u{0}\n\"\"\"", "1, 2) ==\n"] {
            let found = read_all(&python, answer, StopReason::End);
            assert!(found.is_empty(), "{answer:?}: {found:?}");
        }
    }

    #[test]
    fn a_line_that_was_cut_off_is_not_taken_for_a_whole_one() {
        let python = site(Language::Python, "add");
        let answer = "1, 2) == 3\nassert add(60, 60) == 12";
        let found = read_all(&python, answer, StopReason::Limit);
        assert_eq!(found, ["assert add(1, 2) == 3"]);
    }
}
