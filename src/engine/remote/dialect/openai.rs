//! `/v1/completions`: with `suffix` if the server knows its model's layout, else with our own
//! layout as text. For vLLM, llama-cpp-python, LM Studio, TGI, DeepSeek's beta, and llama-server
//! too.

use serde_json::{Value, json};

use super::{Ask, Call, Fim, Framing, Profile, Software, call};

/// vLLM and others refuse more candidates than this.
pub(super) const MOST_CANDIDATES: usize = 20;

/// The request for a hole.
pub(super) fn call(profile: &Profile, ask: &Ask) -> Call {
    let mut body = json!({
        "model": profile.model,
        "max_tokens": ask.max_tokens,
        "stream": true,
    });
    match profile.fim {
        Fim::Layout(layout) => {
            body["prompt"] = call::prompt(ask, layout).into();
            match profile.software() {
                // vLLM holds back text that may become a stop word, which would delay the first
                // tokens. When told not to hide markers, it sends each as one piece, where the
                // reader finds it.
                Software::Vllm => body["skip_special_tokens"] = false.into(),
                _ => body["stop"] = call::stops(layout).into(),
            }
        }
        Fim::Server | Fim::Words => {
            body["prompt"] = call::prefix(profile, ask).into();
            body["suffix"] = ask.hole.suffix.as_str().into();
        }
    }
    if asks_logprobs(profile, ask) {
        body["logprobs"] = ask.top.min(MOST_CANDIDATES).into();
    }
    finish(profile, ask, &mut body);
    Call {
        path: profile.ways.path.unwrap_or("/v1/completions"),
        body,
        framing: Framing::Sse,
    }
}

/// Whether to request token probabilities. With them, llama-cpp-python loses characters made of
/// several tokens, so they are not requested where such characters are likely.
pub(super) fn asks_logprobs(profile: &Profile, ask: &Ask) -> bool {
    let plain = ask.hole.prefix.is_ascii() && ask.hole.suffix.is_ascii();
    profile.logprobs != Some(false) && (plain || profile.software() != Software::LlamaCppPython)
}

/// Sampling options, and options that only some servers accept.
pub(super) fn finish(profile: &Profile, ask: &Ask, body: &mut Value) {
    let sampling = ask.sampling;
    body["temperature"] = sampling.temperature.into();
    if sampling.temperature > 0.0 {
        body["seed"] = sampling.seed.into();
        // TGI refuses a `top_p` that cuts nothing off; these programs have other defaults unless it
        // is set.
        if sampling.top_p < 1.0 || profile.software() != Software::Other {
            body["top_p"] = sampling.top_p.into();
        }
    }
    if !profile.ways.no_usage {
        body["stream_options"] = json!({"include_usage": true});
    }
    match profile.software() {
        // -1 means all; some versions refuse 0.
        Software::Vllm if sampling.top_k == 0 => body["top_k"] = (-1).into(),
        Software::Vllm => body["top_k"] = sampling.top_k.into(),
        // These have their own default penalties and floors.
        Software::LlamaCpp | Software::LlamaCppPython => {
            body["top_k"] = sampling.top_k.into();
            body["min_p"] = 0.0.into();
            body["repeat_penalty"] = 1.0.into();
        }
        Software::Other => {}
    }
}
