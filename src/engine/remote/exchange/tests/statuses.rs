//! Error responses as each kind of server sends them.

use std::time::{Duration, SystemTime};

use super::{Client, fixture::Fixture};
use crate::remote::{Problem, ProblemKind};

fn answered(status: &'static str, kind: &'static str, body: &'static str) -> Problem {
    let server = Fixture::start(move |_, wire| wire.answer(status, kind, body));
    Client::new(&server.url()).refused("/v1/completions")
}

const JSON: &str = "application/json";

#[test]
fn the_message_is_found_in_every_dialect() {
    let bodies = [
        // OpenAI, newer vLLM
        (
            r#"{"error":{"message":"no such thing","type":"invalid_request_error","param":null,"code":null}}"#,
            "no such thing",
        ),
        // older vLLM
        (
            r#"{"object":"error","message":"suffix is not currently supported","type":"BadRequestError","param":null,"code":400}"#,
            "suffix is not currently supported",
        ),
        // llama-server
        (
            r#"{"error":{"code":400,"message":"\"input_prefix\" is required","type":"invalid_request_error"}}"#,
            "\"input_prefix\" is required",
        ),
        // Ollama
        (r#"{"error":"invalid options"}"#, "invalid options"),
        // TGI
        (
            r#"{"error":"Input validation error","error_type":"validation"}"#,
            "Input validation error",
        ),
        // Mistral
        (
            r#"{"object":"error","message":{"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required","input":{}}]},"type":"invalid_request_error"}"#,
            "body.prompt: Field required",
        ),
        (
            r#"{"message":"Invalid model: x","request_id":"1"}"#,
            "Invalid model: x",
        ),
        (r#"{"detail":"Bad Request"}"#, "Bad Request"),
        // FastAPI
        (
            r#"{"detail":[{"loc":["body","n",0],"msg":"not an int","type":"int"},{"loc":["body"],"msg":"short","type":"x"}]}"#,
            "body.n.0: not an int; body: short",
        ),
        // something of its own
        (r#"{"error":true,"message":"flagged"}"#, "flagged"),
        (r#""just text""#, "just text"),
    ];
    for (body, message) in bodies {
        let problem = answered("400 Bad Request", JSON, body);
        assert_eq!(
            (problem.kind, problem.status),
            (ProblemKind::Status, Some(400))
        );
        let expected = format!("/v1/completions answered 400 Bad Request \"{message}\": ");
        assert!(problem.text.contains(&expected), "{problem}");
    }
}

#[test]
fn what_is_not_json_is_shown_as_far_as_it_is_text() {
    let page = "<!DOCTYPE html><html><head><TITLE>\n502 Bad &amp; <b>Gateway</TITLE></head><body><h1>x</h1>";
    let problem = answered("502 Bad Gateway", "text/html", page);
    assert!(problem.text.contains("\"502 Bad &\""), "{problem}");
    for body in [
        "<html><body>nothing</body></html>",
        "<",
        "<title",
        "<title>",
        "",
    ] {
        let problem = answered(
            "500 Internal Server Error",
            "text/html; charset=utf-8",
            body,
        );
        assert!(
            problem.text.contains("500 Internal Server Error: "),
            "{problem}"
        );
        assert!(!problem.text.contains('<'), "{problem}");
    }
    let problem = answered(
        "500 Internal Server Error",
        "text/plain",
        "a \x1b[31mred\x1b[0m\r\nline\u{202e}x",
    );
    assert!(
        problem.text.contains("\"a [31mred [0m line x\""),
        "{problem}"
    );
    for body in [
        "{}",
        "[]",
        "null",
        "{\"error\":null}",
        "{\"error\":{}}",
        "   ",
    ] {
        let problem = answered("500 Internal Server Error", JSON, body);
        assert!(
            problem.text.contains("500 Internal Server Error: "),
            "{problem}"
        );
    }
    let problem = answered("400 Bad Request", JSON, "{\"error\":{\"message\":\"cut");
    assert!(problem.text.contains("cut"), "{problem}");
}

#[test]
fn each_status_has_its_remedy() {
    let cases = [
        ("400 Bad Request", "", "dialect and model"),
        (
            "400 Bad Request",
            r#"{"error":{"message":"This model's maximum context length is 4096 tokens."}}"#,
            "set context",
        ),
        (
            "400 Bad Request",
            r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
            "set context",
        ),
        (
            "401 Unauthorized",
            r#"{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}"#,
            "key_env",
        ),
        ("403 Forbidden", "", "key_command"),
        (
            "404 Not Found",
            r#"{"error":"model 'x' not found"}"#,
            "model's name",
        ),
        (
            "404 Not Found",
            r#"{"detail":"Not Found"}"#,
            "the URL, the dialect",
        ),
        (
            "405 Method Not Allowed",
            r#"{"detail":"Method Not Allowed"}"#,
            "the URL, the dialect",
        ),
        ("413 Payload Too Large", "", "set context"),
        (
            "422 Unprocessable Entity",
            r#"{"error":"`inputs` tokens + `max_new_tokens` must be <= 2048"}"#,
            "set context",
        ),
        ("429 Too Many Requests", "", "busy"),
        (
            "500 Internal Server Error",
            "Internal Server Error",
            "server's log",
        ),
        (
            "501 Not Implemented",
            r#"{"error":{"code":501,"message":"Infill is not supported by this model","type":"not_supported_error"}}"#,
            "another dialect",
        ),
        ("502 Bad Gateway", "", "upstream"),
        ("503 Service Unavailable", "", "overloaded"),
        ("504 Gateway Timeout", "", "gave up waiting"),
        ("418 I'm a teapot", "", "check the URL"),
        ("204 No Content", "", "check the URL"),
        ("599 Odd", "", "check the URL"),
    ];
    for (status, body, remedy) in cases {
        let problem = answered(status, JSON, body);
        assert_eq!(problem.kind, ProblemKind::Status, "{problem}");
        assert!(problem.text.contains(remedy), "no {remedy:?} in: {problem}");
        let busy = status.starts_with("429") || status.starts_with("503");
        assert_eq!(problem.what_passes().is_some(), busy, "{problem}");
    }
}

#[test]
fn a_server_that_loads_is_told_apart() {
    let body = r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#;
    let problem = answered("503 Service Unavailable", JSON, body);
    assert_eq!(problem.kind, ProblemKind::Loading);
    assert!(problem.what_passes().is_some());
    assert!(problem.text.contains("loading its model"), "{problem}");
}

#[test]
fn long_messages_are_cut() {
    let body: &'static str =
        Box::leak(format!("{{\"error\":\"{}\"}}", "é".repeat(10_000)).into_boxed_str());
    let problem = answered("500 Internal Server Error", JSON, body);
    assert!(problem.text.contains("ééé…"), "{problem}");
    assert!(problem.text.chars().count() < 500);
    // Nested deeper than any real body.
    let body: &'static str =
        Box::leak(format!("{}{}", "[".repeat(5000), "]".repeat(5000)).into_boxed_str());
    assert!(
        answered("500 Internal Server Error", JSON, body)
            .text
            .contains("server's log")
    );
}

fn retry_after(value: &str) -> Option<Duration> {
    let head = format!("429 Too Many Requests\r\nretry-after: {value}");
    let server = Fixture::start(move |_, wire| wire.answer(&head, JSON, "{}"));
    Client::new(&server.url()).refused("/infill").retry_after
}

#[test]
fn when_to_come_back_is_read_in_both_forms() {
    assert_eq!(retry_after("7"), Some(Duration::from_secs(7)));
    assert_eq!(retry_after("0"), Some(Duration::ZERO));
    assert_eq!(
        retry_after("Sun, 06 Nov 1994 08:49:37 GMT"),
        Some(Duration::ZERO)
    );
    // 4102444800 seconds after 1970.
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
    let expected = then
        .duration_since(SystemTime::now())
        .expect("it is to come");
    let read = retry_after("Fri, 01 Jan 2100 00:00:00 GMT").expect("a date");
    assert!(
        expected.abs_diff(read) < Duration::from_secs(60),
        "{read:?}"
    );
    let leap = retry_after("Thu, 29 Feb 2096 12:30:15 GMT").expect("a date");
    let between = read.as_secs() - leap.as_secs();
    assert!(between.abs_diff(121_087_785) < 60, "{between}");
    for value in [
        "-1",
        "soon",
        "",
        "1.5",
        "Fri, 99 Foo 2100 00:00:00 GMT",
        "Fri, 01 Jan 2100",
        "99999999999999999999999",
    ] {
        assert_eq!(retry_after(value), None, "{value}");
    }
}
