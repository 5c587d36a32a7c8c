//! Finds the function around a hole and how a test can call it. One file per language knows what
//! can be called; if functions are nested, the outermost one counts.

mod cpp;
mod java;
mod python;

use std::ops::Range;

use tree_sitter::{Node, Parser, Tree};

use crate::{completion::Hole, language::Language};

/// Why a language without a grammar cannot be tested.
pub(super) const NO_GRAMMAR: &str =
    "no grammar for this language, so the function around the hole cannot be found";
/// Why code outside functions cannot be tested.
const NO_FUNCTION: &str = "the hole is not inside a function";

/// A callable function in a file without holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedFunction {
    pub language: Language,
    /// The function's name.
    pub name: String,
    /// The call expression before its opening parenthesis, such as `new Account().deposit`.
    pub call: String,
    /// Byte offset in the file where tests are inserted.
    pub place: usize,
    /// Names of the file's entry points, in order; the program renames them.
    pub mains: Vec<Range<usize>>,
}

/// What the language-specific search finds; the rest of a [`TestedFunction`] is the same for all.
struct Found {
    name: String,
    call: String,
    place: usize,
}

/// The function around a hole that is filled with `filling`.
///
/// # Errors
/// No test could call such a function; the error says why.
pub fn find(hole: &Hole, filling: &str) -> Result<TestedFunction, String> {
    let language = hole.language.ok_or(NO_GRAMMAR)?;
    let text = hole.filled(filling);
    let tree = parse(language, &text).ok_or("the file cannot be parsed")?;
    let white = filling.len() - filling.trim_start().len();
    let at = (hole.prefix.len() + white).min(text.len().saturating_sub(1));
    let inside = tree.root_node().descendant_for_byte_range(at, at);
    let inside = inside.ok_or(NO_FUNCTION)?;
    // Functions that begin inside the hole are part of the solution, not around it.
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
    Ok(TestedFunction {
        language,
        name: found.name,
        call: found.call,
        place: found.place,
        mains,
    })
}

/// The same, and the filling used: `solution`, or a placeholder if the solution hides the function.
///
/// # Errors
/// As [`find`].
pub(super) fn find_around(hole: &Hole, solution: &str) -> Result<(String, TestedFunction), String> {
    let nothing = match hole.language {
        Some(Language::Python) => "pass",
        _ => ";",
    };
    let with = |filling: &str| Ok((filling.to_owned(), find(hole, filling)?));
    with(solution).or_else(|why: String| with(nothing).map_err(|_| why))
}

/// Placeholders to fill the hole with, so that the file may still run: in most places at least one
/// works.
pub(super) fn next_to_nothing(hole: &Hole) -> Vec<String> {
    match hole.language {
        Some(Language::Python) => vec![python::nothing(&hole.prefix)],
        Some(Language::Java) => vec![";".to_owned(), "throw null;".to_owned()],
        Some(Language::Cpp) => vec!["{};".to_owned()],
        None => Vec::new(),
    }
}

/// Parses a text from scratch; `None` if the parser gives up.
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

/// Why a method of a class that needs constructor arguments cannot be tested.
fn needs_object(class: &str) -> String {
    format!("a method needs an object, but {class} cannot be constructed without arguments")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The call for a hole at `«`, filled with a placeholder.
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
                Err("A cannot be constructed"),
            ),
            (
                "class A(B):\n    def f(self):\n        «\n",
                Err("A cannot be constructed"),
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
                Err("A cannot be constructed"),
            ),
            (
                "abstract class A { int f() { « } }",
                Err("A cannot be constructed"),
            ),
            (
                "class A { class B { int f() { « } } }",
                Err("A.B cannot be constructed"),
            ),
            (
                "record A(int n) { int f() { « } }",
                Err("A cannot be constructed"),
            ),
            (
                "interface A { default int f() { « } }",
                Err("A cannot be constructed"),
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
                Err("A cannot be constructed"),
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
