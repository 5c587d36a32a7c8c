//! Runs whose large model is on a server.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::*;
use crate::servers::fixture::{Fixture, Request, Wire};

/// An OpenAI-like server that loops over the values, and refuses prompts containing `bad` while
/// `failing` is set.
fn server(bad: &'static str, failing: &Arc<AtomicBool>) -> Fixture {
    let failing = Arc::clone(failing);
    Fixture::start(move |request: &Request, wire: &mut Wire| {
        let body = request.json();
        let prompt = body["prompt"].as_str().unwrap_or_default();
        match request.path.as_str() {
            "/v1/models" => wire.json(&json!({"object": "list", "data": [
                {"id": "qwen2.5-coder-32b", "object": "model", "max_model_len": 32768},
            ]})),
            // Requests without streaming are detection requests.
            "/v1/completions"
                if body["stream"] == true
                    && failing.load(Ordering::Relaxed)
                    && prompt.contains(bad) =>
            {
                let error = json!({"error": {"message": "not this one"}});
                wire.answer("400 Bad Request", "application/json", error.to_string())
            }
            "/v1/completions" => complete(&body, wire),
            _ => wire.answer("404 Not Found", "application/json", "{}"),
        }
    })
}

fn complete(body: &Value, wire: &mut Wire) -> io::Result<()> {
    let choice = |text: &str, finish: Option<&str>| {
        json!({"object": "text_completion", "choices": [{"text": text, "index": 0,
            "logprobs": {"tokens": [text], "token_logprobs": [-0.25], "text_offset": [0],
                "top_logprobs": [{text: -0.25}]},
            "finish_reason": finish}]})
    };
    if body["stream"] != true {
        return wire.json(&choice("for", Some("length")));
    }
    wire.begin_stream("text/event-stream")?;
    for text in ["for value", " in values", ":"] {
        wire.send(format!("data: {}\n\n", choice(text, None)))?;
    }
    wire.send(format!("data: {}\n\n", choice("", Some("stop"))))?;
    wire.send("data: [DONE]\n\n")
}

fn eval_at(home: &Home, url: &str) -> Output {
    eval(home, &["--large", url, "--large-dialect", "openai"])
}

#[test]
fn a_task_that_fails_is_named_and_tried_again_by_the_same_command() {
    let home = home(4);
    let failing = Arc::new(AtomicBool::new(true));
    let server = server("T/2", &failing);
    let output = eval_at(&home, &server.url());
    said(
        &output,
        1,
        &[
            "T/2: large model: ",
            "not this one",
            "1 task was not recorded",
        ],
    );
    assert_eq!(ids(&outcomes(&home)), ["T/0", "T/1", "T/3"]);
    failing.store(false, Ordering::Relaxed);
    said(
        &eval_at(&home, &server.url()),
        0,
        &["3 of 4 tasks already done"],
    );
    let outcomes = outcomes(&home);
    assert_eq!(ids(&outcomes), ["T/0", "T/1", "T/2", "T/3"]);
    for outcome in outcomes {
        let large = &outcome["large"];
        assert_eq!(large["completion"]["text"], "for value in values:");
        assert_eq!(large["passed"], true, "{large}");
        assert_eq!(large["token_ms"].as_array().map(Vec::len), Some(3));
    }
}

#[test]
fn a_run_in_which_nothing_works_any_more_ends_by_itself() {
    let home = home(40);
    let failing = Arc::new(AtomicBool::new(true));
    let server = server("", &failing);
    let output = eval_at(&home, &server.url());
    said(&output, 1, &["T/0: large model: ", "consecutive failures"]);
    assert_eq!(outcomes(&home).len(), 0);
    assert!(server.requests_to("/v1/completions").len() < 40);
}

#[test]
fn a_server_that_cannot_be_had_ends_the_run_before_it_begins() {
    let home = home(1);
    let output = eval(&home, &["--large", "http://127.0.0.1:9"]);
    said(&output, 1, &["http://127.0.0.1:9"]);
    assert!(!home.path("run.jsonl").exists());
}
