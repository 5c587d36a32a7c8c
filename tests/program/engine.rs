//! The engine on the demo models.

mod speculation;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use routelens::completion::model::{ModelEvent, Origin};
use routelens::completion::{
    Completion, Hole, PromptInfo, Request, RequestId, Sampling, StopReason, StreamEvent, Token,
};
use routelens::language::Language;
use routelens::local::{Engine, EngineConfig, inspect};

use crate::blocking::BlockingEngine;

fn model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples/models")
        .join(name)
}

fn small() -> EngineConfig {
    EngineConfig::new(model("demo-small-7m-q8_0.gguf"))
}

fn engine(config: EngineConfig) -> BlockingEngine {
    BlockingEngine::start(config, &mut |_| {}).expect("the demo model loads")
}

fn request(id: u64, hole: Hole) -> Request {
    Request::greedy(RequestId(id), hole, 24)
}

const PREFIX: &str =
    "def mean(values):\n    total = 0\n    for value in values:\n        total += ";
const SUFFIX: &str = "\n    return total / len(values)\n";

fn hole() -> Hole {
    Hole::new(PREFIX, SUFFIX, Some(Language::Python))
}

/// A hole of several hundred tokens.
fn long_hole(lines: usize) -> Hole {
    let line = |i: usize| format!("    value_{i} = compute(value_{}, {i})\n", i / 2);
    let prefix: String = (0..lines).map(line).collect();
    let suffix: String = (lines..lines + lines / 2).map(line).collect();
    Hole::new(
        format!("def long_one():\n{prefix}    result = "),
        format!("\n{suffix}"),
        Some(Language::Python),
    )
}

#[test]
fn a_context_of_any_size_evaluates_a_hole_that_is_longer() {
    for context in [1, 64, 129, 200, 256, 300] {
        let config = EngineConfig {
            context: Some(context),
            ..small()
        };
        let completion = complete(&mut engine(config), request(1, long_hole(100)));
        assert!(
            completion.timing.prompt_tokens > Some(0),
            "context {context}"
        );
    }
}

fn complete(engine: &mut BlockingEngine, request: Request) -> Completion {
    engine.complete(request, &mut |_| {}).expect("a completion")
}

fn prompt_info(engine: &mut BlockingEngine, request: Request) -> (PromptInfo, Completion) {
    let mut info = PromptInfo::default();
    let completion = engine
        .complete(request, &mut |event| {
            if let StreamEvent::Started(started) = event {
                info = *started;
            }
        })
        .expect("a completion");
    (info, completion)
}

fn ids(completion: &Completion) -> Vec<i32> {
    completion.tokens.iter().filter_map(|t| t.id).collect()
}

#[test]
fn greedy_output_is_the_same_every_time_and_its_text_is_its_tokens() {
    for name in ["demo-small-7m-q8_0.gguf", "demo-large-16m-q8_0.gguf"] {
        let mut first = engine(EngineConfig::new(model(name)));
        let one = complete(&mut first, request(1, hole()));
        let again = complete(&mut first, request(2, hole()));
        let other = complete(
            &mut engine(EngineConfig::new(model(name))),
            request(1, hole()),
        );
        assert!(!one.tokens.is_empty());
        assert_eq!((&one.text, &one.tokens), (&other.text, &other.tokens));
        assert_eq!(ids(&one), ids(&again));
        let texts: String = one.tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(one.text, texts);
        assert!(one.tokens.iter().all(|token| token.rank == Some(0)));
    }
}

#[test]
fn probabilities_sum_to_one_and_agree_with_entropy_and_margin() {
    let config = EngineConfig {
        top: usize::MAX,
        ..small()
    };
    let completion = complete(&mut engine(config), request(1, hole()));
    for token in &completion.tokens {
        let probs: Vec<f64> = token
            .top
            .iter()
            .map(|c| f64::from(c.logprob).exp())
            .collect();
        assert_eq!(probs.len(), 8192, "the whole vocabulary");
        assert!((probs.iter().sum::<f64>() - 1.0).abs() < 1e-4);
        let entropy: f64 = probs.iter().map(|p| -p * p.max(1e-300).ln()).sum();
        assert!((entropy - f64::from(token.entropy.expect("known"))).abs() < 1e-3);
        assert!((probs[0] - probs[1] - f64::from(token.margin.expect("known"))).abs() < 1e-5);
        let own = &token.top[token.rank.expect("known") as usize];
        assert_eq!((own.id, Some(own.logprob)), (token.id, token.logprob));
    }
}

