//! Detecting servers: each program's own answers to the detection requests, as in its published
//! sources.

use std::time::Duration;

use routelens::{
    completion::fim::Family,
    remote::{
        Deadlines, Dialect, Network, NetworkConfig, ServerConfig, ServerReport,
        dialect::{Fim, Profile},
        examine,
    },
};
use serde_json::{Value, json};

use super::fixture::{Fixture, Request};

fn config(url: &str) -> ServerConfig {
    ServerConfig {
        name: url.to_owned(),
        url: url.to_owned(),
        dialect: None,
        model: None,
        key: None,
        family: None,
        context: None,
        prediction: None,
        top: 5,
        deadlines: Deadlines::default(),
    }
}

fn look(config: ServerConfig) -> ServerReport {
    let network = Network::new(NetworkConfig {
        offline: false,
        deny: Vec::new(),
        ca_certificates: Vec::new(),
    });
    examine(config, &network, Duration::from_secs(20))
}

fn found(config: ServerConfig) -> Profile {
    let report = look(config);
    let problem = report.problem;
    report.profile.unwrap_or_else(|| panic!("{problem:?}"))
}

fn problem(config: ServerConfig) -> String {
    let report = look(config);
    assert_eq!(report.profile, None);
    report.problem.expect("it says what is wrong")
}

/// A server that answers each request with a status and JSON.
fn server(answers: impl Fn(&Request) -> (u16, Value) + Send + Sync + 'static) -> Fixture {
    Fixture::start(move |request, wire| {
        let (status, body) = answers(request);
        let kind = "application/json";
        wire.answer(&status.to_string(), kind, body.to_string())
    })
}

fn not_found() -> (u16, Value) {
    (404, json!({"detail": "Not Found"}))
}

/// The answer of `/v1/completions` to a request that does not stream.
fn one_token(prompt_tokens: u32, logprobs: Value) -> Value {
    json!({
        "id": "cmpl-1",
        "object": "text_completion",
        "choices": [{"index": 0, "text": "a", "logprobs": logprobs, "finish_reason": "length"}],
        "usage": {"prompt_tokens": prompt_tokens, "completion_tokens": 1},
    })
}

fn legacy() -> Value {
    json!({"tokens": ["a"], "token_logprobs": [-0.5], "top_logprobs": [{"a": -0.5}], "text_offset": [0]})
}

/// Everything sent during detection, joined.
fn all_sent(server: &Fixture) -> String {
    let bodies = server.requests().into_iter();
    let bodies = bodies.map(|request| String::from_utf8_lossy(&request.body).into_owned());
    bodies.collect()
}

fn llama_server(request: &Request, infill: u16) -> (u16, Value) {
    match request.path.as_str() {
        "/props" => (
            200,
            json!({
                "default_generation_settings": {"n_ctx": 8192, "params": {}},
                "model_alias": "/models/qwen2.5-coder-7b-q8_0.gguf",
                "model_path": "/models/qwen2.5-coder-7b-q8_0.gguf",
                "build_info": "b6500-0c1e570",
            }),
        ),
        "/v1/models" => (
            200,
            json!({"object": "list", "data": [{
                "id": "/models/qwen2.5-coder-7b-q8_0.gguf",
                "owned_by": "llamacpp",
                "meta": {"n_ctx": 8192, "n_ctx_train": 32768},
            }]}),
        ),
        "/infill" => (
            infill,
            json!({"error": {"code": infill, "message": "Infill is not supported by this model: prefix token is missing. "}}),
        ),
        "/completion" | "/v1/chat/completions" => (
            400,
            json!({"error": {"code": 400, "message": "\"prompt\" must be a string"}}),
        ),
        _ => (
            404,
            json!({"error": {"message": "File Not Found", "code": 404}}),
        ),
    }
}

#[test]
fn llama_server_says_all_of_itself_and_writes_no_token_for_it() {
    let server = server(|request| llama_server(request, 400));
    let profile = found(config(&server.url()));
    assert_eq!(profile.dialect, Dialect::LlamaServer);
    assert_eq!(profile.software.as_deref(), Some("llama.cpp b6500-0c1e570"));
    assert_eq!(profile.model, "qwen2.5-coder-7b-q8_0");
    assert_eq!(profile.context, Some(8192));
    assert_eq!(profile.fim, Fim::Server);
    assert_eq!(profile.logprobs, Some(true));
    let probe = server.requests_to("/infill");
    assert_eq!(probe.len(), 1);
    // Nothing that the server could start working on.
    assert_eq!(probe[0].json()["input_prefix"], "");
}

