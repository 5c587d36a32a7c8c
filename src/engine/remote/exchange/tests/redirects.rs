//! Redirects: followed within the server; elsewhere, neither key nor text is sent.

use super::{Client, fixture::Fixture, printing};
use crate::remote::ProblemKind;

fn send_on(wire: &mut super::fixture::Wire, status: &str, to: &str) -> std::io::Result<()> {
    wire.answer(
        &format!("{status}\r\nlocation: {to}"),
        "text/html",
        "<p>moved</p>",
    )
}

#[test]
fn within_the_same_server_the_text_and_the_key_follow() {
    let server = Fixture::start(|request, wire| match request.path.as_str() {
        "/infill" => send_on(wire, "307 Temporary Redirect", "/llm/infill"),
        "/llm/infill" => send_on(wire, "308 Permanent Redirect", "infill/"),
        path => wire.answer("200 OK", "text/plain", path),
    });
    let client = Client::keyed(&server.url(), printing("sk-0123456789"));
    let answer = client.post("/infill").expect("an answer");
    assert_eq!(answer.body.as_ref(), b"/llm/infill/");
    for request in server.requests() {
        assert_eq!(request.method, "POST");
        assert_eq!(
            request.header("authorization"),
            Some("Bearer sk-0123456789")
        );
        assert_eq!(request.json()["prompt"], "secret code");
    }
}

#[test]
fn name_and_password_follow_too() {
    let server = Fixture::start(|request, wire| match request.path.as_str() {
        "/props" => send_on(wire, "301 Moved Permanently", "/there"),
        path => wire.answer("200 OK", "text/plain", path),
    });
    let client = Client::new(&format!("http://user:word@127.0.0.1:{}", server.port()));
    client.get("/props").expect("an answer");
    let requests = server.requests();
    assert!(
        requests[1]
            .header("authorization")
            .is_some_and(|sent| sent.starts_with("Basic "))
    );
}

#[test]
fn to_another_server_nothing_is_sent() {
    let other = Fixture::start(|_, wire| wire.answer("200 OK", "text/plain", "thanks"));
    let elsewhere = format!("{}/infill?token=hunter2", other.url());
    let targets = [elsewhere, format!("http://localhost:{}/x", other.port())];
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for target in &targets {
            let to = target.clone();
            let server = Fixture::start(move |_, wire| send_on(wire, status, &to));
            let client = Client::keyed(&server.url(), printing("sk-0123456789"));
            for problem in [
                client.refused("/infill"),
                client.get("/props").expect_err("elsewhere"),
            ] {
                assert_eq!(problem.kind, ProblemKind::Status, "{problem}");
                assert!(problem.text.contains(&server.url()), "{problem}");
                assert!(problem.text.contains("another server"), "{problem}");
                assert!(
                    problem.text.contains(&crate::remote::shown_url(target)),
                    "{problem}"
                );
                assert!(!problem.text.contains("hunter2"), "{problem}");
            }
        }
    }
    assert!(other.requests().is_empty(), "nobody has configured it");
}

#[test]
fn from_tls_to_plain_http_nothing_is_sent() {
    let plain = Fixture::start(|_, wire| wire.answer("200 OK", "text/plain", "thanks"));
    let authority = super::authority::Authority::new();
    let to = plain.url();
    let server = Fixture::start_tls(authority.server("127.0.0.1"), move |_, wire| {
        send_on(wire, "307 Temporary Redirect", &to)
    });
    let client = super::tls::trusting(&authority, &format!("https://127.0.0.1:{}", server.port()));
    let problem = client.refused("/infill");
    assert!(problem.text.contains("another server"), "{problem}");
    assert!(plain.requests().is_empty());
}

#[test]
fn a_redirect_that_would_drop_the_text_is_told() {
    for status in ["301 Moved Permanently", "302 Found", "303 See Other"] {
        let server = Fixture::start(move |request, wire| match request.path.as_str() {
            "/there" => wire.answer("200 OK", "text/plain", "here"),
            _ => send_on(wire, status, "/there"),
        });
        let client = Client::new(&server.url());
        let problem = client.refused("/infill");
        assert!(
            problem.text.contains("drop the request's body"),
            "{problem}"
        );
        assert!(problem.text.contains("/there"), "{problem}");
        assert!(server.requests_to("/there").is_empty());
        // Nothing can be dropped where nothing is sent.
        assert_eq!(
            client.get("/props").expect("an answer").body.as_ref(),
            b"here"
        );
    }
}

#[test]
fn going_round_in_circles_ends() {
    let server = Fixture::start(|_, wire| send_on(wire, "307 Temporary Redirect", "/again"));
    let problem = Client::new(&server.url()).refused("/infill");
    assert_eq!(problem.kind, ProblemKind::Protocol);
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_redirect_to_nowhere_is_an_answer() {
    let server = Fixture::start(|_, wire| wire.answer("302 Found", "text/plain", "lost"));
    let problem = Client::new(&server.url()).refused("/infill");
    assert_eq!(problem.status, Some(302));
    assert!(problem.text.contains("\"lost\""), "{problem}");
}
