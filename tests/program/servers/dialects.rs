//! Each dialect from detection to the last event: what is detected, what is sent, and how the
//! answer is read, byte by byte.

use std::{io, time::Duration};

use routelens::{
    completion::{Hole, StopReason, model::ModelInfo},
    remote::{Dialect, ServerConfig},
};
use serde_json::{Value, json};

use super::{
    asking::{Client, chunked, config},
    fixture::{Fixture, Request, Wire},
};

/// A server that describes itself and streams one answer to every streaming request. `refuses` may
/// reject one first.
struct Server {
    facts: fn(&str) -> Option<Value>,
    refuses: fn(&Value) -> Option<(&'static str, Value)>,
    kind: &'static str,
    stream: String,
}

impl Server {
    fn start(self) -> Fixture {
        Fixture::start(move |request, wire| self.answer(request, wire))
    }

    fn answer(&self, request: &Request, wire: &mut Wire) -> io::Result<()> {
        let json = "application/json";
        let body = request.json();
        if request.method == "POST"
            && let Some((status, body)) = (self.refuses)(&body)
        {
            return wire.answer(status, json, body.to_string());
        }
        if body["stream"] == true {
            return wire.send_in_pieces(&chunked(self.kind, &self.stream), 1);
        }
        match (self.facts)(&request.path) {
            Some(fact) => wire.json(&fact),
            None => wire.answer("404 Not Found", json, r#"{"detail":"Not Found"}"#),
        }
    }
}

/// The configuration that the program derives from `--large URL`.
fn unknown(server: &Fixture) -> ServerConfig {
    ServerConfig {
        dialect: None,
        model: None,
        family: None,
        ..config(&server.url(), Dialect::Openai)
    }
}

fn sse(events: &[Value]) -> String {
    let events = events.iter().map(|event| format!("data: {event}\n\n"));
    events.collect::<String>() + "data: [DONE]\n\n"
}

fn ndjson(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The streaming requests.
fn streamed(server: &Fixture) -> Vec<Request> {
    let mut requests = server.requests();
    requests.retain(|request| request.json()["stream"] == true);
    requests
}

fn info(client: &mut Client) -> ModelInfo {
    client.ready().as_ref().clone()
}

/// A vLLM message.
fn legacy(text: &str, logprob: f32, finish: Option<&str>) -> Value {
    json!({"id": "cmpl-1", "object": "text_completion", "choices": [{
        "index": 0,
        "text": text,
        "logprobs": {"text_offset": [0], "token_logprobs": [logprob], "tokens": [text],
            "top_logprobs": [{(text): logprob, "other": -3.0}]},
        "finish_reason": finish,
        "stop_reason": null,
    }]})
}

fn vllm_facts(path: &str) -> Option<Value> {
    Some(match path {
        "/version" => json!({"version": "0.10.1"}),
        "/v1/models" => json!({"object": "list", "data": [
            {"id": "bigcode/starcoder2-15b", "owned_by": "vllm", "max_model_len": 16384},
        ]}),
        "/v1/completions" => {
            let mut whole = legacy("a", -0.5, Some("length"));
            whole["usage"] = json!({"prompt_tokens": 12, "completion_tokens": 1});
            whole
        }
        _ => return None,
    })
}

fn vllm_stream() -> String {
    sse(&[
        legacy("a", -0.25, None),
        legacy(" + b", -0.5, None),
        legacy("", -0.1, Some("stop")),
        json!({"id": "cmpl-1", "choices": [], "usage":
            {"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}}}),
    ])
}

#[test]
fn vllm() {
    let server = Server {
        facts: vllm_facts,
        refuses: |_| None,
        kind: "text/event-stream",
        stream: vllm_stream(),
    };
    let server = server.start();
    let mut client = Client::new(unknown(&server));
    let known = info(&mut client);
    assert_eq!(known.name, "bigcode/starcoder2-15b");
    assert_eq!(
        (known.context, known.fim.as_str()),
        (Some(16384), "StarCoder2")
    );
    assert!(known.device.contains("vLLM 0.10.1"), "{}", known.device);
    let heard = client.ask();
    let completion = heard.end.expect("a completion");
    assert_eq!(
        (completion.text.as_str(), completion.stop),
        ("a + b", StopReason::End)
    );
    let logprobs: Vec<_> = completion
        .tokens
        .iter()
        .map(|token| token.logprob)
        .collect();
    assert_eq!(logprobs, [Some(-0.25), Some(-0.5)]);
    let timing = completion.timing;
    assert_eq!(
        (timing.prompt_tokens, timing.cached_tokens),
        (Some(9), Some(4))
    );
    let asked = streamed(&server)[0].json();
    let prompt = "<fim_prefix>x = <fim_suffix>\n<fim_middle>";
    assert_eq!(asked["prompt"], prompt);
}

#[test]
fn what_a_server_does_not_take_is_left_out_from_then_on() {
    let server = Server {
        facts: vllm_facts,
        refuses: |body| {
            let refused = !body["stream_options"].is_null();
            let message = "Extra inputs are not permitted: 'stream_options'";
            let error = json!({"error": {"message": message, "code": 400}});
            refused.then_some(("400 Bad Request", error))
        },
        kind: "text/event-stream",
        stream: vllm_stream(),
    };
    let server = server.start();
    let mut client = Client::new(unknown(&server));
    assert_eq!(client.text(), "a + b");
    assert_eq!(client.text(), "a + b");
    let asked = streamed(&server);
    let with = asked
        .iter()
        .map(|request| request.json()["stream_options"].is_null());
    assert_eq!(with.collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn mistral() {
    let delta = |content: Value, finish: Option<&str>| {
        json!({"id": "1", "object": "chat.completion.chunk", "model": "codestral-latest",
            "choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}]})
    };
    let mut last = delta(json!(""), Some("length"));
    last["usage"] = json!({"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9});
    let server = Server {
        facts: |path| match path {
            "/v1/models" => Some(json!({"object": "list", "data": [
                {"id": "mistral-large-latest", "max_context_length": 1000},
                {"id": "codestral-2508", "aliases": ["codestral-latest"], "max_context_length": 32000},
            ]})),
            _ => None,
        },
        refuses: |_| None,
        kind: "text/event-stream",
        stream: sse(&[
            delta(json!("a"), None),
            delta(json!([{"type": "text", "text": " + é"}]), None),
            last,
        ]),
    };
    let server = server.start();
    let mut client = Client::new(ServerConfig {
        dialect: Some(Dialect::Mistral),
        ..unknown(&server)
    });
    let known = info(&mut client);
    assert_eq!(
        (known.name.as_str(), known.context),
        ("codestral-2508", Some(32000))
    );
    let completion = client.ask().end.expect("a completion");
    assert_eq!(
        (completion.text.as_str(), completion.stop),
        ("a + é", StopReason::Limit)
    );
    assert!(
        completion
            .tokens
            .iter()
            .all(|token| token.logprob.is_none())
    );
    assert_eq!(completion.timing.prompt_tokens, Some(7));
    let asked = server.requests_to("/v1/fim/completions");
    assert_eq!(asked[0].json()["suffix"], "\n");
}

fn ollama_stream() -> String {
    let token = |text: &str| {
        json!({"model": "m", "response": text, "done": false, "logprobs": [
            {"token": text, "logprob": -0.5, "bytes": text.as_bytes(), "top_logprobs":
                [{"token": text, "logprob": -0.5, "bytes": text.as_bytes()}]},
        ]})
    };
    ndjson(&[
        token("a"),
        token(" + é"),
        json!({"model": "m", "response": "", "done": true, "done_reason": "stop",
            "total_duration": 5_000_000, "load_duration": 1_000_000, "prompt_eval_count": 26,
            "prompt_eval_duration": 2_000_000, "eval_count": 3, "eval_duration": 3_000_000}),
    ])
}

fn ollama_facts(path: &str) -> Option<Value> {
    Some(match path {
        "/api/version" => json!({"version": "0.12.11"}),
        "/api/tags" => json!({"models": [{"name": "qwen2.5-coder:7b"}]}),
        "/api/show" => json!({"capabilities": ["completion", "insert"]}),
        _ => return None,
    })
}

#[test]
fn ollama() {
    let server = Server {
        facts: ollama_facts,
        refuses: |_| None,
        kind: "application/x-ndjson",
        stream: ollama_stream(),
    };
    let server = server.start();
    let mut client = Client::new(unknown(&server));
    assert_eq!(info(&mut client).fim, "server's own");
    let completion = client.ask().end.expect("a completion");
    assert_eq!(completion.text, "a + é");
    assert_eq!(completion.tokens[1].logprob, Some(-0.5));
    let timing = completion.timing;
    let server_says = timing.server.expect("its own timings");
    assert_eq!(server_says.load_ms, Some(1.0));
    assert_eq!(server_says.prompt_ms, Some(2.0));
    assert_eq!(server_says.generation_ms, Some(3.0));
    assert_eq!(
        (timing.prompt_tokens, timing.generated_tokens),
        (Some(26), 3)
    );
}

#[test]
fn ollama_that_inserts_nothing_after_all_gets_our_layout_from_then_on() {
    let server = Server {
        facts: ollama_facts,
        refuses: |body| {
            let error = json!({"error": "registry.ollama.ai/library/qwen2.5-coder:7b does not support insert"});
            body["suffix"]
                .is_string()
                .then_some(("400 Bad Request", error))
        },
        kind: "application/x-ndjson",
        stream: ollama_stream(),
    };
    let server = server.start();
    let mut client = Client::new(unknown(&server));
    assert_eq!(client.text(), "a + é");
    assert_eq!(client.text(), "a + é");
    let asked = streamed(&server);
    let raw = asked.iter().map(|request| request.json()["raw"] == true);
    assert_eq!(raw.collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(client.known().expect("it is known").fim, "Qwen");
}

#[test]
fn chat_answers_are_cleaned_and_ended_where_the_code_ends() {
    let server = Fixture::start(|request, wire| match request.path.as_str() {
        "/v1/models" => wire.json(&json!({"data": [{"id": "gpt-oss-20b", "owned_by": "vllm"}]})),
        "/v1/chat/completions" => {
            wire.begin_stream("text/event-stream")?;
            let parts = [
                "<think>\nWhat is",
                " x?\n</think>\n\n",
                "```py",
                "thon\nx = ",
                "1 + ",
                "2\n``",
                "`\n",
                "x is",
            ];
            for part in parts {
                let delta = json!({"choices": [{"index": 0, "delta": {"content": part}}]});
                wire.send_in_pieces(format!("data: {delta}\n\n").as_bytes(), 3)?;
            }
            wire.pause(Duration::from_secs(20))
        }
        _ => wire.answer("404 Not Found", "text/plain", ""),
    });
    let mut client = Client::new(unknown(&server));
    assert!(info(&mut client).is_chat());
    let completion = client.ask().end.expect("a completion");
    assert_eq!(
        (completion.text.as_str(), completion.stop),
        ("1 + 2", StopReason::End)
    );
    // The rest of its stream is not waited for.
    assert!(server.closed(Duration::from_secs(10)).is_some());
}

#[test]
fn a_chat_answer_that_goes_on_with_the_text_after_the_hole_stops_there() {
    let delta = |content: &str| json!({"choices": [{"index": 0, "delta": {"content": content}}]});
    let server = Server {
        facts: |path| {
            let models = json!({"data": [{"id": "gpt-oss-20b", "owned_by": "somebody"}]});
            (path == "/v1/models").then_some(models)
        },
        refuses: |_| None,
        kind: "text/event-stream",
        stream: sse(&[
            delta("def add(a, b):\n    return a + b\n\n"),
            delta("print(add(1, 2))\nprint(add(3, 4))\nprint(5)\n"),
        ]),
    };
    let server = server.start();
    let mut client = Client::new(unknown(&server));
    let after = "\n\nprint(add(1, 2))\nprint(add(3, 4))\n";
    let id = client.send_hole(Hole::new("def add(a, b):\n    return ", after, None));
    let completion = client.hear(id).end.expect("a completion");
    assert_eq!(completion.text, "a + b");
}

#[test]
fn a_hole_with_a_marker_in_it_is_not_sent_where_it_would_be_taken_for_one() {
    let server = Server {
        facts: vllm_facts,
        refuses: |_| None,
        kind: "text/event-stream",
        stream: vllm_stream(),
    };
    let server = server.start();
    let mut client = Client::new(unknown(&server));
    let id = client.send_hole(Hole::new("MARKER = '<fim_middle>'\nx = ", "\n", None));
    let failure = client.hear(id).end.expect_err("refused");
    assert!(failure.contains("<fim_middle>"), "{failure}");
    assert!(streamed(&server).is_empty());
    assert_eq!(client.text(), "a + b");
}

#[test]
fn nothing_of_the_persons_is_sent_to_find_out_what_a_server_is() {
    let server = Server {
        facts: vllm_facts,
        refuses: |_| None,
        kind: "text/event-stream",
        stream: vllm_stream(),
    };
    let server = server.start();
    let mut client = Client::new(unknown(&server));
    let id = client.send_hole(Hole::new(
        "password = 'swordfish'\nx = ",
        "\n# swordfish",
        None,
    ));
    client.hear(id).end.expect("a completion");
    for request in server.requests() {
        let holds = String::from_utf8_lossy(&request.body).contains("swordfish");
        assert_eq!(holds, request.json()["stream"] == true, "{}", request.path);
    }
}
