use std::{sync::Barrier, thread};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{
    completion::Timing,
    meter::{Ending, Rates, Side, Spent},
};

/// A completed request that took `seconds`.
fn spent(side: Side, model: &str, rates: Rates, seconds: f64) -> Spent {
    Spent {
        side,
        model: model.into(),
        rates,
        ending: Ending::Done,
        timing: Timing {
            prompt_tokens: Some(1_000),
            generated_tokens: 50,
            total_ms: seconds * 1000.0,
            ..Timing::default()
        },
        wasted: false,
    }
}

fn large(seconds: f64) -> Spent {
    let rates = Rates {
        accelerators: 8.0,
        input_price: Some(0.5),
        output_price: Some(2.0),
    };
    spent(Side::Large, "large-480b", rates, seconds)
}

fn small(seconds: f64) -> Spent {
    spent(Side::Small, "small-3b", Rates::default(), seconds)
}

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/usage.json");
    (folder, path)
}

fn opened(path: &Path) -> (UsageFile, Meter) {
    let (store, meter, notice) = UsageFile::open(path.to_path_buf());
    assert_eq!(notice, None);
    (store, meter)
}

fn requests(path: &Path) -> u64 {
    opened(path).1.ever().total().requests
}

#[test]
fn counts_are_there_in_the_next_run() {
    let (_folder, path) = place();
    let (mut store, mut meter) = opened(&path);
    assert!(meter.ever().is_empty());
    meter.spend(&large(2.0));
    meter.spend(&small(0.25));
    meter.decide(true);
    meter.save(30.0);
    store.keep(&meter).unwrap();
    let (_, next) = opened(&path);
    assert!(next.run().is_empty());
    assert_eq!(next.ever(), meter.run());
}

#[test]
fn each_request_is_kept_once_however_often_that_is_asked() {
    let (_folder, path) = place();
    let (mut store, mut meter) = opened(&path);
    for round in 1..=5 {
        meter.spend(&large(1.0));
        store.keep(&meter).unwrap();
        store.keep(&meter).unwrap();
        assert_eq!(requests(&path), round);
    }
}

#[test]
fn nothing_is_written_where_nothing_was_counted() {
    let (_folder, path) = place();
    let (mut store, meter) = opened(&path);
    store.keep(&meter).unwrap();
    assert!(!path.parent().unwrap().exists());
}

#[test]
fn two_runs_at_once_both_count() {
    let (_folder, path) = place();
    let (mut first, mut ours) = opened(&path);
    let (mut second, mut theirs) = opened(&path);
    for _ in 0..3 {
        // Without prices, because their sums are not exact.
        ours.spend(&Spent {
            rates: Rates::default(),
            ..large(1.0)
        });
        ours.decide(true);
        first.keep(&ours).unwrap();
        theirs.spend(&small(1.0));
        theirs.decide(false);
        second.keep(&theirs).unwrap();
    }
    let (_, all) = opened(&path);
    assert_eq!(*all.ever(), ours.run().plus(theirs.run()));
    assert_eq!(all.ever().escalation_rate(), Some(0.5));
}

#[test]
fn many_runs_that_write_at_the_same_moment_lose_nothing() {
    const RUNS: u64 = 6;
    const ROUNDS: u64 = 10;
    let (_folder, path) = place();
    let barrier = Barrier::new(RUNS as usize);
    // Threads work as well as processes: a lock belongs to the opened file.
    thread::scope(|scope| {
        for _ in 0..RUNS {
            scope.spawn(|| {
                let (mut store, mut meter) = opened(&path);
                barrier.wait();
                for _ in 0..ROUNDS {
                    meter.spend(&large(1.0));
                    // A busy disk may be slower than the others' patience; only the final state
                    // counts.
                    let _ = store.keep(&meter);
                }
                while store.kept != *meter.run() {
                    let _ = store.keep(&meter);
                }
            });
        }
    });
    let (_, all) = opened(&path);
    assert_eq!(all.ever().total().requests, RUNS * ROUNDS);
    assert_eq!(all.ever().side(Side::Large).seconds, 60.0);
}

