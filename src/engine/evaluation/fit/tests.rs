use super::*;
use crate::evaluation::fixture::{Case, asked, material};

/// Higher scores are better: completions are right from 0.6 up, with one in ten reversed. The large
/// model is right where the small one is wrong, and wrong where it is right.
fn cases(problems: usize) -> Vec<Case> {
    let mut random = fastrand::Rng::with_seed(3);
    let cases = (0..problems * 3).map(|at| {
        let prob = 0.1 + 0.85 * random.f32();
        let right = (prob > 0.6) != (random.u8(..10) == 0);
        Case {
            problem: at / 3,
            prob,
            parses: true,
            small: right,
            large: !right,
        }
    });
    cases.collect()
}

#[test]
fn no_problem_stands_on_both_sides_and_the_same_seed_splits_alike() {
    let material = material(&cases(40));
    let split = Split::default();
    let sides = split.sides(&material, Part::default());
    assert_eq!(sides.fit.len() + sides.other.len(), 120);
    assert_eq!(sides.fit.len(), 60);
    let problems = |tasks: &[usize]| {
        let problems = tasks.iter().map(|task| material.families().index(*task));
        problems.collect::<std::collections::HashSet<_>>()
    };
    assert!(problems(&sides.fit).is_disjoint(&problems(&sides.other)));
    assert_eq!(sides, split.sides(&material, Part::default()));
    let other = Split { seed: 2, ..split };
    assert_ne!(sides, other.sides(&material, Part::default()));
}

#[test]
fn a_fitted_threshold_finds_where_right_begins_and_beats_the_default_on_what_it_has_not_seen() {
    let material = material(&cases(100));
    let report = fit(&material, &asked(0.0), Aim::Best, Split::default()).expect("a threshold");
    let (_, fitted) = report.fitted().next().expect("there is enough");
    assert!(
        (0.55..0.65).contains(&fitted.threshold),
        "{}",
        fitted.threshold
    );
    // Few decimals, for readability.
    assert!(
        fitted.threshold.to_string().len() <= 6,
        "{}",
        fitted.threshold
    );
    let other = fitted.on_other.pass_at_1.expect("labelled");
    assert!((0.8..0.98).contains(&other.value), "{other:?}");
    let difference = fitted.difference.expect("labelled");
    let default = fitted.default_on_other.pass_at_1.expect("labelled");
    assert!((difference.value - (other.value - default.value)).abs() < 1e-9);
    let written = thresholds(&report, &material, "2026-11-21");
    let fit = written[0].fitted.as_ref().expect("fitted");
    assert_eq!(fit.small, "small (00112233aabbccdd)");
    assert_eq!(fit.dataset, "holes (5eed5eed5eed)");
    assert_eq!((fit.outcomes, fit.tried_on), (150, 150));
    assert_eq!(fit.aim, "best (synconf, first_k 3)");
    let picked = FitReport {
        labels: Labels::Picks,
        ..report
    };
    let fit = thresholds(&picked, &material, "2026-11-21")[0]
        .fitted
        .clone();
    let aim = fit.expect("fitted").aim;
    assert_eq!(
        aim,
        "best (synconf, first_k 3, labelled by the picks of a blind comparison)"
    );
}

#[test]
fn an_escalation_budget_is_kept_on_the_side_that_is_fitted_on() {
    let material = material(&cases(100));
    let aim = Aim::Escalation(0.3);
    let report = fit(&material, &asked(0.0), aim, Split::default()).expect("a threshold");
    let (_, fitted) = report.fitted().next().expect("there is enough");
    assert!(fitted.on_fit.escalation <= 0.3 + 1e-9);
    assert!(
        fitted.on_fit.escalation > 0.25,
        "{}",
        fitted.on_fit.escalation
    );
}

#[test]
fn too_few_are_refused_with_what_is_wanted() {
    let refused = |cases: &[Case]| {
        let report = fit(&material(cases), &asked(0.0), Aim::Best, Split::default());
        let report = report.expect("a threshold");
        report.languages[0].refused.clone().expect("refused")
    };
    let few = refused(&cases(20));
    assert!(few.contains("at least 50 are needed, 10 of each"), "{few}");
    let mut right = cases(100);
    right.iter_mut().for_each(|case| case.small = true);
    let right = refused(&right);
    assert!(right.contains("0 wrong"), "{right}");
    let mut broken = cases(100);
    broken.iter_mut().for_each(|case| case.parses = false);
    let aim = Aim::Escalation(0.3);
    let report = fit(&material(&broken), &asked(0.0), aim, Split::default());
    let said = report.expect("a threshold").languages[0].refused.clone();
    assert!(said.expect("refused").contains("100.0 % of the outcomes"));
}

#[test]
fn a_threshold_lies_between_its_neighbours_in_few_digits() {
    assert_eq!(between(-1.0, -0.5), -0.75);
    assert_eq!(between(-0.512_345, -0.512_301), -0.51232);
    assert_eq!(between(0.3, 0.3), 0.3);
    for (below, above) in [(0.123_4_f32, 0.123_5_f32), (-6.0, -0.1), (0.0, 1e-7)] {
        let threshold = between(below, above);
        assert!(below < threshold && threshold <= above, "{threshold}");
    }
}
