use super::*;

const END: [Piece; 2] = [Piece::Stop(StopReason::End), Piece::End];

fn usage(prompt: usize, cached: Option<usize>, generated: usize) -> Piece {
    Piece::Usage(ReportedUsage {
        prompt_tokens: Some(prompt),
        cached_tokens: cached,
        generated_tokens: Some(generated),
        ..ReportedUsage::default()
    })
}

fn timing(prompt_ms: f64, generation_ms: f64) -> Piece {
    Piece::Timing(ServerTiming {
        load_ms: None,
        prompt_ms: Some(prompt_ms),
        generation_ms: Some(generation_ms),
    })
}

/// The candidates of a token.
fn top(text: &Text) -> Vec<(Option<i32>, &str)> {
    text.top.iter().map(|c| (c.id, c.text.as_str())).collect()
}

#[test]
fn llama_server_as_recorded() {
    let stream = include_str!("llama_server_infill.sse");
    let pieces = read_stream(&profile(Dialect::LlamaServer), stream);
    // The end token has no text and does not count as a token.
    assert_eq!(words(&pieces), ["return", " a"]);
    let first = texts(&pieces)[0];
    assert_eq!(first.id, Some(1150));
    assert_eq!(first.logprob, Some(-0.808_340_43));
    let candidates = [
        (Some(1150), "return"),
        (Some(560), "def"),
        (Some(4542), "\"\"\""),
    ];
    assert_eq!(top(first), candidates);
    let [stop, end] = END;
    let signs = signs(&pieces);
    assert_eq!(
        signs,
        [usage(14, Some(0), 3), timing(5.82, 2.304), stop, end]
    );
}

#[test]
fn llama_servers_openai_endpoint_as_recorded() {
    let stream = include_str!("llama_server_completions.sse");
    let pieces = read_stream(&profile(Dialect::Openai), stream);
    // A token without text in the middle does count.
    assert_eq!(words(&pieces), ["", "\n", "       "]);
    assert_eq!(texts(&pieces)[0].id, Some(8188));
    assert_eq!(
        signs(&pieces),
        [
            Piece::Stop(StopReason::Limit),
            usage(7, Some(0), 3),
            timing(3.36, 1.86),
            Piece::End
        ]
    );
}

#[test]
fn llama_cpp_python_as_recorded() {
    let stream = include_str!("llama_cpp_python_completions.sse");
    let pieces = read_stream(&profile(Dialect::Openai), stream);
    assert_eq!(words(&pieces), ["o", "per", "case", ":"]);
    // Its map of candidates is unordered and has one more than requested.
    let first = texts(&pieces)[0];
    assert_eq!(top(first), [(None, "!"), (None, "/"), (None, "de")]);
    assert_eq!(first.logprob, Some(-5.364_854));
    assert_eq!(signs(&pieces), [Piece::Stop(StopReason::Limit), Piece::End]);
}

#[test]
fn chat_as_recorded() {
    let streams = [
        (include_str!("llama_server_chat.sse"), "    {\n   ", 1),
        (include_str!("llama_cpp_python_chat.sse"), " * S[", 0),
    ];
    for (stream, text, timings) in streams {
        let pieces = read_stream(&profile(Dialect::Chat), stream);
        assert_eq!(words(&pieces).concat(), text);
        assert!(texts(&pieces).iter().all(|text| text.logprob.is_some()));
        assert_eq!(signs(&pieces).len(), 2 + timings);
    }
}

/// Source: `CompletionStreamResponse` in vLLM's `completion/protocol.py`.
fn vllm(text: &str, logprobs: &str, finish: &str) -> String {
    format!(
        r#"{{"id":"cmpl-1","object":"text_completion","created":1,"model":"m","choices":[{{"index":0,"text":{text},"logprobs":{logprobs},"finish_reason":{finish},"stop_reason":null}}],"usage":null}}"#
    )
}

