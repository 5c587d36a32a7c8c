//! What lies between here and a server: TLS, addresses in every form, compressed streams, and one
//! connection for all of it.

use std::{
    io::{self, Write as _},
    thread,
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use routelens::{
    completion::model::ModelEvent,
    remote::{Dialect, NetworkConfig},
};
use serde_json::json;

use super::{
    asking::{
        Client, OPENAI_END, chunked, config, llama_server, llama_stream, network, openai_token,
    },
    authority::Authority,
    fixture::{Fixture, Request, Wire},
};

/// Lists a model, and completes with "a + b", under any path prefix.
fn openai(request: &Request, wire: &mut Wire) -> io::Result<()> {
    if request.path.ends_with("/v1/models") {
        return wire
            .json(&json!({ "object": "list", "data": [{ "id": "test", "object": "model" }] }));
    }
    if !request.path.ends_with("/v1/completions") {
        return wire.answer(
            "404 Not Found",
            "application/json",
            r#"{"detail":"Not Found"}"#,
        );
    }
    if request.json()["stream"] != true {
        return wire
            .json(&json!({ "choices": [{ "text": "a", "index": 0, "finish_reason": "length" }] }));
    }
    wire.keep_open();
    wire.send(chunked("text/event-stream", &stream()))
}

/// The completion requests, without detection requests.
fn completions(server: &Fixture) -> Vec<Request> {
    let mut requests = server.requests();
    requests.retain(|request| request.json()["stream"] == true);
    requests
}

fn stream() -> String {
    [
        &openai_token("a", "a +"),
        &openai_token("a", " b"),
        OPENAI_END,
    ]
    .concat()
}

/// The first event that says whether a server is usable.
fn standing(client: &mut Client) -> String {
    loop {
        match client.next().expect("it says how it stands") {
            ModelEvent::Unreachable(text) | ModelEvent::LoadFailed(text) => return text,
            ModelEvent::Ready(info) => return format!("ready: {}", info.name),
            _ => {}
        }
    }
}

#[test]
fn finding_out_and_every_request_share_one_connection() {
    let server = llama_server(|_, wire| {
        wire.keep_open();
        wire.send(llama_stream(&["a", " + b"]))
    });
    let mut client = Client::llama(&server);
    client.ready();
    for _ in 0..3 {
        // A connection returns to the pool just after its answer has been read.
        thread::sleep(Duration::from_millis(50));
        assert_eq!(client.text(), "a + b");
    }
    let completions = completions(&server);
    assert_eq!(completions.len(), 3);
    let first = completions[0].connection;
    assert!(
        completions
            .iter()
            .all(|request| request.connection == first)
    );
    assert!(
        server
            .requests()
            .iter()
            .any(|request| request.path != "/infill" && request.connection == first)
    );
}

#[test]
fn addresses_may_have_a_path_and_a_closing_v1() {
    for (path, expected) in [
        ("", "/v1/completions"),
        ("/", "/v1/completions"),
        ("/v1", "/v1/completions"),
        ("/v1/", "/v1/completions"),
        ("/x/llm/v1", "/x/llm/v1/completions"),
        ("/x/llm/?team=7", "/x/llm/v1/completions?team=7"),
    ] {
        let server = Fixture::start(|request, wire| {
            let path = request.path.split('?').next().unwrap_or_default();
            openai(
                &Request {
                    path: path.to_owned(),
                    ..request.clone()
                },
                wire,
            )
        });
        let mut client = Client::new(config(&format!("{}{path}", server.url()), Dialect::Openai));
        assert_eq!(client.text(), "a + b", "{path}");
        let asked = completions(&server);
        let asked: Vec<&str> = asked.iter().map(|request| request.path.as_str()).collect();
        assert_eq!(asked, [expected], "{path}");
    }
}

#[test]
fn completions_stream_over_tls_with_a_ca_of_ones_own() {
    let authority = Authority::new();
    let server = Fixture::start_tls(authority.server("127.0.0.1"), openai);
    let url = format!("https://127.0.0.1:{}", server.port());
    let trusting = NetworkConfig {
        ca_certificates: vec![authority.file()],
        ..network()
    };
    let mut client = Client::with(config(&url, Dialect::Openai), trusting);
    assert_eq!(client.text(), "a + b");
    assert_eq!(client.text(), "a + b");
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.header("host").is_some())
    );
}

#[test]
fn without_that_ca_the_server_is_told_with_the_remedy() {
    let server = Fixture::start_tls(Authority::new().server("127.0.0.1"), openai);
    let url = format!("https://127.0.0.1:{}", server.port());
    let mut client = Client::new(config(&url, Dialect::Openai));
    let told = standing(&mut client);
    assert!(
        told.contains(&url) && told.contains("ca_certificates"),
        "{told}"
    );
    let told = client.failure();
    assert!(
        told.contains(&url) && told.contains("ca_certificates"),
        "{told}"
    );
    assert!(server.requests().is_empty());
}

#[test]
fn a_certificate_file_that_is_none_is_named() {
    let server = Fixture::start(openai);
    let trusting = NetworkConfig {
        ca_certificates: vec!["/no/such/ca.pem".into()],
        ..network()
    };
    let mut client = Client::with(config(&server.url(), Dialect::Openai), trusting);
    let told = standing(&mut client);
    assert!(told.contains("/no/such/ca.pem"), "{told}");
}

#[test]
fn compressed_streams_are_read() {
    let server = Fixture::start(|request, wire| {
        if request.json()["stream"] != true {
            return openai(request, wire);
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        for event in stream().split_inclusive("\n\n") {
            encoder.write_all(event.as_bytes())?;
            encoder.flush()?;
        }
        let body = encoder.finish()?;
        wire.send(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\
             connection: close\r\n\r\n",
        )?;
        wire.send_in_pieces(&body, 7)
    });
    let mut client = Client::openai(&server);
    let heard = client.ask();
    assert_eq!(heard.tokens.len(), 2);
    assert_eq!(heard.end.expect("a completion").text, "a + b");
}
