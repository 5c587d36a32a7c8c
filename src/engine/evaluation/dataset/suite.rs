//! The built-in suite: original tasks, from easy to hard, with mutants that their tests must
//! reject. The files under `samples/suite/` are source code with marks:
//!
//! ```text
//! #: task NAME        begins a task: its program follows, with the hole between « and »
//! #: mutant           begins wrong content for the hole; a task has several
//! #: test             begins the tests, which go after the filled program
//! ```
//!
//! In Java and C++ a mark begins with `//:`. Text before the first task is a comment.

use sha2::{Digest, Sha256};

use super::{BUILTIN, Dataset, infilling};
use crate::{
    assets,
    evaluation::task::{Grading, Task},
    language::Language,
};

/// A task of the suite and wrong answers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteTask {
    pub task: Task,
    /// Wrong contents of the hole, as whole cuts, that the tests must reject.
    pub mutants: Vec<String>,
}

/// All tasks of the suite.
///
/// # Errors
/// A file is malformed; the error names the file and the line. Tests ensure that the embedded files
/// are well formed.
pub fn tasks() -> Result<Vec<SuiteTask>, String> {
    let mut tasks = Vec::new();
    for (name, text) in assets::suite() {
        tasks.extend(parse(name, text)?);
    }
    Ok(tasks)
}

/// The suite as a dataset.
pub(super) fn dataset() -> Dataset {
    let mut hash = Sha256::new();
    for (name, text) in assets::suite() {
        hash.update(name);
        hash.update(text);
    }
    let tasks = tasks().expect("the suite is part of the program, and tested");
    let tasks = tasks.into_iter().map(|known| known.task).collect();
    Dataset::new(BUILTIN.to_owned(), hash, tasks, Vec::new())
}

/// One section of a file: the words of the mark, the mark's line number and the text after it.
struct Section<'a> {
    mark: &'a str,
    line: usize,
    text: &'a str,
}

/// Splits a file into sections, dropping text before the first task.
fn sections<'a>(text: &'a str, sign: &str) -> Vec<Section<'a>> {
    let mut sections: Vec<Section> = Vec::new();
    let mut start = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let end = start + line.len();
        let mark = line.strip_prefix(sign).map(str::trim);
        match (mark, sections.last_mut()) {
            (Some(mark), last) if last.is_some() || mark.starts_with("task ") => {
                sections.push(Section {
                    mark,
                    line: index + 1,
                    text: &text[end..end],
                });
            }
            (None, Some(last)) => {
                let from = end - line.len() - last.text.len();
                last.text = &text[from..end];
            }
            _ => {}
        }
        start = end;
    }
    sections
}

/// Reads one file; its name is `LANGUAGE/LEVEL.EXTENSION`.
fn parse(name: &str, text: &str) -> Result<Vec<SuiteTask>, String> {
    let (folder, file) = name.split_once('/').unwrap_or(("", name));
    let level = file.split('.').next().unwrap_or(file);
    let language = Language::from_name(folder)
        .ok_or_else(|| format!("{name}: the folder is not a known language"))?;
    let sign = format!("{}:", language.line_comment());
    let mut tasks: Vec<SuiteTask> = Vec::new();
    for section in sections(text, &sign) {
        let wrong = |what: &str| format!("{name}:{}: {what}", section.line);
        if let Some(task_name) = section.mark.strip_prefix("task ") {
            let id = format!("{BUILTIN}/{}/{level}/{task_name}", language.name());
            let task = cut(id, language, section.text)
                .ok_or_else(|| wrong("exactly one hole between « and » is needed"))?;
            tasks.push(SuiteTask {
                task,
                mutants: Vec::new(),
            });
            continue;
        }
        let Some(last) = tasks.last_mut() else {
            return Err(wrong("no task before this mark"));
        };
        match section.mark {
            "mutant" => {
                let whole_lines = last.task.canonical.ends_with('\n');
                let text = section.text;
                let bare = text.strip_suffix('\n').filter(|_| !whole_lines);
                last.mutants.push(bare.unwrap_or(text).to_owned());
            }
            "test" => {
                if let Grading::Tests { appended, .. } = &mut last.task.grading {
                    *appended = infilling::appended(language, section.text, "");
                }
            }
            other => return Err(wrong(&format!("unknown mark `{other}`"))),
        }
    }
    Ok(tasks)
}

/// Cuts a program at its marked hole; `None` unless it has exactly one.
fn cut(id: String, language: Language, program: &str) -> Option<Task> {
    let (prefix, rest) = program.split_once('«')?;
    let (canonical, suffix) = rest.split_once('»')?;
    if suffix.contains(['«', '»']) || canonical.contains('«') {
        return None;
    }
    let cut = [prefix, canonical, suffix];
    Some(Task::tested(id, language, cut, String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "#: What this file is.\n#: task one\ndef f():\n«    return 1\n»\n\n#: mutant\n    return 2\n#: test\nassert f() == 1\n\n#: task two\nx = «1 + 2»\n#: mutant\n4\n#: test\nassert x == 3\n";

    #[test]
    fn a_file_is_read_to_the_byte() {
        let tasks = parse("python/easy.py", TEXT).expect("it is right");
        assert_eq!(tasks.len(), 2);
        assert_eq!(tasks[0].task.id, "builtin/python/easy/one");
        assert_eq!(tasks[0].task.prefix, "def f():\n");
        assert_eq!(tasks[0].task.canonical, "    return 1\n");
        assert_eq!(tasks[0].mutants, ["    return 2\n"]);
        assert_eq!(tasks[1].mutants, ["4"], "part of a line");
        let program = tasks[1].task.program("3").expect("it has tests");
        assert_eq!(program.source, "x = 3\n\nassert x == 3\n");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_named_with_its_line() {
        for (text, said) in [
            (
                "#: task a\nx = 1\n",
                "python/e.py:1: exactly one hole between « and » is needed",
            ),
            (
                "#: task a\n«x» = «1»\n",
                "python/e.py:1: exactly one hole between « and » is needed",
            ),
            (
                "#: task a\n«x»\n#: mutated\n",
                "python/e.py:3: unknown mark `mutated`",
            ),
        ] {
            assert_eq!(parse("python/e.py", text), Err(said.to_owned()));
        }
    }
}