#[test]
fn vllm_with_several_tokens_in_a_message_and_ids_for_names() {
    let messages = [
        vllm(
            r#""a + b""#,
            r#"{"text_offset":[0,1,3],"token_logprobs":[null,-0.5,-9999.0],"tokens":["a"," +"," b"],"top_logprobs":[null,{" +":-0.5," -":-1.0},{" b":-9999.0}]}"#,
            "null",
        ),
        vllm(
            r#"" * c""#,
            r#"{"text_offset":[5],"token_logprobs":[-0.25],"tokens":["token_id:77"],"top_logprobs":[{"token_id:77":-0.25}]}"#,
            "null",
        ),
        vllm(
            r#""""#,
            r#"{"text_offset":[9],"token_logprobs":[-0.1],"tokens":["<|endoftext|>"],"top_logprobs":[{}]}"#,
            r#""stop""#,
        ),
        String::from(
            r#"{"id":"cmpl-1","choices":[],"usage":{"prompt_tokens":21,"total_tokens":26,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":16}}}"#,
        ),
        String::from("[DONE]"),
    ];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let pieces = read(&with_layout(Dialect::Openai), &messages).expect("reads");
    assert_eq!(words(&pieces), ["a", " +", " b", " * c"]);
    let tokens = texts(&pieces);
    assert_eq!(tokens[0].logprob, None);
    assert_eq!(tokens[1].logprob, Some(-0.5));
    assert_eq!(top(tokens[1]), [(None, " +"), (None, " -")]);
    assert_eq!(tokens[3].id, Some(77));
    let [stop, end] = END;
    assert_eq!(signs(&pieces), [stop, usage(21, Some(16), 5), end]);
}

