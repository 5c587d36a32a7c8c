//! The table and the sweep on made-up runs.

use routelens::{
    completion::Hole,
    evaluation::{
        explore,
        sweep::{self, Setting, Strategy},
        table::{Part, Table},
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

fn at(strategy: Strategy, threshold: f32) -> Setting {
    Setting {
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
