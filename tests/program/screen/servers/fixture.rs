//! Playgrounds whose large models are on servers.

use routelens::{
    completion::{
        Completion, ServerTiming, StopReason, StreamEvent, Token,
        model::{ModelInfo, Origin},
    },
    config::{Config, NamedModel},
    routing::Escalation,
    tui::app::LaneKind,
};

use crate::screen::fixture::*;

/// A model on a server.
pub fn server(name: &str, url: &str, dialect: &str) -> ModelInfo {
    ModelInfo {
        name: name.to_owned(),
        context: Some(32_768),
        fim: "server's own".to_owned(),
        device: url.to_owned(),
        no_drafts: None,
        notices: Vec::new(),
        origin: Origin::Server {
            url: url.to_owned(),
            dialect: dialect.to_owned(),
            chat: dialect == "chat",
            logprobs: Some(true),
            plain_http: url.starts_with("http://10."),
        },
    }
}

pub fn llama_server() -> ModelInfo {
    server("qwen2.5-coder-32b", "http://127.0.0.1:8012", "llama-server")
}

/// `config` with a large model on a server of its own accelerators and prices.
pub fn on_server(config: Config) -> Config {
    let workstation = NamedModel {
        url: Some("http://127.0.0.1:8012".to_owned()),
        accelerators: Some(8.0),
        input_price: Some(2.0),
        output_price: Some(6.0),
        ..NamedModel::default()
    };
    Config {
        large: Some("workstation".to_owned()),
        models: [("workstation".to_owned(), workstation)].into(),
        ..config
    }
}

/// The same with a second one on another server.
pub fn on_two_servers(config: Config) -> Config {
    let mut config = on_server(config);
    let gpu = NamedModel {
        url: Some("https://gpu.example.com/v1".to_owned()),
        ..NamedModel::default()
    };
    config.models.insert("gpu".to_owned(), gpu);
    config.second = Some("gpu".to_owned());
    config
}

/// A configuration under which the large model is asked with the small one, and is wanted.
pub fn hedged() -> Config {
    Config {
        escalation: Escalation::Hedged,
        ..strict()
    }
}

/// The small model has completed, after five other completions; the large model is on a server.
pub fn completed(config: Config, large: ModelInfo) -> Playground {
    let mut playground = searching(on_server(config));
    playground.is_ready(LaneKind::Large, large);
    history(&mut playground);
    complete(&mut playground, &small_tokens(24));
    playground
}

/// Escalated to a server that has not answered yet.
pub fn asked_of(large: ModelInfo) -> Playground {
    completed(strict(), large)
}

pub fn asked_llama_server() -> Playground {
    asked_of(llama_server())
}

/// Asked ahead of the decision, which came so many milliseconds later and wants the answer.
pub fn ahead(milliseconds: f64) -> Playground {
    let mut playground = searching(on_server(hedged()));
    playground.is_ready(LaneKind::Large, llama_server());
    history(&mut playground);
    playground.press(&["ctrl-space"]);
    playground.write(LaneKind::Small, &small_tokens(24));
    playground.pass(milliseconds - (12.4 + 23.0 * 1.6));
    playground.finish(LaneKind::Small);
    playground
}

/// [`LARGE`] split into tokens as models do, each with its own probability.
pub fn large_tokens() -> Vec<Token> {
    tokens(LARGE)
}

pub fn tokens(text: &str) -> Vec<Token> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        let last = pieces.last().and_then(|piece| piece.chars().last());
        let joins = match last {
            Some(last) if last.is_whitespace() => last != '\n' || c == ' ',
            Some(last) => last.is_alphanumeric() && c.is_alphanumeric(),
            None => false,
        };
        match pieces.last_mut() {
            Some(piece) if joins => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    let probs = [0.97, 0.62, 0.91, 0.34, 0.88, 0.15, 0.99, 0.79, 0.93, 0.55];
    pieces
        .iter()
        .zip(probs.into_iter().cycle())
        .map(|(text, prob)| token(text, prob))
        .collect()
}

/// Without the statistics that only some servers report.
pub fn bare(mut tokens: Vec<Token>) -> Vec<Token> {
    for token in &mut tokens {
        (token.id, token.logprob, token.rank) = (None, None, None);
        (token.entropy, token.margin) = (None, None);
        token.top.clear();
    }
    tokens
}

/// What a model has written, with what a server tells of it at the end.
pub fn told(playground: &Playground, lane: LaneKind) -> Completion {
    let mut completion = playground.completion(lane, StopReason::End);
    completion.timing.ttft_ms = 31.4;
    completion.timing.total_ms = 284.0;
    completion.timing.server = Some(ServerTiming {
        load_ms: None,
        prompt_ms: Some(12.2),
        generation_ms: Some(240.4),
    });
    completion
}

/// A server writes `tokens` and ends.
pub fn answer(playground: &mut Playground, lane: LaneKind, tokens: &[Token]) {
    playground.write(lane, tokens);
    let done = told(playground, lane);
    playground.tell(lane, StreamEvent::Done(done));
}

/// Two large models that were asked about the same hole and disagree.
pub fn two() -> Playground {
    two_under(strict())
}

pub fn two_under(config: Config) -> Playground {
    let mut playground = searching(on_two_servers(config));
    playground.is_ready(LaneKind::Large, llama_server());
    let chat = server(
        "deepseek-coder-v2-lite-instruct",
        "https://gpu.example.com/v1",
        "chat",
    );
    playground.is_ready(LaneKind::Second, chat);
    history(&mut playground);
    complete(&mut playground, &small_tokens(24));
    answer(&mut playground, LaneKind::Large, &large_tokens());
    let other = "if items[middle] == wanted:\n            return middle\n        elif items[middle] > wanted:\n            high = middle\n        else:\n            low = middle + 1";
    answer(&mut playground, LaneKind::Second, &bare(tokens(other)));
    playground
}
