//! Asks a fixture as the program does and records all events; and the streams that servers send.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use routelens::{
    completion::{
        Completion, Hole, PromptInfo, Request, RequestId, StreamEvent, Token,
        model::{ModelEvent, ModelInfo},
    },
    remote::{Deadlines, Dialect, Network, NetworkConfig, Remote, ServerConfig},
};
use serde_json::json;

use super::fixture::{self, Fixture, Wire};

/// Long enough that only a hang exceeds it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server detected as llama-server that answers completions with `script`.
pub fn llama_server(
    script: impl Fn(&fixture::Request, &mut Wire) -> io::Result<()> + Send + Sync + 'static,
) -> Fixture {
    Fixture::start(move |request, wire| match request.path.as_str() {
        _ if is_completion(request) => script(request, wire),
        "/health" => wire.json(&json!({"status": "ok"})),
        "/props" => wire.json(&json!({
            "default_generation_settings": {"n_ctx": 4096},
            "model_path": "/models/test.gguf",
            "build_info": "b1-test",
        })),
        "/v1/models" => wire.json(&json!({
            "object": "list",
            "data": [{"id": "test", "object": "model", "owned_by": "llamacpp"}],
        })),
        "/infill" => {
            let error = json!({"error": {"code": 400, "type": "invalid_request_error",
                "message": "\"input_extra\" must be an array of {\"filename\": string, \"text\": string}"}});
            wire.answer("400 Bad Request", "application/json", error.to_string())
        }
        _ => not_found(wire),
    })
}

/// A server detected as plain OpenAI that answers completions with `script`.
pub fn openai(
    script: impl Fn(&fixture::Request, &mut Wire) -> io::Result<()> + Send + Sync + 'static,
) -> Fixture {
    Fixture::start(move |request, wire| match request.path.as_str() {
        _ if is_completion(request) => script(request, wire),
        "/v1/models" => wire.json(&json!({
            "object": "list",
            "data": [{"id": "test", "object": "model", "owned_by": "somebody"}],
        })),
        "/v1/completions" => wire.json(&json!({
            "object": "text_completion",
            "choices": [{"index": 0, "text": " a", "logprobs": {"tokens": [" a"],
                "token_logprobs": [-0.5], "top_logprobs": [{" a": -0.5}]},
                "finish_reason": "length"}],
            "usage": {"prompt_tokens": 90, "completion_tokens": 1},
        })),
        _ => not_found(wire),
    })
}

/// A server detected as Ollama that answers completions with `script`.
pub fn ollama(
    script: impl Fn(&fixture::Request, &mut Wire) -> io::Result<()> + Send + Sync + 'static,
) -> Fixture {
    Fixture::start(move |request, wire| match request.path.as_str() {
        _ if is_completion(request) => script(request, wire),
        "/api/version" => wire.json(&json!({"version": "0.13.0"})),
        "/api/tags" => wire.json(&json!({"models": [{"name": "test"}]})),
        "/api/show" => wire.json(&json!({"capabilities": ["completion", "insert"]})),
        _ => not_found(wire),
    })
}

/// The token limit of a [`Client`]'s requests.
const MAX_TOKENS: u64 = 64;

/// Whether a request is a [`Client`]'s completion, not part of detection.
fn is_completion(request: &fixture::Request) -> bool {
    let body = request.json();
    let places = [
        &body["n_predict"],
        &body["max_tokens"],
        &body["options"]["num_predict"],
    ];
    places
        .iter()
        .any(|tokens| tokens.as_u64().is_some_and(|tokens| tokens >= MAX_TOKENS))
}

/// The completion requests that a server received.
pub fn completions(server: &Fixture) -> Vec<fixture::Request> {
    let mut requests = server.requests();
    requests.retain(is_completion);
    requests
}

fn not_found(wire: &mut Wire) -> io::Result<()> {
    let body = r#"{"error":{"message":"File Not Found","type":"not_found_error","code":404}}"#;
    wire.answer("404 Not Found", "application/json", body)
}

