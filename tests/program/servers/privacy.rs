//! What leaves this machine, and what is reported about it: denied files, offline mode, keys, and
//! redirecting servers.

use std::{fs, net::TcpListener, path::PathBuf, time::Duration};

use routelens::{
    completion::{Hole, model::ModelEvent},
    remote::{Dialect, KeySource, NetworkConfig},
};
use serde_json::json;

use super::{
    asking::{Client, chunked, config, llama_server, llama_stream, network, openai},
    fixture::Fixture,
};

const KEY: &str = "sk-0123456789abcdef";

fn hole(path: &str) -> Hole {
    Hole {
        path: Some(PathBuf::from(path)),
        ..Hole::new("API_KEY = ", "\n", None)
    }
}

#[test]
fn a_file_that_stays_here_is_never_sent() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["1"])));
    let deny = vec!["**/secrets/**".to_owned(), "*.pem".to_owned()];
    let mut client = Client::with(
        config(&server.url(), Dialect::LlamaServer),
        NetworkConfig { deny, ..network() },
    );
    client.ready();
    for path in ["/srv/secrets/keys.py", "SECRETS/keys.py", "tls/server.pem"] {
        let id = client.send_hole(hole(path));
        let told = client.hear(id).end.expect_err("it stays");
        assert!(told.contains(path), "{told}");
        assert!(
            told.contains("stays on this machine") && told.contains("deny"),
            "{told}"
        );
    }
    for request in server.requests() {
        assert!(request.json()["stream"] != true, "{request:?}");
    }
    let id = client.send_hole(hole("/srv/main.py"));
    assert_eq!(client.hear(id).end.expect("a completion").text, "1");
    for request in server.requests() {
        let sent = String::from_utf8_lossy(&request.body).into_owned();
        assert!(!sent.contains("secrets"), "{sent}");
    }
}

#[test]
fn offline_nothing_is_even_connected() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let offline = NetworkConfig {
        offline: true,
        ..network()
    };
    let mut client = Client::with(config(&url, Dialect::LlamaServer), offline);
    let told = client.failure();
    assert!(told.contains("offline"), "{told}");
    client.remote.warm();
    assert!(client.failure().contains("offline"));
    listener.set_nonblocking(true).expect("set");
    assert!(listener.accept().is_err(), "nobody has connected");
}

#[test]
fn a_key_goes_to_the_server_and_nowhere_else() {
    // A server that echoes the key wherever it can.
    let server = openai(|request, wire| {
        if request.json()["stream"] != true {
            let choice = json!({ "text": "a", "index": 0, "finish_reason": "length" });
            return wire.json(&json!({ "choices": [choice] }));
        }
        let asked = request.json()["prompt"].as_str().unwrap_or_default().len();
        let error =
            json!({ "error": { "message": format!("{KEY} is wrong, Bearer {KEY}, {asked}") } });
        match request.connection % 2 {
            0 => wire.answer(
                "500 Internal Server Error",
                "application/json",
                error.to_string(),
            ),
            _ => wire.send(chunked("text/event-stream", &format!("data: {error}\n\n"))),
        }
    });
    let mut config = config(&server.url(), Dialect::Openai);
    config.key = Some(KeySource::Command(format!("echo {KEY}; echo {KEY} >&2")));
    let mut client = Client::new(config);
    let mut said = String::new();
    for _ in 0..6 {
        let heard = client.ask();
        let told = heard.end.as_ref().expect_err("an error");
        assert!(told.contains("… is wrong"), "{told}");
        said += &format!("{heard:?}");
    }
    said += &format!("{:?}", client.told);
    assert!(!said.contains(KEY) && !said.contains("sk-01"), "{said}");
    let requests = server.requests();
    assert!(requests.len() >= 6);
    for request in requests {
        assert_eq!(
            request.header("authorization"),
            Some(format!("Bearer {KEY}").as_str())
        );
        assert!(!String::from_utf8_lossy(&request.body).contains(KEY));
    }
}

#[test]
fn a_password_in_a_url_is_sent_and_not_shown() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["1"])));
    let url = format!("http://me:hunter2@127.0.0.1:{}", server.port());
    let mut config = config(&url, Dialect::LlamaServer);
    assert!(
        !format!("{config:?}")
            .replace(&config.name, "")
            .contains("hunter2")
    );
    config.name = "box".into();
    let mut client = Client::new(config);
    let info = client.ready();
    let heard = client.ask();
    let said = format!("{info:?} {heard:?} {:?}", client.told);
    assert!(heard.end.is_ok() && !said.contains("hunter2"), "{said}");
    for request in server.requests() {
        assert_eq!(
            request.header("authorization"),
            Some("Basic bWU6aHVudGVyMg==")
        );
    }
}

#[test]
fn a_new_key_is_fetched_after_the_old_one_was_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    fs::write(&file, "old").expect("written");
    let server = Fixture::start(|request, wire| {
        if request.header("authorization") != Some("Bearer new") {
            let refusal = r#"{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}"#;
            return wire.answer("401 Unauthorized", "application/json", refusal);
        }
        match request.path.as_str() {
            "/infill" => wire.send(llama_stream(&["1"])),
            "/props" => wire.json(&json!({ "default_generation_settings": { "n_ctx": 4096 } })),
            _ => wire.json(&json!({ "status": "ok", "data": [{ "id": "test" }] })),
        }
    });
    let mut config = config(&server.url(), Dialect::LlamaServer);
    config.key = Some(KeySource::Command(format!("cat '{}'", file.display())));
    let mut client = Client::new(config);
    let told = client.failure();
    assert!(
        told.contains("Invalid API Key") && told.contains("key_command"),
        "{told}"
    );
    fs::write(&file, "new").expect("written");
    assert_eq!(client.text(), "1");
}

#[test]
fn a_server_that_sends_us_elsewhere_is_told_and_nothing_goes_there() {
    let other = Fixture::start(|_, wire| wire.json(&json!({})));
    let elsewhere = other.url();
    let to = elsewhere.clone();
    let server = llama_server(move |request, wire| {
        let head = format!("307 Temporary Redirect\r\nlocation: {to}{}", request.path);
        wire.answer(&head, "text/plain", "")
    });
    let mut config = config(&server.url(), Dialect::LlamaServer);
    config.key = Some(KeySource::Command(format!("echo {KEY}")));
    let mut client = Client::new(config);
    let told = client.failure();
    for word in [server.url(), elsewhere, "another server".to_owned()] {
        assert!(told.contains(&word), "no {word} in: {told}");
    }
    client.within(Duration::from_millis(100));
    assert!(other.requests().is_empty());
}

#[test]
fn what_is_told_of_a_server_that_cannot_be_had_holds_no_password() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("it is bound").port()
    };
    for url in [
        format!("http://me:hunter2@127.0.0.1:{port}/v1?key=hunter2"),
        "http://me:hunter2@no-such-host.invalid".to_owned(),
        "ftp://me:hunter2@box".to_owned(),
        "http://me:hunter2@box:123456".to_owned(),
    ] {
        let mut config = config(&url, Dialect::Openai);
        config.name = "box".into();
        config.deadlines.first_token = Duration::from_secs(3);
        let mut client = Client::new(config);
        let heard = client.ask();
        let said = format!("{heard:?} {:?}", client.told);
        assert!(heard.end.is_err() && !said.contains("hunter2"), "{said}");
        assert!(
            client
                .told
                .iter()
                .all(|event| !matches!(event, ModelEvent::Ready(_)))
        );
    }
}
