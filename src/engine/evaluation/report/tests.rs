use super::*;
use crate::{
    evaluation::fixture::{Case, asked, material},
    routing::{Policy, Score},
};

/// Ten confident and right; ten confident and wrong, four of which do not parse; ten unconfident
/// and wrong, none of which parses. The large model is always right.
fn cases() -> Vec<Case> {
    let case = |at: usize| Case {
        problem: at,
        prob: if at < 20 {
            0.9
        } else {
            0.2 + at as f32 / 1000.0
        },
        parses: at < 16,
        small: at < 10,
        large: true,
    };
    (0..30).map(case).collect()
}

fn report() -> Report {
    make(&material(&cases()), asked(0.5), "2026-11-21".to_owned())
}

#[test]
fn every_policy_is_measured_at_its_threshold() {
    let report = report();
    let result = |policy| {
        let result = report.all().result(Strategy::Policy(policy));
        let result = result.expect("every policy");
        (result.right, result.escalated)
    };
    assert_eq!(result(Policy::Small), (10, 0));
    assert_eq!(result(Policy::Confidence), (20, 10));
    assert_eq!(result(Policy::Syntax), (24, 14));
    assert_eq!(result(Policy::Synconf), (24, 14));
    assert_eq!(result(Policy::Large), (30, 30));
    let oracle = report.all().result(Strategy::Oracle).expect("it is there");
    assert_eq!((oracle.right, oracle.escalated), (30, 20));
    // Patient: the large model is asked after the small one has ended.
    assert_eq!(oracle.latency.p95, 110.0);
    assert_eq!(oracle.latency.mean, 10.0 + 100.0 * 20.0 / 30.0);
    assert!((oracle.accelerator_s - (0.3 + 2.0)).abs() < 1e-9);
}

#[test]
fn each_gate_is_held_against_what_is_right() {
    let report = report();
    let gate = |at: usize| {
        let gate = report.all().gates[at];
        let kept = (gate.kept_right, gate.kept_wrong);
        (
            gate.name,
            kept,
            (gate.escalated_right, gate.escalated_wrong),
        )
    };
    assert_eq!(gate(0), ("syntax", (10, 6), (0, 14)));
    assert_eq!(gate(1), ("score", (10, 10), (0, 10)));
    assert_eq!(gate(2), ("both", (10, 6), (0, 14)));
    let unparsed = report.all().unparsed;
    assert_eq!((unparsed.wrong, unparsed.broken), (20, 14));
    assert_eq!(unparsed.share.map(|share| share.value), Some(0.7));
}

#[test]
fn equal_escalation_is_as_near_as_the_scores_allow() {
    let report = report();
    let equal = report.all().equal.as_ref().expect("all is labelled");
    assert!((equal.synconf_escalation - 14.0 / 30.0).abs() < 1e-9);
    // All the confident ones have the same score: confidence escalates the ten others, or all.
    assert!((equal.confidence_escalation - 10.0 / 30.0).abs() < 1e-9);
    assert!((equal.residual + 4.0 / 30.0).abs() < 1e-9);
    assert!((equal.difference.value - 4.0 / 30.0).abs() < 1e-9);
    assert!(equal.is_beyond_noise());
}

#[test]
fn only_what_is_a_probability_is_calibrated() {
    let report = report();
    let of = |score| report.calibration.iter().find(|one| one.score == score);
    let prob = of(Score::FirstKMeanProb).expect("every score");
    // The right ones tie with half of the wrong ones.
    assert_eq!(prob.auroc, Some(0.75));
    let top = prob.bins.last().expect("the sure ones");
    assert_eq!((top.count, top.accuracy), (20, 0.5));
    let logprob = of(Score::FirstKMeanLogprob).expect("every score");
    let (a, b) = (prob.ece.expect("mapped"), logprob.ece.expect("mapped"));
    assert!((a - b).abs() < 1e-6, "one token: both say the same");
    let entropy = of(Score::MeanEntropy).expect("every score");
    assert_eq!((entropy.mapping, entropy.ece), (None, None));
    assert!(entropy.auroc.is_some());
}

#[test]
fn what_passed_and_was_judged_broken_is_listed() {
    let mut cases = cases();
    cases[3].parses = false;
    let report = make(&material(&cases), asked(0.5), String::new());
    assert_eq!(report.broken_but_passed, ["Kind/Benchmark/3/L3"]);
    assert_eq!(report.all().gates[0].escalated_right, 1);
}
