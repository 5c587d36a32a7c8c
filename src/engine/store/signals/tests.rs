use std::{fs, thread};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::routing::{Scores, UserSignal};

/// A reaction to a completion of this model, as a line of the file has it.
fn reaction(small: &str, signal: UserSignal) -> Reaction {
    let line = format!(
        r#"{{"at": "2026-11-21T00:17:26Z", "small": "{small}", "large": null, "language": "python",
            "signal": "{}", "took_large": false, "policy": "mccom", "action": "keep",
            "scores": {{"first_k_mean_logprob": -0.25, "first_k_mean_prob": 0.75,
            "mean_logprob": -0.25, "min_prob": 0.75, "mean_entropy": -0.5, "mean_margin": 0.5}},
            "k": 3, "tokens": 8, "verdict": "valid", "small_ms": 20.0,
            "large_ms": null}}"#,
        signal.name()
    );
    serde_json::from_str(&line).unwrap()
}

fn place() -> (TempDir, SignalsFile) {
    let folder = tempfile::tempdir().unwrap();
    let store = SignalsFile::at(folder.path().join("state/signals.jsonl"));
    (folder, store)
}

fn models(held: &Held) -> Vec<&str> {
    held.signals.iter().map(|one| one.small.as_str()).collect()
}

#[test]
fn what_is_kept_is_there_again_in_its_order() {
    let (_folder, store) = place();
    assert_eq!(store.held(), Ok(Held::default()));
    for name in ["one", "two", "three"] {
        store.keep(&reaction(name, UserSignal::Accepted)).unwrap();
    }
    let held = store.held().unwrap();
    assert_eq!(models(&held), ["one", "two", "three"]);
    assert_eq!(held.signals[0], reaction("one", UserSignal::Accepted));
    assert_eq!(held.skipped, 0);
}

#[test]
fn a_broken_line_is_passed_over_and_counted_and_nothing_is_lost_by_it() {
    let (_folder, store) = place();
    store.keep(&reaction("one", UserSignal::Accepted)).unwrap();
    let mut text = fs::read(store.path()).unwrap();
    text.extend(b"{\"at\": \"2026\", \xff");
    fs::write(store.path(), text).unwrap();
    store.keep(&reaction("two", UserSignal::Dismissed)).unwrap();
    let held = store.held().unwrap();
    assert_eq!((models(&held), held.skipped), (vec!["one", "two"], 1));
}

#[test]
fn the_oldest_go_where_the_file_would_become_too_large() {
    let (_folder, store) = place();
    let one = reaction("0", UserSignal::Accepted);
    let length = line(&one).unwrap().len() as u64;
    let store = SignalsFile {
        most: length * 20,
        ..store
    };
    for number in 0..200 {
        let name = (number % 10).to_string();
        store.keep(&reaction(&name, UserSignal::Accepted)).unwrap();
        assert!(fs::metadata(store.path()).unwrap().len() <= store.most);
        let held = store.held().unwrap();
        let last = held.signals.last().unwrap();
        assert_eq!((last.small.as_str(), held.skipped), (name.as_str(), 0));
        assert!(held.signals.len() >= (number + 1).min(10));
    }
}

#[test]
fn a_file_that_somebody_else_made_too_large_is_read_from_its_end() {
    let (_folder, store) = place();
    let one = line(&reaction("old", UserSignal::Accepted)).unwrap();
    fs::create_dir_all(store.path().parent().unwrap()).unwrap();
    fs::write(store.path(), one.repeat(30)).unwrap();
    let store = SignalsFile {
        most: one.len() as u64 * 7 + 3,
        ..store
    };
    let held = store.held().unwrap();
    assert_eq!((held.signals.len(), held.skipped), (7, 0));
}

#[test]
fn clearing_a_model_leaves_the_others_and_what_is_not_understood() {
    let (_folder, store) = place();
    for name in ["one", "two", "one"] {
        store.keep(&reaction(name, UserSignal::Dismissed)).unwrap();
    }
    let mut text = fs::read(store.path()).unwrap();
    text.extend(b"of a newer version\n");
    fs::write(store.path(), text).unwrap();
    assert_eq!(models(&store.clear(Some("one")).unwrap()), ["one", "one"]);
    let held = store.held().unwrap();
    assert_eq!((models(&held), held.skipped), (vec!["two"], 1));
    let cleared = store.clear(None).unwrap();
    assert_eq!((models(&cleared), cleared.skipped), (vec!["two"], 1));
    assert_eq!(store.held(), Ok(Held::default()));
    assert_eq!(store.clear(None), Ok(Held::default()));
}

#[test]
fn many_that_write_at_the_same_moment_lose_nothing() {
    let (_folder, store) = place();
    thread::scope(|scope| {
        for name in ["a", "b", "c", "d"] {
            let store = &store;
            scope.spawn(move || {
                for _ in 0..10 {
                    let mut left = 20;
                    // A busy disk may be slower than the others' patience; only the final state
                    // counts.
                    while store.keep(&reaction(name, UserSignal::Accepted)).is_err() && left > 0 {
                        left -= 1;
                    }
                }
            });
        }
    });
    let held = store.held().unwrap();
    assert_eq!((held.signals.len(), held.skipped), (40, 0));
}

#[test]
fn scores_that_are_no_numbers_count_as_none() {
    let (_folder, store) = place();
    let mut odd = reaction("one", UserSignal::Accepted);
    odd.scores = odd.scores.map(|scores| Scores {
        mean_entropy: f32::NAN,
        ..scores
    });
    store.keep(&odd).unwrap();
    let held = store.held().unwrap();
    assert_eq!((held.signals[0].scores, held.skipped), (None, 0));
}

#[test]
fn a_place_that_cannot_be_written_is_named_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signals.jsonl");
    fs::create_dir(&path).unwrap();
    let store = SignalsFile::at(path);
    let error = store.keep(&reaction("one", UserSignal::Accepted));
    let error = error.unwrap_err();
    assert!(error.contains("signals.jsonl"), "{error}");
    assert!(error.contains("signals = false"), "{error}");
}

proptest! {
    #[test]
    fn whatever_the_file_holds_it_can_be_read_and_added_to(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let (_folder, store) = place();
        fs::create_dir_all(store.path().parent().unwrap()).unwrap();
        fs::write(store.path(), &bytes).unwrap();
        let before = store.held().unwrap();
        store.keep(&reaction("one", UserSignal::Accepted)).unwrap();
        let after = store.held().unwrap();
        prop_assert_eq!(after.signals.len(), before.signals.len() + 1);
        prop_assert_eq!(after.skipped, before.skipped);
    }
}
