//! Verdicts on hand-written holes, whole and streamed.

use proptest::prelude::*;

use super::{Judge, TokenSyntax, VerdictState, verdict};
use crate::{completion::Hole, language::Language, syntax::FaultPlace};

/// A file with its hole between two marks that enclose a valid filling.
struct Case {
    language: Language,
    text: &'static str,
    /// An invalid filling.
    wrong: &'static [&'static str],
}

const CASES: [Case; 12] = [
    Case {
        language: Language::Python,
        text: "def f(a):\n<|    for x in a:\n|>        print(x)\n    return a\n",
        wrong: &[
            "    for x in a\n",
            "    for x in (a:\n",
            "    for in a:\n",
            "    x = 'a:\n",
        ],
    },
    Case {
        language: Language::Python,
        text: "x = [<|1, (2, 3)|>]\nprint(x)\n",
        wrong: &["1, (2, 3", "1, 2)", "1 2", "]["],
    },
    Case {
        language: Language::Python,
        text: "def f():\n<|    try:\n        g()\n|>    except ValueError:\n        pass\n",
        wrong: &["    try\n        g()\n", "    g()\n"],
    },
    Case {
        language: Language::Python,
        text: "<|s = \"\"\"a\n(\n\"\"\"\n|>print(s)\n",
        wrong: &["s = \"\"\"a\n", "s = (\n", "s = 'a\n"],
    },
    Case {
        language: Language::Java,
        text: "class A {\n    int f(int n) {\n<|        for (int i = 0; i < n; i++) {\n|>            n--;\n        }\n        return n;\n    }\n}\n",
        wrong: &[
            "        for (int i = 0; i < n; i++)\n",
            "        for (int i = 0; i < n; i++ {\n",
            "        for (int i = 0 i < n; i++) {\n",
        ],
    },
    Case {
        language: Language::Java,
        text: "class A {\n    int f() {\n        return <|g(1, h(2))|>;\n    }\n}\n",
        wrong: &["g(1, h(2)", "g(1, h(2)))", "g(1 h(2))", "{"],
    },
    Case {
        language: Language::Java,
        text: "class A {\n    void f() {\n<|        try {\n            g();\n|>        } catch (E e) {\n        }\n    }\n}\n",
        wrong: &[
            "        try {\n            g()\n",
            "        g();\n",
            "        {\n",
        ],
    },
    Case {
        language: Language::Cpp,
        text: "int f(int n) {\n<|    while (n > 0) {\n        if (n % 2) {\n|>            n--;\n        }\n        n /= 2;\n    }\n    return n;\n}\n",
        wrong: &[
            "    while (n > 0) {\n        if (n % 2)\n",
            "    while (n > 0) {\n        if (n % 2 {\n",
        ],
    },
    Case {
        language: Language::Cpp,
        text: "#include <any>\nbool f(std::any x) {\n    return <|x.type() == typeid(unsigned int)|>;\n}\n",
        wrong: &["x.type() == typeid(unsigned int", "x.type( == typeid(int)"],
    },
    Case {
        language: Language::Cpp,
        text: "<|/* what it\n * does { */\nint f() { return '('; }\n|>int g();\n",
        wrong: &[
            "/* what it\n",
            "int f() { return '('; \n",
            "int f( { return 1; }\n",
        ],
    },
    Case {
        language: Language::Cpp,
        text: "const char* s = <|R\"x(a \" b ( )x\"|>;\nint g();\n",
        wrong: &["R\"x(a \"", "\"a"],
    },
    Case {
        language: Language::Cpp,
        text: "#define rep(i, n) for (int i = 0; i < n; i++)\nint f(int n) {\n    int s = 0;\n<|    rep(i, n) rep(j, n) s += i * j;\n|>    return s;\n}\n",
        wrong: &["    rep(i, n) s += i * ;\n", "    rep(i, n { s++; }\n"],
    },
];

impl Case {
    fn hole(&self) -> (Hole, &'static str) {
        let (prefix, rest) = self.text.split_once("<|").expect("marked");
        let (right, suffix) = rest.split_once("|>").expect("marked");
        (Hole::new(prefix, suffix, Some(self.language)), right)
    }
}

