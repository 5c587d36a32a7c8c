//! llama.cpp's own server: `/infill`, where the server applies the layout from its model's file, or
//! `/completion` with our own layout as text.
//!
//! Sources: llama.cpp's `tools/server/README.md` and `server-task.cpp`. The probabilities are those
//! of the plain softmax over all tokens, whatever the sampling, as long as `post_sampling_probs` is
//! off.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Ask, Call, Fim, Framing, Piece, Profile, ReportedUsage, call,
    json::{self as forms, Refusal, Str, count, list},
    logprobs::{Aligner, TokenLogprob},
    timings::Timings,
};
use crate::{completion::StopReason, remote::Problem};

/// The request for a hole.
pub(super) fn call(profile: &Profile, ask: &Ask) -> Call {
    let sampling = ask.sampling;
    let mut body = json!({
        "model": profile.model,
        "n_predict": ask.max_tokens,
        "stream": true,
        "cache_prompt": true,
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
        // Without penalties and other samplers that the server may have been started with.
        "samplers": ["top_k", "top_p", "temperature"],
    });
    if profile.logprobs != Some(false) {
        body["n_probs"] = ask.top.max(1).into();
    }
    let hole = ask.hole;
    let path = match profile.fim {
        Fim::Layout(layout) => {
            body["prompt"] = call::prompt(ask, layout).into();
            body["stop"] = call::stops(layout).into();
            "/completion"
        }
        Fim::Server | Fim::Words => {
            body["input_prefix"] = hole.prefix.as_str().into();
            body["input_suffix"] = hole.suffix.as_str().into();
            let extra = ask.passages.iter();
            let extra = extra.map(|p| json!({"filename": p.path, "text": p.text}));
            body["input_extra"] = extra.collect::<Vec<Value>>().into();
            "/infill"
        }
    };
    Call {
        path,
        body,
        framing: Framing::Sse,
    }
}

/// One message of a stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    content: Option<Str<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    completion_probabilities: Vec<TokenLogprob<'a>>,
    stop: bool,
    #[serde(borrow)]
    stop_type: Option<Str<'a>>,
    /// Instead of `stop_type`, before the end of 2024.
    stopped_limit: bool,
    /// The context was full.
    truncated: bool,
    #[serde(deserialize_with = "count")]
    tokens_evaluated: Option<usize>,
    #[serde(deserialize_with = "count")]
    tokens_predicted: Option<usize>,
    timings: Option<Timings>,
    #[serde(borrow)]
    error: Option<Refusal<'a>>,
}

/// Reads one message; the one with the stop reason is the last.
pub(super) fn read(
    message: &[u8],
    aligner: &mut Aligner,
    say: &mut dyn FnMut(Piece),
) -> Result<(), Problem> {
    let mut space = Vec::new();
    let message: Message = forms::read(message, &mut space)?;
    if let Some(error) = &message.error {
        return Err(error.problem());
    }
    let text = message.content.as_deref().unwrap_or_default();
    aligner.push_entries(text, message.completion_probabilities, &mut |text| {
        say(Piece::Text(text));
    });
    if !message.stop {
        return Ok(());
    }
    aligner.finish(&mut |text| say(Piece::Text(text)));
    let cached = message.timings.as_ref().and_then(|timings| timings.cache_n);
    say(Piece::Usage(ReportedUsage {
        prompt_tokens: message.tokens_evaluated,
        cached_tokens: cached,
        generated_tokens: message.tokens_predicted,
        ..ReportedUsage::default()
    }));
    if let Some(timings) = &message.timings {
        say(Piece::Timing(timings.into()));
    }
    let limit = message.stop_type.as_deref() == Some("limit") || message.stopped_limit;
    say(Piece::Stop(match (limit, message.truncated) {
        (true, true) => StopReason::Context,
        (true, false) => StopReason::Limit,
        (false, _) => StopReason::End,
    }));
    say(Piece::End);
    Ok(())
}
