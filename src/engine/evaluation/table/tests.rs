use proptest::prelude::*;

use super::*;

/// Numbers that tie often, so that ties are tested.
fn scores() -> impl Strategy<Value = Scores> {
    let negative = || (0_u8..8).prop_map(|step| f32::from(step) * -0.25);
    let share = || (0_u8..=4).prop_map(|step| f32::from(step) * 0.25);
    let all = (
        negative(),
        share(),
        negative(),
        share(),
        negative(),
        share(),
    );
    all.prop_map(|(first, first_prob, mean, least, entropy, margin)| Scores {
        first_k_mean_logprob: first,
        first_k_mean_prob: first_prob,
        mean_logprob: mean,
        min_prob: least,
        mean_entropy: entropy,
        mean_margin: margin,
    })
}

/// Any row that a run or a history can have, and some that only a faulty server produces.
pub(in crate::evaluation) fn row() -> impl Strategy<Value = Row> {
    use VerdictState::*;
    let language = prop::option::of(prop::sample::select(&Language::ALL[..]));
    let kind = prop::option::of(prop::sample::select(&HoleKind::ALL[..]));
    let looks = (
        prop::option::weighted(0.9, scores()),
        0_usize..6,
        prop::sample::select(&[Valid, Broken, Unsupported][..]),
    );
    let labels = (
        prop::option::weighted(0.9, any::<bool>()),
        prop::option::weighted(0.9, any::<bool>()),
    );
    let times = (
        1.0_f64..500.0,
        1.0_f64..500.0,
        0.0_f64..=1.0,
        prop::option::of(0.0_f64..=1.0),
    );
    let work = (0.0_f64..3.0, 0.0_f64..3.0);
    let rejected = (prop::option::of(0.0_f64..1.5), 0.0_f32..1.0);
    (language, kind, looks, labels, times, work, rejected).prop_map(
        |(language, kind, (scores, tokens, verdict), labels, times, work, (drafted, chance))| Row {
            language,
            kind,
            scores,
            tokens,
            verdict,
            small_right: labels.0,
            large_right: labels.1,
            small_ms: times.0,
            large_ms: times.1,
            kth_ms: times.0 * times.2,
            broken_ms: times.3.map(|share| times.0 * share),
            small_accelerator_s: work.0,
            large_accelerator_s: work.1,
            small_exact: labels.0.filter(|right| !right),
            large_exact: labels.1,
            large_drafted_ms: drafted.map(|share| times.1 * share),
            chance,
        },
    )
}

pub(in crate::evaluation) fn table() -> impl Strategy<Value = Table> {
    let rows = prop::collection::vec(row(), 0..60);
    (rows, 1_usize..4).prop_map(|(rows, k)| Table::new(rows, k))
}

pub(in crate::evaluation) fn part() -> impl Strategy<Value = Part> {
    let language = prop::option::of(prop::sample::select(&Language::ALL[..]));
    let kind = prop::option::weighted(0.3, prop::sample::select(&HoleKind::ALL[..]));
    (language, kind).prop_map(|(language, kind)| Part { language, kind })
}

fn example() -> Row {
    Row {
        language: None,
        kind: None,
        scores: None,
        tokens: 3,
        verdict: VerdictState::Valid,
        small_right: None,
        large_right: None,
        small_ms: 1.0,
        large_ms: 1.0,
        kth_ms: 1.0,
        broken_ms: None,
        small_accelerator_s: 0.0,
        large_accelerator_s: 0.0,
        small_exact: None,
        large_exact: None,
        large_drafted_ms: None,
        chance: 0.0,
    }
}

#[test]
fn a_score_that_is_no_number_counts_as_none() {
    let scores = Scores {
        first_k_mean_logprob: f32::NAN,
        first_k_mean_prob: 0.5,
        mean_logprob: -1.0,
        min_prob: 0.1,
        mean_entropy: -1.0,
        mean_margin: 0.5,
    };
    let broken = Row {
        scores: Some(scores),
        ..example()
    };
    let table = Table::new(vec![broken], 3);
    assert_eq!(table.rows()[0].scores, None);
}

#[test]
fn a_row_of_no_language_is_only_in_the_whole() {
    let python = Part {
        language: Some(Language::Python),
        kind: None,
    };
    assert!(Part::default().contains(&example()) && !python.contains(&example()));
    let table = Table::new(vec![example()], 3);
    assert!(table.languages().is_empty() && table.kinds().is_empty());
}

proptest! {
    #[test]
    fn an_order_has_every_row_once_and_rises(table in table()) {
        for score in Score::ALL {
            let order = table.order(score);
            let mut indices = order.to_vec();
            indices.sort_unstable();
            prop_assert!(indices.into_iter().eq(0..table.rows().len() as u32));
            let value = |&index: &u32| {
                let scores = table.rows()[index as usize].scores;
                scores.map_or(f32::NEG_INFINITY, |scores| scores.get(score))
            };
            prop_assert!(order.is_sorted_by(|a, b| value(a) <= value(b)));
        }
    }
}
