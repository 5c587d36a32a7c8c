//! The cost of asking over a socket: reading a long stream compared with `curl`, the time from an
//! escalation to the first token, and how soon a server notices a cancellation.

#[path = "../program/servers/fixture.rs"]
#[allow(dead_code)] // The tests use the rest of it.
mod fixture;

use std::{
    fs,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use fixture::{Fixture, Wire};
use routelens::{
    completion::{
        Completion, Hole, Request, RequestId, StopReason, StreamEvent, model::ModelEvent,
    },
    config::Config,
    models::ModelSource,
    remote::{Dialect, Network, Remote, ServerConfig},
};

use crate::figure::{Bound, Report, percentile};

const TOKENS: usize = 100_000;
const FEW: usize = 10_000;
const ROUNDS: usize = 5;
const ESCALATIONS: usize = 100;
const CANCELS: usize = 40;
/// How long the fixture waits before its first token: like a small prompt on a real server.
const THINKS: Duration = Duration::from_millis(20);

/// The server's own time from a request to its first token.
type Took = Arc<Mutex<Duration>>;

pub fn measure(report: &mut Report) {
    throughput(report);
    first_token(report);
    cancelling(report);
}

/// A stream of `tokens` tokens as llama-server sends it, one write per event.
fn events(tokens: usize) -> Vec<String> {
    let words = ["value", " =", " compute", "(", "left", ",", " right", ")\n"];
    let token = |n: usize| {
        // No two lines are alike; otherwise the completion would end as repetitive.
        let text = match n % 8 {
            0 => format!("value_{n}"),
            k => words[k].to_owned(),
        };
        let text = serde_json::to_string(&text).expect("a string");
        let predicted = n + 1;
        format!(
            "data: {{\"index\":0,\"content\":{text},\"tokens\":[{n}],\"stop\":false,\"id_slot\":-1,\
             \"tokens_predicted\":{predicted},\"tokens_evaluated\":14,\"completion_probabilities\":\
             [{{\"id\":{n},\"token\":{text},\"bytes\":[114,101],\"logprob\":-0.808,\
             \"top_logprobs\":[]}}]}}\n\n"
        )
    };
    let last = format!(
        "data: {{\"index\":0,\"content\":\"\",\"tokens\":[],\"stop\":true,\"stop_type\":\"limit\",\
         \"tokens_predicted\":{tokens},\"tokens_evaluated\":14,\"timings\":{{\"prompt_n\":14,\
         \"prompt_ms\":3.0,\"predicted_n\":{tokens},\"predicted_ms\":900.0}}}}\n\n"
    );
    (0..tokens).map(token).chain([last]).collect()
}

/// A server that answers `/infill` with these events, after `thinks`.
fn server(events: Vec<String>, thinks: Duration, took: Took) -> Fixture {
    Fixture::start(move |request, wire| {
        if !asks(request) {
            return about(wire, &request.path);
        }
        let arrived = Instant::now();
        wire.begin_stream("text/event-stream")?;
        std::thread::sleep(thinks);
        *took.lock().expect("nobody panics in it") = arrived.elapsed();
        events.iter().try_for_each(|event| wire.send(event))
    })
}

/// Whether the request is for a completion, not for server information.
fn asks(request: &fixture::Request) -> bool {
    request.path == "/infill" && request.json()["stream"] == true
}

/// What llama-server reports about itself.
fn about(wire: &mut Wire, path: &str) -> std::io::Result<()> {
    match path {
        "/props" => wire.json(&serde_json::json!({
            "default_generation_settings": {"n_ctx": 1_000_000},
            "model_path": "bench.gguf",
            "model_alias": "bench",
            "build_info": "b1",
        })),
        "/health" => wire.json(&serde_json::json!({"status": "ok"})),
        "/v1/models" => wire.json(&serde_json::json!({
            "object": "list",
            "data": [{"id": "bench", "object": "model", "owned_by": "llamacpp"}],
        })),
        "/infill" => wire.json(&serde_json::json!({
            "content": "x", "stop": true, "stop_type": "limit",
        })),
        _ => wire.answer("404 Not Found", "application/json", "{}"),
    }
}

/// Our client, ready, and its events; of a request's tokens only the first is passed on, so that
/// the receiver's speed is not measured.
fn client(fixture: &Fixture) -> (Remote, Receiver<(Instant, StreamEvent)>) {
    let config = Config::default();
    let ModelSource::Server(server) = config.source(&fixture.url()) else {
        unreachable!("a URL is a server");
    };
    let server = ServerConfig {
        dialect: Some(Dialect::LlamaServer),
        top: 1,
        ..server
    };
    let (sender, events) = channel();
    let (ready, is_ready) = channel();
    let network = Network::new(config.network());
    let mut last = None;
    let remote = Remote::start(server, &network, move |event| match event {
        ModelEvent::Stream(id, event) => {
            let is_token = matches!(event, StreamEvent::Token(_));
            if !is_token || last.replace(id) != Some(id) {
                let _ = sender.send((Instant::now(), event));
            }
        }
        ModelEvent::Ready(_) => {
            let _ = ready.send(Ok(()));
        }
        ModelEvent::Unreachable(why) | ModelEvent::LoadFailed(why) => {
            let _ = ready.send(Err(why));
        }
        _ => {}
    });
    let found = is_ready.recv_timeout(Duration::from_secs(10));
    found.expect("an answer").expect("the fixture is found out");
    (remote, events)
}

fn ask(remote: &Remote, id: u64, tokens: usize) {
    remote.complete(Request::greedy(
        RequestId(id),
        Hole::new("", "\n", None),
        tokens,
    ));
}

fn until_done(events: &Receiver<(Instant, StreamEvent)>) -> Completion {
    loop {
        let (_, event) = events
            .recv_timeout(Duration::from_secs(60))
            .expect("a stream that goes on");
        match event {
            StreamEvent::Done(completion) => return completion,
            StreamEvent::Failed(why) => panic!("{why}"),
            _ => {}
        }
    }
}

fn throughput(report: &mut Report) {
    let name = "reading a stream of 100,000 tokens, against `curl -N`";
    if Command::new("curl").arg("--version").output().is_err() {
        return report.skipped(name, "curl is not installed");
    }
    let fixture = server(events(TOKENS), Duration::ZERO, Took::default());
    let (remote, answers) = client(&fixture);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let asked = Instant::now();
        ask(&remote, round as u64 + 1, TOKENS + 1);
        let completion = until_done(&answers);
        ours.push(asked.elapsed());
        assert_eq!(completion.tokens.len(), TOKENS, "{:?}", completion.stop);
        let asked = Instant::now();
        let curl = Command::new("curl")
            .args(["-sN", "-d", "{\"stream\": true}"])
            .arg(format!("{}/infill", fixture.url()))
            .stdout(Stdio::null())
            .status();
        assert!(curl.is_ok_and(|status| status.success()));
        theirs.push(asked.elapsed());
    }
    let (ours, theirs) = (percentile(&mut ours, 50.0), percentile(&mut theirs, 50.0));
    let rate = TOKENS as f64 / ours * 1000.0;
    report.figure("stream read, tokens a second", rate, "tok/s", Bound::None);
    let rate = TOKENS as f64 / theirs * 1000.0;
    report.figure("the same by curl -N", rate, "tok/s", Bound::None);
    report.figure(name, theirs / ours, "of its rate", Bound::AtLeast(0.9));
    memory(report);
}

