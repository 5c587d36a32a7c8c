//! Every way in which a server can fail a request: each is reported with a remedy, uses no memory,
//! and leaves the next request to work.

use std::{
    io::{self, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use routelens::completion::{StopReason, model::ModelEvent};
use serde_json::json;

use super::{
    asking::{
        Client, LLAMA_END, OPENAI_END, chunked, completions, config, llama_server, llama_stream,
        llama_token, openai, openai_token,
    },
    fixture::{Fixture, Wire},
};

/// A llama-server whose first `times` completions fail and whose later ones succeed.
fn fails(
    times: usize,
    wrong: impl Fn(&mut Wire) -> io::Result<()> + Send + Sync + 'static,
) -> Fixture {
    let asked = AtomicUsize::new(0);
    llama_server(move |_, wire| match asked.fetch_add(1, Ordering::SeqCst) {
        n if n < times => wrong(wire),
        _ => wire.send(llama_stream(&["one"])),
    })
}

/// Asks twice: returns the first request's failure, after the second has worked.
fn failure_then_success(server: &Fixture, mut client: Client) -> (String, usize) {
    let heard = client.ask();
    let failure = heard.end.expect_err("a failure");
    assert_eq!(client.text(), "one", "after: {failure}");
    assert!(!server.requests().is_empty());
    (failure, heard.tokens.len())
}

fn stream(wire: &mut Wire, body: impl AsRef<[u8]>) -> io::Result<()> {
    wire.begin_stream("text/event-stream")?;
    wire.send(body)
}

#[test]
fn a_stream_that_stops_in_the_middle_is_no_completion() {
    let whole = [
        llama_token("one"),
        llama_token(" two é"),
        LLAMA_END.to_owned(),
    ]
    .concat();
    let second = llama_token("one").len();
    let character = whole.find('é').expect("it is there") + 1;
    let places = [
        second,
        second + 20,
        character,
        whole.len() - LLAMA_END.len(),
    ];
    for at in places {
        let part = whole.as_bytes()[..at].to_vec();
        let server = fails(1, move |wire| stream(wire, &part));
        let (failure, tokens) = failure_then_success(&server, Client::llama(&server));
        assert!(failure.contains("broke off"), "{failure}");
        assert!(
            failure.contains(&format!("after {tokens} token")),
            "{failure}"
        );
        assert!(tokens > 0);
    }
}

#[test]
fn a_cut_connection_is_told_like_a_stream_that_ends() {
    let server = fails(1, |wire| {
        let whole = chunked("text/event-stream", &llama_token("one"));
        wire.send(&whole[..whole.len() - 5])?;
        wire.cut();
        Ok(())
    });
    let (failure, tokens) = failure_then_success(&server, Client::llama(&server));
    assert!(failure.contains("broke off after 1 token"), "{failure}");
    assert_eq!(tokens, 1);
}

#[test]
fn an_answer_of_nothing_or_of_something_else_is_told() {
    let page = "<html><body>Welcome</body></html>";
    let other = "did not answer with a completion stream";
    for (body, told) in [
        ("", "empty completion"),
        (page, other),
        ("{\"content\":\"no stream\"}\n", other),
    ] {
        let server = fails(1, move |wire| wire.answer("200 OK", "text/html", body));
        let (failure, _) = failure_then_success(&server, Client::llama(&server));
        assert!(failure.contains(told), "{failure}");
    }
}

#[test]
fn a_message_that_is_no_json_is_told() {
    let server = fails(1, |wire| stream(wire, "data: <html>\n\n"));
    let (failure, _) = failure_then_success(&server, Client::llama(&server));
    assert!(failure.contains("cannot read"), "{failure}");
}

#[test]
fn an_error_in_the_stream_is_told_in_the_servers_words() {
    let server = fails(1, |wire| {
        let error = "event: error\ndata: {\"error\":{\"code\":500,\"message\":\"out of memory\",\
            \"type\":\"server_error\"}}\n\n";
        stream(wire, [&llama_token("one"), error].concat())
    });
    let (failure, tokens) = failure_then_success(&server, Client::llama(&server));
    assert!(failure.contains("out of memory"), "{failure}");
    assert_eq!(tokens, 1);
}

#[test]
fn a_server_that_never_says_a_byte_is_given_up() {
    let server = fails(1, |wire| wire.pause(Duration::from_secs(20)));
    let client = Client::in_a_hurry(&server, 300, 10_000);
    let (failure, _) = failure_then_success(&server, client);
    assert!(failure.contains("within 0.3 s"), "{failure}");
    assert!(failure.contains("first_token_timeout_ms"), "{failure}");
    assert!(server.closed(Duration::from_secs(10)).is_some());
}

#[test]
fn a_server_that_says_only_comments_is_given_up() {
    let server = fails(1, |wire| {
        wire.begin_stream("text/event-stream")?;
        loop {
            wire.send(": wait\n\n")?;
        }
    });
    let client = Client::in_a_hurry(&server, 300, 10_000);
    let (failure, _) = failure_then_success(&server, client);
    assert!(failure.contains("first_token_timeout_ms"), "{failure}");
}

#[test]
fn a_server_that_trickles_is_given_up_and_what_came_is_kept() {
    let server = fails(1, |wire| {
        wire.begin_stream("text/event-stream")?;
        wire.send(llama_token("one"))?;
        for byte in llama_token("two").bytes() {
            wire.send([byte])?;
            wire.pause(Duration::from_millis(20))?;
        }
        Ok(())
    });
    let client = Client::in_a_hurry(&server, 5000, 500);
    let (failure, tokens) = failure_then_success(&server, client);
    assert!(
        failure.contains("total_timeout_ms") && failure.contains("0.5 s"),
        "{failure}"
    );
    assert_eq!(tokens, 1);
}

#[test]
fn a_server_that_does_not_close_after_its_last_word_is_not_waited_for() {
    let server = openai(|_, wire| {
        let last =
            "data: {\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\n";
        stream(wire, [&openai_token("a", "one"), last].concat())?;
        wire.pause(Duration::from_secs(20))
    });
    let mut client = Client::openai(&server);
    let began = Instant::now();
    assert_eq!(client.text(), "one");
    assert!(began.elapsed() < Duration::from_secs(8));
}

#[test]
fn a_hundred_megabytes_without_a_line_end_take_no_memory() {
    let server = fails(1, |wire| {
        wire.begin_stream("text/event-stream")?;
        wire.send("data: ")?;
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..100 {
            wire.send(&piece)?;
        }
        Ok(())
    });
    let client = Client::llama(&server);
    let before = resident();
    let (failure, _) = failure_then_success(&server, client);
    assert!(failure.contains("more than 1 MiB"), "{failure}");
    let grown = resident().saturating_sub(before);
    assert!(grown < 32 << 20, "{} MiB", grown >> 20);
}

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}

#[test]
fn blank_lines_without_end_in_a_few_compressed_bytes_stop_neither_the_clock_nor_a_cancel() {
    let server = fails(2, |wire| {
        wire.send(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\
             connection: close\r\n\r\n",
        )?;
        let blank = vec![b'\n'; 1 << 20];
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        loop {
            encoder.write_all(&blank)?;
            wire.send(std::mem::take(encoder.get_mut()))?;
        }
    });
    // The answer in the end must meet the deadline too, also on a busy machine.
    let mut client = Client::in_a_hurry(&server, 3_000, 10_000);
    client.ready();
    let told = client.failure();
    assert!(told.contains("no token"), "{told}");
    let id = client.send();
    client.within(Duration::from_millis(50));
    client.remote.cancel();
    assert_eq!(
        client.hear(id).end.expect("its end").stop,
        StopReason::Cancelled
    );
    assert_eq!(client.text(), "one");
}

#[test]
fn headers_without_end_are_told() {
    let server = fails(1, |wire| {
        wire.send("HTTP/1.1 200 OK\r\n")?;
        loop {
            wire.send(format!("x-more: {}\r\n", "a".repeat(1000)))?;
        }
    });
    let client = Client::llama(&server);
    let (told, _) = failure_then_success(&server, client);
    assert!(told.contains("too large"), "{told}");
}

#[test]
fn refusals_are_told_in_the_servers_words() {
    let said = json!({"error": {"message": "no such luck", "type": "x", "code": 1}}).to_string();
    let statuses = [
        "400 Bad Request",
        "401 Unauthorized",
        "413 Payload Too Large",
        "500 Internal Server Error",
    ];
    for status in statuses {
        let body = said.clone();
        let server = fails(1, move |wire| {
            wire.answer(status, "application/json", &body)
        });
        let (failure, _) = failure_then_success(&server, Client::llama(&server));
        assert!(failure.contains(status), "{failure}");
        assert!(failure.contains("no such luck"), "{failure}");
        assert_eq!(completions(&server).len(), 2, "asked once each: {status}");
    }
}

#[test]
fn a_missing_path_makes_us_look_again_what_is_there() {
    let asked = AtomicUsize::new(0);
    let server = openai(move |_, wire| {
        let delta = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"},\
            \"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        match asked.fetch_add(1, Ordering::SeqCst) {
            0 => wire.answer("404 Not Found", "text/html", "<h1>gone</h1>"),
            _ => stream(wire, delta),
        }
    });
    let mistral = config(&server.url(), routelens::remote::Dialect::Mistral);
    let mut client = Client::new(mistral);
    client.ready();
    let before = server.requests().len();
    assert_eq!(client.text(), "one");
    let since = server.requests().split_off(before);
    let methods: Vec<&str> = since
        .iter()
        .map(|request| request.method.as_str())
        .collect();
    assert_eq!(
        (methods.first(), methods.last()),
        (Some(&"POST"), Some(&"POST"))
    );
    assert!(methods.contains(&"GET"), "{methods:?}");
}

