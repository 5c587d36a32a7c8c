//! SAFIM (arXiv 2403.04814): algorithm blocks, control-flow expressions and API calls. Programs
//! read an input and print an output; API calls are compared as text.
//!
//! A prompt describes the problem in prose, then shows the program with a comment at the hole. Here
//! the prose becomes a comment above the program: models are shown a file that an editor could
//! hold, and the syntax gate can judge it.

use serde_json::Value;

use super::fields::{Fields, kind};
use crate::{
    evaluation::task::{Grading, HoleKind, Task},
    language::Language,
    sandbox::{Case, Check},
};

/// Marks the completion's place in the program that is run.
const IN_PROGRAM: &str = "{{completion}}";

/// The task in a line.
pub(super) fn task(fields: &Fields) -> Result<Task, String> {
    let id = fields.id()?;
    let Some(language) = fields.language("lang")? else {
        return Err("lang: the field is missing".to_owned());
    };
    let prompt = fields.text("prompt")?;
    let program = fields.text("eval_prompt")?;
    let canonical = fields.text("ground_truth")?.to_owned();
    let cases = cases(fields.value("unit_tests"))?;
    let (before, after) = split(program, IN_PROGRAM, "eval_prompt")?;
    let (prefix, suffix) = split(prompt, placeholder(language), "prompt")?;
    let kind = kind_of(&id, cases.is_empty());
    Ok(Task {
        id,
        language,
        kind,
        prefix: commented(prefix, before, language),
        suffix: suffix.to_owned(),
        canonical,
        grading: match cases.is_empty() {
            true => Grading::ExactMatch,
            false => Grading::Tests {
                around: Some((before.to_owned(), after.to_owned())),
                appended: String::new(),
                check: Check::Prints(cases),
            },
        },
    })
}

/// The comment that marks the hole in a prompt.
fn placeholder(language: Language) -> &'static str {
    match language {
        Language::Python => "# TODO: Your code here",
        Language::Java | Language::Cpp => "/* TODO: Your code here */",
    }
}

fn split<'a>(text: &'a str, mark: &str, field: &str) -> Result<(&'a str, &'a str), String> {
    let parts = text.split_once(mark);
    parts.ok_or_else(|| format!("{field}: it does not contain `{mark}`"))
}

/// The kind of hole; the benchmark's splits are named in the ids.
fn kind_of(id: &str, is_compared: bool) -> HoleKind {
    match id {
        _ if id.starts_with("block") => HoleKind::Block,
        _ if id.starts_with("control") => HoleKind::Control,
        _ if id.starts_with("api") || is_compared => HoleKind::Api,
        _ => HoleKind::Block,
    }
}

/// The prompt with its prose turned into comments.
fn commented(prompt: &str, program: &str, language: Language) -> String {
    let Some(words) = prompt.strip_suffix(program) else {
        return prompt.to_owned();
    };
    let mark = language.line_comment();
    let line = |line: &str| match line.trim_end() {
        "" => format!("{mark}\n"),
        line => format!("{mark} {line}\n"),
    };
    let comment: String = words.trim().lines().map(line).collect();
    comment + program
}

/// The test cases: a list, or a string that holds one; the benchmark is published both ways.
fn cases(value: Option<&Value>) -> Result<Vec<Case>, String> {
    let parsed;
    let value = match value {
        None => return Ok(Vec::new()),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(Vec::new()),
        Some(Value::String(text)) => {
            parsed = serde_json::from_str(text)
                .map_err(|error| format!("unit_tests: the string is not JSON: {error}"))?;
            &parsed
        }
        Some(other) => other,
    };
    let Value::Array(cases) = value else {
        return Err(format!(
            "unit_tests: found {}, expected a list",
            kind(value)
        ));
    };
    cases.iter().map(case).collect()
}

fn case(value: &Value) -> Result<Case, String> {
    let input = match value.get("input") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(input)) => input.clone(),
        Some(other) => {
            return Err(format!(
                "unit_tests.input: found {}, expected a string",
                kind(other)
            ));
        }
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let outputs = match value.get("output") {
        Some(Value::String(output)) => Some(vec![output.clone()]),
        Some(Value::Array(outputs)) => outputs.iter().map(text).collect(),
        _ => None,
    };
    match outputs {
        Some(outputs) if !outputs.is_empty() => Ok(Case { input, outputs }),
        _ => Err("unit_tests.output: missing, or not a list of strings".to_owned()),
    }
}