#[test]
fn llama_server_whose_model_has_no_markers_gets_ours() {
    let server = server(|request| llama_server(request, 501));
    let profile = found(config(&server.url()));
    assert_eq!(profile.dialect, Dialect::LlamaServer);
    assert_eq!(profile.fim.name(), "Qwen");
}

#[test]
fn llama_server_with_a_model_for_chat_alone_is_asked_in_words() {
    let answers = |request: &Request| {
        let (status, body) = llama_server(request, 501);
        let text = body
            .to_string()
            .replace("qwen2.5-coder-7b", "llama-3.1-8b-instruct");
        (status, serde_json::from_str(&text).expect("still JSON"))
    };
    let server = server(answers);
    let profile = found(config(&server.url()));
    assert_eq!((profile.dialect, profile.fim), (Dialect::Chat, Fim::Words));
    let forced = ServerConfig {
        dialect: Some(Dialect::LlamaServer),
        family: Some(Family::StarCoder2),
        ..config(&server.url())
    };
    assert_eq!(found(forced).fim.name(), "StarCoder2");
}

fn vllm(request: &Request) -> (u16, Value) {
    let body = request.json();
    match request.path.as_str() {
        "/version" => (200, json!({"version": "0.10.1"})),
        "/v1/models" => (
            200,
            json!({"object": "list", "data": [{
                "id": "Qwen/Qwen2.5-Coder-32B-Instruct-AWQ",
                "owned_by": "vllm",
                "root": "Qwen/Qwen2.5-Coder-32B-Instruct-AWQ",
                "parent": null,
                "max_model_len": 32768,
                "permission": [],
            }]}),
        ),
        "/v1/completions" if !body["suffix"].is_null() => (
            400,
            json!({"error": {"message": "suffix is not currently supported", "type": "BadRequestError", "param": null, "code": 400}}),
        ),
        "/v1/completions" => (200, one_token(12, legacy())),
        _ => not_found(),
    }
}

#[test]
fn vllm_gets_our_layout_of_its_model_without_a_refusal() {
    let server = server(vllm);
    let profile = found(config(&format!("{}/v1/", server.url())));
    assert_eq!(profile.dialect, Dialect::Openai);
    assert_eq!(profile.software.as_deref(), Some("vLLM 0.10.1"));
    assert_eq!(profile.model, "Qwen/Qwen2.5-Coder-32B-Instruct-AWQ");
    assert_eq!(profile.context, Some(32768));
    assert_eq!(profile.fim.name(), "Qwen");
    assert_eq!(profile.logprobs, Some(true));
    assert_eq!(server.requests_to("/v1/completions").len(), 1);
}

#[test]
fn a_model_that_is_not_listed_is_told_with_those_that_are() {
    let server = server(vllm);
    let text = problem(ServerConfig {
        model: Some(String::from("qwen-of-dreams")),
        ..config(&server.url())
    });
    assert!(text.contains("qwen-of-dreams"), "{text}");
    assert!(
        text.contains("Qwen/Qwen2.5-Coder-32B-Instruct-AWQ"),
        "{text}"
    );
    let profile = found(ServerConfig {
        model: Some(String::from("qwen2.5-coder-32b-instruct-awq")),
        context: Some(1000),
        ..config(&server.url())
    });
    assert_eq!(profile.model, "Qwen/Qwen2.5-Coder-32B-Instruct-AWQ");
    assert_eq!(profile.context, Some(1000));
}

/// An OpenAI-like server with one model, whose completions are as given.
fn openai(
    model: &'static str,
    owner: &'static str,
    complete: impl Fn(&Value) -> (u16, Value) + Send + Sync + 'static,
) -> Fixture {
    server(move |request| match request.path.as_str() {
        "/v1/models" => (
            200,
            json!({"object": "list", "data": [{"id": model, "owned_by": owner}]}),
        ),
        "/v1/completions" => complete(&request.json()),
        "/v1/chat/completions" => (
            422,
            json!({"error": {"message": "messages: must be a list"}}),
        ),
        _ => not_found(),
    })
}