/// The configuration that the program derives from `--large URL --large-dialect DIALECT`.
pub fn config(url: &str, dialect: Dialect) -> ServerConfig {
    ServerConfig {
        name: url.to_owned(),
        url: url.to_owned(),
        dialect: Some(dialect),
        model: Some(String::from("test")),
        key: None,
        family: Some(routelens::completion::fim::Family::Qwen),
        context: None,
        prediction: None,
        top: 3,
        deadlines: Deadlines {
            connect: Duration::from_secs(2),
            first_token: Duration::from_secs(10),
            total: Duration::from_secs(15),
        },
    }
}

/// The network settings of an empty configuration.
pub fn network() -> NetworkConfig {
    NetworkConfig {
        offline: false,
        deny: Vec::new(),
        ca_certificates: Vec::new(),
    }
}

/// A server as the playground holds it.
pub struct Client {
    pub remote: Remote,
    events: Receiver<ModelEvent>,
    last: u64,
    /// All events about the server itself.
    pub told: Vec<ModelEvent>,
}

/// All events of one request.
#[derive(Debug)]
pub struct Heard {
    pub waiting: Vec<String>,
    pub prompt: Option<PromptInfo>,
    pub tokens: Vec<Token>,
    pub end: Result<Completion, String>,
}

impl Client {
    pub fn new(config: ServerConfig) -> Self {
        Self::with(config, network())
    }

    pub fn with(config: ServerConfig, network: NetworkConfig) -> Self {
        let network = Network::new(network);
        let (sender, events) = channel();
        let remote = Remote::start(config, &network, move |event| {
            let _ = sender.send(event);
        });
        Client {
            remote,
            events,
            last: 0,
            told: Vec::new(),
        }
    }

    pub fn llama(server: &Fixture) -> Self {
        Self::new(config(&server.url(), Dialect::LlamaServer))
    }

    pub fn openai(server: &Fixture) -> Self {
        Self::new(config(&server.url(), Dialect::Openai))
    }

    /// With these deadlines for the first token and for the whole request.
    pub fn in_a_hurry(server: &Fixture, first_token: u64, total: u64) -> Self {
        let mut config = config(&server.url(), Dialect::LlamaServer);
        config.deadlines.first_token = Duration::from_millis(first_token);
        config.deadlines.total = Duration::from_millis(total);
        Self::new(config)
    }

    /// Asks, and waits for the last event.
    pub fn ask(&mut self) -> Heard {
        let id = self.send();
        self.hear(id)
    }

    /// Asks, expects a completion, and returns its text.
    pub fn text(&mut self) -> String {
        let heard = self.ask();
        heard
            .end
            .map(|completion| completion.text)
            .expect("a completion")
    }

    /// Asks, expects a failure, and returns its text.
    pub fn failure(&mut self) -> String {
        self.ask().end.expect_err("a failure")
    }

    pub fn send(&mut self) -> RequestId {
        self.send_hole(Hole::new("x = ", "\n", None))
    }

    pub fn send_hole(&mut self, hole: Hole) -> RequestId {
        self.send_request(Request::greedy(RequestId(0), hole, MAX_TOKENS as usize))
    }

    /// Sends the request under a new id.
    pub fn send_request(&mut self, mut request: Request) -> RequestId {
        self.last += 1;
        request.id = RequestId(self.last);
        let id = request.id;
        self.remote.complete(request);
        id
    }

    /// Waits for the last event of a request.
    pub fn hear(&mut self, id: RequestId) -> Heard {
        self.hear_until(id, |_| false)
    }

    /// Waits for the last event of a request, or for one that matches; reaching the end is then an
    /// error.
    pub fn hear_until(&mut self, id: RequestId, found: impl Fn(&StreamEvent) -> bool) -> Heard {
        let mut heard = Heard {
            waiting: Vec::new(),
            prompt: None,
            tokens: Vec::new(),
            end: Err(String::from("not over")),
        };
        loop {
            let (told, event) = match self.next().expect("the request ends") {
                ModelEvent::Stream(told, event) => (told, event),
                other => {
                    self.told.push(other);
                    continue;
                }
            };
            if told != id {
                continue;
            }
            let enough = found(&event);
            match event {
                StreamEvent::Waiting(why) => heard.waiting.push(why),
                StreamEvent::Started(prompt) => heard.prompt = Some(prompt),
                StreamEvent::Token(token) => heard.tokens.push(token),
                StreamEvent::Done(completion) => heard.end = Ok(completion),
                StreamEvent::Failed(why) => heard.end = Err(why),
            }
            let over = heard.end != Err(String::from("not over"));
            if over || enough {
                return heard;
            }
        }
    }

