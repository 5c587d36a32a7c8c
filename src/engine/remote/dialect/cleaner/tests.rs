use proptest::prelude::*;

use super::*;

fn hole(prefix: &str) -> Hole {
    Hole::new(prefix, "\n", None)
}

/// The output for an answer in pieces; stops pushing once the cleaner is done.
fn pieces(prefix: &str, parts: &[&[u8]]) -> Vec<Text> {
    let mut cleaner = Cleaner::new(&hole(prefix));
    let mut out = Vec::new();
    for part in parts {
        let text = Text {
            bytes: part.to_vec(),
            logprob: Some(-1.0),
            ..Text::default()
        };
        cleaner.push(text, &mut |text| out.push(text));
        if cleaner.is_over() {
            break;
        }
    }
    cleaner.finish(&mut |text| out.push(text));
    out
}

fn cleaned(prefix: &str, answer: &str) -> String {
    let out = pieces(prefix, &[answer.as_bytes()]);
    let bytes: Vec<u8> = out.into_iter().flat_map(|text| text.bytes).collect();
    String::from_utf8(bytes).expect("only whole characters are cut")
}

#[test]
fn an_answer_that_is_nothing_but_code_comes_out_as_it_is() {
    for answer in [
        "return a + b",
        "  a\n  b\n\n",
        "\n    x = `ls`\n",
        "`a` + b",
        "Here",
        "Sure:\nx",
        "The = 1\n",
        "<thin",
        "</think>",
        "~x",
        "",
        "a\n```\nb\n```\n",
    ] {
        assert_eq!(cleaned("def f():", answer), answer);
    }
}

#[test]
fn fences_and_what_stands_around_them_are_cut() {
    let code = "a = 1\nb = 2\n";
    for answer in [
        "```\na = 1\nb = 2\n```",
        "```python\na = 1\nb = 2\n```\n",
        "\n\n```python\na = 1\nb = 2\n```\nThis sets a and b.\n```\nx\n```",
        "~~~~ c++\na = 1\nb = 2\n~~~~",
        "Here is the missing code:\n\n```python\na = 1\nb = 2\n  ```  \nEnjoy!",
        "Certainly! The middle:\n```\na = 1\nb = 2\n",
        "<think>\nA fence: ```\n</think>\n\n```\na = 1\nb = 2\n```",
        "<think></think>\n\na = 1\nb = 2\n",
    ] {
        assert_eq!(cleaned("", answer), code, "{answer}");
    }
    assert_eq!(cleaned("", "```a + b```"), "a + b");
    assert_eq!(cleaned("", "```\n```"), "");
    assert_eq!(cleaned("", "<think>never an answer"), "");
}

#[test]
fn a_fence_within_the_code_of_a_longer_one_stays() {
    let answer = "````\n\"\"\"\n```\nx\n```\n\"\"\"\n````\n";
    assert_eq!(cleaned("", answer), "\"\"\"\n```\nx\n```\n\"\"\"\n");
    let marked = "```\n# ```\n```python\nx\n```\n";
    assert_eq!(cleaned("", marked), "# ```\n```python\nx\n");
}

#[test]
fn the_text_before_the_hole_is_not_said_again() {
    let prefix = "import os\n\ndef add(a, b):\n    return ";
    for answer in [
        "a + b",
        "return a + b",
        "    return a + b",
        "def add(a, b):\n    return a + b",
        "import os\n\ndef add(a, b):\n    return a + b",
        "```python\ndef add(a, b):\n    return a + b\n```",
    ] {
        assert_eq!(cleaned(prefix, answer).trim_end(), "a + b", "{answer}");
    }
    assert_eq!(cleaned(prefix, "return"), "return");
    assert_eq!(cleaned(prefix, "returns"), "returns");
    assert_eq!(
        cleaned("if x:\n    ", "    y = 1\n    z = 2"),
        "y = 1\n    z = 2"
    );
    assert_eq!(cleaned("f((", "((a))"), "((a))");
}

#[test]
fn white_space_without_end_is_not_held_back_without_end() {
    let spaces = [&b" "[..]; 2 * SPACE_BOUND];
    let mut cleaner = Cleaner::new(&hole(""));
    let mut said = 0;
    for part in spaces {
        let text = Text {
            bytes: part.to_vec(),
            ..Text::default()
        };
        cleaner.push(text, &mut |_| said += 1);
    }
    assert_eq!(said, 2 * SPACE_BOUND);
}

#[test]
fn tokens_are_cut_within_and_come_out_as_soon_as_they_can() {
    let parts = ["```py", "thon\nx", " = ", "1\n``", "`\n", "bye"];
    let parts = parts.map(str::as_bytes);
    let out = pieces("def f(a):\n    ", &parts);
    let texts: Vec<&[u8]> = out.iter().map(|text| &text.bytes[..]).collect();
    assert_eq!(texts, [&b"x"[..], b" = ", b"1\n"]);
    assert!(out.iter().all(|text| text.logprob == Some(-1.0)));

    let mut cleaner = Cleaner::new(&hole("a = "));
    let mut said = 0;
    for part in ["1", " +", " 2\n", "b"] {
        let text = Text {
            bytes: part.as_bytes().to_vec(),
            ..Text::default()
        };
        cleaner.push(text, &mut |_| said += 1);
    }
    assert_eq!(said, 4);
}

/// More than the cleaner waits for.
const SPACES: &str = match str::from_utf8(&[b' '; SPACE_BOUND]) {
    Ok(spaces) => spaces,
    Err(_) => "",
};

/// Texts made of what the cleaner looks for, in any order.
fn answers() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("```"),
        Just("``"),
        Just("~~~"),
        Just("\n"),
        Just(" "),
        Just("python"),
        Just("<think>"),
        Just("</think>"),
        Just("Here it is:"),
        Just("    return "),
        Just("def f():\n"),
        Just("a + b"),
        Just("é"),
        Just(SPACES),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_split_gives_the_same_text(
        answer in answers(),
        cuts in prop::collection::vec(0usize..80, 0..10),
    ) {
        let prefix = "def f():\n    return ";
        let bytes = answer.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let parts: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let out = pieces(prefix, &parts);
        let out: Vec<u8> = out.into_iter().flat_map(|text| text.bytes).collect();
        prop_assert_eq!(String::from_utf8(out).expect("whole characters"), cleaned(prefix, &answer));
    }

    #[test]
    fn code_within_a_fence_comes_out_whole(code in "[a-z +=\n]{0,60}") {
        let fenced = format!("```rust\n{code}\n```\nDone.");
        prop_assert_eq!(cleaned("", &fenced), format!("{code}\n"));
    }
}