fn pieces(text: &str, size: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters
        .chunks(size)
        .map(|piece| piece.iter().collect())
        .collect()
}

#[test]
fn what_fits_is_valid_and_what_does_not_is_broken() {
    for case in &CASES {
        let (hole, right) = case.hole();
        let judged = verdict(&hole, right);
        assert_eq!(
            judged.state,
            VerdictState::Valid,
            "{right}: {:?}",
            judged.faults
        );
        assert!(judged.faults.is_empty());
        for wrong in case.wrong {
            let judged = verdict(&hole, wrong);
            assert_eq!(
                judged.state,
                VerdictState::Broken,
                "{wrong} in {}",
                case.text
            );
            assert!(!judged.faults.is_empty());
        }
    }
}

#[test]
fn what_fits_is_never_broken_on_the_way_and_ends_well() {
    for case in &CASES {
        for size in 1..6 {
            let (hole, right) = case.hole();
            let mut judge = Judge::new(&hole);
            for piece in pieces(right, size) {
                let state = judge.push(&piece);
                assert_ne!(state, TokenSyntax::Broken, "at {piece:?} of {right}");
            }
            let last = judge.timeline().last().copied();
            assert!(
                matches!(last, Some(TokenSyntax::Ok | TokenSyntax::Healed)),
                "{last:?}: {right}"
            );
        }
    }
}

#[test]
fn a_fault_that_nothing_can_heal_breaks_while_streaming_and_stays() {
    let table = [
        (
            Language::Python,
            "x = ",
            "\n",
            vec!["[1", ", ", "2)", " + ", "3]"],
            3,
        ),
        (
            Language::Java,
            "class A { int x = ",
            "; }",
            vec!["f(", "1;", " 2", ")"],
            2,
        ),
        (
            Language::Cpp,
            "int x = ",
            ";",
            vec!["a", " +", " *", " )", " 1"],
            4,
        ),
    ];
    for (language, prefix, suffix, tokens, broken) in table {
        let mut judge = Judge::new(&Hole::new(prefix, suffix, Some(language)));
        for token in &tokens {
            judge.push(token);
        }
        let timeline = judge.timeline();
        let first = timeline
            .iter()
            .position(|state| *state == TokenSyntax::Broken);
        assert_eq!(first, Some(broken), "{tokens:?}: {timeline:?}");
        assert_eq!(timeline.last(), Some(&TokenSyntax::Broken));
        let judged = judge.finish(&tokens.concat());
        assert_eq!(judged.state, VerdictState::Broken);
        assert_eq!(judged.first_broken_token, Some(broken));
        // Cut before the fault, it ends too early: blames the last token kept, or nothing.
        let judged = judge.finish(tokens[0]);
        assert_ne!(judged.first_broken_token, Some(broken));
    }
}

#[test]
fn an_open_completion_heals_when_it_is_closed() {
    let hole = Hole::new("int f() {\n    return ", ";\n}\n", Some(Language::Cpp));
    let mut judge = Judge::new(&hole);
    let states: Vec<TokenSyntax> = ["g", "(", "1", ")"].iter().map(|t| judge.push(t)).collect();
    use TokenSyntax::{Healed, Ok, Open};
    assert_eq!(states, [Ok, Open, Open, Healed]);
}