    /// Waits until the server is known.
    pub fn ready(&mut self) -> Arc<ModelInfo> {
        loop {
            match self.next() {
                Some(ModelEvent::Ready(info)) => return info,
                Some(event) => self.told.push(event),
                None => panic!("not ready; told {:?}", self.told),
            }
        }
    }

    /// The latest description of the server when it was ready.
    pub fn known(&self) -> Option<Arc<ModelInfo>> {
        self.told.iter().rev().find_map(|event| match event {
            ModelEvent::Ready(info) => Some(Arc::clone(info)),
            _ => None,
        })
    }

    /// Waits for the next event.
    pub fn next(&mut self) -> Option<ModelEvent> {
        self.within(PATIENCE)
    }

    /// The next event, if it comes within `wait`.
    pub fn within(&mut self, wait: Duration) -> Option<ModelEvent> {
        self.events.recv_timeout(wait).ok()
    }
}

/// Waits until a condition holds.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// llama-server's stream of these tokens, with head and end, on a connection that can be reused.
pub fn llama_stream(tokens: &[&str]) -> Vec<u8> {
    let mut events: String = tokens.iter().map(|token| llama_token(token)).collect();
    events += LLAMA_END;
    chunked("text/event-stream", &events)
}

/// One token as llama-server sends it.
pub fn llama_token(text: &str) -> String {
    let id = text.len();
    let (token, bytes) = (json!(text), text.as_bytes());
    format!(
        "data: {{\"index\":0,\"content\":{token},\"tokens\":[{id}],\"stop\":false,\"id_slot\":-1,\
         \"tokens_predicted\":1,\"tokens_evaluated\":14,\"completion_probabilities\":[{{\"id\":{id},\
         \"token\":{token},\"bytes\":{bytes:?},\"logprob\":-0.5,\"top_logprobs\":[{{\"id\":{id},\
         \"token\":{token},\"bytes\":{bytes:?},\"logprob\":-0.5}},{{\"id\":560,\"token\":\"def\",\
         \"bytes\":[100,101,102],\"logprob\":-2.0}}]}}]}}\n\n"
    )
}

/// The last event of llama-server.
pub const LLAMA_END: &str = "data: {\"index\":0,\"content\":\"\",\"tokens\":[],\"id_slot\":3,\
    \"stop\":true,\"model\":\"test\",\"tokens_predicted\":3,\"tokens_evaluated\":14,\
    \"stop_type\":\"eos\",\"truncated\":false,\"stopping_word\":\"\",\"tokens_cached\":16,\
    \"timings\":{\"cache_n\":4,\"prompt_n\":10,\"prompt_ms\":3.5,\"predicted_n\":3,\
    \"predicted_ms\":6.25}}\n\n";

/// A token as `/v1/completions` sends it.
pub fn openai_token(id: &str, text: &str) -> String {
    let text = json!(text);
    format!(
        "data: {{\"id\":\"{id}\",\"object\":\"text_completion\",\"created\":1,\"model\":\"test\",\
         \"choices\":[{{\"text\":{text},\"index\":0,\"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
    )
}

/// The end of a stream of `/v1/completions`.
pub const OPENAI_END: &str = "data: {\"id\":\"a\",\"object\":\"text_completion\",\"created\":1,\
    \"model\":\"test\",\"choices\":[{\"text\":\"\",\"index\":0,\"logprobs\":null,\
    \"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// An answer of unknown length on a connection that can be reused.
pub fn chunked(kind: &str, body: &str) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n");
    for line in body.split_inclusive("\n\n") {
        bytes += &format!("{:x}\r\n{line}\r\n", line.len());
    }
    (bytes + "0\r\n\r\n").into_bytes()
}
