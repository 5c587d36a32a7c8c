//! One connection for many requests, and what becomes of it.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::json;

use super::{Client, WITHIN, cut, fixture::Fixture, settle};
use crate::remote::ProblemKind;

#[test]
fn requests_share_a_connection() {
    let server = Fixture::start(|_, wire| wire.json(&json!({})));
    let client = Client::new(&server.url());
    for _ in 0..3 {
        client.get("/props").expect("an answer");
        settle();
        client.post("/tokenize").expect("an answer");
        settle();
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 6);
    assert!(requests.iter().all(|request| request.connection == 0));
    assert_eq!(
        requests[0].header("user-agent"),
        Some(concat!("routelens/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(requests[1].header("content-type"), Some("application/json"));
    assert_eq!(requests[1].json(), json!({ "prompt": "secret code" }));
}

#[test]
fn a_connection_that_was_closed_while_idle_costs_nothing() {
    let server =
        Fixture::start(|_, wire| wire.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"));
    let client = Client::new(&server.url());
    for _ in 0..3 {
        client.get("/props").expect("an answer on a new connection");
    }
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_kept_connection_that_closes_under_a_request_is_replaced_once() {
    let count = AtomicUsize::new(0);
    let server = Fixture::start(move |_, wire| match count.fetch_add(1, Ordering::SeqCst) {
        0 => wire.json(&json!({})),
        1 => cut(wire),
        2 => wire.json(&json!({ "again": true })),
        _ => cut(wire),
    });
    let client = Client::new(&server.url());
    client.get("/props").expect("an answer");
    let answer = client.get("/props").expect("the second try is answered");
    assert_eq!(answer.body.as_ref(), br#"{"again":true}"#);
    let problem = client.get("/props").expect_err("both tries are cut");
    assert_eq!(problem.kind, ProblemKind::Connection);
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn dropping_a_stream_closes_its_connection() {
    let server = Fixture::start(|_, wire| {
        wire.begin_stream("text/event-stream")?;
        wire.send("data: {}\n\n")?;
        wire.pause(WITHIN)
    });
    let client = Client::new(&server.url());
    let body = json!({});
    let response = client.wait(client.exchange.open("/infill", &body));
    client.wait(async { drop(response.expect("a stream")) });
    assert!(server.closed(WITHIN).is_some(), "the server saw it close");
}

#[test]
fn a_server_that_does_not_answer_in_time_is_told() {
    let server = Fixture::start(|_, wire| wire.pause(WITHIN));
    let client = Client::new(&server.url());
    let within = Duration::from_millis(50);
    let problem = client.wait(client.exchange.get("/props", within));
    let problem = problem.expect_err("no answer");
    assert_eq!(problem.kind, ProblemKind::Timeout);
    assert!(problem.text.contains("/props within 0.05 s"), "{problem}");
    assert!(
        server.closed(WITHIN).is_some(),
        "the connection is given up"
    );
}

#[test]
fn a_network_may_end_on_any_thread() {
    let server = Fixture::start(|_, wire| wire.json(&json!({})));
    let other = tokio::runtime::Runtime::new().expect("a runtime");
    let client = Client::new(&server.url());
    client.get("/props").expect("an answer");
    other.block_on(async move { drop(client) });

    let client = Client::new(&server.url());
    let (sender, ended) = std::sync::mpsc::channel();
    let runtime = client.network.runtime().clone();
    runtime.spawn(async move {
        client
            .exchange
            .get("/props", WITHIN)
            .await
            .expect("an answer");
        drop(client);
        sender.send(()).expect("the test waits");
    });
    ended.recv_timeout(WITHIN).expect("it ends from within");
}