#[test]
fn reuse_of_the_common_prefix_gives_exactly_the_tokens_that_no_reuse_gives() {
    let exact = || EngineConfig {
        shift_reuse: false,
        ..small()
    };
    let mut warm = engine(exact());
    let Hole { prefix, suffix, .. } = long_hole(24);
    for (id, typed) in ["", "c", "co", "com", "comp", "compute", "compute(", "x"]
        .iter()
        .enumerate()
    {
        let hole = Hole::new(format!("{prefix}{typed}"), &suffix, Some(Language::Python));
        let reused = complete(&mut warm, request(id as u64 + 1, hole.clone()));
        let cold = complete(&mut engine(exact()), request(1, hole));
        assert_eq!(cold.timing.cached_tokens, Some(0));
        assert!(
            id == 0 || reused.timing.cached_tokens > Some(100),
            "{:?}",
            reused.timing
        );
        assert_eq!(reused.tokens, cold.tokens, "after typing {typed:?}");
        assert_eq!(reused.stop, cold.stop);
    }
}

#[test]
fn a_typed_character_does_not_evaluate_the_suffix_again() {
    let mut engine = engine(small());
    let Hole { prefix, suffix, .. } = long_hole(24);
    let typed = |text: &str| Hole::new(format!("{prefix}{text}"), &suffix, Some(Language::Python));
    let (cold, _) = prompt_info(&mut engine, request(1, typed("")));
    let (warm, completion) = prompt_info(&mut engine, request(2, typed("c")));
    assert_eq!(cold.cached_tokens, Some(0));
    assert!(cold.prompt_tokens > Some(300));
    assert!(
        warm.prompt_tokens <= warm.cached_tokens.map(|n| n + 16),
        "{warm:?}"
    );
    assert_eq!(completion.timing.cached_tokens, warm.cached_tokens);
}

#[test]
fn a_hole_larger_than_the_context_is_trimmed_around_the_cursor_and_said_so() {
    let mut engine = engine(small());
    let large = long_hole(2000);
    let (info, completion) = prompt_info(&mut engine, request(1, large.clone()));
    let context = engine.info().context.expect("known") as usize;
    assert!(
        info.prompt_tokens.expect("known") + 24 <= context,
        "{info:?}"
    );
    assert!(info.prompt_tokens > Some(context / 2), "{info:?}");
    assert!(info.trimmed_tokens > 10_000, "{info:?}");
    assert!(!completion.tokens.is_empty());
    // One long line of wide characters, with no good place to cut.
    let wide = Hole::new("é𝄞".repeat(60_000), "漢".repeat(60_000), None);
    let (info, _) = prompt_info(&mut engine, request(2, wide));
    assert!(info.trimmed_tokens > 0 && info.prompt_tokens < Some(context));
    let empty = Hole::new("", "", None);
    assert_eq!(
        prompt_info(&mut engine, request(3, empty)).0.trimmed_tokens,
        0
    );
}

#[test]
fn forced_tokens_come_first_with_the_statistics_of_the_model_itself() {
    let mut engine = engine(small());
    let greedy = complete(&mut engine, request(1, hole()));
    let other = greedy.tokens[0].top[1].clone();
    let forced = complete(
        &mut engine,
        Request {
            forced: vec![other.id.expect("known")],
            ..request(2, hole())
        },
    );
    let first = &forced.tokens[0];
    assert_eq!((first.id, first.rank), (other.id, Some(1)));
    assert!((first.logprob.expect("known") - other.logprob).abs() < 1e-3);
    let impossible = Request {
        forced: vec![8192],
        ..request(3, hole())
    };
    let error = engine
        .complete(impossible, &mut |_| {})
        .expect_err("no such token");
    assert!(error.contains("8192"), "{error}");
    assert_eq!(
        ids(&complete(&mut engine, request(4, hole()))),
        ids(&greedy)
    );
}

