//! However an address is written, requests reach the server's own paths.

use super::{Client, fixture::Fixture};
use crate::remote::{ProblemKind, exchange::address::Address, shown_url};

fn at(base: &str, path: &str) -> String {
    let address = Address::parse(base).unwrap_or_else(|problem| panic!("{base}: {problem}"));
    address.at(path).to_string()
}

#[test]
fn every_way_to_write_an_address_leads_to_the_same_paths() {
    let plain = [
        "http://box:8000",
        "http://box:8000/",
        "http://box:8000/v1",
        "http://box:8000/v1/",
        " http://box:8000/v1// ",
        "http://box:8000/v1/completions",
        "http://box:8000/v1/chat/completions",
        "http://box:8000/v1/models",
        "http://box:8000/infill",
        "http://box:8000/api/generate",
        "http://box:8000#here",
    ];
    for base in plain {
        assert_eq!(
            at(base, "/v1/models"),
            "http://box:8000/v1/models",
            "{base}"
        );
        assert_eq!(at(base, "/infill"), "http://box:8000/infill", "{base}");
    }
    for base in [
        "https://gw/x/llm/v1",
        "https://gw/x/llm/v1/",
        "https://gw/x/llm",
    ] {
        assert_eq!(
            at(base, "/v1/models"),
            "https://gw/x/llm/v1/models",
            "{base}"
        );
        assert_eq!(at(base, "/infill"), "https://gw/x/llm/infill", "{base}");
    }
    assert_eq!(
        at("http://[::1]:8080/", "/props"),
        "http://[::1]:8080/props"
    );
    assert_eq!(
        at("http://box/my%20models", "/props"),
        "http://box/my%20models/props"
    );
}

#[test]
fn a_query_follows_every_path() {
    let base = "https://gw/llm/v1?api-version=2&key=abc";
    assert_eq!(
        at(base, "/v1/models"),
        "https://gw/llm/v1/models?api-version=2&key=abc"
    );
    assert_eq!(
        at(base, "/props?model=x"),
        "https://gw/llm/props?model=x&api-version=2&key=abc"
    );
}

#[test]
fn a_shown_url_holds_no_credentials() {
    let shown = [
        ("http://user:hunter2@box:8000/v1", "http://box:8000/v1"),
        ("https://sk-token@box", "https://box"),
        (
            "https://box/llm/?api-key=hunter2#hunter2",
            "https://box/llm",
        ),
        ("http://user:hun/ter2@box:8000", "box:8000"),
        ("user:hunter2@box", "box"),
        ("box?key=hunter2", "box"),
        ("https://box/@team/llm", "https://box/@team/llm"),
    ];
    for (url, expected) in shown {
        assert_eq!(shown_url(url), expected, "{url}");
    }
}

#[test]
fn what_is_no_url_of_a_server_is_told_without_credentials() {
    for url in [
        "box:8000",
        "ftp://box",
        "http://",
        "http://user:hunter2@box:99999",
        "",
        "unix:/x",
    ] {
        let problem = Address::parse(url)
            .err()
            .unwrap_or_else(|| panic!("{url} was taken"));
        assert_eq!(problem.kind, ProblemKind::Setting);
        assert!(problem.text.contains("http://host:port"), "{problem}");
        assert!(!problem.text.contains("hunter2"), "{problem}");
    }
}

#[test]
fn name_and_password_of_a_url_are_sent_and_never_shown() {
    let server = Fixture::start(|request, wire| {
        // The server echoes what it was sent.
        let sent = request.header("authorization").unwrap_or_default();
        let body = format!("who is {sent}, with p@ss word?");
        wire.answer("401 Unauthorized", "text/plain", body)
    });
    let url = format!("http://user:p%40ss%20word@127.0.0.1:{}/v1", server.port());
    let client = Client::new(&url);
    let problem = client.refused("/v1/completions");

    let requests = server.requests();
    assert_eq!(requests[0].path, "/v1/completions");
    // base64 of "user:p@ss word"
    let basic = "dXNlcjpwQHNzIHdvcmQ=";
    let sent = requests[0].header("authorization");
    assert_eq!(sent, Some(format!("Basic {basic}").as_str()));
    for secret in ["p%40ss", "p@ss", basic] {
        assert!(!problem.text.contains(secret), "{problem}");
        assert!(!client.exchange.url().contains(secret));
    }
    assert!(
        problem.text.contains("who is Basic …, with …?"),
        "{problem}"
    );
}
