//! Figures of the local engine, on the demo models.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use routelens::completion::model::ModelEvent;
use routelens::completion::{Completion, Hole, Request, RequestId, StreamEvent};
use routelens::language::Language;
use routelens::local::{Engine, EngineConfig, init_backend};

use crate::blocking::BlockingEngine;
use crate::figure::{Bound, Report, percentile};

/// Some everyday Python, about 900 tokens of the demo models.
const TEXT: &str = include_str!("inventory.py.txt");
const MODELS: [(&str, &str); 2] = [
    ("small", "demo-small-7m-q8_0.gguf"),
    ("large", "demo-large-16m-q8_0.gguf"),
];

pub fn measure(report: &mut Report) {
    for (size, file) in MODELS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples/models")
            .join(file);
        throughput(report, size, &path);
        typed_character(report, size, &path);
        cancellation(report, size, &path);
        shifted_reuse(report, size, &path);
    }
}

fn start(path: &Path) -> BlockingEngine {
    BlockingEngine::start(EngineConfig::new(path), &mut |_| {}).expect("the demo model loads")
}

fn request(id: u64, hole: Hole, max_tokens: usize) -> Request {
    Request::greedy(RequestId(id), hole, max_tokens)
}

fn hole_at(at: usize) -> Hole {
    Hole::new(&TEXT[..at], &TEXT[at..], Some(Language::Python))
}

fn complete(engine: &mut BlockingEngine, request: Request) -> Completion {
    engine.complete(request, &mut |_| {}).expect("a completion")
}

/// Clears the engine's cache, except for one marker.
fn flush(engine: &mut BlockingEngine) {
    complete(engine, request(0, Hole::new("zz", "", None), 1));
}

/// A bare greedy loop, as a first version with llama-cpp-2 would be written: no statistics, no
/// alternatives.
struct Bare {
    model: LlamaModel,
    prompt: Vec<LlamaToken>,
}

impl Bare {
    fn new(path: &PathBuf) -> Self {
        let model = LlamaModel::load_from_file(init_backend(), path, &LlamaModelParams::default())
            .expect("the demo model loads");
        let prompt = model
            .vocab()
            .tokenize(&TEXT.as_bytes()[..600], false, false);
        Bare { model, prompt }
    }

    /// Seconds for `count` tokens after the first.
    fn run(&self, count: usize) -> f64 {
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(1024))
            .with_n_threads(1)
            .with_n_threads_batch(1);
        let mut context = self
            .model
            .new_context(init_backend(), params)
            .expect("a context");
        let mut batch = LlamaBatch::new(512, 1);
        batch
            .add_sequence(&self.prompt, 0, false)
            .expect("the prompt fits");
        context.decode(&mut batch).expect("evaluated");
        let mut sampler = LlamaSampler::greedy();
        let mut token = sampler.sample(&context, batch.n_tokens() - 1);
        let mut text = Vec::new();
        let began = Instant::now();
        for at in self.prompt.len()..self.prompt.len() + count {
            text.extend(self.model.vocab().token_to_piece(token, false, None));
            batch.clear();
            batch.add(token, at as i32, &[0], true).expect("one fits");
            context.decode(&mut batch).expect("evaluated");
            token = sampler.sample(&context, 0);
        }
        std::hint::black_box(text);
        began.elapsed().as_secs_f64()
    }
}

/// Tokens per second with every statistic, against the bare loop. The engine is forced to write a
/// given text, so that both write the same number of tokens.
fn throughput(report: &mut Report, size: &str, path: &Path) {
    const TOKENS: usize = 200;
    const RUNS: usize = 21;
    let bare = Bare::new(&path.to_owned());
    let forced: Vec<i32> = bare
        .model
        .vocab()
        .tokenize(&TEXT.as_bytes()[600..], false, false)
        .into_iter()
        .take(TOKENS + 1)
        .map(|token| token.0)
        .collect();
    let (engine, done) = quiet(path);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        theirs.push(TOKENS as f64 / bare.run(TOKENS));
        let request = Request {
            forced: forced.clone(),
            ..request(run as u64, Hole::new(&TEXT[..600], "", None), TOKENS + 1)
        };
        engine.complete(request);
        let completion = done.recv().expect("a completion");
        assert_eq!(completion.tokens.len(), TOKENS + 1, "{:?}", completion.stop);
        let speed = completion.timing.tokens_per_second();
        ours.push(speed.expect("more than one token"));
    }
    let ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a / b).collect();
    let (ours, theirs) = (median(ours), median(theirs));
    report.figure(
        &format!("{size}: bare greedy loop"),
        theirs,
        "tokens/s",
        Bound::None,
    );
    report.figure(
        &format!("{size}: with all statistics"),
        ours,
        "tokens/s",
        Bound::None,
    );
    report.figure(
        &format!("{size}: ratio, median of {RUNS} pairs"),
        median(ratios),
        "",
        Bound::AtLeast(0.95),
    );
}