#[test]
fn text_that_a_server_holds_back_goes_to_its_tokens() {
    // A server that looks for stop words sends tokens before their text.
    let one = |text: &str, token: &str, finish: &str| {
        let logprobs =
            format!(r#"{{"tokens":["{token}"],"token_logprobs":[-1],"top_logprobs":[null]}}"#);
        vllm(&format!("\"{text}\""), &logprobs, finish)
    };
    let messages = [
        one("", "ret", "null"),
        one("re", "urn", "null"),
        one("turn", " x", "null"),
        one(" ", "<|file", "\"stop\""),
    ];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let pieces = read(&profile(Dialect::Openai), &messages).expect("reads");
    assert_eq!(words(&pieces), ["ret", "urn", " "]);
}

#[test]
fn characters_in_parts_stay_whole() {
    let half = vllm(
        r#""""#,
        r#"{"tokens":["bytes:\\xe2\\x82"],"token_logprobs":[-1],"top_logprobs":[{"bytes:\\xe2\\x82":-1}]}"#,
        "null",
    );
    let whole = vllm(
        r#""€""#,
        r#"{"tokens":["bytes:\\xac"],"token_logprobs":[-2],"top_logprobs":[null]}"#,
        "null",
    );
    let pieces = read(&profile(Dialect::Openai), &[&half, &whole]).expect("reads");
    let parts: Vec<&[u8]> = texts(&pieces).iter().map(|text| &text.bytes[..]).collect();
    assert_eq!(parts, [&b"\xe2\x82"[..], b"\xac"]);
    // llama-server's entry has only the last part.
    let message = r#"{"content":"é","stop":false,"completion_probabilities":[{"id":102,"token":"�","bytes":[169],"logprob":-0.09,"top_logprobs":[{"id":102,"token":"�","bytes":[169],"logprob":-0.09}]}]}"#;
    let pieces = read(&profile(Dialect::LlamaServer), &[message]).expect("reads");
    assert_eq!(words(&pieces), ["é"]);
}

#[test]
fn a_marker_in_the_text_ends_it() {
    let messages = [
        vllm(r#""x""#, "null", "null"),
        vllm(r#"" = 1<|file_sep|>b.py""#, "null", "null"),
        vllm(r#""more""#, "null", "null"),
    ];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let pieces = read(&with_layout(Dialect::Openai), &messages).expect("reads");
    assert_eq!(words(&pieces), ["x", " = 1"]);
    assert_eq!(signs(&pieces), END);
}

/// Source: `Chunk` and `CompletionFinal` in TGI's `router/src/lib.rs`: no logprobs, an empty
/// `finish_reason` until the last, and the end token as text.
#[test]
fn tgi() {
    let message = |text: &str, finish: &str| {
        format!(
            r#"{{"object":"text_completion","id":"","created":1,"choices":[{{"index":0,"text":"{text}","logprobs":null,"finish_reason":"{finish}"}}],"model":"m","system_fingerprint":"2.4.0"}}"#
        )
    };
    let (a, b) = (message("a", ""), message("<|endoftext|>", "eos_token"));
    let pieces = read(&with_layout(Dialect::Openai), &[&a, &b, "[DONE]"]).expect("reads");
    assert_eq!(words(&pieces), ["a"]);
    assert_eq!(signs(&pieces), END);
    let (a, b) = (message("a", ""), message("b", "length"));
    let pieces = read(&with_layout(Dialect::Openai), &[&a, &b, "[DONE]"]).expect("reads");
    assert_eq!(words(&pieces), ["a", "b"]);
    assert_eq!(signs(&pieces), [Piece::Stop(StopReason::Limit), Piece::End]);
}

/// Source: Mistral's API reference, "Fill in the middle": `CompletionChunk`.
#[test]
fn mistral() {
    let pieces = read(
        &profile(Dialect::Mistral),
        &[
            r#"{"id":"1","object":"chat.completion.chunk","created":1,"model":"codestral-latest","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
            r#"{"id":"1","choices":[{"index":0,"delta":{"content":"a +"},"finish_reason":null}]}"#,
            r#"{"id":"1","choices":[{"index":0,"delta":{"content":[{"type":"text","text":" b"},{"type":"reference","reference_ids":[1]}]},"finish_reason":null}]}"#,
            r#"{"id":"1","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3}}"#,
            "[DONE]",
        ],
    );
    let pieces = pieces.expect("reads");
    assert_eq!(words(&pieces), ["a +", " b"]);
    let [stop, end] = END;
    assert_eq!(signs(&pieces), [stop, usage(12, None, 3), end]);
}

/// Source: `GenerateResponse` and `Logprob` in Ollama's `api/types.go`.
#[test]
fn ollama() {
    let pieces = read(
        &profile(Dialect::Ollama),
        &[
            r#"{"model":"m","created_at":"2025-11-01T00:00:00Z","response":"a","done":false,"logprobs":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"a","logprob":-0.5,"bytes":[97]},{"token":"b","logprob":-1.5,"bytes":[98]}]}]}"#,
            r#"{"model":"m","response":" + b","done":false,"logprobs":[{"token":" +","logprob":-0.1},{"token":" b","logprob":-0.2}]}"#,
            r#"{"model":"m","response":"","done":true,"done_reason":"length","context":[1,2],"total_duration":5000000000,"load_duration":1500000000,"prompt_eval_count":26,"prompt_eval_duration":130000000,"eval_count":3,"eval_duration":4232500000}"#,
        ],
    );
    let pieces = pieces.expect("reads");
    assert_eq!(words(&pieces), ["a", " +", " b"]);
    assert_eq!(top(texts(&pieces)[0]), [(None, "a"), (None, "b")]);
    assert_eq!(
        signs(&pieces),
        [
            usage(26, None, 3),
            Piece::Timing(ServerTiming {
                load_ms: Some(1500.0),
                prompt_ms: Some(130.0),
                generation_ms: Some(4232.5),
            }),
            Piece::Stop(StopReason::Limit),
            Piece::End,
        ]
    );
}

#[test]
fn reasoning_is_no_part_of_a_chat_answer() {
    let pieces = read(
        &profile(Dialect::Chat),
        &[
            r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"The hole"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"reasoning":"wants"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"```python\nreturn a"}}]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"another choice"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":" + b\n```\nThis adds."}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":" Goodbye."},"finish_reason":"stop"}]}"#,
        ],
    );
    let pieces = pieces.expect("reads");
    assert_eq!(words(&pieces).concat(), "a + b\n");
    assert_eq!(signs(&pieces), END);
}

#[test]
fn older_llama_servers_give_probabilities() {
    let message = r#"{"content":"a","stop":false,"completion_probabilities":[{"content":"a","probs":[{"tok_str":"b","prob":0.25},{"tok_str":"a","prob":0.5}]}]}"#;
    let last = r#"{"content":"","stop":true,"stopped_eos":false,"stopped_limit":true,"tokens_predicted":1,"tokens_evaluated":4}"#;
    let pieces = read(&profile(Dialect::LlamaServer), &[message, last]).expect("reads");
    let token = texts(&pieces)[0];
    assert_eq!(top(token), [(None, "a"), (None, "b")]);
    assert_eq!(token.logprob, Some(0.5_f32.ln()));
    assert!(pieces.contains(&Piece::Stop(StopReason::Limit)));
}

#[test]
fn numbers_that_are_none_are_no_logprobs() {
    let message = vllm(
        r#""a""#,
        r#"{"tokens":["a"],"token_logprobs":[NaN],"top_logprobs":[{"a":-Infinity,"b":-1.0,"c":null}]}"#,
        "null",
    );
    let pieces = read(&profile(Dialect::Openai), &[&message]).expect("reads");
    let token = texts(&pieces)[0];
    assert_eq!(token.logprob, None);
    assert_eq!(top(token), [(None, "b")]);
}

#[test]
fn errors_in_a_stream_are_told_in_every_form() {
    let cases = [
        (
            Dialect::LlamaServer,
            r#"{"error":{"code":500,"message":"out of slots","type":"server_error"}}"#,
            "out of slots",
        ),
        (
            Dialect::Openai,
            r#"{"error":{"message":"engine died","type":"InternalServerError","param":null,"code":"x"}}"#,
            "engine died",
        ),
        (
            Dialect::Openai,
            r#"{"object":"error","message":"old way","type":"BadRequestError","param":null,"code":400}"#,
            "old way",
        ),
        (
            Dialect::Openai,
            r#"{"error":"plain text","error_type":"generation"}"#,
            "plain text",
        ),
        (
            Dialect::Mistral,
            r#"{"detail":"unauthorized"}"#,
            "unauthorized",
        ),
        (Dialect::Chat, r#"{"error":{}}"#, "no reason"),
        (
            Dialect::Ollama,
            r#"{"error":"an error was encountered while running the model"}"#,
            "while running",
        ),
        (
            Dialect::Openai,
            r#"{"choices":[{"index":0,"text":"","finish_reason":"abort"}]}"#,
            "aborted",
        ),
    ];
    for (dialect, message, said) in cases {
        let problem = read(&profile(dialect), &[message]).expect_err(message);
        assert!(problem.text.contains(said), "{}", problem.text);
    }
}

#[test]
fn what_no_dialect_sends_is_a_problem_and_nothing_else() {
    let messages: [&[u8]; 8] = [
        b"<html>",
        b"{\"choices\":[{\"text\":",
        b"[1,2]",
        b"\"text\"",
        b"\xff\xfe",
        b"{\"choices\":5}",
        b"{\"content\":{}}",
        b"{\"response\":1}",
    ];
    for dialect in Dialect::ALL {
        for message in messages {
            // Some are harmless to one dialect and nonsense to another; none may panic or produce
            // text.
            let pieces = read_with(&profile(dialect), &hole(), &[message]);
            assert!(
                pieces.is_err_and(|p| p.kind == ProblemKind::Protocol)
                    || dialect_ignores(dialect, message)
            );
        }
    }
}

/// Objects without any field of the dialect.
fn dialect_ignores(dialect: Dialect, message: &[u8]) -> bool {
    let fields: [&[u8]; 3] = [b"{\"choices\":5}", b"{\"content\":{}}", b"{\"response\":1}"];
    let own = match dialect {
        Dialect::LlamaServer => 1,
        Dialect::Ollama => 2,
        Dialect::Openai | Dialect::Chat | Dialect::Mistral => 0,
    };
    fields.contains(&message) && fields[own] != message
}

#[test]
fn nothing_is_said_after_the_end() {
    let last = vllm(r#""""#, "null", r#""stop""#);
    let late = vllm(r#""late""#, "null", "null");
    let pieces = read(
        &profile(Dialect::Openai),
        &[&last, &late, "[DONE]", &late, "[DONE]"],
    );
    assert_eq!(pieces.expect("reads"), END);
    let only_done = read(&profile(Dialect::Openai), &["", "[DONE]"]);
    assert_eq!(only_done.expect("reads"), [Piece::End]);
}
