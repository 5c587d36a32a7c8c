//! One request over a real socket: the result however the bytes are split, how requests end each
//! other, and what happens to the connection.

use std::{
    io::Write,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use routelens::{
    completion::{
        Hole, ServerTiming, StopReason, StreamEvent,
        model::{ModelInfo, Origin},
    },
    remote::{Dialect, Network, NetworkConfig, examine},
};

use super::{
    asking::{
        Client, LLAMA_END, OPENAI_END, chunked, completions, config, eventually, llama_server,
        llama_stream, llama_token, ollama, openai, openai_token,
    },
    fixture::{Fixture, Request, Wire},
};

const SOON: Duration = Duration::from_secs(10);
/// The promised bound: from the command to the closed connection.
const CLOSED_WITHIN: Duration = Duration::from_millis(50);

#[test]
fn a_completion_comes_whole_byte_by_byte() {
    let server =
        llama_server(|_, wire| wire.send_in_pieces(&llama_stream(&["return", " a", " + é"]), 1));
    let heard = Client::llama(&server).ask();
    let completion = heard.end.expect("a completion");
    assert_eq!(completion.text, "return a + é");
    assert_eq!(completion.stop, StopReason::End);
    assert_eq!(completion.tokens, heard.tokens);
    let token = &heard.tokens[0];
    assert_eq!((token.id, token.text.as_str()), (Some(6), "return"));
    assert_eq!(
        (token.logprob, token.rank, token.entropy),
        (Some(-0.5), Some(0), None)
    );
    assert_eq!(token.top.len(), 2);
    let margin = token.margin.expect("two candidates");
    assert!((margin - ((-0.5f32).exp() - (-2.0f32).exp())).abs() < 1e-6);
    let timing = completion.timing;
    assert_eq!(
        (timing.prompt_tokens, timing.cached_tokens),
        (Some(14), Some(4))
    );
    assert_eq!(timing.generated_tokens, 3);
    let server = ServerTiming {
        load_ms: None,
        prompt_ms: Some(3.5),
        generation_ms: Some(6.25),
    };
    assert_eq!(timing.server, Some(server));
    assert!(0.0 < timing.ttft_ms && timing.ttft_ms <= timing.total_ms);
}

#[test]
fn a_stream_may_be_cut_anywhere() {
    let sse = [
        chunked(
            "text/event-stream",
            &[&openai_token("a", "é1"), OPENAI_END].concat(),
        ),
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\xEF\xBB\xBF: hi\r\n\r\n\
          event: token\r\nid: 1\r\nretry: 5\r\ndata: {\"choices\":[{\"index\":0,\r\n\
          data:\"text\":\"\xC3\xA91\",\"finish_reason\":\"stop\"}]}\r\n\r\n:\r\ndata:[DONE]"
            .to_vec(),
    ];
    for stream in sse {
        cut_everywhere(Dialect::Openai, &stream);
    }
    let ndjson = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n\r\n\
        {\"model\":\"m\",\"response\":\"\xC3\xA91\",\"done\":false}\n\r\n\
        {\"model\":\"m\",\"response\":\"\",\"done\":true,\"done_reason\":\"stop\",\"eval_count\":1}";
    cut_everywhere(Dialect::Ollama, ndjson);
}

/// Sends a stream in two parts, split at every position.
fn cut_everywhere(dialect: Dialect, stream: &[u8]) {
    let (at, whole) = (AtomicUsize::new(0), stream.to_vec());
    let script = move |_: &Request, wire: &mut Wire| {
        let (first, second) = whole.split_at(at.fetch_add(1, Ordering::SeqCst));
        wire.send(first)?;
        std::thread::sleep(Duration::from_millis(1));
        wire.send(second)
    };
    let server = match dialect {
        Dialect::Ollama => ollama(script),
        _ => openai(script),
    };
    let mut client = Client::new(config(&server.url(), dialect));
    for at in 0..stream.len() {
        assert_eq!(client.text(), "é1", "cut at {at} of {dialect:?}");
    }
}

#[test]
fn a_compressed_stream_is_read() {
    let server = openai(|_, wire| {
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zip.write_all([&openai_token("a", "one"), OPENAI_END].concat().as_bytes())?;
        let body = zip.finish()?;
        wire.send(format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        ))?;
        wire.send_in_pieces(&body, 7)
    });
    assert_eq!(Client::openai(&server).text(), "one");
}

#[test]
fn characters_split_over_tokens_are_put_together() {
    let parts = [&[0xF0, 0x9F][..], &[0x98], &[0x80, b'!']].map(|bytes| {
        format!(
            "{{\"id\":1,\"token\":\"\\ufffd\",\"bytes\":{bytes:?},\"logprob\":-1.0,\"top_logprobs\":[]}}"
        )
    });
    let events = format!(
        "data: {{\"content\":\"😀!\",\"tokens\":[1,1,1],\"stop\":false,\
         \"completion_probabilities\":[{}]}}\n\n{LLAMA_END}",
        parts.join(",")
    );
    let server = llama_server(move |_, wire| wire.send(chunked("text/event-stream", &events)));
    let heard = Client::llama(&server).ask();
    let texts: Vec<&str> = heard
        .tokens
        .iter()
        .map(|token| token.text.as_str())
        .collect();
    assert_eq!(texts, ["", "", "😀!"]);
    assert_eq!(heard.tokens[0].bytes, [0xF0, 0x9F]);
    assert_eq!(heard.end.expect("a completion").text, "😀!");
}

#[test]
fn numbers_that_are_none_do_not_become_confidence() {
    let events = "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"logprobs\":{\"tokens\":[\"a\"],\
        \"token_logprobs\":[NaN],\"top_logprobs\":[{\"a\":NaN,\"b\":-1.0}]}}]}\n\n\
        data: {\"choices\":[{\"index\":0,\"text\":\"b\",\"logprobs\":{\"tokens\":[\"b\"],\
        \"token_logprobs\":[null],\"top_logprobs\":[null]},\"finish_reason\":\"stop\"}]}\n\n\
        data: [DONE]\n\n";
    let server = openai(move |_, wire| wire.send(chunked("text/event-stream", events)));
    let heard = Client::openai(&server).ask();
    assert_eq!(heard.end.expect("a completion").text, "ab");
    for token in &heard.tokens {
        assert_eq!((token.logprob, token.margin), (None, None));
        assert!(
            token
                .top
                .iter()
                .all(|candidate| candidate.logprob.is_finite())
        );
    }
}

#[test]
fn an_empty_completion_is_a_completion() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&[])));
    let heard = Client::llama(&server).ask();
    let completion = heard.end.expect("a completion");
    assert_eq!((completion.text.as_str(), completion.tokens.len()), ("", 0));
    assert_eq!(completion.stop, StopReason::End);
}