/// An engine whose tokens are read on its own thread, and only completions are passed on: waking
/// another thread for each token is the listener's cost, not the engine's.
fn quiet(path: &Path) -> (Engine, Receiver<Completion>) {
    let (sender, done) = channel();
    let engine = Engine::start(EngineConfig::new(path), move |event| match event {
        ModelEvent::Stream(_, StreamEvent::Token(token)) => {
            std::hint::black_box(token);
        }
        ModelEvent::Stream(_, StreamEvent::Done(completion)) => {
            let _ = sender.send(completion);
        }
        _ => {}
    });
    (engine, done)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Time to the first token when one character is typed in a hole of 900 tokens.
fn typed_character(report: &mut Report, size: &str, path: &Path) {
    let mut engine = start(path);
    let at = TEXT.find("result += item").expect("in the text");
    let (mut cold, mut warm, mut tokens) = (Vec::new(), Vec::new(), 0);
    for run in 0..15 {
        flush(&mut engine);
        let hole = hole_at(at);
        let typed = Hole::new(format!("{}r", hole.prefix), &hole.suffix, hole.language);
        let first = complete(&mut engine, request(2 * run + 1, hole, 8));
        let second = complete(&mut engine, request(2 * run + 2, typed, 8));
        tokens = first.timing.prompt_tokens.unwrap_or_default();
        cold.push(first.timing.ttft_ms);
        warm.push(second.timing.ttft_ms);
    }
    let (cold, warm) = (median(cold), median(warm));
    report.figure(
        &format!("{size}: prompt"),
        tokens as f64,
        "tokens",
        Bound::None,
    );
    report.figure(
        &format!("{size}: cold time to first token"),
        cold,
        "ms",
        Bound::None,
    );
    report.figure(
        &format!("{size}: after one character"),
        warm,
        "ms",
        Bound::None,
    );
    let name = format!("{size}: part of the cold time");
    report.figure(&name, warm / cold, "", Bound::AtMost(0.25));
}

/// From a cancellation to the end of the request, at prompt lengths up to the context and at
/// moments throughout prompt evaluation.
fn cancellation(report: &mut Report, size: &str, path: &Path) {
    let (sender, events) = channel();
    let engine = Engine::start(EngineConfig::new(path), move |event| {
        let _ = sender.send(event);
    });
    let mut times = Vec::new();
    let long = TEXT.repeat(3);
    let mut id = 0;
    for length in [300, 1000, 2000, 3000, 9000] {
        for delay in [0, 1, 3, 6, 10, 20, 40, 80] {
            id += 2;
            let start = id as usize * 7 % 400;
            let prefix = &long[start..start + length];
            engine.complete(request(id, Hole::new(prefix, "\n", None), 400));
            std::thread::sleep(Duration::from_millis(delay));
            let cancelled = Instant::now();
            engine.cancel();
            until_done(&events, id);
            times.push(cancelled.elapsed());
            // The next request must not reuse any of it.
            engine.complete(request(id + 1, Hole::new("zz", "", None), 1));
            until_done(&events, id + 1);
        }
    }
    let name = format!("{size}: cancellation, median of {}", times.len());
    report.figure(&name, percentile(&mut times, 50.0), "ms", Bound::None);
    let name = format!("{size}: cancellation, longest");
    report.figure(
        &name,
        percentile(&mut times, 100.0),
        "ms",
        Bound::AtMost(50.0),
    );
}

fn until_done(events: &Receiver<ModelEvent>, id: u64) {
    loop {
        match events.recv().expect("the engine runs") {
            ModelEvent::Stream(of, StreamEvent::Done(_) | StreamEvent::Failed(_))
                if of == RequestId(id) =>
            {
                return;
            }
            _ => {}
        }
    }
}

/// Types 200 characters at ten places of the text, and compares each completion with a cold one.
fn shifted_reuse(report: &mut Report, size: &str, path: &Path) {
    const PLACES: usize = 10;
    const EDITS: usize = 20;
    let (mut typing, mut fresh) = (start(path), start(path));
    let (mut same, mut same_first) = (0, 0);
    let (mut warm, mut cold) = (Vec::new(), Vec::new());
    let mut id = 1;
    for place in 0..PLACES {
        let at = TEXT.len() / 5 + place * TEXT.len() * 3 / 5 / PLACES;
        flush(&mut typing);
        // The text's next characters are left out: they are what is typed.
        let hole = |typed: usize| {
            let end = at + typed;
            Hole::new(&TEXT[..end], &TEXT[at + EDITS..], Some(Language::Python))
        };
        complete(&mut typing, request(id, hole(0), 24));
        for typed in 1..=EDITS {
            id += 1;
            let shifted = complete(&mut typing, request(id, hole(typed), 24));
            flush(&mut fresh);
            let evaluated = complete(&mut fresh, request(id, hole(typed), 24));
            same += usize::from(shifted.text == evaluated.text);
            let first = |c: &Completion| c.tokens.first().map(|token| token.id);
            same_first += usize::from(first(&shifted) == first(&evaluated));
            warm.push(shifted.timing.ttft_ms);
            cold.push(evaluated.timing.ttft_ms);
        }
    }
    let edits = PLACES * EDITS;
    let name = format!("{size}: edits of {edits} with the same completion");
    report.figure(&name, same as f64, "", Bound::None);
    let name = format!("{size}: edits of {edits} with the same first token");
    report.figure(&name, same_first as f64, "", Bound::None);
    let (cold, warm) = (median(cold), median(warm));
    let name = format!("{size}: time to first token saved ({cold:.1} → {warm:.1} ms)");
    report.figure(&name, cold - warm, "ms", Bound::None);
}
