//! Where a hole is: the function around it, and how a test can call it. One file per language says
//! what can be called there; a hole in a function inside another one belongs to the outermost.

mod cpp;
mod java;
mod python;

use std::ops::Range;

use tree_sitter::{Node, Parser, Tree};

use crate::{completion::Hole, language::Language};

/// Why nothing can be tested in a language that is not known.
pub(super) const NO_GRAMMAR: &str =
    "there is no grammar for this language to find the function around the hole with";
/// Why nothing can be tested outside functions.
const NO_FUNCTION: &str = "the hole is not inside a function";

/// A function that can be called, in a file without holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub language: Language,
    /// The function's name.
    pub name: String,
    /// What to write before the opening parenthesis, such as `new Account().deposit`.
    pub call: String,
    /// Where in the file tests are put, in bytes.
    pub place: usize,
    /// Names of functions that start the file itself, in order: they need another name.
    pub mains: Vec<Range<usize>>,
}

/// What a language's file finds; the rest of a [`Site`] is the same for all.
struct Found {
    name: String,
    call: String,
    place: usize,
}

/// The function around a hole that is filled with `filling`.
///
/// # Errors
/// There is none that a test could call: says why.
pub fn find(hole: &Hole, filling: &str) -> Result<Site, String> {
    let language = hole.language.ok_or(NO_GRAMMAR)?;
    let text = hole.filled(filling);
    let tree = parse(language, &text).ok_or("the file cannot be parsed")?;
    let white = filling.len() - filling.trim_start().len();
    let at = (hole.prefix.len() + white).min(text.len().saturating_sub(1));
    let inside = tree.root_node().descendant_for_byte_range(at, at);
    let inside = inside.ok_or(NO_FUNCTION)?;
    // What begins in the hole is part of the solution, not around it.
    let around: Vec<Node> = std::iter::successors(Some(inside), Node::parent)
        .filter(|node| node.start_byte() < hole.prefix.len())
        .collect();
    let found = match language {
        Language::Python => python::find(&around, &text),
        Language::Java => java::find(&around, &text),
        Language::Cpp => cpp::find(&around, &text),
    }?;
    let mains = match language {
        Language::Python => Vec::new(),
        Language::Java => named_main(tree.root_node(), "method_declaration", &text),
        Language::Cpp => named_main(tree.root_node(), "function_definition", &text),
    };
    Ok(Site {
        language,
        name: found.name,
        call: found.call,
        place: found.place,
        mains,
    })
}

/// The same, and what the hole is filled with for it: `solution`, or where that hides the function,
/// next to nothing.
///
/// # Errors
/// As [`find`].
pub(super) fn find_around(hole: &Hole, solution: &str) -> Result<(String, Site), String> {
    let nothing = match hole.language {
        Some(Language::Python) => "pass",
        _ => ";",
    };
    let with = |filling: &str| Ok((filling.to_owned(), find(hole, filling)?));
    with(solution).or_else(|why: String| with(nothing).map_err(|_| why))
}

/// What the hole can be filled with where nothing is known of it, so that the file may still run:
/// one of them does in most places.
pub(super) fn next_to_nothing(hole: &Hole) -> Vec<String> {
    match hole.language {
        Some(Language::Python) => vec![python::nothing(&hole.prefix)],
        Some(Language::Java) => vec![";".to_owned(), "throw null;".to_owned()],
        Some(Language::Cpp) => vec!["{};".to_owned()],
        None => Vec::new(),
    }
}

/// Parses a text from scratch; `None` where the parser gives up.
pub(super) fn parse(language: Language, text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&language.grammar()).ok()?;
    parser.parse(text, None)
}

/// The names of all functions of this kind that are called `main`, in order.
fn named_main(root: Node, kind: &str, text: &str) -> Vec<Range<usize>> {
    let (mut found, mut left) = (Vec::new(), vec![root]);
    while let Some(node) = left.pop() {
        if node.kind() == kind {
            let name = match kind {
                "method_declaration" => node.child_by_field_name("name"),
                _ => cpp::name_of(node),
            };
            let name = name.filter(|name| &text[name.byte_range()] == "main");
            found.extend(name.map(|name| name.byte_range()));
        }
        left.extend(node.named_children(&mut node.walk()));
    }
    found.sort_by_key(|range| range.start);
    found
}

