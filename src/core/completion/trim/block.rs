//! The block around a hole: how far its lines are indented, and which of the braces around it belong
//! to loops and conditions.

use super::{Hole, Language, Scanner};

/// Columns of white space at the start of a line; a tab advances to the next multiple of eight.
pub(super) fn indent_of(line: &str) -> usize {
    line.chars()
        .take_while(|c| c.is_whitespace())
        .fold(0, |columns, c| match c {
            '\t' => (columns / 8 + 1) * 8,
            _ => columns + 1,
        })
}

/// The minimum indentation of lines in the hole's block. If the hole begins a line, its own
/// indentation is unknown; then any line within the enclosing definition is accepted.
pub(super) fn base_indent(hole: &Hole, line_before: &str) -> usize {
    if !line_before.is_empty() {
        return indent_of(line_before);
    }
    let lines = || {
        hole.prefix
            .lines()
            .rev()
            .filter(|line| !line.trim().is_empty())
    };
    let Some(above) = lines().next() else {
        return 0;
    };
    let mut within = indent_of(above) + usize::from(above.trim_end().ends_with(':'));
    if hole.language.is_none() {
        return within.min(1);
    }
    let mut base = 0;
    for line in lines() {
        let indent = indent_of(line);
        match definition(line) {
            Some("class") if indent < within && base > 0 => break,
            Some(_) if indent < within => base = indent + 1,
            _ => {}
        }
        // Only a line further out can start the block around this one.
        within = within.min(indent.max(1));
    }
    base
}

/// The keyword that starts a definition on a line of Python.
fn definition(line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    ["def", "async", "class"].into_iter().find(|word| {
        line.strip_prefix(word)
            .is_some_and(|rest| rest.starts_with(' '))
    })
}

/// How many of the innermost open braces belong to loops, conditions and the like.
pub(super) fn control_blocks(language: Option<Language>, prefix: &str) -> i32 {
    const WORDS: [&str; 10] = [
        "if",
        "else",
        "for",
        "while",
        "do",
        "switch",
        "try",
        "catch",
        "finally",
        "synchronized",
    ];
    let mut scanner = Scanner::new(language);
    let mut blocks: Vec<bool> = Vec::new();
    let mut control = false;
    for line in prefix.split_inclusive('\n') {
        let head = line.trim_start().trim_start_matches('}').trim_start();
        // A brace on a line of its own belongs to the line above.
        if !head.is_empty() && !head.starts_with('{') {
            let word = head.split(|c: char| !c.is_alphanumeric()).next();
            control = word.is_some_and(|word| WORDS.contains(&word));
        }
        for c in line.chars() {
            match (scanner.in_code(), c) {
                (true, '{') => blocks.push(control),
                (true, '}') => drop(blocks.pop()),
                _ => {}
            }
            scanner.push(c);
        }
    }
    blocks.iter().rev().take_while(|control| **control).count() as i32
}
