use super::*;
use crate::evaluation::fixture::{Case, asked, material};

/// The small model is right where its probability is above one half; the large model is always
/// right.
fn cases(parses: fn(usize) -> bool) -> Vec<Case> {
    let case = |at: usize| Case {
        problem: at,
        prob: (at as f32 + 0.5) / 100.0,
        parses: parses(at),
        small: at >= 50,
        large: true,
    };
    (0..100).map(case).collect()
}

#[test]
fn a_perfect_score_gains_with_every_escalation_until_nothing_is_wrong() {
    let material = material(&cases(|_| true));
    let found = compare(&material, &asked(0.5), Aim::Best, Split::default()).expect("labelled");
    let best = &found.scores[0];
    // From 50 % at no escalation straight to 100 % at one half, then flat: means of 75 % and 100 %.
    assert!((best.area.value - 0.875).abs() < 1e-9, "{:?}", best.area);
    let budgets: Vec<f64> = best.budgets.iter().map(|one| one.pass_at_1.value).collect();
    for (budget, expected) in budgets.iter().zip([0.6, 0.7, 0.8, 1.0]) {
        assert!((budget - expected).abs() < 1e-9, "{budgets:?}");
    }
    assert_eq!(best.auroc.map(|auroc| auroc.value), Some(1.0));
    // With one token every score ranks alike, so no difference is beyond noise.
    let none = |one: &Difference| one.area.value == 0.0 && !one.beyond_noise;
    assert!(
        found.differences.iter().all(none),
        "{:?}",
        found.differences
    );
}

#[test]
fn what_does_not_parse_is_escalated_first_where_the_policy_looks_at_it() {
    // The most confident wrong completions do not parse.
    let material = material(&cases(|at| !(30..50).contains(&at)));
    let at_20 = |policy| {
        let asked = Asked {
            policy,
            ..asked(0.5)
        };
        let found = compare(&material, &asked, Aim::Best, Split::default()).expect("labelled");
        found.scores[0].budgets[1].pass_at_1.value
    };
    assert!((at_20(Policy::Synconf) - 0.7).abs() < 1e-9);
    assert!((at_20(Policy::Confidence) - 0.7).abs() < 1e-9);
    let first = Ranking::new(&material, Policy::Synconf, Score::MinProb);
    assert!(!first.languages[0][0].rank.0 && !first.languages[0][19].rank.0);
    assert!(first.languages[0][20].rank.0);
}

#[test]
fn ties_are_counted_by_halves() {
    let mut cases = cases(|_| true);
    cases.iter_mut().for_each(|case| case.prob = 0.5);
    let found = compare(&material(&cases), &asked(0.5), Aim::Best, Split::default());
    let found = found.expect("labelled");
    assert!((found.scores[0].area.value - 0.75).abs() < 1e-9);
    assert_eq!(found.scores[0].auroc.map(|auroc| auroc.value), Some(0.5));
}
