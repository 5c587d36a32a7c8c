//! One filled hole as it is printed: a JSON object, or a line for a person.

use serde::Serialize;
use serde_json::Value;

use super::lanes::{Answer, Filled};
use crate::{
    completion::Completion,
    routing::{Decision, Reason, Scores, Signal},
    syntax::Verdict,
};

/// One line of output.
#[derive(Serialize)]
pub(super) struct Record<'a> {
    id: Value,
    language: Option<String>,
    small: Option<AnswerRecord<'a>>,
    large: Option<AnswerRecord<'a>>,
    scores: Option<Scores>,
    verdict: &'a Verdict,
    decision: &'a Decision,
    #[serde(skip_serializing_if = "Option::is_none")]
    small_error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    large_error: Option<&'a str>,
}

#[derive(Serialize)]
struct AnswerRecord<'a> {
    model: &'a str,
    #[serde(flatten)]
    completion: &'a Completion,
    /// Tokens of the hole that did not fit in the model's context.
    trimmed_tokens: usize,
}

impl<'a> Record<'a> {
    pub fn new(id: Value, language: Option<String>, filled: &'a Filled) -> Self {
        let small = Some(&filled.small);
        let large = filled.large.as_ref();
        Record {
            id,
            language,
            small: small.and_then(answer),
            large: large.and_then(answer),
            scores: filled.scores,
            verdict: &filled.verdict,
            decision: &filled.decision,
            small_error: small.and_then(error),
            large_error: large.and_then(error),
        }
    }
}

fn answer(result: &Result<Answer, String>) -> Option<AnswerRecord<'_>> {
    let answer = result.as_ref().ok()?;
    Some(AnswerRecord {
        model: &answer.model.name,
        completion: &answer.completion,
        trimmed_tokens: answer.trimmed_tokens,
    })
}

fn error(result: &Result<Answer, String>) -> Option<&str> {
    result.as_ref().err().map(String::as_str)
}

/// What is to be said when the hole did not fit in a model's context.
pub(super) fn left_out(filled: &Filled) -> Option<String> {
    let large = filled.large.as_ref();
    let answers = [Some(&filled.small), large].into_iter().flatten();
    let mut trimmed = answers.filter_map(|result| result.as_ref().ok());
    let answer = trimmed.find(|answer| answer.trimmed_tokens > 0)?;
    Some(format!(
        "the file is longer than the context: {} saw what is around the place, without {} tokens \
         farther away",
        answer.model.name, answer.trimmed_tokens
    ))
}

/// The decision in one line: what was done, by which policy, and why.
pub(super) fn explain(filled: &Filled) -> String {
    let name = |result: &Result<Answer, String>| match result {
        Ok(answer) => answer.model.name.clone(),
        Err(_) => "no model".to_owned(),
    };
    let done = match (filled.decision.keeps(), &filled.large) {
        (true, _) => format!("kept {}", name(&filled.small)),
        (false, Some(Ok(large))) => format!("escalated to {}", large.model.name),
        (false, Some(Err(problem))) => format!(
            "degraded: kept {}, for the large model cannot be had ({problem})",
            name(&filled.small)
        ),
        (false, None) => format!(
            "to be escalated; this is {}, for the large model was not to be asked",
            name(&filled.small)
        ),
    };
    let reasons: Vec<String> = filled.decision.reasons.iter().map(because).collect();
    let policy = filled.decision.policy.name();
    format!("{done} ({policy}: {})", reasons.join("; "))
}

fn because(reason: &Reason) -> String {
    match (reason.signal, reason.number, reason.threshold) {
        (Signal::Score(score), Some(number), Some(threshold)) => {
            let sign = if reason.passed { "≥" } else { "<" };
            format!("{} {number:.3} {sign} {threshold:.3}", score.name())
        }
        (signal, ..) => format!("{} {}", signal.name(), reason.value),
    }
}
