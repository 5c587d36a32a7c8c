//! Holes whose answer is in another file: the rest of a line, starting inside a name (as after
//! typing its beginning) or just after it. The name is used in other files of the repository, but
//! nowhere earlier in its own file, nor in the lines after the hole that a prompt shows.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use routelens::{completion::Hole, language::Language};

/// Lines of the hole's own file that a prompt shows.
const BEFORE: usize = 60;
const AFTER: usize = 20;
/// The shortest name, and the longest rest of a line, in bytes.
const NAME: usize = 6;
const REST: std::ops::RangeInclusive<usize> = 4..=40;
/// Third-party code in the repository.
const FOREIGN: [&str; 2] = ["vendor", "build"];

/// A hole, the original text, and the name that another file defines.
pub struct CrossFile {
    pub hole: Hole,
    pub expected: String,
    pub name: String,
}

struct Source {
    path: PathBuf,
    text: String,
}

/// `count` holes, spread over the files; the same for the same repository.
pub fn cut(root: &Path, count: usize) -> Vec<CrossFile> {
    let sources = sources(root);
    let mut files_of: HashMap<&str, usize> = HashMap::new();
    for source in &sources {
        let names: HashSet<&str> = names(&source.text).map(|(_, name)| name).collect();
        for name in names {
            *files_of.entry(name).or_default() += 1;
        }
    }
    // One from each file in turn, until there are enough.
    let mut of_files: Vec<Vec<CrossFile>> = sources
        .iter()
        .map(|source| candidates(source, &files_of))
        .filter(|found| !found.is_empty())
        .collect();
    let mut holes = Vec::new();
    let mut random = fastrand::Rng::with_seed(1);
    random.shuffle(&mut of_files);
    while holes.len() < count && !of_files.is_empty() {
        of_files.retain_mut(|found| {
            let at = random.usize(..found.len());
            holes.push(found.swap_remove(at));
            !found.is_empty()
        });
    }
    holes.truncate(count);
    holes
}

fn sources(root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    let walk = ignore::WalkBuilder::new(root)
        .sort_by_file_name(Ord::cmp)
        .build();
    for path in walk.flatten().map(|entry| entry.into_path()) {
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let foreign = relative
            .iter()
            .any(|part| FOREIGN.iter().any(|f| part == *f));
        if foreign || Language::from_path(&path).is_none() {
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(text) if text.len() < 200_000 => sources.push(Source { path, text }),
            _ => {}
        }
    }
    sources
}

/// Names long enough to be meaningful, with their positions.
fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let words = text.split(move |c| !is_part(c));
    let start = text.as_ptr() as usize;
    words
        .filter(|word| word.len() >= NAME && !word.starts_with(|c: char| c.is_numeric()))
        .map(move |word| (word.as_ptr() as usize - start, word))
}

fn candidates(source: &Source, files_of: &HashMap<&str, usize>) -> Vec<CrossFile> {
    let text = &source.text;
    let mut seen: HashSet<&str> = HashSet::new();
    let mut found = Vec::new();
    for (at, name) in names(text) {
        let is_first = seen.insert(name);
        if !is_first || files_of.get(name).is_none_or(|files| *files < 2) {
            continue;
        }
        let line_start = text[..at].rfind('\n').map_or(0, |before| before + 1);
        let line_end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let before = text[line_start..at].trim_start();
        let is_used = text[at + name.len()..].starts_with(['(', '.', '-', '[', ':']);
        if !is_used || !is_code(text[line_start..line_end].trim(), before) {
            continue;
        }
        // Alternates between finishing the name and writing its arguments.
        let from = match found.len() % 2 {
            0 => middle_of(name, at),
            _ => at + name.len(),
        };
        let rest = text[from..line_end].trim_end();
        let (prefix, suffix) = (&text[..from], &text[from + rest.len()..]);
        let suffix = first_lines(suffix, AFTER);
        let shown_later = names(suffix).any(|(_, other)| other == name);
        if shown_later || !REST.contains(&rest.len()) || prefix.lines().count() < 10 {
            continue;
        }
        found.push(CrossFile {
            hole: Hole {
                path: Some(source.path.clone()),
                ..Hole::new(
                    last_lines(prefix, BEFORE),
                    suffix,
                    Language::from_path(&source.path),
                )
            },
            expected: rest.to_owned(),
            name: name.to_owned(),
        });
    }
    found
}

/// The middle of the name that begins there.
fn middle_of(name: &str, at: usize) -> usize {
    let middle = name.char_indices().map(|(at, _)| at);
    at + middle.clone().nth(middle.count() / 2).unwrap_or_default()
}

/// Not a comment, an include or part of a string.
fn is_code(line: &str, before: &str) -> bool {
    let marks = ["//", "#", "*", "/*", "\"", "import", "from"];
    !marks.iter().any(|mark| line.starts_with(mark))
        && !before.contains("//")
        && before.matches('"').count().is_multiple_of(2)
}

fn last_lines(text: &str, count: usize) -> &str {
    let start = text.rmatch_indices('\n').nth(count).map(|(at, _)| at + 1);
    &text[start.unwrap_or(0)..]
}

fn first_lines(text: &str, count: usize) -> &str {
    let end = text.match_indices('\n').nth(count).map(|(at, _)| at + 1);
    &text[..end.unwrap_or(text.len())]
}

/// 1 − Levenshtein distance / length of the longer text.
pub fn similarity(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    let longer = a.len().max(b.len()).max(1);
    1.0 - row[b.len()] as f64 / longer as f64
}
