//! Tests against real servers: a llama-server and a llama-cpp-python, each with the large demo
//! model. Each server's answers are compared with what the same GGUF file gives in this process. A
//! test whose server has no address here says that it was skipped, and passes.
//!
//! ```sh
//! llama-server -m samples/models/demo-large-16m-q8_0.gguf --port 8080 &
//! python -m llama_cpp.server --model samples/models/demo-large-16m-q8_0.gguf \
//!     --port 8081 --n_ctx 1024 &
//! ROUTELENS_TEST_LLAMA_SERVER=http://127.0.0.1:8080 \
//! ROUTELENS_TEST_LLAMA_CPP_PYTHON=http://127.0.0.1:8081 \
//!     cargo test --test program servers::real -- --nocapture
//! ```
//!
//! `pip install 'llama-cpp-python[server]'` brings the second. Its source distribution holds
//! llama.cpp; `cmake --build . --target llama-server` builds the first from it.
//!
//! Results with llama-cpp-python 0.3.36 and its llama.cpp, on 24 holes cut from the samples:
//! llama-server's greedy text was the same on 24, with log-probabilities within 0.06 nats;
//! llama-cpp-python's was the same on 23. Two faults of llama-cpp-python shape what routelens sends
//! it. Its `suffix` puts token 0 for each marker, so routelens sends its own FIM layout. With
//! log-probabilities it loses characters made of several tokens, so routelens does not ask for them
//! where the code is not ASCII. vLLM, LM Studio, TGI, DeepSeek, Mistral and Ollama were not run.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use routelens::{
    completion::{
        Completion, Hole, Request, RequestId, StopReason, StreamEvent,
        model::{ModelEvent, ModelInfo, Origin},
    },
    config::Config,
    language::Language,
    local::EngineConfig,
    models::ModelSource,
    remote::{Network, Remote},
};

use crate::blocking::BlockingEngine;

const LLAMA_SERVER: &str = "ROUTELENS_TEST_LLAMA_SERVER";
const LLAMA_CPP_PYTHON: &str = "ROUTELENS_TEST_LLAMA_CPP_PYTHON";
/// Holes at the end of an indentation, where the demo models do best.
const HOLES: usize = 24;
const TOKENS: usize = 12;

/// The address, or `None` with a message that says why the test does nothing.
fn address(variable: &str) -> Option<String> {
    let found = std::env::var(variable).ok().filter(|url| !url.is_empty());
    if found.is_none() {
        eprintln!("skipped: {variable} gives no address of a server");
    }
    found
}

struct Server {
    remote: Remote,
    events: Receiver<ModelEvent>,
    info: Arc<ModelInfo>,
}

impl Server {
    fn at(url: &str) -> Server {
        let config = Config::default();
        let ModelSource::Server(server) = config.source(url) else {
            panic!("{url} is a URL");
        };
        let (sender, events) = channel();
        let remote = Remote::start(server, &Network::new(config.network()), move |event| {
            let _ = sender.send(event);
        });
        let info = loop {
            match next(&events) {
                ModelEvent::Ready(info) => break info,
                ModelEvent::Unreachable(why) | ModelEvent::LoadFailed(why) => panic!("{why}"),
                _ => {}
            }
        };
        Server {
            remote,
            events,
            info,
        }
    }

    fn ask(&self, id: u64, hole: &Hole, max_tokens: usize) {
        self.remote.complete(request(id, hole, max_tokens));
    }

    /// The next event about a request.
    fn stream(&self, id: u64) -> StreamEvent {
        loop {
            match next(&self.events) {
                ModelEvent::Stream(of, event) if of == RequestId(id) => return event,
                _ => {}
            }
        }
    }

    fn complete(&self, id: u64, hole: &Hole, max_tokens: usize) -> Completion {
        self.ask(id, hole, max_tokens);
        self.until_done(id)
    }

