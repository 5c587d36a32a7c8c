//! Interprets how a program ended. The drivers report the result after a word that is new for each
//! run, so that ending early or printing something does not count as success. This stops programs
//! that pass by accident, which models do write. It does not stop a program that searches its own
//! process for the driver's word, just as tests do not stop a program that redefines what they
//! call.

use std::{collections::BTreeSet, time::Duration};

use super::{
    Case, Execution, TestResult,
    isolation::{Finished, JobEnd},
};
use crate::words::number::milliseconds;

/// The longest detail, in characters.
const DETAIL: usize = 400;

/// A random word for one run.
pub(super) fn word() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// The result of a run whose driver reports after `word`.
pub(super) fn tested(finished: &Finished, word: &str) -> (TestResult, String) {
    let said = String::from_utf8_lossy(&finished.errors);
    if let Some(ended) = cut_short(finished) {
        return ended;
    }
    let output = String::from_utf8_lossy(&finished.output);
    let reported = output
        .rfind(word)
        .and_then(|at| output[at + word.len()..].split_whitespace().next());
    let result = match (reported, finished.end) {
        (Some("passed"), JobEnd::Exited(0)) => TestResult::Passed,
        (Some("timed_out"), _) => TestResult::TimedOut,
        (Some("out_of_memory"), _) if !has_no_threads(&said) => TestResult::OutOfMemory,
        (Some("does_not_compile"), _) => TestResult::DoesNotCompile,
        (None, JobEnd::Exited(code)) if tail(&said).is_empty() => {
            return (
                TestResult::Failed,
                format!("exited early, with status {code}"),
            );
        }
        (Some("failed"), JobEnd::Exited(code @ 1..)) if tail(&said).is_empty() => {
            return (TestResult::Failed, format!("main returned status {code}"));
        }
        _ => failure(&said),
    };
    let detail = match result {
        TestResult::Passed => String::new(),
        _ => tail(&said),
    };
    (result, detail)
}

/// The result of a run whose output must match one of a case's.
pub(super) fn printed(finished: &Finished, case: &Case) -> (TestResult, String) {
    if let Some(ended) = cut_short(finished) {
        return ended;
    }
    let said = String::from_utf8_lossy(&finished.errors);
    if finished.end != JobEnd::Exited(0) {
        let detail = match tail(&said) {
            empty if empty.is_empty() => format!("{:?}", finished.end),
            detail => detail,
        };
        return (failure(&said), detail);
    }
    let output = String::from_utf8_lossy(&finished.output);
    let got = compared(&output);
    if case.outputs.iter().any(|wanted| compared(wanted) == got) {
        return (TestResult::Passed, String::new());
    }
    let wanted: BTreeSet<String> = case.outputs.iter().map(|text| head(text, 80)).collect();
    let detail = format!(
        "for input {:?} it printed {:?}; expected {:?}",
        head(&case.input, 80),
        head(&output, 80),
        wanted.into_iter().collect::<Vec<_>>().join(" or "),
    );
    (TestResult::Failed, tail(&detail))
}

/// The result of a run that was ended from outside.
fn cut_short(finished: &Finished) -> Option<(TestResult, String)> {
    let result = match finished.end {
        JobEnd::Exited(_) => return None,
        JobEnd::TimedOut => TestResult::TimedOut,
        JobEnd::OutOfMemory => TestResult::OutOfMemory,
        JobEnd::TooMuchOutput => TestResult::TooMuchOutput,
        JobEnd::TooManyProcesses => TestResult::TooManyProcesses,
    };
    Some((result, tail(&String::from_utf8_lossy(&finished.errors))))
}

/// Whether a thread could not be created, which Java reports as lack of memory. The kernel refuses
/// threads when a program creates them faster than they are counted.
fn has_no_threads(said: &str) -> bool {
    let words = ["unable to create native thread", "can't start new thread"];
    words.iter().any(|word| tail(said).contains(word))
}

/// The result of a failure: lack of memory or threads is recognized by the language's own messages.
fn failure(said: &str) -> TestResult {
    if has_no_threads(said) {
        return TestResult::TooManyProcesses;
    }
    let memory = [
        "std::bad_alloc",
        "java.lang.OutOfMemoryError",
        "MemoryError",
    ];
    match memory.iter().any(|word| tail(said).contains(word)) {
        true => TestResult::OutOfMemory,
        false => TestResult::Failed,
    }
}

/// Output as it is compared: without trailing whitespace on each line and at the end.
fn compared(output: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

fn head(text: &str, characters: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The last non-empty lines, as many whole ones as fit; at least the start of the last one.
pub(super) fn tail(text: &str) -> String {
    let mut lines = Vec::new();
    let mut room = DETAIL;
    for line in text.lines().rev().map(str::trim_end) {
        let length = line.chars().count() + 1;
        if line.trim().is_empty() {
            continue;
        }
        if length > room {
            if lines.is_empty() {
                lines.push(head(line, DETAIL - 1));
            }
            break;
        }
        room -= length;
        lines.push(line.to_owned());
    }
    lines.reverse();
    lines.join("\n")
}

/// The first lines of compiler output that name an error; if there are none, the last lines.
pub(super) fn compiler_errors(said: &[u8], folder: &std::path::Path) -> String {
    let said = String::from_utf8_lossy(said).replace(&format!("{}/", folder.display()), "");
    let errors: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("error:") || line.contains("undefined reference"))
        .take(3)
        .collect();
    match errors.is_empty() {
        true => tail(&said),
        false => tail(&errors.join("\n")),
    }
}

/// Whether a compiler or linker failed because the disk is full, which is not the source's fault.
/// Lines quoted from the source do not count.
pub(super) fn is_disk_full(said: &[u8]) -> bool {
    String::from_utf8_lossy(said)
        .lines()
        .filter(|line| !line.contains("<stdin>:") && !line.contains(" | "))
        .any(|line| line.ends_with("No space left on device"))
}

/// A result as an execution record.
pub(super) fn execution((result, detail): (TestResult, String), took: Duration) -> Execution {
    Execution {
        result,
        detail,
        ms: milliseconds(took),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_thread_is_no_want_of_memory() {
        let ended = |said: &str| Finished {
            end: JobEnd::Exited(0),
            output: b"\nword out_of_memory\n".to_vec(),
            errors: said.into(),
            took: Duration::ZERO,
        };
        let result = |said: &str| tested(&ended(said), "word").0;
        let thread = "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory\n  at line 5 in main\n";
        assert_eq!(result(thread), TestResult::TooManyProcesses);
        assert_eq!(
            result("java.lang.OutOfMemoryError: Java heap space"),
            TestResult::OutOfMemory
        );
        assert_eq!(result(""), TestResult::OutOfMemory);
    }

    #[test]
    fn a_full_disk_is_told_from_an_error_in_the_source() {
        for full in [
            "/usr/bin/ld: final close failed: No space left on device\ncollect2: error: ld returned 1 exit status",
            "<stdin>:1:1: note: x\ncc1plus: error: closing: No space left on device\n",
        ] {
            assert!(is_disk_full(full.as_bytes()), "{full}");
        }
        for other in [
            "<stdin>:1:2: error: #error No space left on device\n",
            "    1 | #error No space left on device\n",
            "",
        ] {
            assert!(!is_disk_full(other.as_bytes()), "{other}");
        }
    }
}
