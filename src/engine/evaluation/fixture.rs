//! Outcomes for tests: a run in which only the fields that affect decisions are chosen.

use super::{
    asked::{Asked, Provenance, Threshold},
    dataset::DatasetId,
    material::Material,
    outcome::{Attempt, Header, ModelIdentity, Outcome, RecordedRun, RunSettings, VERSION},
    person::Person,
    table::Labels,
    task::HoleKind,
};
use crate::{
    completion::{Completion, StopReason, Timing, Token},
    language::Language,
    meter::Rates,
    routing::{Escalation, Policy, Score},
    sandbox::Limits,
    syntax::VerdictState,
};

/// One outcome: the probability of the small completion's tokens, whether it parses, and which of
/// the two completions is right.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub problem: usize,
    pub prob: f32,
    pub parses: bool,
    pub small: bool,
    pub large: bool,
}

/// Builds outcomes of Python tasks.
pub(crate) fn material(cases: &[Case]) -> Material {
    let outcomes = cases.iter().enumerate();
    let run = RecordedRun {
        header: header(),
        outcomes: outcomes.map(|(at, case)| outcome(at, case)).collect(),
        notices: Vec::new(),
    };
    Material::new(&[("run.jsonl".to_owned(), run)], 3, None).expect("there are outcomes")
}

/// The report options: `synconf` with this threshold on the mean probability.
pub(crate) fn asked(threshold: f32) -> Asked {
    Asked {
        policy: Policy::Synconf,
        score: Score::FirstKMeanProb,
        first_k: 3,
        escalation: Escalation::Patient,
        labels: Labels::Tests,
        thresholds: vec![Threshold {
            language: Language::Python,
            score: Score::FirstKMeanProb,
            value: threshold,
            from: Provenance::Default,
        }],
        persons: vec![Person::NOISY, Person::Perfect],
    }
}

fn outcome(at: usize, case: &Case) -> Outcome {
    let verdict = match case.parses {
        true => VerdictState::Valid,
        false => VerdictState::Broken,
    };
    Outcome {
        id: format!("Kind/Benchmark/{}/L{at}", case.problem),
        language: Language::Python,
        kind: HoleKind::Line,
        prefix: String::new(),
        suffix: String::new(),
        canonical: String::new(),
        small: attempt(case.prob, verdict, case.small, 10.0),
        large: attempt(0.9, VerdictState::Valid, case.large, 100.0),
        large_drafted: None,
        overhead_ms: 0.0,
    }
}

fn attempt(prob: f32, verdict: VerdictState, passed: bool, total_ms: f64) -> Attempt {
    let token = Token {
        id: None,
        bytes: Vec::new(),
        text: "x".to_owned(),
        logprob: Some(prob.ln()),
        rank: Some(0),
        entropy: Some(1.0 - prob),
        margin: Some(prob),
        top: Vec::new(),
        drafted: None,
    };
    Attempt {
        completion: Completion {
            text: "x".to_owned(),
            tokens: vec![token],
            stop: StopReason::End,
            timing: Timing {
                prompt_tokens: Some(1),
                generated_tokens: 1,
                total_ms,
                ..Timing::default()
            },
            drafting: Vec::new(),
        },
        token_ms: vec![total_ms as f32],
        timeline: Vec::new(),
        verdict,
        faults: Vec::new(),
        passed: Some(passed),
        execution: None,
    }
}

fn header() -> Header {
    let model = |name: &str| ModelIdentity {
        name: name.to_owned(),
        fingerprint: Some("00112233aabbccdd".to_owned()),
        description: String::new(),
        fim: String::new(),
        device: String::new(),
        rates: Rates::default(),
    };
    Header {
        format: "routelens".to_owned(),
        version: VERSION,
        routelens: String::new(),
        date: "2026-11-21T00:00:00Z".to_owned(),
        dataset: DatasetId {
            name: "holes".to_owned(),
            sha256: "5eed".repeat(16),
            tasks: 0,
        },
        small: model("small"),
        large: model("large"),
        settings: RunSettings {
            max_tokens: 64,
            top: 8,
            context: None,
            limits: Limits::default(),
            unsafe_execution: false,
            sample: None,
        },
    }
}