#[test]
fn sampled_completions_hang_on_the_seed_alone() {
    let mut engine = engine(small());
    let mut sampled = |id, seed| {
        let sampling = Sampling {
            temperature: 1.2,
            seed,
            ..Sampling::default()
        };
        complete(
            &mut engine,
            Request {
                sampling,
                ..request(id, hole())
            },
        )
    };
    let first = ids(&sampled(1, 7));
    assert_eq!(ids(&sampled(2, 7)), first);
    let others: Vec<Vec<i32>> = (0..5)
        .map(|seed| ids(&sampled(3 + seed, seed as u32)))
        .collect();
    assert!(others.iter().any(|other| *other != first));
}

#[test]
fn every_event_carries_whole_characters_and_no_special_token() {
    let mut engine = engine(small());
    for seed in 0..6 {
        let sampling = Sampling {
            temperature: 3.0,
            top_k: 0,
            top_p: 1.0,
            seed,
        };
        let mut bytes = Vec::new();
        let mut text = String::new();
        let hole = Hole::new("s = 'é漢字𝄞", "'\n", Some(Language::Python));
        let request = Request {
            sampling,
            max_tokens: 60,
            ..request(u64::from(seed) + 1, hole)
        };
        engine
            .complete(request, &mut |event| {
                if let StreamEvent::Token(Token {
                    bytes: b, text: t, ..
                }) = event
                {
                    bytes.extend_from_slice(b);
                    text += t;
                }
            })
            .expect("a completion");
        let lossy = String::from_utf8_lossy(&bytes);
        assert!(lossy.starts_with(&text), "{text:?} of {lossy:?}");
        assert!(!text.contains("<|"), "{text:?}");
    }
}

/// Starts an engine and a channel of its events.
fn listening(config: EngineConfig) -> (Engine, Receiver<ModelEvent>) {
    let (sender, receiver) = channel();
    let engine = Engine::start(config, move |event| {
        let _ = sender.send(event);
    });
    (engine, receiver)
}

fn next(events: &Receiver<ModelEvent>) -> ModelEvent {
    events
        .recv_timeout(Duration::from_secs(60))
        .expect("an event in time")
}

/// Events up to the last one of a request.
fn until_done(events: &Receiver<ModelEvent>, id: u64) -> Vec<ModelEvent> {
    let mut seen = Vec::new();
    loop {
        let event = next(events);
        let last = matches!(
            &event,
            ModelEvent::Stream(of, StreamEvent::Done(_) | StreamEvent::Failed(_))
                if *of == RequestId(id)
        );
        seen.push(event);
        if last {
            return seen;
        }
    }
}

#[test]
fn a_newer_request_ends_the_older_one_whose_events_never_come_after_it() {
    let (engine, events) = listening(small());
    // Requested while the model loads, in quick succession.
    for id in 1..=20 {
        let hole = if id % 2 == 0 { hole() } else { long_hole(20) };
        engine.complete(request(id, hole));
        if id % 5 == 0 {
            std::thread::sleep(Duration::from_millis(3));
        }
    }
    let seen = until_done(&events, 20);
    let mut newest = 0;
    let mut ended: HashMap<u64, usize> = HashMap::new();
    for event in &seen {
        let ModelEvent::Stream(RequestId(id), event) = event else {
            continue;
        };
        assert!(*id >= newest, "an event of {id} after one of {newest}");
        newest = *id;
        if let StreamEvent::Done(_) = event {
            *ended.entry(*id).or_default() += 1;
        }
    }
    let all: HashMap<u64, usize> = (1..=20).map(|id| (id, 1)).collect();
    assert_eq!(ended, all, "every request ends once");
}

#[test]
fn cancelling_ends_a_request_with_what_there_is() {
    let (engine, events) = listening(small());
    let endless = Request {
        sampling: Sampling {
            temperature: 1.5,
            ..Sampling::default()
        },
        max_tokens: 100_000,
        ..request(1, Hole::new("x = [", "", None))
    };
    engine.complete(endless);
    loop {
        if let ModelEvent::Stream(_, StreamEvent::Token(_) | StreamEvent::Done(_)) = next(&events) {
            break;
        }
    }
    engine.cancel();
    engine.complete(request(2, hole()));
    let seen = until_done(&events, 2);
    let Some(ModelEvent::Stream(_, StreamEvent::Done(completion))) = seen.last() else {
        panic!("{seen:?}");
    };
    assert_ne!(completion.stop, StopReason::Cancelled);
    assert!(!completion.text.is_empty());
}