#[test]
fn what_comes_after_the_end_is_ignored() {
    let events = [
        &openai_token("a", "one"),
        OPENAI_END,
        &openai_token("a", "two"),
        "data: {",
    ];
    let events = events.concat();
    let server = openai(move |_, wire| wire.send(chunked("text/event-stream", &events)));
    let mut client = Client::openai(&server);
    assert_eq!(client.text(), "one");
    assert_eq!(client.text(), "one");
}

#[test]
fn a_stream_that_ends_without_its_last_marks_is_whole_if_the_model_had_stopped() {
    let server = openai(|_, wire| {
        wire.begin_stream("text/event-stream")?;
        wire.send(openai_token("a", "one"))?;
        wire.send(OPENAI_END.split_once("\n\n").expect("two events").0)
    });
    assert_eq!(Client::openai(&server).text(), "one");
}

#[test]
fn requests_share_a_connection() {
    let server = llama_server(|_, wire| {
        wire.keep_open();
        wire.send(llama_stream(&["one"]))
    });
    let mut client = Client::llama(&server);
    client.ready();
    for _ in 0..3 {
        assert_eq!(client.text(), "one");
    }
    let connections: Vec<usize> = server.requests().iter().map(|r| r.connection).collect();
    let asked: Vec<usize> = completions(&server).iter().map(|r| r.connection).collect();
    assert!(
        asked.windows(2).all(|pair| pair[0] == pair[1]),
        "{connections:?}"
    );
}

#[test]
fn a_warm_connection_is_used_by_the_next_request() {
    let server = llama_server(|_, wire| {
        wire.begin_stream("text/event-stream")?;
        wire.send([&llama_token("one"), LLAMA_END].concat())
    });
    let mut client = Client::llama(&server);
    assert_eq!(client.text(), "one");
    let before = server.requests().len();
    std::thread::sleep(Duration::from_millis(2100));
    client.remote.warm();
    eventually("a small request", || server.requests().len() > before);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(client.text(), "one");
    let requests = server.requests();
    let warm = &requests[before];
    assert_eq!(warm.method, "GET");
    assert_eq!(
        requests.last().map(|last| last.connection),
        Some(warm.connection)
    );
}