/// How much memory a ten times longer stream takes beyond the completion that it makes.
fn memory(report: &mut Report) {
    let grown = |tokens: usize| -> Option<(f64, f64)> {
        let fixture = server(events(tokens), Duration::ZERO, Took::default());
        let (remote, answers) = client(&fixture);
        let before = resident()?;
        ask(&remote, 1, tokens + 1);
        let completion = until_done(&answers);
        let after = resident()?;
        Some((after - before, size_of(&completion)))
    };
    let (Some(few), Some(many)) = (grown(FEW), grown(TOKENS)) else {
        return report.skipped("memory of a stream", "no /proc on this system");
    };
    let name = "memory that 100,000 tokens take beyond 10,000";
    report.figure(name, many.0 - few.0, "MB", Bound::None);
    let completion = many.1 - few.1;
    report.figure(
        "of which the completion itself",
        completion,
        "MB",
        Bound::None,
    );
    let beyond = many.0 - few.0 - completion;
    report.figure(
        "what is left for the reading",
        beyond,
        "MB",
        Bound::AtMost(16.0),
    );
}

/// Megabytes that a completion's tokens hold, as the allocator rounds them up.
fn size_of(completion: &Completion) -> f64 {
    let allocated = |bytes: usize| bytes.next_multiple_of(16).max(32);
    let token = std::mem::size_of_val(&completion.tokens[0]);
    let held: usize = completion
        .tokens
        .iter()
        .map(|t| token + allocated(t.text.capacity()) + allocated(t.bytes.capacity()))
        .sum();
    (held + completion.text.capacity()) as f64 / 1e6
}

