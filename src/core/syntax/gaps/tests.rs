//! Covers every known gap, and checks that a fault beside one is still found.

use ropey::Rope;

use super::{GAPS, Language};
use crate::syntax::Tree;

/// The gap's name, a text with the construct, and the same text with a fault.
const TABLE: [(&str, &str, &str); 17] = [
    (
        "typeid of a type",
        "bool b = x.type() == typeid(int);",
        "bool b = x.type() == typeid(int;",
    ),
    (
        "attributes in any place",
        "int x [[maybe_unused]] = 3; int y __attribute__((unused)) = 4;",
        "int x [[maybe_unused] = 3;",
    ),
    (
        "words of compilers",
        "int f() { __extension__ int a; } int __stdcall g();",
        "int f() { __extension__ int a } int __stdcall g(;",
    ),
    (
        "consteval and constinit",
        "consteval int f() { if consteval { return 1; } return 2; }",
        "consteval int f() { if consteval return 1; } return 2; }",
    ),
    (
        "typeof",
        "int f() { __typeof__(a + b) y = 1; return y; }",
        "int f() { __typeof__(a + b) y = ; }",
    ),
    (
        "pointer to member of a pointer",
        "int f() { return (a->*b)(1) + c->*d; }",
        "int f() { return (a->*)(1); }",
    ),
    (
        "ranges of cases",
        "int f() { switch (x) { case 1 ... 5: return 1; } }",
        "int f() { switch (x) { case 1 ... 5 return 1; } }",
    ),
    (
        "explicit instantiation of a class",
        "template class A<int>; extern template struct B<C>;",
        "template class A<int; extern template struct B<C>;",
    ),
    (
        "operators called by name",
        "int f() { operator+(a, b); return a.operator()(3); }",
        "int f() { operator+(a, ; return a.operator()(3); }",
    ),
    (
        "macros that head a statement",
        "#define rep(i, n) for (int i = 0; i < n; i++)\nint f() { rep(i, n) rep(j, n) g(); }\n",
        "#define rep(i, n) for (int i = 0; i < n; i++)\nint f() { rep(i, n) rep(j, n) g(; }\n",
    ),
    (
        "macros between words",
        "class EXPORT A : public B { Q_OBJECT\n int x; };",
        "class EXPORT A : { Q_OBJECT\n int x; };",
    ),
    (
        "comparisons that look like template arguments",
        "int g() { f(a < b, c > d); }",
        "int g() { f(a < b, c > d; }",
    ),
    (
        "branches of the preprocessor",
        "int f() {\n#ifdef A\n  if (x) {\n#else\n  if (y) {\n#endif\n    g();\n  }\n}\n",
        "int f() {\n#ifdef A\n  if (x) {\n#else\n  if (y) {\n#endif\n    g(;\n  }\n}\n",
    ),
    (
        "unnamed patterns in a list",
        "class A { int f(Object o) { return switch (o) { case B _, C _ -> 1; default -> 2; }; } }",
        "class A { int f(Object o) { return switch (o) { case B _, C _ -> ; default -> 2; }; } }",
    ),
    (
        "import of a module",
        "import module java.base;\nclass A {}\n",
        "import module java.;\nclass A {}\n",
    ),
    (
        "octal numbers with underscores",
        "class A { int x = 0_17; }",
        "class A { int x = 0_17 0; }",
    ),
    (
        "annotated varargs",
        "class A { void f(int @B ... x) {} }",
        "class A { void f(int @B ... ) {} }",
    ),
];

fn is_clean(language: Language, text: &str) -> bool {
    let rope = Rope::from_str(text);
    Tree::parse(language, &rope).faults(&rope).is_empty()
}

#[test]
fn every_gap_is_closed_and_hides_no_fault() {
    let mut wrong = Vec::new();
    for gap in &GAPS {
        let row = TABLE.iter().find(|(name, ..)| *name == gap.name);
        let Some((name, good, bad)) = row else {
            panic!("no test for {}", gap.name);
        };
        if !is_clean(gap.language, good) || is_clean(gap.language, bad) {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<&&str>::new());
}

#[test]
fn every_gap_is_still_a_gap() {
    let mut known = Vec::new();
    for (gap, (name, good, _)) in GAPS.iter().zip(TABLE) {
        assert_eq!(gap.name, name);
        let mut parser = crate::syntax::tree::parser(gap.language);
        let tree = parser.parse(good, None).expect("nothing stops it");
        if !tree.root_node().has_error() {
            known.push(name);
        }
    }
    assert_eq!(known, Vec::<&str>::new(), "the grammar knows these now");
}
