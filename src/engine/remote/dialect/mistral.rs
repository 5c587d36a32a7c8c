//! Mistral's `/v1/fim/completions`: prompt and suffix in, chat-shaped deltas out, no logprobs.
//!
//! Source: Mistral's API reference ("Fill in the middle"). There temperature 0 means greedy, and
//! `top_p` must then be 1.

use serde_json::json;

use super::{Ask, Call, Framing, Profile, call};

/// The request for a hole.
pub(super) fn call(profile: &Profile, ask: &Ask) -> Call {
    let greedy = ask.sampling.temperature <= 0.0;
    Call {
        path: "/v1/fim/completions",
        body: json!({
            "model": profile.model,
            "prompt": call::prefix(profile, ask),
            "suffix": ask.hole.suffix,
            "max_tokens": ask.max_tokens,
            "temperature": ask.sampling.temperature,
            "top_p": if greedy { 1.0 } else { ask.sampling.top_p },
            "random_seed": ask.sampling.seed,
            "stream": true,
        }),
        framing: Framing::Sse,
    }
}