    fn until_done(&self, id: u64) -> Completion {
        loop {
            match self.stream(id) {
                StreamEvent::Done(completion) => return completion,
                StreamEvent::Failed(why) => panic!("{why}"),
                _ => {}
            }
        }
    }
}

fn next(events: &Receiver<ModelEvent>) -> ModelEvent {
    events
        .recv_timeout(Duration::from_secs(60))
        .expect("the server goes on")
}

fn request(id: u64, hole: &Hole, max_tokens: usize) -> Request {
    Request::greedy(RequestId(id), hole.clone(), max_tokens)
}

/// Holes cut from the samples: before the first word of a line.
fn holes() -> Vec<Hole> {
    let samples = routelens::assets::samples();
    let sources = samples.iter().filter_map(|sample| {
        let path = std::path::Path::new(sample.name);
        Some((sample.text, Language::from_path(path)?))
    });
    let mut holes: Vec<Hole> = sources
        .flat_map(|(text, language)| {
            let mut at = 0;
            let mut holes = Vec::new();
            for line in text.split_inclusive('\n') {
                let indent = line.len() - line.trim_start().len();
                if indent >= 4 && line.trim().len() > 12 {
                    let (prefix, suffix) =
                        (&text[..at + indent], &text[at + line.trim_end().len()..]);
                    holes.push(Hole::new(prefix, suffix, Some(language)));
                }
                at += line.len();
            }
            holes
        })
        // Small enough for any server's context, with room to spare.
        .filter(|hole| hole.prefix.len() + hole.suffix.len() < 1500)
        .collect();
    let step = (holes.len() / HOLES).max(1);
    holes = holes.into_iter().step_by(step).take(HOLES).collect();
    assert!(holes.len() >= HOLES / 2, "{} holes", holes.len());
    holes
}

fn engine() -> BlockingEngine {
    let path = Config::default().large_source().expect("the demo model");
    let ModelSource::File(EngineConfig { model, .. }) = path else {
        panic!("the demo model is a file");
    };
    let exact = EngineConfig {
        shift_reuse: false,
        ..EngineConfig::new(model)
    };
    BlockingEngine::start(exact, &mut |_| {}).expect("it loads")
}

/// How many completions agree between server and process, and the greatest difference between the
/// log-probabilities of their tokens.
fn compare(server: &Server) -> (usize, usize, f32) {
    let mut engine = engine();
    let (mut same, mut difference) = (0, 0.0_f32);
    let holes = holes();
    for (hole, id) in holes.iter().zip(1..) {
        let there = server.complete(id, hole, TOKENS);
        let here = engine
            .complete(request(id, hole, TOKENS), &mut |_| {})
            .expect("a completion");
        if there.text == here.text {
            same += 1;
            for (there, here) in there.tokens.iter().zip(&here.tokens) {
                let (there, here) = (there.logprob.expect("given"), here.logprob.expect("known"));
                difference = difference.max((there - here).abs());
            }
        } else {
            eprintln!("{:?} there, {:?} here", there.text, here.text);
        }
    }
    (same, holes.len(), difference)
}

#[test]
fn llama_server_gives_what_the_same_model_gives_here() {
    let Some(url) = address(LLAMA_SERVER) else {
        return;
    };
    let server = Server::at(&url);
    let Origin::Server { dialect, chat, .. } = &server.info.origin else {
        panic!("a server");
    };
    assert_eq!((dialect.as_str(), *chat), ("llama-server", false));
    assert_eq!(server.info.context, Some(1024));
    let (same, of, difference) = compare(&server);
    eprintln!(
        "llama-server: {same} of {of} texts the same, log-probabilities within {difference:.4}"
    );
    assert!(same * 10 >= of * 9, "{same} of {of}");
    assert!(difference < 0.1, "{difference}");
}

