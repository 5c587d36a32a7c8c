use super::*;
use crate::{
    completion::{Candidate, StopReason, Timing, Token},
    sandbox::TestResult,
};

fn model(name: &str) -> ModelIdentity {
    ModelIdentity {
        name: name.to_owned(),
        fingerprint: Some(format!("0123-{name}")),
        description: "7M Q8_0".to_owned(),
        fim: "qwen".to_owned(),
        device: "CPU".to_owned(),
        rates: Rates::default(),
    }
}

/// A header for tests.
pub(in crate::evaluation) fn header() -> Header {
    Header {
        date: "2026-11-21T00:17:26Z".to_owned(),
        ..Header::new(
            DatasetId {
                name: "tasks.jsonl".to_owned(),
                sha256: "00ff".repeat(16),
                tasks: 3,
            },
            model("small"),
            model("large"),
            RunSettings {
                max_tokens: 64,
                top: 8,
                context: None,
                limits: Limits::default(),
                unsafe_execution: false,
                sample: None,
            },
        )
    }
}

/// An outcome for tests, with text that JSON has to escape.
pub(in crate::evaluation) fn outcome(id: &str) -> Outcome {
    let token = |text: &str, logprob: f32| Token {
        id: Some(7),
        bytes: Vec::new(),
        text: text.to_owned(),
        logprob: Some(logprob),
        rank: Some(0),
        entropy: Some(0.1 + 0.2),
        margin: None,
        top: vec![Candidate {
            id: None,
            text: "\"\u{1f600}\n".to_owned(),
            logprob,
        }],
        drafted: None,
    };
    let attempt = |passed| Attempt {
        completion: Completion {
            text: "x = \"é\"\n".to_owned(),
            tokens: vec![token("x = ", -0.123_456_79), token("\"é\"\n", -1e-9)],
            stop: StopReason::End,
            timing: Timing::default(),
            drafting: Vec::new(),
        },
        token_ms: vec![1.5, 2.75],
        timeline: vec![TokenSyntax::Open, TokenSyntax::Healed],
        verdict: VerdictState::Valid,
        faults: Vec::new(),
        passed: Some(passed),
        execution: Some(Execution {
            result: TestResult::Failed,
            detail: "AssertionError".to_owned(),
            ms: 12.5,
        }),
    };
    Outcome {
        id: id.to_owned(),
        language: Language::Python,
        kind: HoleKind::Line,
        prefix: "def f():\n\t".to_owned(),
        suffix: "\r\n".to_owned(),
        canonical: "pass".to_owned(),
        small: attempt(false),
        large: attempt(true),
        large_drafted: None,
        overhead_ms: 0.5,
    }
}

#[test]
fn what_a_run_depends_on_makes_another_run_and_is_named() {
    type Change = fn(&mut Header);
    let cases: [(Change, &[&str]); 12] = [
        (
            |it| it.dataset.sha256 = "aa".repeat(32),
            &["the dataset", "00ff00ff00ff", "aaaaaaaaaaaa"],
        ),
        (
            |it| it.dataset.tasks = 2,
            &["the dataset", "3 tasks", "2 tasks"],
        ),
        (
            |it| it.small.fingerprint = Some("beef".to_owned()),
            &["the small model", "0123-small", "beef"],
        ),
        (
            |it| {
                it.large.fingerprint = None;
                it.large.name = "far".to_owned();
            },
            &["the large model", "far"],
        ),
        (|it| it.settings.max_tokens = 65, &["tokens", "64", "65"]),
        (|it| it.settings.top = 9, &["alternatives", "8", "9"]),
        (
            |it| it.settings.context = Some(512),
            &["context", "default", "512"],
        ),
        (
            |it| it.settings.limits.time_ms = 1,
            &["time limit", "3000", "1"],
        ),
        (
            |it| it.settings.limits.memory_mb = 1,
            &["memory limit", "1024", "1"],
        ),
        (
            |it| it.settings.limits.output_bytes = 1,
            &["output", "1048576", "1"],
        ),
        (
            |it| it.settings.unsafe_execution = true,
            &["in a sandbox", "without a sandbox"],
        ),
        (
            |it| it.settings.sample = Some((5, 2)),
            &["all tasks", "sample of 5", "seed 2"],
        ),
    ];
    for (change, words) in cases {
        let mut other = header();
        change(&mut other);
        let differences = header().differences(&other);
        let [difference] = &differences[..] else {
            panic!("one difference: {differences:?}");
        };
        for word in words {
            assert!(difference.contains(word), "{word}: {difference}");
        }
        assert_eq!(other.differences(&header()).len(), 1);
    }
}

#[test]
fn when_where_and_at_what_price_does_not_make_another_run() {
    let mut other = header();
    other.date = "2027-01-01T00:00:00Z".to_owned();
    other.routelens = "9.9.9".to_owned();
    other.dataset.name = "renamed.jsonl".to_owned();
    for model in [&mut other.small, &mut other.large] {
        model.device = "GPU".to_owned();
        model.name = "renamed".to_owned();
        model.rates.accelerators = 8.0;
    }
    assert_eq!(header().differences(&other), Vec::<String>::new());
}

#[test]
fn a_server_s_model_is_known_by_its_name_and_layout() {
    let server = |name: &str, fim: &str, url: &str| ModelIdentity {
        fingerprint: None,
        description: url.to_owned(),
        fim: fim.to_owned(),
        ..model(name)
    };
    let one = server("coder", "qwen", "http://a");
    assert!(one.is_same(&server("coder", "qwen", "http://b")));
    assert!(!one.is_same(&server("coder", "server's own", "http://a")));
    assert!(!one.is_same(&server("other", "qwen", "http://a")));
}

#[test]
fn a_run_s_date_is_that_of_its_beginning_to_the_second() {
    let date = Header::new(
        header().dataset,
        model("small"),
        model("large"),
        header().settings,
    )
    .date;
    let shape: String = date
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "0000-00-00T00:00:00Z");
}