/// Resident memory of this process, in megabytes.
fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1000.0)
}

fn first_token(report: &mut Report) {
    let took: Took = Arc::default();
    let fixture = server(events(8), THINKS, Arc::clone(&took));
    let (remote, answers) = client(&fixture);
    let mut overhead = Vec::new();
    for n in 0..ESCALATIONS {
        // A person looks at the screen between two escalations.
        remote.warm();
        std::thread::sleep(Duration::from_millis(30));
        let asked = Instant::now();
        ask(&remote, n as u64 + 1, 16);
        let first = loop {
            let (at, event) = answers
                .recv_timeout(Duration::from_secs(10))
                .expect("an answer");
            match event {
                StreamEvent::Token(_) => break at,
                StreamEvent::Failed(why) => panic!("{why}"),
                _ => {}
            }
        };
        until_done(&answers);
        let theirs = *took.lock().expect("nobody panics in it");
        overhead.push((first - asked).saturating_sub(theirs));
    }
    let median = percentile(&mut overhead, 50.0);
    let name = "escalation to first large token, beyond what the server takes, median";
    report.figure(name, median, "ms", Bound::AtMost(2.0));
    let high = percentile(&mut overhead, 99.0);
    report.figure("the same, 99th percentile", high, "ms", Bound::None);
}

fn cancelling(report: &mut Report) {
    let fixture = Fixture::start(|request, wire| {
        if !asks(request) {
            return about(wire, &request.path);
        }
        wire.begin_stream("text/event-stream")?;
        for event in events(4).iter().take(4) {
            wire.send(event)?;
        }
        wire.pause(Duration::from_secs(10))
    });
    let (remote, answers) = client(&fixture);
    let mut times = Vec::new();
    for n in 0..CANCELS {
        ask(&remote, n as u64 + 1, 64);
        loop {
            match answers.recv_timeout(Duration::from_secs(10)) {
                Ok((_, StreamEvent::Token(_))) => break,
                Ok((_, StreamEvent::Failed(why))) => panic!("{why}"),
                Ok(_) => {}
                Err(_) => panic!("no token came"),
            }
        }
        let cancelled = Instant::now();
        remote.cancel();
        let closed = fixture.closed(Duration::from_secs(5));
        let closed = closed.expect("it is closed");
        assert!(
            closed > cancelled,
            "closed before, in round {n}: {:?}",
            until_done(&answers).stop
        );
        times.push(closed - cancelled);
        assert_eq!(until_done(&answers).stop, StopReason::Cancelled);
    }
    let longest = percentile(&mut times, 100.0);
    let name = "a cancelled request is closed on the wire, longest of 40";
    report.figure(name, longest, "ms", Bound::AtMost(50.0));
}
