use proptest::prelude::*;

use super::*;
use crate::completion::ServerTiming;

/// A completed request to a large model on 8 accelerators that took `seconds`.
fn large(seconds: f64) -> Spent {
    Spent {
        side: Side::Large,
        model: "large-480b".into(),
        rates: Rates {
            accelerators: 8.0,
            input_price: Some(0.5),
            output_price: Some(2.0),
        },
        ending: Ending::Done,
        timing: Timing {
            prompt_tokens: Some(1_000),
            cached_tokens: Some(600),
            generated_tokens: 50,
            ttft_ms: 1.0,
            total_ms: seconds * 1000.0,
            server: None,
        },
        wasted: false,
    }
}

/// A completed request to a small model without a price that took `seconds`.
fn small(seconds: f64) -> Spent {
    Spent {
        side: Side::Small,
        model: "small-3b".into(),
        rates: Rates::default(),
        ..large(seconds)
    }
}

fn server_says(prompt_ms: Option<f64>, generation_ms: Option<f64>, load_ms: Option<f64>) -> Spent {
    let mut spent = large(2.0);
    spent.timing.server = Some(ServerTiming {
        load_ms,
        prompt_ms,
        generation_ms,
    });
    spent
}

#[test]
fn a_request_is_counted_in_every_unit() {
    let usage = Usage::of(&large(2.0));
    assert_eq!((usage.requests, usage.done), (1, 1));
    assert_eq!((usage.tokens_in, usage.tokens_cached), (1_000, 600));
    assert_eq!((usage.tokens_out, usage.tokens()), (50, 1_050));
    assert_eq!((usage.seconds, usage.accelerator_seconds), (2.0, 16.0));
    // 1,000 × 0.5 / 1,000,000 for the prompt, cached or not, and 50 × 2 / 1,000,000.
    assert!((usage.money.unwrap() - 0.0006).abs() < 1e-12);
    assert_eq!(Usage::of(&small(2.0)).money, None);
}

#[test]
fn one_price_alone_charges_its_own_tokens_only() {
    let mut spent = large(1.0);
    spent.rates.input_price = None;
    assert!((Usage::of(&spent).money.unwrap() - 0.0001).abs() < 1e-12);
}

#[test]
fn time_is_the_server_s_own_where_it_says_both_parts() {
    assert_eq!(server_says(Some(300.0), Some(700.0), None).seconds(), 1.0);
    let loading = server_says(Some(300.0), Some(700.0), Some(500.0));
    assert_eq!(loading.seconds(), 1.5);
    assert_eq!(server_says(Some(300.0), None, Some(500.0)).seconds(), 2.0);
    assert_eq!(server_says(None, Some(700.0), None).seconds(), 2.0);
    // No server can have worked for longer than the request took.
    assert_eq!(server_says(Some(1e9), Some(1.0), None).seconds(), 2.0);
    assert_eq!(server_says(Some(f64::NAN), Some(-5.0), None).seconds(), 0.0);
}

#[test]
fn a_cancelled_request_counts_what_it_used_so_far() {
    let mut spent = large(0.5);
    spent.ending = Ending::Cancelled;
    spent.timing.generated_tokens = 7;
    let usage = Usage::of(&spent);
    assert_eq!((usage.done, usage.cancelled, usage.failed), (0, 1, 0));
    assert_eq!((usage.tokens_in, usage.tokens_out), (1_000, 7));
    assert_eq!(usage.accelerator_seconds, 4.0);
    assert_eq!(usage.sample, Sample::default());
}

#[test]
fn a_request_that_nobody_answered_costs_nothing() {
    let mut spent = large(2.0);
    spent.ending = Ending::Failed;
    spent.timing.prompt_tokens = None;
    spent.timing.cached_tokens = None;
    spent.timing.generated_tokens = 0;
    let usage = Usage::of(&spent);
    assert_eq!((usage.requests, usage.failed, usage.unmetered), (1, 1, 0));
    assert_eq!((usage.seconds, usage.accelerator_seconds), (0.0, 0.0));
    // One that broke off later did cost something, and its prompt was not counted.
    spent.timing.generated_tokens = 3;
    let usage = Usage::of(&spent);
    assert_eq!((usage.unmetered, usage.tokens_out), (1, 3));
    assert_eq!(usage.seconds, 2.0);
}

#[test]
fn wasted_work_is_spent_and_told_apart() {
    let mut tally = Tally::default();
    let mut spent = large(1.0);
    spent.wasted = true;
    tally.spend(&spent);
    tally.spend(&large(3.0));
    let usage = tally.side(Side::Large);
    assert_eq!((usage.requests, usage.wasted), (2, 1));
    assert_eq!((usage.wasted_tokens, usage.tokens()), (1_050, 2_100));
    assert_eq!(usage.seconds, 4.0);
    assert_eq!((usage.sample.requests, usage.sample.seconds), (1, 3.0));
}

