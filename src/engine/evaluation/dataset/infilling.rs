//! HumanEval-Infilling (arXiv 2207.14255), and other benchmarks in its format.

use super::fields::Fields;
use crate::{evaluation::task::Task, language::Language};

/// The task in a line. Without a `language` field it is Python, as in the original.
pub(super) fn task(fields: &Fields) -> Result<Task, String> {
    let id = fields.id()?;
    let language = fields.language("language")?.unwrap_or(Language::Python);
    let prefix = fields.text("prompt")?;
    let suffix = fields.text("suffix")?;
    let canonical = fields.text("canonical_solution")?;
    let test = fields.text("test")?;
    let entry_point = fields.text("entry_point")?;
    let appended = appended(language, test, entry_point);
    let cut = [prefix, canonical, suffix];
    Ok(Task::tested(id, language, cut, appended))
}

/// The tests as the benchmark's own harness appends them: in Python they define `check`, which is
/// then called with the function.
pub(super) fn appended(language: Language, test: &str, entry_point: &str) -> String {
    match (language, entry_point) {
        (Language::Python, entry) if !entry.is_empty() => format!("\n{test}\ncheck({entry})"),
        _ => format!("\n{test}"),
    }
}
