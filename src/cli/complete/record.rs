//! The output for one hole: a JSON object, or a readable line.

use serde::Serialize;
use serde_json::Value;

use super::filled::{Filled, ModelAnswer, NoAnswer, Passages};
use crate::{
    completion::{Completion, model::Origin},
    routing::{Decision, Reason, Scores, SelfTest, Signal},
    selftest::{Matrix, Trial},
    syntax::Verdict,
};

/// One line of output.
#[derive(Serialize)]
pub(super) struct Record<'a> {
    id: Value,
    language: Option<String>,
    small: Option<AnswerRecord<'a>>,
    large: Option<AnswerRecord<'a>>,
    /// Omitted without a second large model.
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<AnswerRecord<'a>>,
    scores: Option<Scores>,
    verdict: &'a Verdict,
    decision: &'a Decision,
    chosen: Option<Chosen<'a>>,
    large_asked: Option<&'static str>,
    wasted: bool,
    saved_ms: Option<f64>,
    /// Omitted if nothing was found or retrieval is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    passages: Option<&'a Passages>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    self_tests: Vec<SelfTestRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    small_error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    large_error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    large_partial: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_partial: Option<&'a str>,
}

/// The router's final choice.
#[derive(Serialize)]
struct Chosen<'a> {
    model: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct AnswerRecord<'a> {
    model: &'a str,
    /// The server; `None` for a file.
    served_by: Option<ServerRecord<'a>>,
    #[serde(flatten)]
    completion: &'a Completion,
    /// Tokens of the hole that did not fit into the model's context.
    trimmed_tokens: usize,
    /// How many passages fitted into its prompt; omitted if none.
    #[serde(skip_serializing_if = "is_none")]
    passages_read: usize,
    /// Why the rejected completion could not serve as a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_drafts: Option<&'a str>,
    /// Omitted for the small model: the record itself holds its verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'a Verdict>,
}

/// A model's solutions and their results in its own tests.
#[derive(Serialize)]
struct SelfTestRecord<'a> {
    #[serde(flatten)]
    matrix: &'a Matrix,
    result: Option<SelfTest>,
    /// The row of the best solution.
    best: Option<usize>,
    /// Why nothing was tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

fn self_test(trial: &Trial) -> SelfTestRecord<'_> {
    let result = trial.result();
    SelfTestRecord {
        matrix: trial.matrix(),
        result: result.map(|result| result.self_test),
        best: result.and_then(|result| result.best),
        why: result.and_then(|result| result.why.as_deref()),
    }
}

#[derive(Serialize)]
struct ServerRecord<'a> {
    dialect: &'a str,
    /// Without credentials.
    url: &'a str,
    chat: bool,
    logprobs: Option<bool>,
    plain_http: bool,
}

impl<'a> Record<'a> {
    pub fn new(id: Value, language: Option<String>, filled: &'a Filled) -> Self {
        let small = Some(&filled.small);
        let (large, second) = (filled.large.as_ref(), filled.second.as_ref());
        let of_small = small.and_then(answer).map(|answer| AnswerRecord {
            verdict: None,
            ..answer
        });
        Record {
            id,
            language,
            small: of_small,
            large: large.and_then(answer),
            second: second.and_then(answer),
            scores: filled.scores,
            verdict: &filled.verdict,
            decision: &filled.decision,
            chosen: filled.chosen().map(|(model, text)| Chosen { model, text }),
            large_asked: filled.large_asked,
            wasted: filled.wasted,
            saved_ms: filled.saved_ms,
            passages: Some(&filled.passages).filter(|found| !found.are_none()),
            self_tests: filled.self_tests().map(self_test).collect(),
            small_error: small.and_then(error),
            large_error: large.and_then(error),
            second_error: second.and_then(error),
            large_partial: large.and_then(partial),
            second_partial: second.and_then(partial),
        }
    }
}