#[test]
fn llama_server_says_what_it_took_and_ends_where_the_model_ends() {
    let Some(url) = address(LLAMA_SERVER) else {
        return;
    };
    let server = Server::at(&url);
    let completion = server.complete(1, &holes()[0], 32);
    let timing = completion.timing;
    assert!(timing.prompt_tokens > Some(10), "{timing:?}");
    assert!(timing.generated_tokens >= completion.tokens.len());
    let own = timing.server.expect("llama-server says it");
    assert!(
        own.prompt_ms > Some(0.0) && own.generation_ms > Some(0.0),
        "{own:?}"
    );
    for token in &completion.tokens {
        assert!(token.id.is_some() && token.logprob.is_some());
        assert!(!token.top.is_empty());
    }
}

#[test]
fn llama_server_stops_working_when_nobody_waits_any_more() {
    let Some(url) = address(LLAMA_SERVER) else {
        return;
    };
    let server = Server::at(&url);
    let hole = Hole::new(
        "# A very long list of numbers\nnumbers = [1, 2, 3, ",
        "",
        None,
    );
    server.ask(1, &hole, 900);
    loop {
        match server.stream(1) {
            StreamEvent::Token(_) => break,
            StreamEvent::Done(_) => return eprintln!("skipped: the model stopped by itself"),
            StreamEvent::Failed(why) => panic!("{why}"),
            _ => {}
        }
    }
    server.remote.cancel();
    assert_eq!(server.until_done(1).stop, StopReason::Cancelled);
    // This request needs the server's only free slot and is greedy, so the result is the same.
    let again = server.complete(2, &holes()[0], TOKENS);
    assert_eq!(again.text, server.complete(3, &holes()[0], TOKENS).text);
}

#[test]
fn llama_cpp_python_is_found_out_and_answers_with_probabilities() {
    let Some(url) = address(LLAMA_CPP_PYTHON) else {
        return;
    };
    let server = Server::at(&url);
    let Origin::Server { dialect, chat, .. } = &server.info.origin else {
        panic!("a server");
    };
    assert_eq!((dialect.as_str(), *chat), ("openai", false));
    let mut engine = engine();
    let (mut same, mut with_text) = (0, 0);
    let holes = holes();
    for (hole, id) in holes.iter().zip(1..) {
        let there = server.complete(id, hole, TOKENS);
        let here = engine
            .complete(request(id, hole, TOKENS), &mut |_| {})
            .expect("a completion");
        same += usize::from(there.text == here.text);
        with_text += usize::from(!there.text.is_empty());
        let texts: String = there
            .tokens
            .iter()
            .map(|token| token.text.as_str())
            .collect();
        assert_eq!(texts, there.text);
        for token in &there.tokens {
            // With log-probabilities it loses characters made of several tokens, so none are
            // requested if there are such characters.
            let ascii = hole.prefix.is_ascii() && hole.suffix.is_ascii();
            assert_eq!(token.logprob.is_some(), ascii);
            assert!(token.logprob.is_none_or(|p| p <= 0.0 && p.is_finite()));
            assert!(
                token
                    .top
                    .windows(2)
                    .all(|two| two[0].logprob >= two[1].logprob)
            );
        }
    }
    let of = holes.len();
    eprintln!("llama-cpp-python: {same} of {of} texts the same");
    assert!(with_text * 2 > of, "{with_text} of {of} have a text");
}

#[test]
fn two_requests_to_a_real_server_come_back_in_order() {
    for variable in [LLAMA_SERVER, LLAMA_CPP_PYTHON] {
        let Some(url) = address(variable) else {
            continue;
        };
        let server = Server::at(&url);
        let holes = holes();
        server.ask(1, &holes[0], 400);
        server.ask(2, &holes[1], TOKENS);
        assert_eq!(
            server.until_done(1).stop,
            StopReason::Cancelled,
            "{variable}"
        );
        assert_ne!(
            server.until_done(2).stop,
            StopReason::Cancelled,
            "{variable}"
        );
    }
}
