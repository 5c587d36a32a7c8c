//! `/v1/chat/completions`, for instruct models without FIM: the request asks for the middle in
//! words, and a [`Cleaner`] removes what chat models put around it.
//! Some servers verify a draft of the answer, as in OpenAI's guide "Predicted Outputs".

use std::fmt::Write as _;

use serde_json::json;

use super::{Ask, Call, Framing, Profile, Software, openai};

const SYSTEM: &str = "You complete code. The user shows a file with a hole in it: what stands \
before the hole and what stands after it. Answer with the text that belongs in the hole and with \
nothing else: no explanation, no Markdown, no code fence. Begin exactly where the text before the \
hole ends, in the middle of a line where it ends there, and do not repeat it. Stop where the text \
after the hole begins, and do not repeat that either. Write no more than the hole needs.";

/// The request for a hole.
pub(super) fn call(profile: &Profile, ask: &Ask) -> Call {
    let hole = ask.hole;
    let language = hole
        .language
        .map(|language| format!("The language is {}.\n\n", language.name()));
    let question = format!(
        "{}{}<before>{}</before>\n<after>{}</after>\n\nWhat stands between <before> and <after>?",
        others(ask),
        language.unwrap_or_default(),
        hole.prefix,
        hole.suffix,
    );
    let mut body = json!({
        "model": profile.model,
        "messages": [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": question},
        ],
        "stream": true,
    });
    let draft = ask.draft.filter(|_| profile.takes_draft());
    if let Some(draft) = draft {
        // The API allows neither a limit nor probabilities beside it; the reader enforces the
        // limit.
        body["prediction"] = json!({"type": "content", "content": draft});
    } else {
        body["max_tokens"] = ask.max_tokens.into();
    }
    if draft.is_none() && openai::asks_logprobs(profile, ask) {
        body["logprobs"] = true.into();
        body["top_logprobs"] = ask.top.min(openai::MOST_CANDIDATES).into();
    }
    if matches!(profile.software(), Software::Vllm | Software::LlamaCpp) {
        // Thinking models would spend a completion's tokens on thinking.
        body["chat_template_kwargs"] = json!({"enable_thinking": false});
    }
    openai::finish(profile, ask, &mut body);
    Call {
        path: profile.ways.path.unwrap_or("/v1/chat/completions"),
        body,
        framing: Framing::Sse,
    }
}

/// Passages of other files, in words.
fn others(ask: &Ask) -> String {
    let mut text = String::new();
    if !ask.passages.is_empty() {
        text += "From other files of the same project, for reference:\n";
    }
    for passage in ask.passages {
        let (path, code) = (&passage.path, passage.text.trim_end_matches('\n'));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "<file path={path:?}>\n{code}\n</file>");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}
