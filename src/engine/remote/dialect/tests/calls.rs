use serde_json::json;

use super::*;

fn call(profile: &Profile) -> Call {
    let hole = hole();
    profile.call(&ask(&hole)).expect("it can be asked")
}

const PROMPT: &str =
    "<|fim_prefix|>def add(a, b):\n    return <|fim_suffix|>\n\nprint(add(1, 2))\n<|fim_middle|>";
const STOPS: [&str; 4] = [
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
    "<|fim_prefix|>",
];

#[test]
fn llama_server_is_asked_to_fill_in_or_given_our_layout() {
    let common = json!({
        "model": "qwen2.5-coder",
        "n_predict": 64,
        "n_probs": 3,
        "stream": true,
        "cache_prompt": true,
        "temperature": 0.0,
        "top_k": 0,
        "top_p": 1.0,
        "seed": 0,
        "samplers": ["top_k", "top_p", "temperature"],
    });
    let infill = call(&profile(Dialect::LlamaServer));
    let mut wanted = common.clone();
    wanted["input_prefix"] = json!("def add(a, b):\n    return ");
    wanted["input_suffix"] = json!("\n\nprint(add(1, 2))\n");
    wanted["input_extra"] = json!([]);
    assert_eq!((infill.path, infill.framing), ("/infill", Framing::Sse));
    assert_eq!(infill.body, wanted);

    let completion = call(&with_layout(Dialect::LlamaServer));
    let mut wanted = common;
    wanted["prompt"] = json!(PROMPT);
    wanted["stop"] = json!(STOPS);
    assert_eq!(completion.path, "/completion");
    assert_eq!(completion.body, wanted);
}

#[test]
fn openai_completions_have_a_suffix_or_our_layout() {
    let suffix = call(&profile(Dialect::Openai));
    assert_eq!(
        (suffix.path, suffix.framing),
        ("/v1/completions", Framing::Sse)
    );
    assert_eq!(
        suffix.body,
        json!({
            "model": "qwen2.5-coder",
            "prompt": "def add(a, b):\n    return ",
            "suffix": "\n\nprint(add(1, 2))\n",
            "max_tokens": 64,
            "logprobs": 3,
            "stream": true,
            "stream_options": {"include_usage": true},
            "temperature": 0.0,
        })
    );
    let layout = call(&with_layout(Dialect::Openai)).body;
    assert_eq!(layout["prompt"], PROMPT);
    assert_eq!(layout["stop"], json!(STOPS));
    assert_eq!(layout.get("suffix"), None);
}

#[test]
fn what_only_some_programs_take_is_sent_to_them_alone() {
    let software = |name: &str| Profile {
        software: Some(name.to_owned()),
        ..with_layout(Dialect::Openai)
    };
    let vllm = call(&software("vLLM 0.10.1")).body;
    assert_eq!(vllm["top_k"], -1);
    assert_eq!(vllm["skip_special_tokens"], false);
    assert_eq!(vllm.get("stop"), None);
    let python = call(&software("llama-cpp-python")).body;
    assert_eq!(python["top_k"], 0);
    assert_eq!(python["min_p"], 0.0);
    assert_eq!(python["repeat_penalty"], 1.0);
    let hole = hole();
    let sampled = Ask {
        sampling: Sampling {
            temperature: 0.5,
            top_k: 40,
            top_p: 1.0,
            seed: 7,
        },
        ..ask(&hole)
    };
    let body = |profile: &Profile| profile.call(&sampled).expect("it can be asked").body;
    let other = body(&with_layout(Dialect::Openai));
    assert_eq!(other["seed"], 7);
    // TGI refuses 1; the others take it to mean no limit.
    assert_eq!((other.get("top_p"), other.get("top_k")), (None, None));
    assert_eq!(body(&software("vLLM"))["top_p"], 1.0);
    assert_eq!(body(&software("vLLM"))["top_k"], 40);
    let refusing = Profile {
        logprobs: Some(false),
        ways: Ways {
            no_usage: true,
            path: Some("/beta/completions"),
            ..Ways::default()
        },
        ..profile(Dialect::Openai)
    };
    let call = call(&refusing);
    assert_eq!(call.path, "/beta/completions");
    assert_eq!(call.body.get("logprobs"), None);
    assert_eq!(call.body.get("stream_options"), None);
}