#[test]
fn a_damaged_file_is_set_aside_and_counting_goes_on() {
    let (folder, path) = place();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    let half = br#"{"version": 1, "usage": {"decisions": 4, "#;
    let damaged: [&[u8]; 6] = [
        b"",
        half,
        b"\xff\xfe\x00 not text",
        b"[1, 2, 3]",
        br#"{"version": 1, "usage": {"decisions": -4}}"#,
        br#"{"version": 1, "usage": {"decisions": 4, "escalated": 5}}"#,
    ];
    for (index, bytes) in damaged.into_iter().enumerate() {
        fs::write(&path, bytes).unwrap();
        let (mut store, mut meter, notice) = UsageFile::open(path.clone());
        let aside = format!("usage.damaged-{}.json", index + 1);
        let notice = notice.expect("a notice");
        assert!(
            notice.contains(&aside) && notice.contains("damaged"),
            "{notice}"
        );
        assert_eq!(fs::read(state.join(&aside)).unwrap(), bytes);
        meter.decide(true);
        store.keep(&meter).unwrap();
        assert_eq!(opened(&path).1.ever().decisions, 1);
    }
}

#[test]
fn a_file_damaged_while_the_program_runs_is_not_overwritten_either() {
    let (folder, path) = place();
    let (mut store, mut meter) = opened(&path);
    meter.decide(false);
    store.keep(&meter).unwrap();
    fs::write(&path, "oops").unwrap();
    meter.decide(false);
    store.keep(&meter).unwrap();
    let aside = folder.path().join("state/usage.damaged-1.json");
    assert_eq!(fs::read_to_string(aside).unwrap(), "oops");
    assert_eq!(opened(&path).1.ever().decisions, 1);
}

