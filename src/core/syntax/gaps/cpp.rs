//! Known gaps of the C++ grammar, and preprocessor constructs.

use std::ops::Range;

use super::{Found, Stretch, as_name, blank, in_brackets, is_word, next, word_at, words};

const ROUND: (char, char) = ('(', ')');

/// `typeid(unsigned int)`: the grammar takes `typeid` for a function and expects expressions.
pub(super) fn typeid(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    words(text, "typeid")
        .filter_map(|at| in_brackets(stretch, at + "typeid".len(), ROUND))
        .filter(|inside| !text[inside.clone()].trim().is_empty())
        .filter(|inside| looks_like_type(&text[inside.clone()]))
        .map(|inside| (inside.clone(), as_name(&text[inside])))
        .collect()
}

/// Whether `text` consists only of parts of types.
fn looks_like_type(text: &str) -> bool {
    text.chars()
        .all(|c| is_word(c) || c.is_whitespace() || ":<>,*&[]".contains(c))
}

/// `[[nodiscard]]` and `__attribute__((unused))` may occur almost anywhere.
pub(super) fn attributes(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    let doubled = text
        .match_indices("[[")
        .filter_map(|(at, _)| Some((at, in_brackets(stretch, at, ('[', ']'))?)))
        .filter(|(_, inside)| stretch.growing || text[..inside.end].ends_with(']'))
        .map(|(at, inside)| at..(inside.end + 1).min(text.len()));
    let called = ["__attribute__", "__declspec", "alignas"]
        .into_iter()
        .flat_map(|word| words(text, word).map(move |at| (at, at + word.len())))
        .filter_map(|(at, end)| Some((at, in_brackets(stretch, end, ROUND)?)))
        .map(|(at, inside)| at..(inside.end + 1).min(text.len()));
    doubled
        .chain(called)
        .map(|range| blank(text, range))
        .collect()
}

/// Words that only instruct a compiler.
pub(super) fn compiler_words(stretch: &Stretch) -> Vec<Found> {
    const WORDS: [&str; 9] = [
        "__extension__",
        "__stdcall",
        "__cdecl",
        "__fastcall",
        "__forceinline",
        "__inline",
        "__inline__",
        "__restrict",
        "__restrict__",
    ];
    WORDS
        .into_iter()
        .flat_map(|word| words(stretch.text, word).map(|at| at..at + word.len()))
        .map(|range| blank(stretch.text, range))
        .collect()
}

/// `consteval int f()` and `if consteval {`.
pub(super) fn consteval(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    let read = |at: usize, word: &str| {
        let before = text[..at].trim_end();
        let (start, before) = match before.strip_suffix('!') {
            Some(rest) => (before.len() - 1, rest.trim_end()),
            None => (at, before),
        };
        let range = start..at + word.len();
        let instead = match before.ends_with("if") {
            true => format!("({})", "x".repeat(range.len() - 2)),
            false if start == at => String::from("constexpr"),
            false => return None,
        };
        Some((range, instead))
    };
    ["consteval", "constinit"]
        .into_iter()
        .flat_map(|word| words(text, word).filter_map(move |at| read(at, word)))
        .collect()
}

/// `__typeof__(x) y`
pub(super) fn type_of(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    ["typeof", "__typeof__", "__typeof"]
        .into_iter()
        .flat_map(|word| words(text, word).map(move |at| (at, at + word.len())))
        .filter_map(|(at, end)| Some(at..in_brackets(stretch, end, ROUND)?.end + 1))
        .map(|range| range.start..range.end.min(text.len()))
        .map(|range| (range.clone(), as_name(&text[range])))
        .collect()
}

/// `a->*b`
pub(super) fn member_pointer(stretch: &Stretch) -> Vec<Found> {
    let found = stretch.text.match_indices("->*");
    found
        .map(|(at, _)| blank(stretch.text, at + 2..at + 3))
        .collect()
}

/// `case 1 ... 5:`
pub(super) fn case_range(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    words(text, "case")
        .filter_map(|at| {
            let label = &text[at..at + text[at..].find([':', '\n', ';', '{'])?];
            let dots = at + label.find("...")?;
            Some((dots..dots + 3, String::from(" + ")))
        })
        .collect()
}

/// `extern template class A<int>;`: becomes a declaration without the words before `class`.
pub(super) fn instantiation(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    let class = |at: usize| {
        let after = next(text, at + "template".len());
        let of_class = ["class", "struct", "union"].contains(&word_at(text, after));
        of_class.then(|| blank(text, at..at + "template".len()))
    };
    let before = |at: &usize| {
        let after = next(text, at + "extern".len());
        ["template", "inline"].contains(&word_at(text, after))
    };
    let classes = words(text, "template").filter_map(class);
    let externs = words(text, "extern").filter(before);
    classes
        .chain(externs.map(|at| blank(text, at..at + "extern".len())))
        .collect()
}

/// `a.operator()(3)`, `operator+(a, b)`: becomes an ordinary name.
pub(super) fn operator_names(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    words(text, "operator")
        .filter_map(|at| {
            let sign = next(text, at + "operator".len());
            let rest = &text[sign..];
            let length = match rest.starts_with("()") {
                true => 2,
                false => rest.find('(')?,
            };
            let plain = rest[..length].chars().all(|c| !";{}\n\"".contains(c));
            let range = at..sign + length;
            plain.then(|| (range.clone(), as_name(&text[range])))
        })
        .collect()
}

