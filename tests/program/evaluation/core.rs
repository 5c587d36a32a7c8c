//! The table and the sweep on made-up runs.

use routelens::{
    completion::Hole,
    evaluation::{
        explore,
        outcome::Outcome,
        sweep::{self, OperatingPoint, Strategy},
        table::{Part, Row, Table},
    },
    language::Language,
    routing::{Escalation, Policy, Score},
    syntax::{VerdictState, verdict},
};

use super::fixture::{self, SNIPPETS};

#[test]
fn the_made_up_completions_are_judged_as_they_say() {
    for snippet in &SNIPPETS {
        let hole = Hole::new(snippet.prefix, snippet.suffix, Some(snippet.language));
        for (text, expected) in [
            (snippet.right, VerdictState::Valid),
            (snippet.wrong, VerdictState::Valid),
            (snippet.broken, VerdictState::Broken),
        ] {
            let state = verdict(&hole, text).state;
            assert_eq!(state, expected, "{}", hole.filled(text));
        }
    }
}

/// A row matches its outcome: the moments come from the tokens' times, the work from the models'
/// times and accelerators.
#[test]
fn a_row_keeps_the_moments_and_the_work_of_its_outcome() {
    let run = fixture::run(200, 5);
    let table = Table::of_run(&run, 3);
    let mut broken = 0;
    for (row, outcome) in table.rows().iter().zip(&run.outcomes) {
        let small = &outcome.small;
        let (total_ms, large_ms) = (row.small_ms, row.large_ms);
        assert_eq!(total_ms, small.completion.timing.total_ms);
        let third = small.token_ms.get(2).map_or(total_ms, |&ms| f64::from(ms));
        assert_eq!(row.kth_ms, third);
        assert!((row.small_accelerator_s - total_ms / 1000.0).abs() < 1e-9);
        assert!((row.large_accelerator_s - 4.0 * large_ms / 1000.0).abs() < 1e-9);
        assert_eq!(row.broken_ms.is_some(), row.verdict == VerdictState::Broken);
        if let Some(ms) = row.broken_ms {
            let middle = small.completion.tokens.len() / 2;
            assert_eq!(ms, f64::from(small.token_ms[middle]));
            broken += 1;
        }
    }
    assert!(broken > 0);
}

/// A fault that trimming removed was never broken at a relevant moment.
#[test]
fn a_token_that_broke_and_was_cut_off_breaks_nothing() {
    let mut run = fixture::run(200, 5);
    let broken = |outcome: &&mut Outcome| outcome.small.verdict == VerdictState::Broken;
    let outcome = run.outcomes.iter_mut().find(broken).expect("one is broken");
    outcome.small.verdict = VerdictState::Valid;
    let row = Row::of(outcome, 3, Default::default());
    assert_eq!(row.broken_ms, None);
}

fn at(strategy: Strategy, threshold: f32) -> OperatingPoint {
    OperatingPoint {
        strategy,
        score: Score::FirstKMeanLogprob,
        threshold,
        escalation: Escalation::Early,
    }
}

#[test]
fn on_a_run_as_in_life_routing_pays_and_the_oracle_is_the_best() {
    let table = Table::of_run(&fixture::run(3_000, 7), 3);
    assert_eq!(table.languages(), Language::ALL);
    let pass = |strategy, threshold| {
        let totals = sweep::totals(&table, Part::default(), &at(strategy, threshold));
        totals.pass_at_1().expect("everything is labelled")
    };
    let small = pass(Strategy::Policy(Policy::Small), 0.0);
    let large = pass(Strategy::Policy(Policy::Large), 0.0);
    let syntax = pass(Strategy::Policy(Policy::Syntax), 0.0);
    let routed = pass(Strategy::Policy(Policy::Synconf), -0.2);
    let oracle = pass(Strategy::Oracle, 0.0);
    assert!(small < syntax && syntax < routed && routed < oracle && large < oracle);
}

#[test]
fn what_moves_when_the_threshold_moves_lies_between_the_two() {
    let table = Table::of_run(&fixture::run(1_000, 1), 3);
    let synconf = Strategy::Policy(Policy::Synconf);
    let (low, high) = (at(synconf, -0.5), at(synconf, -0.2));
    let changes = explore::changes(&table, Part::default(), &low, &high);
    assert!(!changes.is_empty());
    for change in changes {
        let row = &table.rows()[change.row];
        let value = row.scores.expect("it was kept").first_k_mean_logprob;
        assert!(!change.to_keep && (-0.5..-0.2).contains(&value));
    }
}
