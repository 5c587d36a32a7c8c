use super::*;

/// A refusal as reported, with the server's own words between quotes.
fn refusal(status: u16, said: &str) -> Problem {
    let text = format!("http://host/v1 answered {status} \"{said}\": see its dialect and model");
    Problem {
        status: Some(status),
        ..Problem::new(ProblemKind::Status, text)
    }
}

#[test]
fn a_server_that_knows_no_markers_is_given_ours() {
    let cases = [
        (
            Dialect::LlamaServer,
            501,
            "Infill is not supported by this model: prefix token is missing. ",
        ),
        (Dialect::LlamaServer, 404, "File Not Found"),
        (Dialect::LlamaServer, 400, "the model does not support FIM"),
        (Dialect::Openai, 400, "suffix is not currently supported"),
        (
            Dialect::Openai,
            422,
            "Suffix is not supported and can be achieved by preprocessing the prompt.",
        ),
        (Dialect::Openai, 500, "'NoneType' object is not iterable"),
        (
            Dialect::Ollama,
            400,
            "registry.ollama.ai/library/x does not support insert",
        ),
    ];
    for (dialect, status, said) in cases {
        let next = profile(dialect)
            .fallback(&refusal(status, said))
            .expect(said);
        assert_eq!((next.dialect, next.fim.name()), (dialect, "Qwen"), "{said}");
        assert_eq!(next.fallback(&refusal(status, said)), None);
    }
}

#[test]
fn the_configured_family_counts_more_than_the_name() {
    let mut known = profile(Dialect::LlamaServer);
    known.ways.family = Some(Family::Mellum);
    let next = known.fallback(&refusal(501, "Infill is not supported"));
    assert_eq!(next.expect("a layout").fim.name(), "Mellum");
}

#[test]
fn without_a_known_layout_the_call_says_what_to_set() {
    let unknown = Profile::new(Dialect::LlamaServer, "my-model");
    let next = unknown.fallback(&refusal(501, "Infill is not supported"));
    let next = next.expect("one that says so");
    let problem = next.call(&ask(&hole())).expect_err("no layout");
    assert_eq!(problem.kind, ProblemKind::Setting);
    assert!(problem.text.contains("my-model"), "{}", problem.text);
    assert!(problem.text.contains("fim = "), "{}", problem.text);
}

#[test]
fn what_a_server_does_not_take_is_left_out() {
    let openai = with_layout(Dialect::Openai);
    let next = openai.fallback(&refusal(
        400,
        "body.stream_options: Extra inputs are not permitted",
    ));
    let next = next.expect("without");
    assert!(next.ways.no_usage);
    let next = next.fallback(&refusal(
        500,
        "logprobs is not supported for models created with logits_all=False",
    ));
    let next = next.expect("without");
    assert_eq!(next.logprobs, Some(false));
    assert_eq!(next.fim, openai.fim);
    assert_eq!(next.fallback(&refusal(400, "logprobs again")), None);
}

#[test]
fn a_server_without_completions_is_asked_in_words() {
    let next = profile(Dialect::Openai).fallback(&refusal(404, "Not Found"));
    let next = next.expect("chat");
    assert_eq!((next.dialect, next.fim), (Dialect::Chat, Fim::Words));
    let chat = refusal(
        404,
        "This is a chat model. Did you mean to use v1/chat/completions?",
    );
    let next = profile(Dialect::Openai).fallback(&chat);
    assert_eq!(next.map(|next| next.dialect), Some(Dialect::Chat));
    let missing = refusal(404, "The model `x` does not exist.");
    assert_eq!(profile(Dialect::Openai).fallback(&missing), None);
}

#[test]
fn what_no_other_way_can_help_has_none() {
    for status in [401, 413, 429, 503] {
        let problem = refusal(status, "suffix logprobs infill");
        for dialect in Dialect::ALL {
            assert_eq!(profile(dialect).fallback(&problem), None);
        }
    }
    let timeout = Problem::new(ProblemKind::Timeout, "suffix \"suffix\"");
    assert_eq!(profile(Dialect::Openai).fallback(&timeout), None);
}