#[test]
fn whether_tokens_come_with_their_probability_is_told_once_seen() {
    let logprobs = |info: &ModelInfo| match &info.origin {
        Origin::Server { logprobs, .. } => *logprobs,
        Origin::File { .. } => unreachable!("a server"),
    };
    let with =
        r#"{"content":[{"token":"one","bytes":[111,110,101],"logprob":-0.5,"top_logprobs":[]}]}"#;
    for (said, wanted) in [(with, true), ("null", false)] {
        let events = format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"one\"}},\
             \"logprobs\":{said},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"
        );
        let server = openai(move |_, wire| wire.send(chunked("text/event-stream", &events)));
        let mut client = Client::new(config(&server.url(), Dialect::Chat));
        assert_eq!(logprobs(&client.ready()), None);
        assert_eq!(client.text(), "one");
        assert_eq!(
            logprobs(&client.known().expect("it was told")),
            Some(wanted)
        );
    }
}

#[test]
fn a_hole_is_cut_to_the_context() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["one"])));
    let mut wanted = config(&server.url(), Dialect::LlamaServer);
    wanted.context = Some(1024);
    let mut client = Client::new(wanted);
    let lines = |name: &str| -> String {
        (0..2000)
            .map(|i| format!("    {name}_{i} = {i}\n"))
            .collect()
    };
    let (before, after) = (lines("before"), lines("after"));
    let id = client.send_hole(Hole::new(before.clone(), after.clone(), None));
    let heard = client.hear(id);
    heard.end.expect("a completion");
    assert!(heard.prompt.expect("it began").trimmed_tokens > 10_000);
    let sent = completions(&server).pop().expect("a request").json();
    let (prefix, suffix) = (sent["input_prefix"].as_str(), sent["input_suffix"].as_str());
    let (prefix, suffix) = (prefix.expect("text"), suffix.expect("text"));
    assert!(before.ends_with(prefix) && prefix.starts_with("    before_"));
    assert!(after.starts_with(suffix) && suffix.ends_with('\n'));
    assert!(prefix.len() + suffix.len() < 1024 * 4);
    assert!(prefix.len() > 700 && suffix.len() > 200);
}

#[test]
fn the_end_of_the_block_ends_the_request_on_the_wire() {
    let server = llama_server(|_, wire| {
        wire.begin_stream("text/event-stream")?;
        for token in ["1", "\n", "\n\ndef other():\n", "    pass\n"] {
            wire.send(llama_token(token))?;
        }
        wire.pause(SOON)
    });
    let mut client = Client::llama(&server);
    let hole = Hole::new(
        "def f():\n    return ",
        "\n\n\ndef g():\n    pass\n",
        Some(routelens::language::Language::Python),
    );
    let id = client.send_hole(hole);
    let completion = client.hear(id).end.expect("a completion");
    assert_eq!(
        (completion.text.as_str(), completion.stop),
        ("1", StopReason::Dedent)
    );
    assert!(server.closed(SOON).is_some());
    eventually("another connection, kept warm", || {
        let last = server.requests().pop();
        last.is_some_and(|request| request.method == "GET")
    });
}

#[test]
fn a_server_that_goes_on_is_stopped() {
    let server = openai(|_, wire| {
        wire.begin_stream("text/event-stream")?;
        for i in 0.. {
            wire.send(openai_token("a", &format!(" + v{i}")))?;
        }
        Ok(())
    });
    let completion = Client::openai(&server).ask().end.expect("a completion");
    assert_eq!(
        (completion.tokens.len(), completion.stop),
        (64, StopReason::Limit)
    );
}

/// A server that sends one token and then waits.
fn stuck() -> Fixture {
    llama_server(|_, wire| {
        wire.begin_stream("text/event-stream")?;
        wire.send(llama_token("one"))?;
        wire.pause(Duration::from_secs(20))?;
        Ok(())
    })
}

fn is_token(event: &StreamEvent) -> bool {
    matches!(event, StreamEvent::Token(_))
}

#[test]
fn cancelling_closes_the_connection_and_keeps_what_had_come() {
    let server = stuck();
    let mut client = Client::llama(&server);
    let id = client.send();
    client.hear_until(id, is_token);
    let cancelled = Instant::now();
    client.remote.cancel();
    let completion = client.hear(id).end.expect("what had come");
    assert_eq!(
        (completion.text.as_str(), completion.stop),
        ("one", StopReason::Cancelled)
    );
    assert!(completion.timing.total_ms > 0.0);
    let closed = server.closed(SOON).expect("it is closed");
    assert!(closed.saturating_duration_since(cancelled) < CLOSED_WITHIN);
    // And a connection is opened again for the next request.
    eventually("a warm connection", || {
        let last = server.requests().pop();
        last.is_some_and(|request| request.method == "GET")
    });
}

