//! The environment: proxies, and where the system keeps its certificates. Each case runs in its own
//! process, since a client reads its environment once.

use std::{
    env,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::json;

use super::{Client, authority::Authority, config, fixture::Fixture};
use crate::remote::KeySource;

/// Run by the processes below: asks the server in the first variable, trusting the file in the
/// second, and prints the result.
#[test]
#[ignore = "the other tests run it"]
fn asked() {
    let Ok(url) = env::var("ASKED_URL") else {
        return;
    };
    let files: Vec<PathBuf> = env::var_os("ASKED_CA")
        .map(PathBuf::from)
        .into_iter()
        .collect();
    let key = env::var_os("ASKED_KEY").map(|_| KeySource::Variable("ASKED_KEY".into()));
    match Client::with(config(&url, key), files).post("/infill") {
        Ok(answer) => println!("answer: {}", String::from_utf8_lossy(&answer.body)),
        Err(problem) => println!("problem: {:?}: {problem}", problem.kind),
    }
}

fn ask(url: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["--exact", "--ignored", "--nocapture"]);
    command.arg("remote::exchange::tests::environment::asked");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
        .env("ASKED_URL", url)
        .envs(variables.iter().copied());
    let Output { stdout, .. } = command.output().expect("it runs");
    String::from_utf8(stdout).expect("text")
}

fn proxy() -> Fixture {
    Fixture::start(|_, wire| wire.json(&json!({ "by": "proxy" })))
}

#[test]
fn plain_http_goes_through_a_proxy() {
    let proxy = proxy();
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let said = ask("http://gpu.invalid:8000/v1", &[(name, &proxy.url())]);
        assert!(said.contains(r#"answer: {"by":"proxy"}"#), "{said}");
    }
    let requests = proxy.requests();
    assert_eq!(requests.len(), 3);
    assert!(
        requests
            .iter()
            .all(|request| request.path == "http://gpu.invalid:8000/infill")
    );
}

#[test]
fn a_proxys_own_credentials_are_sent_to_it() {
    let proxy = proxy();
    let url = format!("http://me:word@127.0.0.1:{}", proxy.port());
    ask("http://gpu.invalid:8000", &[("HTTP_PROXY", &url)]);
    let requests = proxy.requests();
    assert_eq!(
        requests[0].header("proxy-authorization"),
        Some("Basic bWU6d29yZA==")
    );
    assert_eq!(requests[0].header("authorization"), None);
}

#[test]
fn this_machine_is_never_asked_through_a_proxy() {
    let (proxy, server) = (proxy(), proxy());
    let variables = [("HTTP_PROXY", proxy.url()), ("ALL_PROXY", proxy.url())];
    let variables = variables
        .each_ref()
        .map(|(name, url)| (*name, url.as_str()));
    for host in ["127.0.0.1", "localhost", "0.0.0.0"] {
        let said = ask(&format!("http://{host}:{}", server.port()), &variables);
        assert!(said.contains("answer:"), "{host}: {said}");
    }
    assert_eq!(server.requests().len(), 3);
    assert!(proxy.requests().is_empty());
}

#[test]
fn hosts_may_be_taken_out() {
    let proxy = proxy();
    let variables = [
        ("HTTP_PROXY", proxy.url()),
        ("NO_PROXY", ".invalid".to_owned()),
    ];
    let variables = variables
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let said = ask("http://gpu.invalid:8000", &variables);
    assert!(said.contains("problem: NameNotFound"), "{said}");
    assert!(proxy.requests().is_empty());
}

#[test]
fn a_proxy_that_refuses_a_tunnel_is_told() {
    for (status, words) in [
        (
            "407 Proxy Authentication Required",
            "needs a name and password",
        ),
        ("403 Forbidden", "cannot connect"),
    ] {
        let proxy = Fixture::start(move |_, wire| wire.answer(status, "text/plain", "no"));
        let said = ask("https://gpu.invalid", &[("HTTPS_PROXY", &proxy.url())]);
        assert!(said.contains("problem: Connection: the proxy to"), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(!said.contains("secret code"), "{said}");
        let requests = proxy.requests();
        assert_eq!(
            (requests[0].method.as_str(), requests[0].path.as_str()),
            ("CONNECT", "gpu.invalid:443")
        );
    }
}

#[test]
fn a_proxy_that_cannot_be_had_is_suspected() {
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", listener.local_addr().expect("it is bound"))
    };
    let said = ask("http://gpu.invalid:8000", &[("HTTP_PROXY", &nobody)]);
    assert!(said.contains("problem: Refused"), "{said}");
    assert!(said.contains("HTTP_PROXY is set"), "{said}");
}

#[test]
fn a_machine_without_certificates_speaks_plain_http_and_trusts_its_own() {
    let nothing = [
        ("SSL_CERT_FILE", "/nonexistent"),
        ("SSL_CERT_DIR", "/nonexistent"),
    ];
    let server = Fixture::start(|_, wire| wire.json(&json!({})));
    let said = ask(&server.url(), &nothing);
    assert!(said.contains("answer: {}"), "{said}");

    let authority = Authority::new();
    let safe = Fixture::start_tls(authority.server("127.0.0.1"), |_, wire| {
        wire.json(&json!({}))
    });
    let url = format!("https://127.0.0.1:{}", safe.port());
    let said = ask(&url, &nothing);
    assert!(said.contains("problem: Tls"), "{said}");
    assert!(said.contains("ca_certificates"), "{said}");
    let file = authority.file();
    let file = file.to_str().expect("a plain path");
    let said = ask(&url, &[nothing[0], nothing[1], ("ASKED_CA", file)]);
    assert!(said.contains("answer: {}"), "{said}");
}

#[test]
fn certificates_of_the_system_are_trusted() {
    let authority = Authority::new();
    let file = authority.file();
    let file = file.to_str().expect("a plain path");
    let safe = Fixture::start_tls(authority.server("127.0.0.1"), |_, wire| {
        wire.json(&json!({}))
    });
    let url = format!("https://127.0.0.1:{}", safe.port());
    let said = ask(
        &url,
        &[("SSL_CERT_FILE", file), ("SSL_CERT_DIR", "/nonexistent")],
    );
    assert!(said.contains("answer: {}"), "{said}");
}

#[test]
fn a_variable_holds_the_key() {
    let server = Fixture::start(|_, wire| wire.json(&json!({})));
    let said = ask(&server.url(), &[("ASKED_KEY", " sk-0123456789\n")]);
    assert!(said.contains("answer: {}"), "{said}");
    let sent = server.requests()[0]
        .header("authorization")
        .map(str::to_owned);
    assert_eq!(sent.as_deref(), Some("Bearer sk-0123456789"));
    let said = ask(&server.url(), &[("ASKED_KEY", "")]);
    assert!(
        said.contains("problem: Key") && said.contains("ASKED_KEY"),
        "{said}"
    );
}
