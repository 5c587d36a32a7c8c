use proptest::{prelude::*, strategy::Strategy as Generator};

// Named explicitly, because proptest also has a `Strategy`.
use super::{Strategy, *};
use crate::{
    evaluation::person::Person,
    evaluation::table::tests::{part, row, table},
    routing::{UserSignal, decide},
};

fn setting() -> impl Generator<Value = OperatingPoint> {
    // Ends of the scores' ranges, values that scores take, and values in between.
    let threshold = prop_oneof![
        (-28_i8..=8).prop_map(|step| f32::from(step) * 0.25),
        -7.0_f32..2.0
    ];
    (
        prop::sample::select(&Strategy::ALL[..]),
        prop::sample::select(&Score::ALL[..]),
        threshold,
        prop::sample::select(&Escalation::ALL[..]),
    )
        .prop_map(|(strategy, score, threshold, escalation)| OperatingPoint {
            strategy,
            score: strategy.score(score),
            threshold,
            escalation,
        })
}

/// The router's own decision, with reasons.
fn decided(setting: &OperatingPoint, row: &Row, k: usize) -> bool {
    let policy = match setting.strategy {
        Strategy::Policy(policy) => policy,
        // The person rejects what the gate lets through.
        Strategy::Person(person) => {
            let gate = OperatingPoint {
                strategy: Strategy::Policy(Policy::Mccom),
                ..*setting
            };
            let signal = person.signal(row.small_right, row.chance);
            return decided(&gate, row, k) && !signal.is_some_and(UserSignal::rejects);
        }
        Strategy::Oracle => return row.small_right == Some(true),
    };
    let settings = Settings {
        policy,
        score: setting.score,
        threshold: setting.threshold,
        k,
    };
    decide(&settings, &row.evidence()).is_some_and(|decision| decision.keeps())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn totals_are_what_deciding_every_row_gives(
        table in table(),
        part in part(),
        setting in setting(),
    ) {
        let (mut expected, mut waited) = (Totals::default(), 0.0);
        for row in table.rows().iter().filter(|row| part.contains(row)) {
            let keeps = decided(&setting, row, table.k());
            let served = if keeps { row.small_right } else { row.large_right };
            expected.outcomes += 1;
            expected.labelled += usize::from(served.is_some());
            expected.right += usize::from(served == Some(true));
            expected.escalated += usize::from(!keeps);
            expected.wrongly_kept += usize::from(keeps && row.small_right == Some(false));
            expected.wrongly_escalated += usize::from(!keeps && row.small_right == Some(true));
            waited += setting.latency_ms(row, table.k());
        }
        let totals = totals(&table, part, &setting);
        prop_assert!((totals.latency.mean * totals.outcomes as f64 - waited).abs() < 1e-6);
        prop_assert!(totals.latency.p50 <= totals.latency.p95);
        let counted = Totals { latency: Latency::default(), accelerator_s: 0.0, ..totals };
        prop_assert_eq!(counted, expected);
    }

    #[test]
    fn every_point_of_a_curve_is_what_its_threshold_gives(
        table in table(),
        part in part(),
        setting in setting(),
    ) {
        let points = curve(&table, part, setting.strategy, setting.score);
        for point in &points {
            let threshold = point.threshold.unwrap_or(setting.threshold);
            let totals = totals(&table, part, &OperatingPoint { threshold, ..setting });
            prop_assert_eq!(Some(point.escalation), totals.escalation_rate());
            prop_assert_eq!(Some(point.pass_at_1), totals.pass_at_1());
        }
        prop_assert!(points.is_sorted_by(|a, b| a.escalation < b.escalation));
        prop_assert!(points.is_sorted_by(|a, b| a.threshold < b.threshold));
    }

    /// Every threshold gives a point on the curve, and a point's threshold is the largest that
    /// gives it.
    #[test]
    fn every_threshold_gives_a_point_of_the_curve(
        table in table(),
        part in part(),
        setting in setting(),
    ) {
        let totals = totals(&table, part, &setting);
        let points = curve(&table, part, setting.strategy, setting.score);
        if let (Some(escalation), Some(pass_at_1)) = (totals.escalation_rate(), totals.pass_at_1()) {
            let found = points
                .iter()
                .find(|point| (point.escalation, point.pass_at_1) == (escalation, pass_at_1));
            let found = found.expect("the setting is on the curve");
            let end = found.escalation == 1.0;
            prop_assert!(found.threshold.is_none_or(|largest| end || setting.threshold <= largest));
        }
    }

    #[test]
    fn asking_sooner_never_takes_longer(row in row(), setting in setting(), k in 1_usize..4) {
        let with = |escalation| OperatingPoint { escalation, ..setting };
        let waits = Escalation::ALL.map(|escalation| with(escalation).latency_ms(&row, k));
        let [patient, early, hedged] = waits;
        prop_assert!(hedged <= early && early <= patient);
        let works = Escalation::ALL.map(|escalation| with(escalation).accelerator_s(&row, k));
        // Only under mccom does asking the large model early shorten the small model's work.
        let stops = setting.strategy.policy() == Some(Policy::Mccom);
        prop_assert!(works[0] == works[1] || (stops && works[1] < works[0]));
        prop_assert!(works[1] <= works[2]);
        if setting.keeps(&row, k) {
            prop_assert_eq!(waits, [row.small_ms; 3]);
        }
    }

    /// If every row has both labels, nothing beats the oracle.
    #[test]
    fn the_oracle_is_the_upper_bound(table in table(), part in part(), setting in setting()) {
        let labelled = |row: &&Row| row.small_right.is_some() && row.large_right.is_some();
        let rows = table.rows().iter().filter(labelled).cloned().collect();
        let table = Table::new(rows, table.k());
        let oracle = OperatingPoint { strategy: Strategy::Oracle, ..setting };
        let right = |setting| totals(&table, part, setting).right;
        prop_assert!(right(&setting) <= right(&oracle));
    }

    #[test]
    fn the_nearest_point_is_nearest(table in table(), share in -0.2_f64..1.2) {
        let confidence = Strategy::Policy(Policy::Confidence);
        let points = curve(&table, Part::default(), confidence, Score::MinProb);
        let off = |point: &Point| (point.escalation - share).abs();
        let nearest = at_escalation(&points, share);
        prop_assert_eq!(nearest.is_none(), points.is_empty());
        for point in &points {
            prop_assert!(nearest.is_some_and(|nearest| off(&nearest) <= off(point)));
        }
    }
}