#[test]
fn a_newer_request_ends_the_older_one() {
    let first = AtomicBool::new(true);
    let server = llama_server(move |_, wire| {
        if !first.swap(false, Ordering::SeqCst) {
            return wire.send(llama_stream(&["two"]));
        }
        wire.begin_stream("text/event-stream")?;
        wire.send(llama_token("one"))?;
        wire.pause(SOON)
    });
    let mut client = Client::llama(&server);
    let older = client.send();
    client.hear_until(older, is_token);
    let replaced = Instant::now();
    let newer = client.send();
    let ended = client.hear(older).end.expect("what had come");
    assert_eq!(
        (ended.text.as_str(), ended.stop),
        ("one", StopReason::Cancelled)
    );
    assert_eq!(client.hear(newer).end.expect("a completion").text, "two");
    let closed = server.closed(SOON).expect("it is closed");
    assert!(closed.saturating_duration_since(replaced) < CLOSED_WITHIN);
}

#[test]
fn of_many_requests_at_once_each_ends_and_the_last_is_answered() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["one"])));
    let mut client = Client::llama(&server);
    let ids: Vec<_> = (0..20).map(|_| client.send()).collect();
    let (last, others) = ids.split_last().expect("some");
    for id in others {
        client.hear(*id).end.expect("a completion or its beginning");
    }
    let completion = client.hear(*last).end.expect("a completion");
    assert_eq!(
        (completion.text.as_str(), completion.stop),
        ("one", StopReason::End)
    );
}

#[test]
fn dropping_the_handle_closes_the_connection() {
    let server = stuck();
    let mut client = Client::llama(&server);
    let id = client.send();
    client.hear_until(id, is_token);
    let dropped = Instant::now();
    drop(client);
    let closed = server.closed(SOON).expect("it is closed");
    assert!(closed.saturating_duration_since(dropped) < CLOSED_WITHIN);
}

#[test]
fn cancelling_nothing_does_nothing() {
    let server = llama_server(|_, wire| wire.send(llama_stream(&["one"])));
    let mut client = Client::llama(&server);
    client.remote.cancel();
    assert_eq!(client.text(), "one");
    client.remote.cancel();
    client.remote.cancel();
    assert_eq!(client.text(), "one");
}

#[test]
fn a_model_without_fim_tokens_is_asked_in_our_layout_from_then_on() {
    let refusal = r#"{"error":{"code":501,"type":"not_supported_error",
        "message":"Infill is not supported by this model: prefix token is missing."}}"#;
    let server = llama_server(move |request, wire| match request.path.as_str() {
        "/infill" => wire.answer("501 Not Implemented", "application/json", refusal),
        _ => wire.send(llama_stream(&["one"])),
    });
    let mut client = Client::llama(&server);
    assert_eq!(client.text(), "one");
    assert_eq!(client.text(), "one");
    let asked = completions(&server);
    let paths: Vec<&str> = asked.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/infill", "/completion", "/completion"]);
    let sent = asked[2].json();
    assert_eq!(
        sent["prompt"],
        "<|fim_prefix|>x = <|fim_suffix|>\n<|fim_middle|>"
    );
}

#[test]
fn a_server_is_examined_without_a_completion() {
    let network = || {
        Network::new(NetworkConfig {
            offline: false,
            deny: Vec::new(),
            ca_certificates: Vec::new(),
        })
    };
    let server = llama_server(|_, wire| wire.send(llama_stream(&["one"])));
    let wanted = config(&server.url(), Dialect::LlamaServer);
    let report = examine(wanted.clone(), &network(), SOON);
    assert_eq!(report.problem, None);
    let profile = report.profile.expect("it is known");
    assert_eq!(
        (profile.dialect, profile.context),
        (Dialect::LlamaServer, Some(4096))
    );
    let round_trip = report.round_trip_ms.expect("it was measured");
    assert!(0.0 < round_trip && round_trip < 1000.0);
    assert!(completions(&server).is_empty());

    let silent = Fixture::start(|_, wire| wire.pause(Duration::from_secs(20)));
    let began = Instant::now();
    let report = examine(
        config(&silent.url(), Dialect::LlamaServer),
        &network(),
        Duration::from_millis(300),
    );
    assert!(began.elapsed() < Duration::from_secs(5));
    let problem = report.problem.expect("a problem");
    assert!(problem.contains("within 0.3 s"), "{problem}");
}
