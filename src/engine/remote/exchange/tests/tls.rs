//! TLS: which certificates we trust, and why we reject the others.

use std::fs;

use rcgen::{BasicConstraints, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use serde_json::json;

use super::{
    Client,
    authority::{Authority, params, server},
    config,
    fixture::Fixture,
    settle,
};
use crate::remote::{Problem, ProblemKind};

/// A client that trusts a CA.
pub fn trusting(authority: &Authority, url: &str) -> Client {
    Client::with(config(url, None), vec![authority.file()])
}

fn start(config: ServerConfig) -> Fixture {
    Fixture::start_tls(config, |_, wire| wire.json(&json!({ "safe": true })))
}

fn url(server: &Fixture) -> String {
    format!("https://127.0.0.1:{}", server.port())
}

fn refused(client: &Client, server: &Fixture, words: &[&str]) -> Problem {
    let problem = client.refused("/infill");
    assert_eq!(problem.kind, ProblemKind::Tls, "{problem}");
    for word in words {
        assert!(problem.text.contains(word), "no {word:?} in: {problem}");
    }
    assert!(server.requests().is_empty(), "nothing was sent");
    problem
}

#[test]
fn a_ca_of_ones_own_is_trusted() {
    let authority = Authority::new();
    let server = start(authority.server("127.0.0.1"));
    let client = trusting(&authority, &url(&server));
    for _ in 0..2 {
        let answer = client.post("/infill").expect("an answer");
        assert_eq!(answer.body.as_ref(), br#"{"safe":true}"#);
        settle();
    }
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.connection == 0)
    );
}

#[test]
fn one_file_may_hold_several() {
    let (first, second) = (Authority::new(), Authority::new());
    let bundle = first.file().with_file_name("both.pem");
    let text = format!("# first\n{}\n# second\n{}", first.pem(), second.pem());
    fs::write(&bundle, text).expect("written");
    let server = start(second.server("127.0.0.1"));
    let client = Client::with(config(&url(&server), None), vec![bundle]);
    client.get("/props").expect("an answer");
}

#[test]
fn an_unknown_ca_is_refused() {
    let server = start(Authority::new().server("127.0.0.1"));
    let address = url(&server);
    refused(
        &Client::new(&address),
        &server,
        &[&address, "ca_certificates"],
    );
    let other = Authority::new();
    refused(
        &trusting(&other, &address),
        &server,
        &[&address, "ca_certificates"],
    );
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let server = start(authority.server("gpu.example"));
    let client = trusting(&authority, &url(&server));
    refused(&client, &server, &["another name", "gpu.example"]);
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    let authority = Authority::new();
    let mut past = params("127.0.0.1");
    past.not_after = date_time_ymd(2001, 1, 1);
    let server = start(authority.server_with(past));
    refused(
        &trusting(&authority, &url(&server)),
        &server,
        &["has expired"],
    );

    let mut future = params("127.0.0.1");
    future.not_before = date_time_ymd(3001, 1, 1);
    let server = start(authority.server_with(future));
    refused(
        &trusting(&authority, &url(&server)),
        &server,
        &["not valid yet"],
    );
}

#[test]
fn a_certificate_that_signs_itself_is_trusted_only_as_configured() {
    let key = KeyPair::generate().expect("a key");
    let certificate = params("127.0.0.1").self_signed(&key).expect("signed");
    let server = start(server_of(&certificate, &key));
    refused(&Client::new(&url(&server)), &server, &["ca_certificates"]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("server.pem");
    fs::write(&file, certificate.pem()).expect("written");
    let client = Client::with(config(&url(&server), None), vec![file]);
    client.get("/props").expect("an answer");
}

#[test]
fn a_ca_that_serves_by_itself_is_told() {
    let mut params = params("127.0.0.1");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("signed");
    let server = start(server_of(&certificate, &key));
    refused(
        &Client::new(&url(&server)),
        &server,
        &["basicConstraints CA:FALSE"],
    );
}

fn server_of(certificate: &rcgen::Certificate, key: &KeyPair) -> ServerConfig {
    server(certificate.der().clone(), key)
}

#[test]
fn certificate_files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let garbled = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let open = "-----BEGIN CERTIFICATE-----\nAAAA\n";
    let files = [
        ("missing.pem", None),
        ("empty.pem", Some("")),
        ("notes.pem", Some("no certificate here")),
        ("garbled.pem", Some(garbled)),
        ("open.pem", Some(open)),
    ];
    let server = Fixture::start(|_, wire| wire.json(&json!({})));
    for (name, text) in files {
        let file = folder.path().join(name);
        if let Some(text) = text {
            fs::write(&file, text).expect("written");
        }
        let client = Client::with(config(&server.url(), None), vec![file]);
        let problem = client.get("/props").expect_err("the file cannot be used");
        assert_eq!(problem.kind, ProblemKind::Setting, "{problem}");
        assert!(problem.text.contains(name), "{problem}");
        assert!(problem.text.contains("ca_certificates"), "{problem}");
    }
    assert!(server.requests().is_empty());
}
