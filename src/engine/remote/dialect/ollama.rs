//! Ollama's `/api/generate`: `suffix` if the model's template uses it, else `raw` with our own
//! layout. The response is one JSON object per line.
//!
//! Sources: Ollama's `docs/api.md` and `api/types.go`. Logprobs exist since 0.12.11; earlier
//! versions ignore the option.

use serde::Deserialize;
use serde_json::json;

use super::{
    Ask, Call, Fim, Framing, Piece, Profile, ReportedUsage, call,
    json::{self as forms, Refusal, Str, count, list},
    logprobs::{Aligner, TokenLogprob},
    openai::MOST_CANDIDATES,
};
use crate::{
    completion::{ServerTiming, StopReason},
    remote::Problem,
};

/// How long the model stays in memory after a request, so that the next escalation need not reload
/// it.
const KEEP_ALIVE: &str = "30m";

/// The request for a hole.
pub(super) fn call(profile: &Profile, ask: &Ask) -> Call {
    let sampling = ask.sampling;
    let mut options = json!({
        "num_predict": ask.max_tokens,
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
        // The model's file may set these.
        "min_p": 0.0,
        "repeat_penalty": 1.0,
    });
    let mut body = json!({
        "model": profile.model,
        "stream": true,
        "keep_alive": KEEP_ALIVE,
    });
    if let Some(context) = profile.ways.num_ctx {
        options["num_ctx"] = context.into();
    }
    match profile.fim {
        Fim::Layout(layout) => {
            body["raw"] = true.into();
            body["prompt"] = call::prompt(ask, layout).into();
            options["stop"] = call::stops(layout).into();
        }
        Fim::Server | Fim::Words => {
            body["prompt"] = call::prefix(profile, ask).into();
            body["suffix"] = ask.hole.suffix.as_str().into();
        }
    }
    if profile.logprobs != Some(false) {
        body["logprobs"] = true.into();
        body["top_logprobs"] = ask.top.min(MOST_CANDIDATES).into();
    }
    body["options"] = options;
    Call {
        path: "/api/generate",
        body,
        framing: Framing::Ndjson,
    }
}

/// One line of a stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line<'a> {
    #[serde(borrow)]
    response: Option<Str<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    logprobs: Vec<TokenLogprob<'a>>,
    done: bool,
    #[serde(borrow)]
    done_reason: Option<Str<'a>>,
    load_duration: Option<f64>,
    #[serde(deserialize_with = "count")]
    prompt_eval_count: Option<usize>,
    prompt_eval_duration: Option<f64>,
    #[serde(deserialize_with = "count")]
    eval_count: Option<usize>,
    eval_duration: Option<f64>,
    #[serde(borrow)]
    error: Option<Refusal<'a>>,
}

/// Reads one line; the one that is `done` is the last.
pub(super) fn read(
    message: &[u8],
    aligner: &mut Aligner,
    say: &mut dyn FnMut(Piece),
) -> Result<(), Problem> {
    let mut space = Vec::new();
    let line: Line = forms::read(message, &mut space)?;
    if let Some(error) = &line.error {
        return Err(error.problem());
    }
    let text = line.response.as_deref().unwrap_or_default();
    aligner.push_entries(text, line.logprobs, &mut |text| say(Piece::Text(text)));
    if !line.done {
        return Ok(());
    }
    aligner.finish(&mut |text| say(Piece::Text(text)));
    say(Piece::Usage(ReportedUsage {
        prompt_tokens: line.prompt_eval_count,
        generated_tokens: line.eval_count,
        ..ReportedUsage::default()
    }));
    let milliseconds = |nanoseconds: Option<f64>| nanoseconds.map(|n| n / 1e6);
    say(Piece::Timing(ServerTiming {
        load_ms: milliseconds(line.load_duration),
        prompt_ms: milliseconds(line.prompt_eval_duration),
        generation_ms: milliseconds(line.eval_duration),
    }));
    say(Piece::Stop(match line.done_reason.as_deref() {
        Some("length") => StopReason::Limit,
        _ => StopReason::End,
    }));
    say(Piece::End);
    Ok(())
}
