//! How passages of other files and a draft of the answer are sent.

use std::path::Path;

use super::*;

fn passage(path: &str, text: &str) -> Passage {
    Passage {
        path: path.to_owned(),
        lines: (1, 1),
        text: text.to_owned(),
        score: 1.0,
        rounds: [Some(1.0), None],
    }
}

fn body(profile: &Profile) -> Value {
    let passages = [passage("tax.py", "RATE = 0.2\n")];
    let hole = Hole {
        path: Some("/srv/shop/main.py".into()),
        ..hole()
    };
    let ask = Ask {
        passages: &passages,
        folder: Some(Path::new("/srv/shop")),
        draft: Some("a + b"),
        ..ask(&hole)
    };
    profile.call(&ask).expect("it can be asked").body
}

const HOLE: &str =
    "<|fim_prefix|>def add(a, b):\n    return <|fim_suffix|>\n\nprint(add(1, 2))\n<|fim_middle|>";

#[test]
fn a_layout_of_ours_is_its_familys_repository_layout() {
    let wanted =
        format!("<|repo_name|>shop\n<|file_sep|>tax.py\nRATE = 0.2\n<|file_sep|>main.py\n{HOLE}");
    for dialect in [Dialect::LlamaServer, Dialect::Openai, Dialect::Ollama] {
        assert_eq!(body(&with_layout(dialect))["prompt"], wanted, "{dialect:?}");
    }
}

#[test]
fn a_server_with_a_suffix_gets_comments_before_the_prefix_or_what_its_family_wants_there() {
    let wanted = "# tax.py\n# RATE = 0.2\ndef add(a, b):\n    return ";
    for dialect in [Dialect::Openai, Dialect::Ollama, Dialect::Mistral] {
        let body = body(&profile(dialect));
        assert_eq!(body["prompt"], wanted, "{dialect:?}");
        assert_eq!(body["suffix"], "\n\nprint(add(1, 2))\n", "{dialect:?}");
    }
    let codestral = Profile::new(Dialect::Mistral, "codestral-latest");
    let wanted = "+++++ tax.py\nRATE = 0.2\n+++++ main.py\ndef add(a, b):\n    return ";
    assert_eq!(body(&codestral)["prompt"], wanted);
}

#[test]
fn a_chat_model_reads_them_before_the_hole() {
    let body = body(&profile(Dialect::Chat));
    let question = body["messages"][1]["content"].as_str().expect("a text");
    let file = question.find("<file path=\"tax.py\">\nRATE = 0.2\n</file>");
    assert!(
        file.is_some() && file < question.find("<before>"),
        "{question}"
    );
}

#[test]
fn a_passage_with_a_marker_in_it_is_not_taken_where_it_would_be_one() {
    let [text, path] = [
        passage("a.py", "x = '<|file_sep|>'\n"),
        passage("<|file_sep|>.py", "x = 1\n"),
    ];
    for dangerous in [&text, &path] {
        assert!(!with_layout(Dialect::Openai).takes(dangerous));
        assert!(!profile(Dialect::Ollama).takes(dangerous));
        assert!(profile(Dialect::LlamaServer).takes(dangerous));
        assert!(profile(Dialect::Chat).takes(dangerous));
    }
    let hole = Hole {
        path: Some("/srv/<|file_sep|>/main.py".into()),
        ..hole()
    };
    let passages = [passage("tax.py", "RATE = 0.2\n")];
    let ask = Ask {
        passages: &passages,
        folder: Some(Path::new("/srv/<|file_sep|>")),
        ..ask(&hole)
    };
    let call = with_layout(Dialect::Openai)
        .call(&ask)
        .expect("it can be asked");
    let prompt = call.body["prompt"].as_str().expect("a text");
    assert_eq!(prompt.matches("<|file_sep|>").count(), 2, "{prompt}");
}

#[test]
fn a_draft_goes_only_where_it_is_taken_and_without_what_cannot_be_had_beside_it() {
    let mut known = profile(Dialect::Chat);
    let without = body(&known);
    assert_eq!(
        (without.get("prediction"), &without["max_tokens"]),
        (None, &Value::from(64))
    );
    known.ways.prediction = true;
    let with = body(&known);
    let draft = serde_json::json!({"type": "content", "content": "a + b"});
    assert_eq!(with["prediction"], draft);
    for key in ["max_tokens", "logprobs", "top_logprobs"] {
        assert_eq!(with.get(key), None, "{key}");
    }
    for dialect in [
        Dialect::LlamaServer,
        Dialect::Openai,
        Dialect::Mistral,
        Dialect::Ollama,
    ] {
        let mut known = profile(dialect);
        known.ways.prediction = true;
        assert_eq!(body(&known).get("prediction"), None, "{dialect:?}");
    }
}

#[test]
fn a_server_that_takes_no_draft_after_all_is_asked_without() {
    let mut known = profile(Dialect::Chat);
    known.ways.prediction = true;
    let problem = Problem {
        status: Some(400),
        ..Problem::new(
            ProblemKind::Status,
            "http://host answered 400 \"Unknown parameter: 'prediction'\"",
        )
    };
    let next = known.fallback(&problem).expect("another way");
    assert!(!next.takes_draft() && next.dialect == Dialect::Chat);
}

#[test]
fn what_became_of_a_draft_is_read() {
    let last = r#"{"id":"a","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":7,
        "completion_tokens_details":{"accepted_prediction_tokens":4,"rejected_prediction_tokens":2}}}"#;
    let pieces = read(&profile(Dialect::Chat), &[last, "[DONE]"]).expect("it is right");
    let usage = pieces.iter().find_map(|piece| match piece {
        Piece::Usage(usage) => Some((usage.accepted_tokens, usage.rejected_tokens)),
        _ => None,
    });
    assert_eq!(usage, Some((Some(4), Some(2))));
}
