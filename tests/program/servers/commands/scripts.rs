//! The behaviour of the servers in these tests: llama.cpp's own and an OpenAI-like one, each with
//! just the parts of its API that are used.

use std::{io, time::Duration};

use serde_json::{Value, json};

use super::super::fixture::{Fixture, Request, Wire};

/// The tokens that a server writes into the hole.
pub const TEXT: [&str; 2] = ["val", "ue"];
pub fn not_found(wire: &mut Wire) -> io::Result<()> {
    let error = json!({"error": {"message": "File Not Found", "code": 404}});
    wire.answer("404 Not Found", "application/json", error.to_string())
}

pub fn event(wire: &mut Wire, message: &Value) -> io::Result<()> {
    wire.send(format!("data: {message}\n\n"))
}

/// llama.cpp's server; it pauses after the first token.
pub fn llama_server(pause: Duration) -> Fixture {
    Fixture::start(move |request: &Request, wire: &mut Wire| {
        let models = json!({"object": "list", "data": [
            {"id": "big-7b", "object": "model", "owned_by": "llamacpp", "meta": {"n_ctx": 4096}},
        ]});
        match request.path.as_str() {
            "/health" => wire.json(&json!({"status": "ok"})),
            "/props" => wire.json(&json!({
                "default_generation_settings": {"n_ctx": 4096},
                "total_slots": 1,
                "model_alias": "big-7b",
                "model_path": "/models/big-7b.gguf",
                "build_info": "b6500-0c1e570",
            })),
            "/v1/models" => wire.json(&models),
            "/infill" => infill(request, wire, pause),
            _ => not_found(wire),
        }
    })
}

fn infill(request: &Request, wire: &mut Wire, pause: Duration) -> io::Result<()> {
    let tokens = TEXT.iter().enumerate().map(|(index, text)| {
        let bytes = text.as_bytes();
        json!({"index": 0, "content": text, "tokens": [index], "stop": false,
            "completion_probabilities": [{"id": index, "token": text, "bytes": bytes,
                "logprob": -0.5, "top_logprobs": [
                    {"id": index, "token": text, "bytes": bytes, "logprob": -0.5}]}]})
    });
    let last = json!({"index": 0, "content": "", "tokens": [], "stop": true, "stop_type": "eos",
        "tokens_predicted": 2, "tokens_evaluated": 14, "timings": {"cache_n": 3, "prompt_n": 11,
            "prompt_ms": 4.5, "predicted_n": 2, "predicted_ms": 2.5}});
    if request.json()["stream"] != true {
        return wire.json(&last);
    }
    wire.begin_stream("text/event-stream")?;
    for (index, token) in tokens.enumerate() {
        if index == 1 && !pause.is_zero() {
            wire.pause(pause)?;
        }
        event(wire, &token)?;
    }
    event(wire, &last)
}

/// An OpenAI-like server that requires `key`, unless it is empty, and echoes a wrong one.
pub fn openai(key: &'static str) -> Fixture {
    Fixture::start(move |request: &Request, wire: &mut Wire| {
        let given = request.header("authorization").unwrap_or_default();
        if !key.is_empty() && given != format!("Bearer {key}") {
            let text = format!("Incorrect API key provided: {given}");
            let error = json!({"error": {"message": text, "code": "invalid_api_key"}});
            return wire.answer("401 Unauthorized", "application/json", error.to_string());
        }
        match request.path.as_str() {
            "/v1/models" => models(wire),
            "/v1/completions" => completions(request, wire),
            _ => not_found(wire),
        }
    })
}

pub fn models(wire: &mut Wire) -> io::Result<()> {
    wire.json(&json!({"object": "list", "data": [
        {"id": "qwen2.5-coder-32b", "object": "model", "owned_by": "vllm", "max_model_len": 32768},
        {"id": "starcoder2-15b", "object": "model", "owned_by": "vllm", "max_model_len": 16384},
    ]}))
}

pub fn choice(text: &str, finish: Option<&str>) -> Value {
    json!({"object": "text_completion", "choices": [{"text": text, "index": 0,
        "logprobs": {"tokens": [text], "token_logprobs": [-0.25], "text_offset": [0],
            "top_logprobs": [{text: -0.25}]},
        "finish_reason": finish}]})
}

fn completions(request: &Request, wire: &mut Wire) -> io::Result<()> {
    if request.json()["stream"] != true {
        return wire.json(&choice("v", Some("length")));
    }
    wire.begin_stream("text/event-stream")?;
    for text in TEXT {
        event(wire, &choice(text, None))?;
    }
    let last = json!({"choices": [{"text": "", "index": 0, "logprobs": null,
        "finish_reason": "stop"}]});
    event(wire, &last)?;
    wire.send("data: [DONE]\n\n")
}