#[test]
fn a_suffix_that_is_read_is_sent_and_one_that_is_ignored_is_not() {
    let reads = openai("some-model", "someone", |_| (200, one_token(60, legacy())));
    assert_eq!(found(config(&reads.url())).fim, Fim::Server);
    let ignores = openai("starcoder2-15b", "someone", |_| {
        (200, one_token(9, Value::Null))
    });
    let profile = found(config(&ignores.url()));
    assert_eq!(profile.fim.name(), "StarCoder2");
    assert_eq!(profile.logprobs, Some(false));
    let unknown = openai("some-model", "someone", |_| (200, one_token(9, legacy())));
    assert_eq!(found(config(&unknown.url())).dialect, Dialect::Chat);
}

#[test]
fn llama_cpp_python_gets_our_layout_since_its_own_markers_are_wrong() {
    let server = openai(
        "/m/qwen2.5-coder-7b.gguf",
        "me",
        |body| match body["logprobs"].is_null() {
            true => (200, one_token(60, Value::Null)),
            false => (
                500,
                json!({"error": {"message": "logprobs is not supported for models created with logits_all=False", "type": "internal_server_error", "param": null, "code": null}}),
            ),
        },
    );
    let profile = found(config(&server.url()));
    assert_eq!(profile.software.as_deref(), Some("llama-cpp-python"));
    assert_eq!(profile.fim.name(), "Qwen");
    assert_eq!(profile.logprobs, Some(false));
}

#[test]
fn tgi_gets_our_layout() {
    let server = server(|request| match request.path.as_str() {
        "/info" => (
            200,
            json!({"model_id": "bigcode/starcoder2-3b", "max_total_tokens": 4096, "version": "2.4.0", "docker_label": null}),
        ),
        "/v1/completions" if request.json()["suffix"].is_null() => {
            (200, one_token(20, Value::Null))
        }
        "/v1/completions" => (
            422,
            json!({"error": "Suffix is not supported and can be achieved by preprocessing the prompt.", "error_type": "suffix not supported"}),
        ),
        _ => not_found(),
    });
    let profile = found(config(&server.url()));
    assert_eq!(profile.software.as_deref(), Some("TGI 2.4.0"));
    assert_eq!(profile.model, "bigcode/starcoder2-3b");
    assert_eq!(profile.context, Some(4096));
    assert_eq!(profile.fim.name(), "StarCoder2");
}

#[test]
fn a_server_without_completions_is_asked_in_words() {
    let missing = openai("gpt-oss-20b", "someone", |_| not_found());
    let profile = found(config(&missing.url()));
    assert_eq!((profile.dialect, profile.fim), (Dialect::Chat, Fim::Words));
    let unexpected = openai("qwen2.5-coder-7b", "organization_owner", |_| {
        (
            200,
            json!({"error": "Unexpected endpoint or method. (POST /v1/completions)"}),
        )
    });
    assert_eq!(found(config(&unexpected.url())).dialect, Dialect::Chat);
}

fn ollama(request: &Request, version: &str, show: &Value) -> (u16, Value) {
    match request.path.as_str() {
        "/api/version" => (200, json!({"version": version})),
        "/api/tags" => (
            200,
            json!({"models": [
                {"name": "llama3.1:8b", "model": "llama3.1:8b", "details": {}},
                {"name": "qwen2.5-coder:latest", "model": "qwen2.5-coder:latest", "details": {}},
            ]}),
        ),
        "/api/ps" => (200, json!({"models": []})),
        "/api/show" => (200, show.clone()),
        "/v1/models" => (
            200,
            json!({"object": "list", "data": [{"id": "llama3.1:8b", "owned_by": "library"}]}),
        ),
        _ => (404, json!("404 page not found")),
    }
}

#[test]
fn ollama_is_asked_for_a_model_that_inserts() {
    let show = json!({
        "capabilities": ["completion", "insert"],
        "model_info": {"general.architecture": "qwen2", "qwen2.context_length": 32768},
        "parameters": "num_ctx 16384",
    });
    let server = server(move |request| ollama(request, "0.12.11", &show));
    let profile = found(config(&server.url()));
    assert_eq!(profile.dialect, Dialect::Ollama);
    assert_eq!(profile.software.as_deref(), Some("Ollama 0.12.11"));
    assert_eq!(profile.model, "qwen2.5-coder:latest");
    assert_eq!(profile.context, Some(16384));
    assert_eq!(profile.fim, Fim::Server);
    assert_eq!(profile.logprobs, Some(true));
    let asked = server.requests_to("/api/show");
    assert_eq!(asked[0].json()["model"], "qwen2.5-coder:latest");
    let missing = problem(ServerConfig {
        model: Some(String::from("codellama:7b")),
        ..config(&server.url())
    });
    assert!(missing.contains("ollama pull codellama:7b"), "{missing}");
    assert!(missing.contains("llama3.1:8b"), "{missing}");
}

