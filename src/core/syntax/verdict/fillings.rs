//! Candidate texts for a hole: short texts that join a prefix to a suffix.
//!
//! An empty hole is often broken by itself: the line that opened a block is missing, but its end is
//! there. Such a fault belongs to the hole, not to the document. If one of these texts makes the
//! file parse, the document was intact, and every fault of a completion is the completion's own.

use crate::language::Language;

/// Texts to try, the most likely first. The empty one is always first.
pub(super) fn fillings(language: Language, prefix: &str, suffix: &str) -> Vec<String> {
    let mut list = vec![String::new()];
    // Ignore brackets that only the document's own faults leave open or unmatched.
    let open = Brackets::of(language, prefix).open;
    for count in 1..=open.len().min(4) {
        list.push(open.iter().rev().take(count).map(|c| closer(*c)).collect());
    }
    match language {
        Language::Python => python(prefix, suffix, &mut list),
        Language::Java | Language::Cpp => braces(language, prefix, suffix, &mut list),
    }
    let mut seen = std::collections::HashSet::new();
    list.retain(|text| seen.insert(text.clone()));
    list
}

/// Texts that may complete `completion` when appended to it. If one does, the document is intact.
pub(super) fn endings(language: Language, prefix: &str, completion: &str) -> Vec<String> {
    let mut list: Vec<String> = [
        ")", "]", "}", ";", "\"", "'", ":", "\n", "x", ")\n", ";\n", "}\n",
    ]
    .map(String::from)
    .to_vec();
    let open = Brackets::of(language, &[prefix, completion].concat()).open;
    let before = Brackets::of(language, prefix).open;
    if open.len() > before.len() {
        let closers: String = open[before.len()..]
            .iter()
            .rev()
            .map(|c| closer(*c))
            .collect();
        list.extend([
            closers.clone(),
            format!("{closers};"),
            format!("{closers}\n"),
        ]);
    }
    list
}

const BRACE_OPENERS: [&str; 9] = [
    "{",
    "if (x) {",
    "void f() {",
    "try {",
    "for (;;) {",
    "switch (x) { case 1:",
    "do {",
    "class X {",
    "x = {",
];

fn braces(language: Language, prefix: &str, suffix: &str, list: &mut Vec<String>) {
    let (closers, openers) = bridge(language, prefix, suffix);
    for brace in BRACE_OPENERS {
        let mut opened = String::new();
        for opener in &openers {
            opened += if *opener == '{' { brace } else { "x(" };
        }
        list.push(format!("{closers}{opened}"));
        list.push(format!("{closers};{opened}"));
        list.push(format!("x{closers}{opened}"));
        list.push(format!("x{closers};{opened}"));
        list.push(format!("{closers}{opened}x"));
        if !openers.contains(&'{') {
            break;
        }
    }
    if openers.len() > 1 {
        let inner = "if (x) {".repeat(openers.len() - 1);
        list.push(format!("{closers}void f() {{{inner}"));
        let inner = "if (x) {".repeat(openers.len().saturating_sub(2));
        list.push(format!("{closers}class X {{void f() {{{inner}"));
    }
    for text in [
        "x,", ",", "x =", "int x", ", int x", "if (x)", "x ?", "+", "{}", "x {}",
    ] {
        list.push(format!("{closers}{text}"));
    }
}

fn python(prefix: &str, suffix: &str, list: &mut Vec<String>) {
    let (closers, openers) = bridge(Language::Python, prefix, suffix);
    let opened: String = openers.iter().collect();
    if !closers.is_empty() || !opened.is_empty() {
        for text in ["", "x", "\n"] {
            list.push(format!("{text}{closers}{opened}"));
            list.push(format!("{closers}{text}{opened}"));
        }
        list.push(format!("{closers}\nx = {opened}"));
    }
    let last = last_line(prefix);
    let here = indent(last) + if last.trim_end().ends_with(':') { 4 } else { 0 };
    let there = indent(
        suffix
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or(""),
    );
    for width in [here, there, 0] {
        let blank = " ".repeat(width);
        list.push(format!("{blank}pass\n"));
        list.push(format!("{blank}if x:\n"));
        list.push(format!("{blank}if x:\n{blank}    pass\n"));
        list.push(format!("{blank}try:\n{blank}    pass\n"));
        list.push(format!("{blank}def f():\n"));
    }
    for text in [
        "x",
        "pass",
        "x:",
        "x,",
        ",",
        "x = ",
        "if x:",
        "x)",
        "\"\"\"",
        "    \"\"\"\n",
    ] {
        list.push(format!("{closers}{text}"));
    }
}

fn last_line(text: &str) -> &str {
    text.lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The closers for brackets left open by the prefix, and the openers for brackets closed only by
/// the suffix, outermost first.
fn bridge(language: Language, prefix: &str, suffix: &str) -> (String, Vec<char>) {
    let open = Brackets::of(language, prefix).open;
    let wanted = Brackets::of(language, suffix).unmatched;
    let shared = open
        .iter()
        .zip(wanted.iter().rev())
        .take_while(|(from, to)| closer(**from) == **to)
        .count();
    let closers = open[shared..].iter().rev().map(|c| closer(*c)).collect();
    let openers = wanted[..wanted.len() - shared]
        .iter()
        .rev()
        .map(|c| opener(*c))
        .collect();
    (closers, openers)
}

fn closer(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

fn opener(bracket: char) -> char {
    match bracket {
        ')' => '(',
        ']' => '[',
        _ => '{',
    }
}

/// The unmatched brackets of a text, except in strings and comments.
#[derive(Default)]
struct Brackets {
    unmatched: Vec<char>,
    open: Vec<char>,
}

impl Brackets {
    fn of(language: Language, text: &str) -> Self {
        let mut brackets = Brackets::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let skip = opaque(language, rest);
            if skip > 0 {
                rest = &rest[skip..];
                continue;
            }
            match c {
                '(' | '[' | '{' => brackets.open.push(c),
                ')' | ']' | '}' => match brackets.open.last() {
                    Some(from) if closer(*from) == c => {
                        brackets.open.pop();
                    }
                    Some(_) => {}
                    None => brackets.unmatched.push(c),
                },
                _ => {}
            }
            rest = &rest[c.len_utf8()..];
        }
        brackets
    }
}

/// The length of the string or comment at the start of `text`, or 0.
fn opaque(language: Language, text: &str) -> usize {
    let until = |from: usize, end: &str| text[from..].find(end).map(|at| from + at);
    if text.starts_with(language.line_comment()) {
        return until(0, "\n").unwrap_or(text.len());
    }
    if language != Language::Python && text.starts_with("/*") {
        return until(2, "*/").map_or(text.len(), |end| end + 2);
    }
    for quote in ["\"\"\"", "'''"] {
        if language != Language::Cpp && text.starts_with(quote) {
            return until(3, quote).map_or(text.len(), |end| end + 3);
        }
    }
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted(text, quote),
        _ => 0,
    }
}

/// The length of the one-line string at the start of `text`.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