#[test]
fn characters_count_more_than_colours() {
    let accented = Hole::new("s = 'é", "'\n", None);
    for dialect in [Dialect::Openai, Dialect::Chat] {
        let mut known = profile(dialect);
        let asks = |known: &Profile| {
            let call = known.call(&ask(&accented)).expect("it can be asked");
            call.body.get("logprobs").is_some()
        };
        assert!(asks(&known));
        known.software = Some(String::from("llama-cpp-python"));
        assert!(!asks(&known));
    }
}

#[test]
fn chat_is_asked_for_the_middle_alone() {
    let call = call(&profile(Dialect::Chat));
    assert_eq!(call.path, "/v1/chat/completions");
    assert_eq!(call.body["logprobs"], true);
    assert_eq!(call.body["top_logprobs"], 3);
    let messages = &call.body["messages"];
    assert_eq!(messages[0]["role"], "system");
    let question = messages[1]["content"].as_str().expect("a text");
    let prefix = question.find("def add(a, b):\n    return </before>");
    let suffix = question.find("<after>\n\nprint(add(1, 2))\n</after>");
    assert!(prefix.is_some() && prefix < suffix, "{question}");
    assert!(question.contains("python"), "{question}");
}

#[test]
fn mistral_has_names_of_its_own() {
    let call = call(&profile(Dialect::Mistral));
    assert_eq!(
        (call.path, call.framing),
        ("/v1/fim/completions", Framing::Sse)
    );
    assert_eq!(
        call.body,
        json!({
            "model": "qwen2.5-coder",
            "prompt": "def add(a, b):\n    return ",
            "suffix": "\n\nprint(add(1, 2))\n",
            "max_tokens": 64,
            "temperature": 0.0,
            "top_p": 1.0,
            "random_seed": 0,
            "stream": true,
        })
    );
}

#[test]
fn ollama_has_a_suffix_or_our_layout_as_it_is() {
    let suffix = call(&profile(Dialect::Ollama));
    assert_eq!(
        (suffix.path, suffix.framing),
        ("/api/generate", Framing::Ndjson)
    );
    let options = json!({
        "num_predict": 64,
        "temperature": 0.0,
        "top_k": 0,
        "top_p": 1.0,
        "seed": 0,
        "min_p": 0.0,
        "repeat_penalty": 1.0,
    });
    assert_eq!(
        suffix.body,
        json!({
            "model": "qwen2.5-coder",
            "prompt": "def add(a, b):\n    return ",
            "suffix": "\n\nprint(add(1, 2))\n",
            "stream": true,
            "keep_alive": "30m",
            "logprobs": true,
            "top_logprobs": 3,
            "options": options,
        })
    );
    let mut raw = with_layout(Dialect::Ollama);
    raw.ways.num_ctx = Some(8192);
    let raw = call(&raw).body;
    assert_eq!(raw["raw"], true);
    assert_eq!(raw["prompt"], PROMPT);
    assert_eq!(raw["options"]["stop"], json!(STOPS));
    assert_eq!(raw["options"]["num_ctx"], 8192);
    assert_eq!(raw.get("suffix"), None);
}

#[test]
fn a_marker_in_the_hole_is_refused_where_it_would_be_taken_for_one() {
    let dangerous = Hole::new("x = '", "' # <|file_sep|>", None);
    let refused = |profile: &Profile| profile.call(&ask(&dangerous)).err();
    let dialects = [Dialect::LlamaServer, Dialect::Openai, Dialect::Ollama];
    for dialect in dialects {
        let problem = refused(&with_layout(dialect)).expect("refused");
        assert_eq!(problem.kind, ProblemKind::Marker);
        assert!(problem.text.contains("<|file_sep|>"), "{}", problem.text);
    }
    assert_eq!(refused(&profile(Dialect::LlamaServer)), None);
    assert_eq!(refused(&profile(Dialect::Mistral)), None);
    assert!(refused(&profile(Dialect::Ollama)).is_some());
    let spaced = Hole::new("a <PRE> b", "", None);
    let codellama = Profile {
        fim: Fim::Layout(layout_of(Family::CodeLlama)),
        ..profile(Dialect::Openai)
    };
    let problem = codellama.call(&ask(&spaced)).expect_err("refused");
    assert!(problem.text.contains("\"<PRE>\""), "{}", problem.text);
}
