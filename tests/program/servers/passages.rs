//! What is sent along with a hole: passages of other files, as far as they may leave this machine,
//! and a rejected completion if the server verifies drafts.

use std::{fs, path::Path, sync::Arc};

use routelens::{
    completion::{DraftSource, Drafts, Hole, Passage, Request, RequestId},
    language::Language,
    remote::{Dialect, NetworkConfig, ServerConfig},
};
use serde_json::{Value, json};

use super::{
    asking::{Client, chunked, completions, config, llama_server, llama_stream, network},
    fixture::Fixture,
};

fn passage(path: &str, text: &str) -> Passage {
    Passage {
        path: path.to_owned(),
        lines: (1, 1),
        text: text.to_owned(),
        score: 1.0,
        rounds: [Some(1.0), None],
    }
}

/// A request from a file in `folder` with these passages of it.
fn request(folder: &Path, passages: &[(&str, &str)]) -> Request {
    let hole = Hole {
        path: Some(folder.join("main.py")),
        ..Hole::new("total = price * ", "\n", Some(Language::Python))
    };
    Request {
        passages: passages
            .iter()
            .map(|(path, text)| passage(path, text))
            .collect(),
        folder: Some(folder.to_owned()),
        ..Request::greedy(RequestId(0), hole, 64)
    }
}

#[test]
fn llama_server_is_sent_passages_in_the_order_of_their_places() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["1"])));
    let mut client = Client::llama(&server);
    let [tax, cart] = [("tax.py", "RATE = 0.2\n"), ("cart.py", "ITEMS = []\n")];
    for passages in [[tax, cart], [cart, tax]] {
        let id = client.send_request(request(Path::new("/srv/shop"), &passages));
        let heard = client.hear(id);
        let prompt = heard.prompt.expect("it has started");
        assert_eq!(prompt.passages, 2);
        assert!(prompt.passage_tokens > 0);
        heard.end.expect("a completion");
    }
    let wanted = json!([
        {"filename": "cart.py", "text": "ITEMS = []\n"},
        {"filename": "tax.py", "text": "RATE = 0.2\n"},
    ]);
    for asked in completions(&server) {
        assert_eq!(asked.json()["input_extra"], wanted);
        assert_eq!(asked.json()["input_prefix"], "total = price * ");
    }
}

#[test]
fn passages_keep_to_their_tokens() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["1"])));
    let mut client = Client::llama(&server);
    let long = "value = compute(1)\n".repeat(400);
    let limited = Request {
        passage_tokens: 60,
        ..request(Path::new("/srv/shop"), &[("a.py", long.as_str())])
    };
    let id = client.send_request(limited);
    let prompt = client.hear(id).prompt.expect("it has started");
    assert_eq!(prompt.passages, 1);
    assert!(prompt.passage_tokens <= 60, "{prompt:?}");
    let asked = completions(&server)[0].json();
    let text = asked["input_extra"][0]["text"].as_str().expect("a text");
    assert!(
        text.ends_with('\n') && long.starts_with(text) && text.len() < 240,
        "{text}"
    );
}

#[test]
fn no_passage_of_a_file_that_stays_here_is_ever_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = folder.path().join("private/shop");
    fs::create_dir_all(shop.join("secrets")).expect("made");
    fs::write(shop.join("secrets/keys.py"), "KEY = 'swordfish'\n").expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink(shop.join("secrets/keys.py"), shop.join("plain.py")).expect("made");
    let passages = [
        ("secrets/keys.py", "KEY = 'swordfish'\n"),
        #[cfg(unix)]
        ("plain.py", "KEY = 'swordfish'\n"),
        ("server.pem", "swordfish\n"),
        ("../outside.key", "swordfish\n"),
        ("tax.py", "RATE = 0.2\n"),
    ];
    let denying = |deny: &[&str]| NetworkConfig {
        deny: deny.iter().map(|&pattern| pattern.to_owned()).collect(),
        ..network()
    };
    let mut reached = 0;
    for dialect in Dialect::ALL {
        let server = Fixture::start(|_, wire| wire.answer("404 Not Found", "text/plain", ""));
        // All but the last are denied one by one, then the whole folder by its real path.
        for deny in [
            vec!["**/secrets/**", "*.pem", "*.key"],
            vec!["**/private/**"],
        ] {
            let everything = deny.len() == 1;
            let mut client = Client::with(config(&server.url(), dialect), denying(&deny));
            let mut asked = request(&shop, &passages);
            Arc::make_mut(&mut asked.hole).path = None;
            let id = client.send_request(asked);
            let heard = client.hear(id);
            if let Some(prompt) = heard.prompt {
                reached += 1;
                assert_eq!(prompt.passages, usize::from(!everything), "{dialect:?}");
            }
        }
        for request in server.requests() {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            assert!(!body.contains("swordfish"), "{body}");
        }
    }
    assert!(
        reached >= 4,
        "hardly a dialect got as far as to send anything"
    );
}