#[test]
fn a_document_broken_elsewhere_does_not_blame_the_completion() {
    let table = [
        (
            Language::Python,
            "def f(a):\n    a = = 1\n\n\nx = ",
            "\n",
            "1 + 2",
            "1 + (2",
        ),
        (
            Language::Python,
            "x = ",
            "\n\n\ndef f(a)\n    return a\n",
            "1 + 2",
            "1 + (2",
        ),
        (
            Language::Java,
            "class A {\n    int a = = 1;\n    int f() { return ",
            "; }\n}\n",
            "g(1)",
            "g(1",
        ),
        (
            Language::Java,
            "class A {\n    int f() { return ",
            "; }\n    int a = = 1;\n}\n",
            "g(1)",
            "g(1",
        ),
        (
            Language::Cpp,
            "int a = ) 1;\nint f() { return ",
            "; }\n",
            "g(1)",
            "g(1",
        ),
        (
            Language::Cpp,
            "int f() { return ",
            "; }\nint a = ) 1;\n",
            "g(1)",
            "g(1",
        ),
    ];
    for (language, prefix, suffix, right, wrong) in table {
        let hole = Hole::new(prefix, suffix, Some(language));
        let judged = verdict(&hole, right);
        assert_eq!(
            judged.state,
            VerdictState::Valid,
            "{prefix}: {:?}",
            judged.faults
        );
        assert_eq!(
            verdict(&hole, wrong).state,
            VerdictState::Broken,
            "{prefix}{wrong}{suffix}"
        );
        let mut judge = Judge::new(&hole);
        for piece in pieces(right, 2) {
            assert_ne!(judge.push(&piece), TokenSyntax::Broken, "{prefix}");
        }
    }
}

#[test]
fn a_fault_that_the_completion_heals_counts_for_it() {
    let hole = Hole::new(
        "int f() { return g(1",
        "; }\nint a = ) 1;\n",
        Some(Language::Cpp),
    );
    assert_eq!(verdict(&hole, ")").state, VerdictState::Valid);
    assert_eq!(verdict(&hole, "").state, VerdictState::Broken);
}

#[test]
fn without_a_grammar_nothing_is_said() {
    let hole = Hole::new("fn main() {", "}", None);
    let mut judge = Judge::new(&hole);
    assert_eq!(judge.push("(("), TokenSyntax::Ok);
    assert_eq!(judge.finish("((").state, VerdictState::Unsupported);
}

#[test]
fn faults_know_where_they_are_seen_from_the_hole() {
    let hole = Hole::new("x = ", "\ny = 2\n", Some(Language::Python));
    let judged = verdict(&hole, "1 + ) 3");
    let places: Vec<FaultPlace> = judged
        .faults
        .iter()
        .map(|fault| fault.place(4, 7))
        .collect();
    assert_eq!(places, [FaultPlace::Inside(4..5)]);
    assert_eq!((judged.faults[0].line, judged.faults[0].column), (1, 9));
}

#[test]
fn one_more_token_reads_only_a_part_of_the_file() {
    let function = "int f(int a) {\n    if (a > 1) { return g(a); }\n    return 2;\n}\n\n";
    let many = function.repeat(300);
    let prefix = format!("{many}int h(int a) {{\n");
    let suffix = format!("    return a;\n}}\n\n{many}");
    let mut judge = Judge::new(&Hole::new(prefix, suffix, Some(Language::Cpp)));
    judge.push("    ");
    let mut most = 0;
    for piece in pieces("for (int i = 0; i < a; i++) { if (i) { a += i; } }\n", 4) {
        judge.push(&piece);
        most = most.max(judge.bytes_read());
    }
    assert!(most * 3 < 2 * many.len(), "{most} of {}", 2 * many.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// However a completion is split into pieces, the verdict is the same, and a completion that
    /// ends valid was never called broken.
    #[test]
    fn finishing_gives_the_verdict_on_the_whole(
        which in 0usize..CASES.len(),
        wrong in any::<prop::sample::Index>(),
        size in 1usize..9,
        cut in any::<prop::sample::Index>(),
    ) {
        let case = &CASES[which];
        let (hole, right) = case.hole();
        let all: Vec<&str> = case.wrong.iter().copied().chain([right]).collect();
        let text = all[wrong.index(all.len())];
        let mut judge = Judge::new(&hole);
        for piece in pieces(text, size) {
            judge.push(&piece);
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let trimmed = &text[..ends[cut.index(ends.len())]];
        for completion in [text, trimmed] {
            let finished = judge.finish(completion);
            let whole = verdict(&hole, completion);
            prop_assert_eq!(finished.state, whole.state);
            prop_assert_eq!(finished.faults, whole.faults);
            prop_assert_eq!(finished.first_broken_token.is_some(), whole.state == VerdictState::Broken);
        }
        if verdict(&hole, text).state == VerdictState::Valid {
            prop_assert!(!judge.timeline().contains(&TokenSyntax::Broken));
        }
    }
}
