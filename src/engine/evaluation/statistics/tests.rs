use proptest::prelude::*;

use super::*;

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance
}

/// Published examples of the score interval: Newcombe 1998 (Statistics in Medicine 17, 857), table
/// I.
#[test]
fn wilson_gives_the_published_intervals() {
    for (successes, trials, low, high) in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let interval = wilson(successes, trials).expect("there are trials");
        assert!(
            near(interval.low, low, 5e-5),
            "{successes}/{trials}: {interval:?}"
        );
        assert!(
            near(interval.high, high, 5e-5),
            "{successes}/{trials}: {interval:?}"
        );
    }
    assert_eq!(wilson(29, 29).expect("there are trials").high, 1.0);
    assert_eq!(wilson(0, 0), None);
    assert_eq!(wilson(2, 1), None);
}

/// The bootstrap of independent values.
fn bootstrap_mean(values: &[f64], seed: u64) -> Option<Estimate> {
    let clusters: Vec<(f64, f64)> = values.iter().map(|&value| (value, 1.0)).collect();
    bootstrap(&clusters, seed)
}

#[test]
fn the_bootstrap_of_a_share_agrees_with_its_standard_error() {
    let values: Vec<f64> = (0..1_000).map(|at| f64::from(at % 4 == 0)).collect();
    let estimate = bootstrap_mean(&values, 3).expect("there are values");
    let error = (0.25_f64 * 0.75 / 1_000.0).sqrt();
    assert_eq!(estimate.value, 0.25);
    assert!(near(estimate.low, 0.25 - 1.96 * error, error / 5.0));
    assert!(near(estimate.high, 0.25 + 1.96 * error, error / 5.0));
}

/// About 95 % of the 95 % intervals from many samples must contain the true mean.
#[test]
fn bootstrap_intervals_cover_the_truth_as_often_as_they_say() {
    let mut random = fastrand::Rng::with_seed(11);
    let truth = 0.3;
    let covers = |_: &usize| {
        let draw = |_| f64::from(random.f64() < truth);
        let sample: Vec<f64> = (0..150).map(draw).collect();
        let interval = bootstrap_mean(&sample, random.u64(..)).expect("there are values");
        interval.low <= truth && truth <= interval.high
    };
    let share = (0..400).filter(covers).count() as f64 / 400.0;
    assert!((0.91..0.98).contains(&share), "{share}");
}

#[test]
fn the_bootstrap_depends_on_the_seed_alone() {
    let values: Vec<f64> = (0..200).map(|at| f64::from(at * at % 17)).collect();
    assert_eq!(bootstrap_mean(&values, 5), bootstrap_mean(&values, 5));
    assert_ne!(bootstrap_mean(&values, 5), bootstrap_mean(&values, 6));
    assert_eq!(bootstrap_mean(&[], 5), None);
    let one = bootstrap_mean(&[2.0], 5).expect("there is a value");
    assert_eq!((one.low, one.value, one.high), (2.0, 2.0, 2.0));
}

/// Identical values within a cluster carry no more information than one.
#[test]
fn a_cluster_of_alike_values_counts_as_one() {
    let alike: Vec<(f64, f64)> = (0..40).map(|at| (f64::from(at % 2 * 5), 5.0)).collect();
    let single: Vec<f64> = (0..40).map(|at| f64::from(at % 2)).collect();
    assert_eq!(bootstrap(&alike, 1), bootstrap_mean(&single, 1));
}

#[test]
fn an_interval_is_the_middle_of_its_resamples() {
    let middle = interval(7.0, (0..=1_000).rev().map(f64::from).collect());
    assert_eq!((middle.low, middle.value, middle.high), (25.0, 7.0, 975.0));
    let alone = interval(7.0, Vec::new());
    assert_eq!((alone.low, alone.high), (7.0, 7.0));
}

#[test]
fn auroc_is_one_when_scores_separate_and_half_when_they_say_nothing() {
    let separate = [(0.9, true), (0.8, true), (0.2, false)];
    assert_eq!(auroc(&separate), Some(1.0));
    let nothing = [(0.5, true), (0.5, false), (0.5, false)];
    assert_eq!(auroc(&nothing), Some(0.5));
    assert_eq!(auroc(&[(0.5, true)]), None);
}

#[test]
fn the_calibration_error_is_the_mean_gap() {
    let sure = (0..10).map(|at| (0.95, at < 5));
    let unsure = (0..30).map(|at| (0.25, at < 6));
    let (bins, error) = calibration(&sure.chain(unsure).collect::<Vec<_>>(), 10);
    assert_eq!(bins.len(), 2);
    assert_eq!((bins[0].low, bins[0].high, bins[0].count), (0.2, 0.3, 30));
    assert!(near(bins[0].accuracy, 0.2, 1e-12) && near(bins[1].accuracy, 0.5, 1e-12));
    assert!(near(error, (10.0 * 0.45 + 30.0 * 0.05) / 40.0, 1e-12));
    assert_eq!(calibration(&[], 10), (vec![], 0.0));
    assert_eq!(calibration(&[(1.0, true)], 10).0[0].high, 1.0);
}

#[test]
fn percentiles_are_values_that_occur() {
    let mut values: Vec<f64> = (1..=20).rev().map(f64::from).collect();
    assert_eq!(percentile(&mut values, 0.5), Some(10.0));
    assert_eq!(percentile(&mut values, 0.95), Some(19.0));
    assert_eq!(percentile(&mut values, 0.0), Some(1.0));
    assert_eq!(percentile(&mut values, 1.0), Some(20.0));
    assert_eq!(percentile(&mut [], 0.5), None);
}

proptest! {
    #[test]
    fn auroc_counts_every_pair(scored in prop::collection::vec((0_i32..6, any::<bool>()), 0..40)) {
        let scored: Vec<(f64, bool)> = scored
            .into_iter()
            .map(|(score, right)| (f64::from(score), right))
            .collect();
        let (mut wins, mut pairs) = (0.0, 0.0);
        for (right, _) in scored.iter().filter(|(_, right)| *right) {
            for (wrong, _) in scored.iter().filter(|(_, right)| !*right) {
                wins += f64::from(right > wrong) + f64::from(right == wrong) / 2.0;
                pairs += 1.0;
            }
        }
        match auroc(&scored) {
            Some(area) => prop_assert!(near(area, wins / pairs, 1e-12)),
            None => prop_assert_eq!(pairs, 0.0),
        }
    }

    #[test]
    fn a_bootstrap_interval_holds_the_mean_and_stays_among_the_values(
        values in prop::collection::vec(-3.0_f64..3.0, 1..30),
        seed in any::<u64>(),
    ) {
        let estimate = bootstrap_mean(&values, seed).expect("there are values");
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        prop_assert!(least - 1e-9 <= estimate.low && estimate.high <= most + 1e-9);
        prop_assert!(estimate.low - 1e-9 <= estimate.value && estimate.value <= estimate.high + 1e-9);
    }

    #[test]
    fn every_value_falls_into_one_bin(
        confidences in prop::collection::vec((0.0_f64..=1.0, any::<bool>()), 0..60),
        bins in 1_usize..20,
    ) {
        let (bars, error) = calibration(&confidences, bins);
        prop_assert_eq!(bars.iter().map(|bar| bar.count).sum::<usize>(), confidences.len());
        prop_assert!((0.0..=1.0).contains(&error));
        for bar in bars {
            prop_assert!(bar.low - 1e-12 <= bar.confidence && bar.confidence <= bar.high + 1e-12);
        }
    }
}