#[test]
fn sides_and_models_are_kept_apart() {
    let mut meter = Meter::default();
    meter.spend(&small(1.0));
    meter.spend(&large(2.0));
    meter.spend(&Spent {
        model: "other".into(),
        ..large(4.0)
    });
    let run = meter.run();
    assert_eq!(run.side(Side::Small).seconds, 1.0);
    assert_eq!(run.side(Side::Large).seconds, 6.0);
    assert_eq!(run.models(Side::Large)["other"].seconds, 4.0);
    assert_eq!(run.total().seconds, 7.0);
    assert_eq!(meter.ever(), run);
}

#[test]
fn a_meter_goes_on_from_earlier_runs() {
    let mut meter = Meter::default();
    meter.decide(true);
    let mut next = Meter::continuing(meter.ever().clone());
    next.decide(false);
    next.decide(false);
    next.save(40.0);
    next.save(f64::NAN);
    next.save(-3.0);
    assert_eq!((next.run().decisions, next.run().escalated), (2, 0));
    assert_eq!((next.ever().decisions, next.ever().escalated), (3, 1));
    assert_eq!(next.ever().escalation_rate(), Some(1.0 / 3.0));
    assert_eq!(next.ever().saved_ms, 40.0);
    assert_eq!(Tally::default().escalation_rate(), None);
}

#[test]
fn always_large_is_the_mean_of_what_was_seen_times_the_decisions() {
    let mut tally = Tally::default();
    (0..10).for_each(|index| tally.decide(index < 2));
    (0..10).for_each(|_| tally.spend(&small(0.1)));
    assert_eq!(always_large(&tally), None);
    tally.spend(&large(1.0));
    tally.spend(&large(3.0));
    let all = always_large(&tally).unwrap();
    assert_eq!((all.requests, all.from), (10, 2));
    assert_eq!((all.tokens_in, all.tokens_out), (Some(10_000), 500));
    assert_eq!((all.seconds, all.accelerator_seconds), (20.0, 160.0));
    assert!((all.money.unwrap() - 0.006).abs() < 1e-12);
    // Spent: ten times 0.1 s on one accelerator, and 4 s on eight.
    let saving = all.accelerator_saving(&tally.total()).unwrap();
    assert!((saving - (1.0 - 33.0 / 160.0)).abs() < 1e-9, "{saving}");
    let saving = all.money_saving(&tally.total()).unwrap();
    assert!((saving - 0.8).abs() < 1e-9, "{saving}");
}

#[test]
fn an_estimate_goes_only_by_what_is_known() {
    let mut tally = Tally::default();
    tally.spend(&large(1.0));
    assert_eq!(always_large(&tally), None, "no decision to stand for");
    tally.decide(true);
    tally.decide(false);
    let mut silent = large(1.0);
    silent.timing.prompt_tokens = None;
    silent.rates = Rates::default();
    let mut alone = Tally::default();
    alone.decide(true);
    alone.spend(&silent);
    let all = always_large(&alone).unwrap();
    assert_eq!((all.tokens_in, all.money), (None, None));
    // The mean prompt covers only requests that reported theirs.
    tally.spend(&silent);
    let all = always_large(&tally).unwrap();
    assert_eq!((all.from, all.tokens_in), (2, Some(2_000)));
    // A cancelled, a failed and a wasted request tell nothing about a complete one.
    let before = always_large(&tally);
    for (ending, wasted) in [
        (Ending::Cancelled, false),
        (Ending::Failed, false),
        (Ending::Done, true),
    ] {
        tally.spend(&Spent {
            ending,
            wasted,
            ..large(9.0)
        });
    }
    assert_eq!(always_large(&tally), before);
}

#[test]
fn a_summary_says_in_json_what_the_tally_holds() {
    let mut tally = Tally::default();
    tally.decide(true);
    tally.spend(&small(0.5));
    tally.spend(&large(2.0));
    let json = serde_json::to_value(tally.summary()).unwrap();
    assert_eq!(json["escalation_rate"], 1.0);
    assert_eq!(json["large"]["accelerator_seconds"], 16.0);
    assert_eq!(json["large"]["models"]["large-480b"]["tokens_in"], 1_000);
    assert_eq!(json["small"]["money"], serde_json::Value::Null);
    assert_eq!(json["total"]["seconds"], 2.5);
    assert_eq!(json["always_large"]["from"], 1);
    // With nothing kept, asking the small model first only adds cost.
    assert!(json["accelerator_saving"].as_f64().unwrap() < 0.0);
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => 0.0..1e7,
        1 => prop::num::f64::ANY,
        1 => Just(f64::MAX),
    ]
}

fn tokens() -> impl Strategy<Value = usize> {
    prop_oneof![9 => 0..100_000_usize, 1 => any::<usize>()]
}