#[test]
fn a_busy_server_is_asked_once_more_when_it_says() {
    for (status, word) in [("429 Too Many Requests", "busy (429)"), ("503 Oh", "(503)")] {
        let server = fails(1, move |wire| {
            wire.send(format!(
                "HTTP/1.1 {status}\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"
            ))
        });
        let mut client = Client::llama(&server);
        client.ready();
        let began = Instant::now();
        let heard = client.ask();
        assert_eq!(heard.end.expect("a completion").text, "one");
        assert!(began.elapsed() >= Duration::from_secs(1));
        let said = heard.waiting.join("\n");
        assert!(
            said.contains(word) && said.contains("retrying in 1 s"),
            "{said}"
        );
    }
}

#[test]
fn a_server_that_stays_busy_is_asked_twice_and_no_more() {
    let server = fails(2, |wire| {
        wire.answer(
            "429 Too Many Requests",
            "application/json",
            r#"{"detail":"slow down"}"#,
        )
    });
    let (failure, _) = failure_then_success(&server, Client::llama(&server));
    assert!(
        failure.contains("429") && failure.contains("slow down"),
        "{failure}"
    );
    assert_eq!(completions(&server).len(), 3);
}

#[test]
fn a_server_that_wants_us_to_stay_away_long_is_not_waited_for() {
    let server = fails(1, |wire| {
        wire.send("HTTP/1.1 429 Busy\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n")
    });
    let (failure, _) = failure_then_success(&server, Client::llama(&server));
    assert!(failure.contains("429"), "{failure}");
    assert_eq!(completions(&server).len(), 2);
}