#[test]
fn an_endless_file_is_not_read_to_its_end() {
    let (folder, path) = place();
    fs::create_dir(folder.path().join("state")).unwrap();
    let file = File::create(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    let (_, meter, notice) = UsageFile::open(path.clone());
    assert!(meter.ever().is_empty());
    assert!(notice.expect("a notice").contains("damaged"));
}

#[test]
fn the_file_of_a_newer_version_is_left_alone() {
    let (folder, path) = place();
    fs::create_dir(folder.path().join("state")).unwrap();
    let newer = r#"{"version": 2, "spent": "in another shape"}"#;
    fs::write(&path, newer).unwrap();
    let (mut store, mut meter, notice) = UsageFile::open(path.clone());
    assert!(notice.expect("a notice").contains("newer"));
    meter.decide(true);
    // It was already reported.
    assert_eq!(store.keep(&meter), Ok(()));
    assert!(store.reset().unwrap_err().contains("newer"));
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

#[test]
fn what_cannot_be_written_is_said_once_and_kept_later() {
    let (folder, path) = place();
    let (mut store, mut meter) = opened(&path);
    // A folder with the name of the lock file stops everyone, root included.
    let obstacle = folder.path().join("state/usage.lock");
    fs::create_dir_all(&obstacle).unwrap();
    meter.decide(true);
    let problem = store.keep(&meter).unwrap_err();
    assert!(problem.contains("usage.json"), "{problem}");
    meter.decide(true);
    assert_eq!(store.keep(&meter), Ok(()));
    assert!(!path.exists());
    fs::remove_dir(&obstacle).unwrap();
    store.keep(&meter).unwrap();
    assert_eq!(opened(&path).1.ever().decisions, 2);
    fs::remove_file(&obstacle).unwrap();
    fs::create_dir(&obstacle).unwrap();
    meter.decide(true);
    assert!(
        store.keep(&meter).is_err(),
        "another problem is reported again"
    );
}

#[test]
fn a_folder_that_cannot_be_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let (mut store, mut meter, notice) = UsageFile::open(file.join("usage.json"));
    let notice = notice.expect("a notice");
    assert!(
        notice.contains("usage.json") && notice.contains("check"),
        "{notice}"
    );
    meter.decide(true);
    assert_eq!(store.keep(&meter), Ok(()));
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_said_once() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    if tempfile::tempfile_in(folder.path()).is_ok() {
        println!("skipped: root can write even to read-only folders");
        return;
    }
    let (mut store, mut meter) = opened(&folder.path().join("usage.json"));
    meter.decide(true);
    assert!(store.keep(&meter).unwrap_err().contains("check"));
    assert_eq!(store.keep(&meter), Ok(()));
}

#[test]
fn a_lock_that_is_never_released_is_not_waited_for_for_ever() {
    let (_folder, path) = place();
    let held = lock(&path).unwrap();
    let (mut store, mut meter) = opened(&path);
    meter.decide(true);
    assert!(store.keep(&meter).unwrap_err().contains("locked"));
    drop(held);
    store.keep(&meter).unwrap();
    assert_eq!(opened(&path).1.ever().decisions, 1);
}

#[test]
fn reset_gives_what_was_there_and_leaves_nothing() {
    let (_folder, path) = place();
    let (mut store, mut meter) = opened(&path);
    meter.spend(&large(1.0));
    store.keep(&meter).unwrap();
    let (held, notice) = UsageFile::at(path.clone()).reset().unwrap();
    assert_eq!((held, notice), (meter.run().clone(), None));
    assert!(opened(&path).1.ever().is_empty());
    // The run in progress counts from there, not from its own beginning.
    meter.spend(&large(1.0));
    store.keep(&meter).unwrap();
    assert_eq!(requests(&path), 1);
}

#[test]
fn only_names_of_models_and_numbers_are_in_the_file() {
    let (folder, path) = place();
    let (mut store, mut meter) = opened(&path);
    meter.spend(&large(1.0));
    meter.decide(true);
    store.keep(&meter).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    fn texts(value: &serde_json::Value) -> usize {
        match value {
            serde_json::Value::String(_) => 1,
            serde_json::Value::Object(parts) => parts.values().map(texts).sum(),
            _ => 0,
        }
    }
    assert_eq!(texts(&value), 0, "{value}");
    assert!(value["usage"]["large"]["large-480b"].is_object());
    let names = fs::read_dir(folder.path().join("state")).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["usage.json", "usage.lock"]);
}

/// What two runs and a command line can do with the same file.
#[derive(Debug, Clone)]
enum Step {
    Count(usize),
    Keep(usize),
    Restart(usize),
    Reset,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..2_usize).prop_map(Step::Count),
        3 => (0..2_usize).prop_map(Step::Keep),
        1 => (0..2_usize).prop_map(Step::Restart),
        1 => Just(Step::Reset),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_file_holds_what_was_kept_whoever_kept_it(
        steps in prop::collection::vec(step(), 1..25)
    ) {
        let (_folder, path) = place();
        let mut runs = [opened(&path), opened(&path)];
        let (mut kept, mut waiting) = (0, [0, 0]);
        for step in steps {
            match step {
                Step::Count(run) => {
                    runs[run].1.decide(false);
                    waiting[run] += 1;
                }
                Step::Keep(run) => {
                    let (store, meter) = &mut runs[run];
                    prop_assert_eq!(store.keep(meter), Ok(()));
                    kept += std::mem::take(&mut waiting[run]);
                }
                Step::Restart(run) => {
                    runs[run] = opened(&path);
                    waiting[run] = 0;
                    prop_assert_eq!(runs[run].1.ever().decisions, kept);
                }
                Step::Reset => {
                    let (held, _) = UsageFile::at(path.clone()).reset().unwrap();
                    prop_assert_eq!(held.decisions, kept);
                    kept = 0;
                }
            }
        }
        prop_assert_eq!(opened(&path).1.ever().decisions, kept);
    }
}
