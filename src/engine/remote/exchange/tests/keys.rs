//! Keys: where they come from, where they are sent, and that they appear nowhere else.

use std::{fs, time::Duration};

use serde_json::json;

use super::{Client, WITHIN, fixture::Fixture, printing};
use crate::remote::{KeySource, ProblemKind, exchange::Exchange};

const KEY: &str = "sk-0123456789abcdef";

fn open_server() -> Fixture {
    Fixture::start(|_, wire| wire.json(&json!({})))
}

fn sent(server: &Fixture) -> Vec<String> {
    let sent = |request: &super::fixture::Request| {
        request
            .header("authorization")
            .unwrap_or_default()
            .to_owned()
    };
    server.requests().iter().map(sent).collect()
}

#[test]
fn a_command_prints_the_key_and_runs_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = folder.path().join("runs");
    let command = format!(
        "echo run >> '{}'; echo ' {KEY} '; echo more; echo noise >&2",
        runs.display()
    );
    let server = open_server();
    let client = Client::keyed(&server.url(), KeySource::Command(command));
    for _ in 0..3 {
        client.get("/props").expect("an answer");
    }
    // Another server of the run, with the same command.
    let other = Exchange::new(client.network.clone(), client.exchange.config.clone());
    let other = other.expect("the URL can be used");
    client.wait(other.get("/props", WITHIN)).expect("an answer");
    assert_eq!(sent(&server), vec![format!("Bearer {KEY}"); 4]);
    assert_eq!(fs::read_to_string(runs).expect("it ran").lines().count(), 1);
}

#[test]
fn a_key_takes_the_place_of_name_and_password() {
    let server = open_server();
    let url = format!("http://user:word@127.0.0.1:{}", server.port());
    Client::keyed(&url, printing(KEY))
        .get("/props")
        .expect("an answer");
    assert_eq!(sent(&server), [format!("Bearer {KEY}")]);
}

#[test]
fn a_key_that_cannot_be_had_is_told_without_what_was_printed() {
    let server = open_server();
    let cases = [
        (
            KeySource::Variable("ROUTELENS_NO_SUCH_KEY".into()),
            "ROUTELENS_NO_SUCH_KEY",
        ),
        (
            KeySource::Command(format!("echo {KEY}-out; echo {KEY} >&2; exit 3")),
            "failed",
        ),
        (
            KeySource::Command(format!("TOKEN={KEY} false")),
            "from the command (key_command)",
        ),
        (KeySource::Command("true".into()), "empty"),
        (
            KeySource::Command("no-such-command-here".into()),
            "no-such-command-here",
        ),
        (KeySource::Command(r"printf 'a\001b'".into()), "characters"),
        (
            KeySource::Command(r"printf 'k\303\251y'".into()),
            "characters",
        ),
        (
            KeySource::Command(r"printf '\377\376'".into()),
            "not valid text",
        ),
    ];
    for (source, words) in cases {
        let client = Client::keyed(&server.url(), source.clone());
        let problem = client.get("/props").expect_err("no key");
        assert_eq!(problem.kind, ProblemKind::Key, "{problem}");
        assert!(problem.text.contains(words), "{problem}");
        let hint = match source {
            KeySource::Variable(_) => "key_env",
            KeySource::Command(_) => "key_command",
        };
        assert!(problem.text.contains(hint), "{problem}");
        let shown = format!("{problem} {source:?}");
        assert!(
            !shown.contains(KEY) && !shown.contains("a\\001b"),
            "{shown}"
        );
    }
    assert!(
        server.requests().is_empty(),
        "nothing is asked without the key"
    );
}

#[test]
fn a_refused_key_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    fs::write(&file, "old-key-1\n").expect("written");
    let server = Fixture::start(|request, wire| match request.header("authorization") {
        Some("Bearer new-key-2") => wire.json(&json!({})),
        _ => wire.answer(
            "401 Unauthorized",
            "application/json",
            r#"{"error":{"message":"bad key"}}"#,
        ),
    });
    let command = KeySource::Command(format!("cat '{}'", file.display()));
    let client = Client::keyed(&server.url(), command);
    let problem = client.refused("/infill");
    assert_eq!(problem.status, Some(401));
    assert!(problem.text.contains("key_command"), "{problem}");
    fs::write(&file, "new-key-2\n").expect("written");
    client.get("/props").expect("the new key is accepted");
    client.get("/props").expect("and remembered");
    assert_eq!(
        sent(&server),
        ["Bearer old-key-1", "Bearer new-key-2", "Bearer new-key-2"]
    );
}

#[test]
fn a_key_that_the_server_repeats_is_not_shown() {
    let server = Fixture::start(|request, wire| {
        let sent = request.header("authorization").unwrap_or_default();
        let key = sent.trim_start_matches("Bearer ");
        let body = json!({ "error": { "message": format!("Incorrect API key provided: {key}.") } });
        wire.answer("401 Unauthorized", "application/json", body.to_string())
    });
    let client = Client::keyed(&server.url(), printing(KEY));
    let problem = client.refused("/infill");
    assert!(
        problem.text.contains("Incorrect API key provided: …."),
        "{problem}"
    );
    for shown in [format!("{problem:?}"), problem.to_string()] {
        assert!(!shown.contains(KEY), "{shown}");
    }
    assert_eq!(
        client.exchange.redact(&format!("stream says {KEY}!")),
        "stream says …!"
    );
}

#[test]
fn a_key_is_in_no_debug_text() {
    let server = open_server();
    let client = Client::keyed(&server.url(), printing(KEY));
    client.get("/props").expect("an answer");
    let key = client
        .wait(client.network.keys().get(&printing(KEY)))
        .expect("a key");
    assert_eq!(format!("{key:?}"), "ApiKey(…)");
    assert!(!format!("{:?}", key.bearer()).contains(KEY));
}

#[test]
fn a_key_that_is_repeated_at_the_end_of_a_long_message_is_not_shown_in_part() {
    for length in 280..300 {
        let server = Fixture::start(move |_, wire| {
            let body = format!("{} {KEY}{KEY}", "x".repeat(length));
            wire.answer("400 Bad Request", "text/plain", body)
        });
        let problem = Client::keyed(&server.url(), printing(KEY)).refused("/infill");
        assert!(!problem.text.contains("sk-01"), "{problem}");
        let client = Client::keyed(&server.url(), printing(KEY));
        client.refused("/infill");
        assert_eq!(client.exchange.redact("it was sk-012345…"), "it was …");
    }
}

#[test]
fn a_request_that_is_given_up_does_not_ask_for_the_key_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = folder.path().join("runs");
    let command = format!("echo run >> '{}'; sleep 0.3; echo {KEY}", runs.display());
    let server = open_server();
    let client = Client::keyed(&server.url(), KeySource::Command(command));
    let given_up = client.wait(async {
        let asked = client.exchange.get("/props", WITHIN);
        tokio::time::timeout(Duration::from_millis(30), asked).await
    });
    assert!(given_up.is_err(), "the command takes longer");
    client.get("/props").expect("an answer");
    assert_eq!(fs::read_to_string(runs).expect("it ran").lines().count(), 1);
}

#[test]
fn a_command_that_failed_is_not_run_again_for_each_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = folder.path().join("runs");
    let command = format!("echo run >> '{}'; exit 1", runs.display());
    let client = Client::keyed(&open_server().url(), KeySource::Command(command));
    for _ in 0..3 {
        let problem = client.get("/props").expect_err("no key");
        assert!(problem.text.contains("not run again for"), "{problem}");
    }
    assert_eq!(fs::read_to_string(runs).expect("it ran").lines().count(), 1);
}
