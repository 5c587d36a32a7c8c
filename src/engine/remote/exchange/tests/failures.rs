//! No answer at all: each cause gets its own message with its remedy.

use std::{io::Write as _, net::TcpListener, thread, time::Duration};

use super::{Client, config, cut, fixture::Fixture};
use crate::remote::{Problem, ProblemKind};

/// A port on which nothing listens.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn expect(problem: &Problem, kind: ProblemKind, words: &[&str]) {
    assert_eq!(problem.kind, kind, "{problem}");
    for word in words {
        assert!(problem.text.contains(word), "no {word:?} in: {problem}");
    }
}

#[test]
fn nobody_listens() {
    let url = format!("http://127.0.0.1:{}", closed_port());
    let problem = Client::new(&url).refused("/infill");
    expect(&problem, ProblemKind::Refused, &[&url, "start the server"]);
    assert!(problem.what_passes().is_some());
    let url = format!("https://127.0.0.1:{}", closed_port());
    let problem = Client::new(&url).refused("/infill");
    expect(&problem, ProblemKind::Refused, &[&url, "start the server"]);
}

#[test]
fn no_host_of_that_name() {
    let url = "http://no-such-host.invalid:8000";
    let problem = Client::new(url).refused("/infill");
    expect(
        &problem,
        ProblemKind::NameNotFound,
        &[url, "cannot resolve"],
    );
    assert!(problem.what_passes().is_none());
}

#[test]
fn the_server_closes_without_an_answer() {
    let server = Fixture::start(|_, wire| cut(wire));
    let problem = Client::new(&server.url()).refused("/infill");
    expect(
        &problem,
        ProblemKind::Connection,
        &[&server.url(), "without an answer"],
    );
    assert_eq!(
        server.requests().len(),
        1,
        "a first request is not repeated"
    );
}

#[test]
fn tls_where_plain_http_is_expected() {
    // A TLS server's reply to a request that is not TLS: an alert.
    let server = Fixture::start(|_, wire| wire.send(b"\x15\x03\x01\x00\x02\x02\x46"));
    let problem = Client::new(&server.url()).refused("/infill");
    expect(
        &problem,
        ProblemKind::Tls,
        &[&server.url(), "write https://"],
    );
    // Other servers detect this, and say so in plain HTTP.
    let server = Fixture::start(|_, wire| {
        let said = "Client sent an HTTP request to an HTTPS server.";
        wire.answer("400 Bad Request", "text/plain", said)
    });
    let problem = Client::new(&server.url()).refused("/infill");
    expect(
        &problem,
        ProblemKind::Tls,
        &[&server.url(), "write https://"],
    );
}

#[test]
fn plain_http_where_tls_is_expected() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let url = format!("https://127.0.0.1:{port}");
    let problem = Client::new(&url).refused("/infill");
    expect(&problem, ProblemKind::Tls, &[&url, "write http://"]);
}

#[test]
fn a_server_that_closes_when_tls_begins() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream);
        }
    });
    let url = format!("https://127.0.0.1:{port}");
    let problem = Client::new(&url).refused("/infill");
    expect(&problem, ProblemKind::Tls, &[&url, "plain HTTP"]);
}

#[test]
fn something_else_than_http() {
    let server = Fixture::start(|_, wire| wire.send("SSH-2.0-OpenSSH_9.6\r\n"));
    let problem = Client::new(&server.url()).refused("/infill");
    expect(
        &problem,
        ProblemKind::Tls,
        &[&server.url(), "does not answer in HTTP", "port"],
    );
}

#[test]
fn a_connection_that_never_stands() {
    // Accepts, then stays silent when TLS should begin.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let url = format!("https://127.0.0.1:{port}");
    let mut config = config(&url, None);
    config.deadlines.connect = Duration::from_millis(100);
    let problem = Client::with(config, Vec::new()).refused("/infill");
    expect(
        &problem,
        ProblemKind::Timeout,
        &[&url, "0.1 s", "connect_timeout_ms"],
    );
    drop(listener);
}

#[test]
fn the_next_request_works() {
    let port = closed_port();
    let url = format!("http://127.0.0.1:{port}");
    let client = Client::new(&url);
    assert_eq!(client.refused("/infill").kind, ProblemKind::Refused);
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is still free");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    });
    assert_eq!(client.get("/props").expect("an answer").status, 200);
}