/// The error from loading such a file through the engine.
fn refused(path: &Path) -> String {
    let (engine, events) = listening(EngineConfig::new(path));
    engine.complete(request(1, hole()));
    let why = loop {
        match next(&events) {
            ModelEvent::LoadFailed(why) => break why,
            ModelEvent::Loading(_) => {}
            other => panic!("{other:?}"),
        }
    };
    let answer = next(&events);
    assert_eq!(
        answer,
        ModelEvent::Stream(RequestId(1), StreamEvent::Failed(why.clone()))
    );
    assert!(
        why.contains(&path.display().to_string()),
        "names the file: {why}"
    );
    why
}

#[test]
fn files_that_are_no_whole_fim_model_are_refused_with_reason_and_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    let good = std::fs::read(model("demo-small-7m-q8_0.gguf")).expect("the demo model");
    let short = refused(&file("short.gguf", &good[..good.len() - 1000]));
    assert!(
        short.contains("truncated") && short.contains("Download"),
        "{short}"
    );
    let header = refused(&file("header.gguf", &good[..5000]));
    assert!(header.contains("truncated"), "{header}");
    let text = refused(&file("text.gguf", b"not a model at all"));
    assert!(text.contains("not a GGUF file"), "{text}");
    let empty = refused(&file("empty.gguf", b""));
    assert!(empty.contains("not a GGUF file"), "{empty}");
    let missing = refused(&folder.path().join("missing.gguf"));
    assert!(missing.contains("cannot be read"), "{missing}");
    assert!(refused(folder.path()).contains("folder"));
    let without = refused(&file("without.gguf", &without_fim(good)));
    assert!(without.contains("no FIM tokens"), "{without}");
}

/// The model with its FIM tokens renamed, in the vocabulary and in the metadata.
fn without_fim(mut bytes: Vec<u8>) -> Vec<u8> {
    for (name, other) in [
        ("<|fim_prefix|>", "<|xxx_prefix|>"),
        ("<|fim_suffix|>", "<|xxx_suffix|>"),
        ("<|fim_middle|>", "<|xxx_middle|>"),
        ("tokenizer.ggml.fim_", "tokenizer.ggml.xxx_"),
    ] {
        let places: Vec<usize> = bytes
            .windows(name.len())
            .enumerate()
            .filter(|(_, window)| *window == name.as_bytes())
            .map(|(at, _)| at)
            .collect();
        assert!(!places.is_empty(), "{name}");
        for at in places {
            bytes[at..at + other.len()].copy_from_slice(other.as_bytes());
        }
    }
    bytes
}

#[test]
fn a_context_longer_than_the_models_is_clamped_and_said_so() {
    let config = EngineConfig {
        context: Some(100_000),
        ..small()
    };
    let engine = engine(config);
    assert_eq!(engine.info().context, Some(1024));
    assert!(
        engine.info().notices[0].contains("100000"),
        "{:?}",
        engine.info()
    );
}

#[test]
fn an_unknown_device_is_named_with_the_known_ones() {
    let config = EngineConfig {
        device: Some(String::from("Toaster0")),
        ..small()
    };
    let error = BlockingEngine::start(config, &mut |_| {})
        .err()
        .expect("no such device");
    assert!(
        error.contains("Toaster0") && error.contains("CPU"),
        "{error}"
    );
}

#[test]
fn a_file_says_what_it_is_without_being_loaded() {
    let info = inspect(&model("demo-small-7m-q8_0.gguf")).expect("readable");
    assert_eq!(info.name, "routelens demo small (6.8M)");
    assert_eq!(info.architecture, "qwen3");
    assert_eq!(info.description(), "6.8M Q8_0");
    assert_eq!(info.context, 1024);
    assert_eq!(info.fim_family.as_deref(), Some("Qwen"));
    // Set explicitly, for builds that would use a GPU.
    let engine = engine(EngineConfig {
        gpu_layers: Some(0),
        ..small()
    });
    let loaded = Origin::File {
        path: info.path.clone(),
        architecture: info.architecture.clone(),
        description: info.description(),
        parameters: info.parameters,
        bytes: info.bytes,
    };
    assert_eq!(engine.info().origin, loaded);
    assert_eq!(engine.info().device, "CPU");
}
