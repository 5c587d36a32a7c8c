//! HumanEval-Infilling (arXiv 2207.14255), and what is cut in the same format from other benchmarks.

use super::fields::Fields;
use crate::{
    evaluation::{
        execution::Check,
        task::{Grading, Task, kind_by_shape},
    },
    language::Language,
};

/// The task in a line. Without `language` it is Python, as in the original.
pub(super) fn task(fields: &Fields) -> Result<Task, String> {
    let id = fields.id()?;
    let language = fields.language("language")?.unwrap_or(Language::Python);
    let prefix = fields.text("prompt")?;
    let suffix = fields.text("suffix")?;
    let canonical = fields.text("canonical_solution")?;
    let test = fields.text("test")?;
    let entry_point = fields.text("entry_point")?;
    Ok(Task {
        id,
        language,
        kind: kind_by_shape(prefix, canonical, suffix),
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        canonical: canonical.to_owned(),
        grading: Grading::Tests {
            around: None,
            appended: appended(language, test, entry_point),
            check: Check::RunsToEnd,
        },
    })
}

/// The tests as the benchmark's own harness puts them after the program: in Python they define
/// `check`, which is then called with the function.
pub(super) fn appended(language: Language, test: &str, entry_point: &str) -> String {
    match (language, entry_point) {
        (Language::Python, entry) if !entry.is_empty() => format!("\n{test}\ncheck({entry})"),
        _ => format!("\n{test}"),
    }
}