#[test]
fn nothing_is_asked_twice_once_an_answer_began() {
    let server = fails(1, |wire| {
        wire.begin_stream("text/event-stream")?;
        wire.cut();
        Ok(())
    });
    failure_then_success(&server, Client::llama(&server));
    assert_eq!(completions(&server).len(), 2);
}

#[test]
fn a_server_that_is_down_is_told_and_found_again_when_it_is_up() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("it is bound").port()
    };
    let url = format!("http://127.0.0.1:{port}");
    let mut client = Client::new(config(&url, routelens::remote::Dialect::LlamaServer));
    let heard = client.ask();
    let failure = heard.end.expect_err("nobody is there");
    assert!(failure.contains(&format!("127.0.0.1:{port}")), "{failure}");
    let again = heard
        .waiting
        .iter()
        .filter(|why| why.contains("retrying in"));
    assert_eq!(again.count(), 1, "{:?}", heard.waiting);
    assert!(
        client
            .told
            .iter()
            .any(|event| matches!(event, ModelEvent::Unreachable(_)))
    );
    let server = late_server(port);
    assert_eq!(client.text(), "one");
    assert!(matches!(client.told.last(), Some(ModelEvent::Ready(_))));
    drop(server);
}

/// A llama-server on a port that was free a moment ago.
fn late_server(port: u16) -> Arc<TcpListener> {
    use std::io::{BufRead, BufReader, Read, Write};
    let listener = Arc::new(TcpListener::bind(("127.0.0.1", port)).expect("still free"));
    let serving = Arc::clone(&listener);
    std::thread::spawn(move || {
        for mut stream in serving.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a descriptor"));
                let mut head = String::new();
                let mut length = 0;
                while reader.read_line(&mut head).is_ok_and(|read| read > 2) {
                    let last = head.lines().last().unwrap_or_default().to_lowercase();
                    if let Some(value) = last.strip_prefix("content-length: ") {
                        length = value.parse().unwrap_or(0);
                    }
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let answer = if head.starts_with("POST") {
                    llama_stream(&["one"])
                } else {
                    let body = r#"{"status":"ok","default_generation_settings":{"n_ctx":64},"data":[{"id":"test"}],"build_info":"b1"}"#;
                    format!(
                        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    )
                    .into_bytes()
                };
                let _ = stream.write_all(&answer);
            });
        }
    });
    listener
}