fn answer(result: &Result<ModelAnswer, NoAnswer>) -> Option<AnswerRecord<'_>> {
    let answer = result.as_ref().ok()?;
    Some(AnswerRecord {
        model: &answer.model.name,
        served_by: served_by(&answer.model.origin),
        completion: &answer.completion,
        trimmed_tokens: answer.trimmed_tokens,
        passages_read: answer.passages_read,
        no_drafts: answer.model.no_drafts.as_deref(),
        verdict: Some(&answer.verdict),
    })
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

fn served_by(origin: &Origin) -> Option<ServerRecord<'_>> {
    match origin {
        Origin::File { .. } => None,
        Origin::Server {
            url,
            dialect,
            chat,
            logprobs,
            plain_http,
        } => Some(ServerRecord {
            dialect,
            url,
            chat: *chat,
            logprobs: *logprobs,
            plain_http: *plain_http,
        }),
    }
}

fn error(result: &Result<ModelAnswer, NoAnswer>) -> Option<&str> {
    let unanswered = result.as_ref().err()?;
    Some(unanswered.problem.as_str())
}

fn partial(result: &Result<ModelAnswer, NoAnswer>) -> Option<&str> {
    let partial = &result.as_ref().err()?.partial;
    (!partial.is_empty()).then_some(partial)
}

/// The note to show if the hole did not fit into a model's context.
pub(super) fn left_out(filled: &Filled) -> Option<String> {
    let (large, second) = (filled.large.as_ref(), filled.second.as_ref());
    let answers = [Some(&filled.small), large, second].into_iter().flatten();
    let mut trimmed = answers.filter_map(|result| result.as_ref().ok());
    let answer = trimmed.find(|answer| answer.trimmed_tokens > 0)?;
    Some(format!(
        "the file is longer than the context: {} saw only the code around the cursor, without the \
         {} tokens farthest from it",
        answer.model.name, answer.trimmed_tokens
    ))
}

/// The decision in one line: the action, the policy, and the reasons.
pub(super) fn explain(filled: &Filled) -> String {
    let name = |result: &Result<ModelAnswer, NoAnswer>| match result {
        Ok(answer) => answer.model.name.clone(),
        Err(_) => "no model".to_owned(),
    };
    let done = match (filled.decision.keeps(), &filled.large) {
        (true, _) => format!("kept {}", name(&filled.small)),
        (false, Some(Ok(large))) => format!("escalated to {}", large.model.name),
        (false, Some(Err(large))) => format!(
            "degraded: large model unavailable, kept {} ({})",
            name(&filled.small),
            large.problem
        ),
        (false, None) => format!(
            "would escalate (--large never); showing {}",
            name(&filled.small)
        ),
    };
    let reasons: Vec<String> = filled.decision.reasons.iter().map(because).collect();
    let policy = filled.decision.policy.name();
    let ahead = ahead(filled).unwrap_or_default();
    format!("{done} ({policy}: {}){ahead}", reasons.join("; "))
}

/// What asking the large model ahead of the decision saved or wasted.
fn ahead(filled: &Filled) -> Option<String> {
    let how = filled.large_asked?;
    if !filled.wasted {
        let saved = filled.saved_ms?;
        return Some(format!(
            "; {how}: the large model was asked {saved:.0} ms sooner"
        ));
    }
    let large = filled.large.as_ref().and_then(|large| large.as_ref().ok());
    let tokens = large.map_or(0, |large| large.completion.timing.generated_tokens);
    Some(format!(
        "; {how}: wasted {tokens} tokens of the large model"
    ))
}

/// The second large model's answer, in one line.
pub(super) fn second(result: &Result<ModelAnswer, NoAnswer>) -> String {
    match result {
        Err(second) => format!(
            "the second large model gave no completion: {}",
            second.problem
        ),
        Ok(answer) => {
            let timing = &answer.completion.timing;
            format!(
                "second model {}: {}, {} tokens, first after {:.0} ms (--json shows the text)",
                answer.model.name,
                answer.verdict.state.name(),
                timing.generated_tokens,
                timing.ttft_ms
            )
        }
    }
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