/// The names of macros that `text` defines as the head of a loop or a condition.
pub(super) fn heads(text: &str) -> Vec<String> {
    let head = |line: &str| {
        let rest = line.trim_start().strip_prefix('#')?.trim_start();
        let rest = rest.strip_prefix("define")?.trim_start();
        let name = word_at(rest, 0);
        let body = match rest[name.len()..].starts_with('(') {
            true => &rest[rest.find(')')? + 1..],
            false => &rest[name.len()..],
        };
        let first = word_at(body, next(body, 0));
        let heads = ["for", "while", "if", "switch", "do", "else"].contains(&first);
        (heads && !name.is_empty()).then(|| name.to_owned())
    };
    text.lines().filter_map(head).collect()
}

/// `rep(i, n) x();`: a macro that heads a statement, defined so in this file or in capitals,
/// becomes `if(x)`.
pub(super) fn head_macros(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find('(').map(|at| from + at) {
        from = open + 1;
        let name = last_word(text[..open].trim_end());
        let start = text[..open].trim_end().len() - name.len();
        let known = stretch.heads.iter().any(|head| head == name);
        let begins = text[..start]
            .trim_end()
            .ends_with(['{', '}', ';', ')', ':'])
            || text[..start].ends_with('\n');
        let is_head = known || (is_capitals(name) && begins);
        if !is_head || text[..start].trim_end().ends_with("define") {
            continue;
        }
        let Some(inside) = in_brackets(stretch, open, ROUND) else {
            continue;
        };
        let end = (inside.end + 1).min(text.len());
        let follows =
            text[next(text, end)..].starts_with(|c: char| is_word(c) || "{;+-*&(".contains(c));
        let heads = known || text[next(text, end)..].starts_with(|c: char| is_word(c) || c == '{');
        if follows && heads && end - start >= 5 {
            found.push((start..end, format!("if(x){}", " ".repeat(end - start - 5))));
        }
    }
    found
}

fn last_word(text: &str) -> &str {
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_word(*c))
        .last();
    start.map_or("", |(at, _)| &text[at..])
}

fn is_capitals(word: &str) -> bool {
    word.len() >= 3
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// `class EXPORT A`, `Q_OBJECT`: a word in capitals, between words of one line or alone on one,
/// becomes blanks.
pub(super) fn word_macros(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let word = word_at(text, at);
        let end = at + word.len();
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = text[line..at].trim_end();
        let alone = before.is_empty() || before.ends_with(['{', '}', ';']);
        let after_type = ["class", "struct", "union", "enum"].contains(&last_word(before));
        let rest = text[end..].trim_start_matches([' ', '\t']);
        let word_next = rest.starts_with(|c: char| is_word(c));
        let line_ends = rest.starts_with('\n');
        if is_capitals(word) && ((alone && (word_next || line_ends)) || (after_type && word_next)) {
            found.push(blank(text, at..end));
        }
        at = match word.len() {
            0 => at + text[at..].chars().next().map_or(1, char::len_utf8),
            length => at + length,
        };
    }
    found
}

/// `f(a < b, c > d)`: two comparisons, unless `a` is a template. They become sums.
pub(super) fn comparisons(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    let pair = |at: usize| -> Option<[Range<usize>; 2]> {
        let spaced = text[..at].ends_with(' ') && text[at + 1..].starts_with(' ');
        let rest = &text[at + 1..];
        let end = at + 1 + rest.find(['>', ';', '{', '}', '\n', '<'])?;
        let inside = &text[at + 1..end];
        let closes = text[end..].starts_with("> ") && inside.ends_with(' ');
        (spaced && closes && inside.contains(',')).then_some([at..at + 1, end..end + 1])
    };
    text.match_indices('<')
        .filter_map(|(at, _)| pair(at))
        .flatten()
        .map(|range| (range, String::from("+")))
        .collect()
}

/// `#if` … `#else` … `#endif` around incomplete pieces of code: only one branch is read.
pub(super) fn conditionals(stretch: &Stretch) -> Vec<Found> {
    let text = stretch.text;
    let mut found = Vec::new();
    // For each open `#if`: whether the current branch was chosen, and whether one was before.
    let mut open: Vec<(bool, bool)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.trim_end().len();
        at += line.len();
        let directive = line.trim_start().strip_prefix('#').map(str::trim_start);
        let word = directive.map_or("", |rest| word_at(rest, 0));
        match word {
            "if" | "ifdef" | "ifndef" => {
                let never = directive.is_some_and(|rest| rest.trim_end() == "if 0");
                open.push((!never, !never));
            }
            "else" | "elif" => {
                if let Some((chosen, before)) = open.last_mut() {
                    *chosen = !*before;
                    *before = true;
                } else {
                    return Vec::new(); // it began before this stretch
                }
            }
            "endif" if open.pop().is_none() => return Vec::new(),
            "endif" => {}
            _ if open.iter().all(|(chosen, _)| *chosen) => continue,
            _ => {}
        }
        found.push(blank(text, range));
    }
    match open.is_empty() || stretch.growing {
        true => found,
        false => Vec::new(),
    }
}