#[test]
fn a_loading_server_is_waited_for() {
    let asked = AtomicUsize::new(0);
    let loading = r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#;
    let server = Fixture::start(move |request, wire| {
        let asked = asked.fetch_add(1, Ordering::SeqCst);
        match (request.method.as_str(), request.path.as_str()) {
            _ if asked < 3 => wire.answer("503 Service Unavailable", "application/json", loading),
            ("POST", _) => wire.send(llama_stream(&["one"])),
            ("GET", "/health") => wire.json(&json!({"status": "ok"})),
            _ => wire.json(&json!({"data": [{"id": "test"}]})),
        }
    });
    let mut client = Client::llama(&server);
    let heard = client.ask();
    assert_eq!(heard.end.expect("a completion").text, "one");
    let said = heard.waiting.join("\n");
    assert!(said.contains("loading its model"), "{said}");
    let loading =
        |event: &ModelEvent| matches!(event, ModelEvent::Waiting(why) if why.contains("loading"));
    assert!(client.told.iter().any(loading), "{:?}", client.told);
}

#[test]
fn a_server_that_loads_too_long_is_given_up_for_this_request() {
    let loading = r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#;
    let server = Fixture::start(move |_, wire| {
        wire.answer("503 Service Unavailable", "application/json", loading)
    });
    let mut client = Client::in_a_hurry(&server, 800, 2000);
    let failure = client.failure();
    assert!(failure.contains("still loading its model"), "{failure}");
}

#[test]
fn another_requests_id_in_the_stream_is_noticed() {
    let asked = AtomicUsize::new(0);
    let server = openai(move |_, wire| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => stream(
            wire,
            [
                &openai_token("a", "one"),
                &openai_token("b", "two"),
                OPENAI_END,
            ]
            .concat(),
        ),
        _ => stream(wire, [&openai_token("a", "one"), OPENAI_END].concat()),
    });
    let (failure, tokens) = failure_then_success(&server, Client::openai(&server));
    assert!(failure.contains("another request"), "{failure}");
    assert_eq!(tokens, 1);
}

#[test]
fn a_request_that_wants_chosen_tokens_is_refused_by_itself() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["one"])));
    let mut client = Client::llama(&server);
    client.ready();
    client.remote.complete(routelens::completion::Request {
        forced: vec![1],
        ..routelens::completion::Request::greedy(
            routelens::completion::RequestId(1000),
            routelens::completion::Hole::new("x", "", None),
            8,
        )
    });
    let heard = client.hear(routelens::completion::RequestId(1000));
    assert!(heard.end.expect_err("a failure").contains("given tokens"));
    let id = client.send();
    assert_eq!(client.hear(id).end.map(|c| c.stop), Ok(StopReason::End));
}