/// A row whose score fails at 30 ms and whose syntax fails at 20 ms.
fn failing() -> Row {
    let scores = crate::routing::Scores {
        first_k_mean_logprob: -2.0,
        first_k_mean_prob: 0.2,
        mean_logprob: -2.0,
        min_prob: 0.1,
        mean_entropy: -2.0,
        mean_margin: 0.1,
    };
    Row {
        language: None,
        kind: None,
        scores: Some(scores),
        tokens: 5,
        verdict: VerdictState::Broken,
        small_right: Some(false),
        large_right: Some(true),
        small_ms: 50.0,
        large_ms: 100.0,
        kth_ms: 30.0,
        broken_ms: Some(20.0),
        small_accelerator_s: 1.0,
        large_accelerator_s: 4.0,
        small_exact: Some(false),
        large_exact: Some(true),
        large_drafted_ms: None,
        chance: 0.0,
    }
}

fn with(policy: Policy, score: Score, threshold: f32, escalation: Escalation) -> OperatingPoint {
    OperatingPoint {
        strategy: Strategy::Policy(policy),
        score,
        threshold,
        escalation,
    }
}

#[test]
fn the_large_model_is_asked_when_the_first_failing_gate_is_known() {
    use Score::{FirstKMeanLogprob, MeanLogprob};
    let early = |policy, score, threshold| with(policy, score, threshold, Escalation::Early);
    for (setting, expected) in [
        (early(Policy::Confidence, FirstKMeanLogprob, -1.0), 130.0),
        (early(Policy::Synconf, FirstKMeanLogprob, -1.0), 120.0),
        (early(Policy::Synconf, FirstKMeanLogprob, -3.0), 120.0),
        (early(Policy::Syntax, FirstKMeanLogprob, -1.0), 120.0),
        // A score over all tokens is known only at the end.
        (early(Policy::Confidence, MeanLogprob, -1.0), 150.0),
        (early(Policy::Confidence, FirstKMeanLogprob, -3.0), 50.0),
        (early(Policy::Large, FirstKMeanLogprob, -1.0), 100.0),
        (early(Policy::Small, FirstKMeanLogprob, -1.0), 50.0),
    ] {
        assert_eq!(setting.latency_ms(&failing(), 3), expected, "{setting:?}");
    }
    let patient = with(
        Policy::Synconf,
        FirstKMeanLogprob,
        -1.0,
        Escalation::Patient,
    );
    assert_eq!(patient.latency_ms(&failing(), 3), 150.0);
    let hedged = with(Policy::Synconf, FirstKMeanLogprob, -1.0, Escalation::Hedged);
    assert_eq!(hedged.latency_ms(&failing(), 3), 100.0);
    let oracle = OperatingPoint {
        strategy: Strategy::Oracle,
        ..early(Policy::Large, FirstKMeanLogprob, -1.0)
    };
    assert_eq!(oracle.latency_ms(&failing(), 3), 150.0);
}