/// Anything a server or a configuration could say.
fn any_request() -> impl Strategy<Value = Spent> {
    let ending = prop_oneof![
        Just(Ending::Done),
        Just(Ending::Cancelled),
        Just(Ending::Failed)
    ];
    let maybe = || prop::option::of(number());
    let server = prop::option::of((maybe(), maybe(), maybe()));
    let timing = (
        prop::option::of(tokens()),
        prop::option::of(tokens()),
        tokens(),
        number(),
        server,
    );
    let rates = (number(), maybe(), maybe());
    let side = prop_oneof![Just(Side::Small), Just(Side::Large)];
    (side, "[abc]", rates, ending, timing, any::<bool>()).prop_map(
        |(side, model, (accelerators, input_price, output_price), ending, timing, wasted)| {
            let (prompt_tokens, cached_tokens, generated_tokens, total_ms, server) = timing;
            let server = server.map(|(load_ms, prompt_ms, generation_ms)| ServerTiming {
                load_ms,
                prompt_ms,
                generation_ms,
            });
            Spent {
                side,
                model,
                rates: Rates {
                    accelerators,
                    input_price,
                    output_price,
                },
                ending,
                timing: Timing {
                    prompt_tokens,
                    cached_tokens,
                    generated_tokens,
                    ttft_ms: 0.0,
                    total_ms,
                    server,
                },
                wasted,
            }
        },
    )
}

fn requests() -> impl Strategy<Value = Vec<Spent>> {
    prop::collection::vec(any_request(), 0..20)
}

fn tally_of<'a>(requests: impl IntoIterator<Item = &'a Spent>) -> Tally {
    let mut tally = Tally::default();
    for spent in requests {
        tally.spend(spent);
        tally.decide(spent.side == Side::Large);
        tally.save(spent.timing.total_ms);
    }
    tally
}

/// All numbers in a tally, by path.
fn numbers(value: &serde_json::Value, place: String, into: &mut Vec<(String, f64)>) {
    match value {
        serde_json::Value::Object(parts) => {
            for (name, part) in parts {
                numbers(part, format!("{place}/{name}"), into);
            }
        }
        serde_json::Value::Null => {}
        other => into.push((place, other.as_f64().expect("a number"))),
    }
}

fn flat(tally: &Tally) -> Vec<(String, f64)> {
    let mut flat = Vec::new();
    let value = serde_json::to_value(tally).unwrap();
    numbers(&value, String::new(), &mut flat);
    flat
}

/// Equal except for the last digits, which depend on the order of additions.
fn same(a: &Tally, b: &Tally) -> Result<(), TestCaseError> {
    let (a, b) = (flat(a), flat(b));
    prop_assert_eq!(a.len(), b.len());
    for ((place, a), (other, b)) in a.into_iter().zip(b) {
        prop_assert_eq!(&place, &other);
        prop_assert!((a - b).abs() <= 1e-9 * a.max(b), "{}: {} {}", place, a, b);
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_order_of_requests_does_not_matter(
        (requests, shuffled) in requests().prop_flat_map(|requests| {
            (Just(requests.clone()), Just(requests).prop_shuffle())
        })
    ) {
        same(&tally_of(&requests), &tally_of(&shuffled))?;
    }

    #[test]
    fn what_two_processes_counted_adds_up(ours in requests(), theirs in requests()) {
        let together = tally_of(ours.iter().chain(&theirs));
        same(&tally_of(&ours).plus(&tally_of(&theirs)), &together)?;
        same(&tally_of(&theirs).plus(&tally_of(&ours)), &together)?;
    }

    #[test]
    fn no_number_is_ever_below_nothing_or_unreadable(requests in requests()) {
        let tally = tally_of(&requests);
        prop_assert!(tally.is_possible(), "{:?}", tally);
        for (place, number) in flat(&tally) {
            prop_assert!(number.is_finite() && number >= 0.0, "{}: {}", place, number);
        }
        // Even with absurd prices and times.
        if let Some(all) = always_large(&tally) {
            let measures = [all.seconds, all.accelerator_seconds, all.money.unwrap_or(0.0)];
            for measure in measures {
                prop_assert!(measure.is_finite() && measure >= 0.0, "{:?}", all);
            }
        }
        let summary = tally.summary();
        let savings = [summary.accelerator_saving, summary.money_saving];
        prop_assert!(savings.into_iter().flatten().all(f64::is_finite), "{:?}", savings);
        let back: Tally = serde_json::from_str(&serde_json::to_string(&tally).unwrap()).unwrap();
        same(&back, &tally)?;
    }

    #[test]
    fn what_is_new_since_then_is_what_came_since_then(
        before in prop::collection::vec(0.0..100.0, 0..10),
        after in prop::collection::vec(0.0..100.0, 0..10),
    ) {
        let requests = |seconds: &[f64]| seconds.iter().map(|&s| large(s)).collect::<Vec<_>>();
        let earlier = tally_of(&requests(&before));
        let now = earlier.plus(&tally_of(&requests(&after)));
        let new = now.since(&earlier);
        let expected = tally_of(&requests(&after));
        prop_assert_eq!(new.total().requests, expected.total().requests);
        prop_assert!((new.total().seconds - expected.total().seconds).abs() < 1e-6);
        prop_assert_eq!(new.is_empty(), after.is_empty());
    }
}