#[test]
fn passages_of_nobody_knows_where_stay_here() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["1"])));
    let mut client = Client::llama(&server);
    let unknown = Request {
        folder: None,
        ..request(Path::new("/srv/shop"), &[("tax.py", "RATE = 0.2\n")])
    };
    let id = client.send_request(unknown);
    assert_eq!(client.hear(id).prompt.expect("it has started").passages, 0);
    assert_eq!(completions(&server)[0].json()["input_extra"], json!([]));
}

/// A chat server that either refuses drafts or reports on them.
fn chat(takes_drafts: bool) -> Fixture {
    Fixture::start(move |request, wire| match request.path.as_str() {
        "/v1/models" => wire.json(&json!({"data": [{"id": "test", "owned_by": "somebody"}]})),
        "/v1/chat/completions" => {
            let drafted = !request.json()["prediction"].is_null();
            if drafted && !takes_drafts {
                let error = json!({"error": {"message": "Unsupported parameter: 'prediction'"}});
                return wire.answer("400 Bad Request", "application/json", error.to_string());
            }
            let details = match drafted {
                true => json!({"accepted_prediction_tokens": 3, "rejected_prediction_tokens": 1}),
                false => Value::Null,
            };
            let said = [
                json!({"id": "1", "choices": [{"index": 0, "delta": {"content": "rate"}}]}),
                json!({"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
                json!({"id": "1", "choices": [], "usage": {"prompt_tokens": 9,
                    "completion_tokens": 5, "completion_tokens_details": details}}),
            ];
            let events = said.map(|message| format!("data: {message}\n\n")).concat();
            wire.send(chunked("text/event-stream", &(events + "data: [DONE]\n\n")))
        }
        _ => wire.answer("404 Not Found", "text/plain", ""),
    })
}

fn chat_config(server: &Fixture, prediction: Option<bool>) -> ServerConfig {
    ServerConfig {
        prediction,
        ..config(&server.url(), Dialect::Chat)
    }
}

fn after_rejection() -> Request {
    Request {
        drafts: Drafts {
            rejected: Some("rate * 2".to_owned()),
            ..Drafts::default()
        },
        ..request(Path::new("/srv/shop"), &[])
    }
}

/// The drafts that the chat server received.
fn drafts(server: &Fixture) -> Vec<Value> {
    let asked = server.requests_to("/v1/chat/completions").into_iter();
    asked
        .map(|request| request.json()["prediction"].clone())
        .collect()
}

#[test]
fn a_rejected_completion_is_the_draft_of_a_server_that_verifies_it() {
    let server = chat(true);
    let mut client = Client::new(chat_config(&server, Some(true)));
    assert_eq!(client.ready().no_drafts, None);
    let id = client.send_request(after_rejection());
    let completion = client.hear(id).end.expect("a completion");
    assert_eq!(completion.text, "rate");
    let told = completion.drafting.first().expect("what became of it");
    assert_eq!(
        (told.source, told.drafted, told.accepted),
        (DraftSource::Rejected, 4, 3)
    );
    assert_eq!(told.saved_ms, None);
    assert_eq!(
        drafts(&server),
        [json!({"type": "content", "content": "rate * 2"})]
    );
    // Without a draft, nothing is sent, and probabilities are requested as before.
    let id = client.send_request(request(Path::new("/srv/shop"), &[]));
    assert_eq!(client.hear(id).end.expect("a completion").drafting, []);
    let plain = &server.requests_to("/v1/chat/completions")[1].json();
    assert_eq!(
        (&plain["prediction"], &plain["logprobs"]),
        (&Value::Null, &json!(true))
    );
}

#[test]
fn a_server_that_refuses_a_draft_is_asked_without_from_then_on() {
    let server = chat(false);
    let mut client = Client::new(chat_config(&server, Some(true)));
    for _ in 0..2 {
        let id = client.send_request(after_rejection());
        assert_eq!(client.hear(id).end.expect("a completion").text, "rate");
    }
    let sent: Vec<bool> = drafts(&server).iter().map(Value::is_object).collect();
    assert_eq!(sent, [true, false, false]);
    let told = client.known().expect("it is known").no_drafts.clone();
    assert!(told.is_some_and(|why| why.contains("do not apply")));
}

#[test]
fn where_drafts_do_not_apply_none_is_sent_and_the_model_says_why() {
    let server = chat(true);
    let mut client = Client::new(chat_config(&server, None));
    let why = client.ready().no_drafts.clone().expect("a reason");
    assert!(why.contains("prediction = true"), "{why}");
    let id = client.send_request(after_rejection());
    client.hear(id).end.expect("a completion");
    assert_eq!(drafts(&server), [Value::Null]);
    let llama = llama_server(|_, wire| wire.send(llama_stream(&["1"])));
    let mut client = Client::llama(&llama);
    let why = client.ready().no_drafts.clone().expect("a reason");
    assert!(why.contains("do not apply"), "{why}");
    let id = client.send_request(after_rejection());
    client.hear(id).end.expect("a completion");
    let asked = &completions(&llama)[0].body;
    assert!(!String::from_utf8_lossy(asked).contains("rate * 2"));
}
