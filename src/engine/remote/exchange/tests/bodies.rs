//! Bodies: compressed, endless, broken.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::{Client, fixture::Fixture};
use crate::remote::ProblemKind;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("written to memory");
    encoder.finish().expect("written to memory")
}

fn head(status: &str, length: usize) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n")
}

#[test]
fn compressed_answers_are_read() {
    let server = Fixture::start(|request, wire| {
        let body = gzip(br#"{"error":"wrapped"}"#);
        let status = if request.method == "GET" {
            "200 OK"
        } else {
            "400 Bad Request"
        };
        wire.send(head(status, body.len()))?;
        wire.send(body)
    });
    let client = Client::new(&server.url());
    let answer = client.get("/props").expect("an answer");
    assert_eq!(answer.body.as_ref(), br#"{"error":"wrapped"}"#);
    let asked = server.requests()[0]
        .header("accept-encoding")
        .map(str::to_owned);
    assert_eq!(asked.as_deref(), Some("gzip"));
    assert!(client.refused("/infill").text.contains("\"wrapped\""));
}

#[test]
fn what_only_claims_to_be_compressed_is_told() {
    let server = Fixture::start(|_, wire| {
        wire.send(head("200 OK", 5))?;
        wire.send("plain")
    });
    let problem = Client::new(&server.url())
        .get("/props")
        .expect_err("no gzip");
    assert_eq!(problem.kind, ProblemKind::Protocol);
    assert!(problem.text.contains("cannot decompress"), "{problem}");
}

#[test]
fn endless_bodies_are_cut() {
    let server = Fixture::start(|request, wire| {
        let status = if request.method == "GET" {
            "200 OK"
        } else {
            "500 Internal Server Error"
        };
        wire.send(format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n"))?;
        let block = vec![b'x'; 64 * 1024];
        loop {
            wire.send(&block)?;
        }
    });
    let client = Client::new(&server.url());
    assert_eq!(
        client.get("/props").expect("an answer").body.len(),
        1024 * 1024
    );
    let problem = client.refused("/infill");
    assert!(problem.text.len() < 600, "{}", problem.text.len());
}

#[test]
fn an_answer_that_ends_early_is_told() {
    let server =
        Fixture::start(|_, wire| wire.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"));
    let problem = Client::new(&server.url()).get("/props").expect_err("cut");
    assert_eq!(problem.kind, ProblemKind::Truncated);
    assert!(problem.text.contains(&server.url()), "{problem}");
}

#[test]
fn an_error_without_its_body_is_still_told() {
    let server = Fixture::start(|_, wire| {
        wire.send("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 100\r\n\r\nhalf")
    });
    let problem = Client::new(&server.url()).refused("/infill");
    assert_eq!(problem.status, Some(503));
    assert!(problem.what_passes().is_some());
}