#[test]
fn ollama_whose_template_inserts_nothing_gets_our_layout() {
    let show = json!({"capabilities": ["completion"], "template": "{{ .Prompt }}"});
    let server = server(move |request| ollama(request, "0.9.0", &show));
    let named = |model: &str| ServerConfig {
        model: Some(model.to_owned()),
        ..config(&server.url())
    };
    let profile = found(named("qwen2.5-coder"));
    assert_eq!(profile.fim.name(), "Qwen");
    assert_eq!(profile.logprobs, Some(false));
    assert_eq!(found(named("llama3.1:8b")).dialect, Dialect::Chat);
}

#[test]
fn ollama_without_a_model_says_how_to_get_one() {
    let server = server(|request| match request.path.as_str() {
        "/api/version" => (200, json!({"version": "0.12.11"})),
        "/api/tags" => (200, json!({"models": []})),
        "/v1/models" => (200, json!({"object": "list", "data": null})),
        _ => (404, json!("404 page not found")),
    });
    let text = problem(config(&server.url()));
    assert!(text.contains("ollama pull"), "{text}");
}

#[test]
fn a_server_that_speaks_mistrals_dialect_is_found_by_its_endpoint() {
    let server = server(|request| match request.path.as_str() {
        "/v1/fim/completions" => (
            200,
            json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "length"}]}),
        ),
        _ => not_found(),
    });
    let profile = found(ServerConfig {
        model: Some(String::from("codestral-2508")),
        ..config(&server.url())
    });
    assert_eq!(profile.dialect, Dialect::Mistral);
    assert_eq!(profile.fim, Fim::Server);
}

#[test]
fn mistrals_models_behind_a_gateway_are_asked_for_holes() {
    let server = server(|request| match request.path.as_str() {
        "/v1/models" => (
            200,
            json!({"object": "list", "data": [
                {"id": "mistral-small-2506", "owned_by": "mistralai", "max_context_length": 131_072},
                {"id": "codestral-2508", "owned_by": "mistralai", "max_context_length": 262_144},
            ]}),
        ),
        "/v1/fim/completions" => (422, json!({"detail": [{"msg": "must be a string"}]})),
        _ => not_found(),
    });
    let profile = found(config(&server.url()));
    assert_eq!(profile.dialect, Dialect::Mistral);
    assert_eq!(
        (profile.model.as_str(), profile.context),
        ("codestral-2508", Some(262_144))
    );
}

#[test]
fn a_server_that_is_said_to_be_ollama_and_is_not_is_told_apart_from_one_without_a_model() {
    let server = server(|_| not_found());
    let text = problem(ServerConfig {
        dialect: Some(Dialect::Ollama),
        ..config(&server.url())
    });
    assert!(
        text.contains("/api/tags answered 404") && text.contains("dialect"),
        "{text}"
    );
}

#[test]
fn loading_a_missing_key_and_what_is_no_model_server_are_told_apart() {
    let loading = server(|_| {
        (
            503,
            json!({"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}),
        )
    });
    let text = problem(config(&loading.url()));
    assert!(text.contains("loading"), "{text}");
    let closed = server(|_| {
        (
            401,
            json!({"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}}),
        )
    });
    let text = problem(config(&closed.url()));
    assert!(text.contains("key_env"), "{text}");
    let page = Fixture::start(|_, wire| wire.answer("200 OK", "text/html", "<html>hello</html>"));
    let text = problem(config(&page.url()));
    assert!(text.contains("not like a model server"), "{text}");
    assert!(text.contains(&page.url()), "{text}");
}

#[test]
fn what_is_asked_is_the_same_for_everybody() {
    let first = server(vllm);
    let second = server(vllm);
    let _ = found(config(&first.url()));
    let _ = found(ServerConfig {
        name: String::from("a name of a person's own"),
        ..config(&second.url())
    });
    assert_eq!(all_sent(&first), all_sent(&second));
    assert!(all_sent(&first).contains("def add(a, b)"));
}