#[test]
fn what_a_person_rejects_takes_both_models_times_and_what_the_gate_rejects_only_the_first_tokens() {
    let perfect = |threshold, escalation| OperatingPoint {
        strategy: Strategy::Person(Person::Perfect),
        ..with(Policy::Mccom, Score::FirstKMeanProb, threshold, escalation)
    };
    let drafted = Row {
        large_drafted_ms: Some(75.0),
        ..failing()
    };
    for (threshold, escalation, row, waits, works) in [
        // Below τ: the small model is stopped after 30 of its 50 ms.
        (0.5, Escalation::Early, failing(), 130.0, 4.6),
        (0.5, Escalation::Patient, failing(), 150.0, 5.0),
        (0.5, Escalation::Hedged, failing(), 100.0, 4.6),
        // Shown and rejected: the hedged request had been cancelled by then.
        (0.1, Escalation::Early, failing(), 150.0, 5.0),
        (0.1, Escalation::Patient, failing(), 150.0, 5.0),
        (0.1, Escalation::Hedged, failing(), 150.0, 9.0),
        (0.1, Escalation::Early, drafted, 125.0, 4.0),
    ] {
        let setting = perfect(threshold, escalation);
        assert_eq!(setting.latency_ms(&row, 3), waits, "{setting:?}");
        let worked = setting.accelerator_s(&row, 3);
        assert!((worked - works).abs() < 1e-9, "{setting:?}: {worked}");
        assert!(!setting.keeps(&row, 3));
    }
    let right = Row {
        small_right: Some(true),
        ..failing()
    };
    let shown = perfect(0.1, Escalation::Early);
    assert_eq!(shown.latency_ms(&right, 3), 50.0);
    let nobody_knows = Row {
        small_right: None,
        ..failing()
    };
    assert!(shown.keeps(&nobody_knows, 3), "no signal is no rejection");
}

#[test]
fn a_model_that_is_not_asked_costs_nothing() {
    let cost = |policy, threshold, escalation| {
        with(policy, Score::MinProb, threshold, escalation).accelerator_s(&failing(), 3)
    };
    assert_eq!(cost(Policy::Small, 0.5, Escalation::Hedged), 1.0);
    assert_eq!(cost(Policy::Large, 0.5, Escalation::Hedged), 4.0);
    assert_eq!(cost(Policy::Confidence, 0.5, Escalation::Early), 5.0);
    assert_eq!(cost(Policy::Confidence, 0.05, Escalation::Early), 1.0);
    assert_eq!(cost(Policy::Confidence, 0.05, Escalation::Hedged), 5.0);
}

#[test]
fn without_rows_or_labels_there_is_no_curve() {
    let empty = Table::new(Vec::new(), 3);
    let unlabelled = Row {
        small_right: None,
        large_right: None,
        ..failing()
    };
    let unlabelled = Table::new(vec![unlabelled], 3);
    for strategy in Strategy::ALL {
        for table in [&empty, &unlabelled] {
            let points = curve(table, Part::default(), strategy, Score::MinProb);
            assert_eq!(points, []);
            assert_eq!(at_escalation(&points, 0.5), None);
        }
    }
    let nothing = with(Policy::Synconf, Score::MinProb, 0.5, Escalation::Early);
    let nothing = totals(&empty, Part::default(), &nothing);
    assert_eq!(
        (nothing.pass_at_1(), nothing.escalation_rate()),
        (None, None)
    );
    assert_eq!(nothing, Totals::default());
}