/// Why a class that needs something to be made cannot be tested.
fn needs_object(class: &str) -> String {
    format!("a method needs an object, and {class} cannot be made without arguments")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The call for a hole at `«`, which is filled with nothing that matters.
    fn call(language: Language, text: &str) -> Result<String, String> {
        let (prefix, suffix) = text.split_once('«').expect("a hole");
        let hole = Hole::new(prefix, suffix, Some(language));
        find_around(&hole, "return 1;").map(|(_, site)| site.call)
    }

    #[test]
    fn what_python_can_call_is_found_and_what_not_is_said() {
        for (text, expected) in [
            ("def f(a):\n    «\n", Ok("f")),
            (
                "def f(a):\n    def g():\n        «\n    return g\n",
                Ok("f"),
            ),
            ("class A:\n    def f(self):\n        «\n", Ok("A().f")),
            (
                "class A:\n    @staticmethod\n    def f(x):\n        «\n",
                Ok("A.f"),
            ),
            (
                "class A:\n    class B:\n        @classmethod\n        def f(cls):\n            «\n",
                Ok("A.B.f"),
            ),
            (
                "class A:\n    def __init__(self, n=1, *, m: int = 2):\n        pass\n\n    def f(self):\n        «\n",
                Ok("A().f"),
            ),
            (
                "class A:\n    def __init__(self, n):\n        pass\n\n    def f(self):\n        «\n",
                Err("A cannot be made"),
            ),
            (
                "class A(B):\n    def f(self):\n        «\n",
                Err("A cannot be made"),
            ),
            (
                "class A:\n    def __init__(self):\n        «\n",
                Err("constructor"),
            ),
            (
                "class A:\n    @property\n    def f(self):\n        «\n",
                Err("property"),
            ),
            ("async def f():\n    «\n", Err("async")),
            ("x = 1\n«\n", Err("not inside a function")),
        ] {
            check(Language::Python, text, expected);
        }
    }

    #[test]
    fn what_java_can_call_is_found_and_what_not_is_said() {
        for (text, expected) in [
            ("class A { static int f() { « } }", Ok("A.f")),
            ("class A { int f() { « } }", Ok("new A().f")),
            (
                "class A { A() {} A(int n) {} int f() { « } }",
                Ok("new A().f"),
            ),
            (
                "class A { static class B { int f() { « } } }",
                Ok("new A.B().f"),
            ),
            (
                "class A { static Runnable f() { return () -> { « }; } }",
                Ok("A.f"),
            ),
            ("record A(int n) { static int f() { « } }", Ok("A.f")),
            (
                "class A { A(int n) {} int f() { « } }",
                Err("A cannot be made"),
            ),
            (
                "abstract class A { int f() { « } }",
                Err("A cannot be made"),
            ),
            (
                "class A { class B { int f() { « } } }",
                Err("A.B cannot be made"),
            ),
            ("record A(int n) { int f() { « } }", Err("A cannot be made")),
            (
                "interface A { default int f() { « } }",
                Err("A cannot be made"),
            ),
            ("class A { A() { « } }", Err("constructor")),
            (
                "class A { public static void main(String[] a) { « } }",
                Err("main"),
            ),
            ("class A { int n = « }", Err("not inside a function")),
        ] {
            check(Language::Java, text, expected);
        }
    }

    #[test]
    fn what_cpp_can_call_is_found_and_what_not_is_said() {
        for (text, expected) in [
            ("int f(int n) { « }", Ok("f")),
            ("static const int *f() { « }", Ok("f")),
            ("namespace a::b { int f() { « } }", Ok("a::b::f")),
            ("namespace { int f() { « } }", Ok("f")),
            ("template <class T> T f(T t) { « }", Ok("f")),
            ("int f() { auto g = [] { « }; return g(); }", Ok("f")),
            ("struct A { int f() { « } };", Ok("A{}.f")),
            ("class A { public: int f() { « } };", Ok("A{}.f")),
            (
                "class A { public: A() {} static int f() { « } };",
                Ok("A::f"),
            ),
            ("class A { int f() { « } };", Err("private")),
            (
                "class A { int n; public: A(int n); int f() { « } };",
                Err("A cannot be made"),
            ),
            ("struct A { A() { « } };", Err("constructor")),
            (
                "struct A { int f(); }; int A::f() { « }",
                Err("outside its class"),
            ),
            ("int main() { « }", Err("main")),
            ("int n = «;", Err("not inside a function")),
        ] {
            check(Language::Cpp, text, expected);
        }
    }

    fn check(language: Language, text: &str, expected: Result<&str, &str>) {
        match (call(language, text), expected) {
            (Ok(found), Ok(call)) => assert_eq!(found, call, "{text}"),
            (Err(why), Err(part)) => assert!(why.contains(part), "{text}: {why}"),
            (found, _) => panic!("{text}: {found:?}"),
        }
    }

    #[test]
    fn a_function_that_a_solution_begins_itself_is_not_around_the_hole() {
        let hole = Hole::new("x = 1\n", "\n", Some(Language::Python));
        let why = find(&hole, "def f():\n    return x").expect_err("no function");
        assert_eq!(why, NO_FUNCTION);
    }

    #[test]
    fn a_solution_that_hides_the_function_does_not_hide_it_from_the_others() {
        let hole = Hole::new("def f(a):\n    ", "\n", Some(Language::Python));
        let (filling, site) = find_around(&hole, "").expect("a function");
        assert_eq!((filling.as_str(), site.call.as_str()), ("pass", "f"));
        assert!(find(&hole, "").is_err());
    }
}
