//! Picks stored beside a run: none is lost, none is mistaken for another run's, and they can be
//! labels.

use std::{fs, path::PathBuf};

use routelens::{
    evaluation::{
        outcome::RecordedRun,
        picks::{self, Counts, KeptPick, Pick, digest},
        table::Table,
    },
    meter::Side,
};
use tempfile::TempDir;

use super::{fixture, tune::write};
use crate::cli::Home;

struct Kept {
    run: RecordedRun,
    file: PathBuf,
    _folder: TempDir,
}

fn kept() -> Kept {
    let folder = tempfile::tempdir().expect("a folder");
    Kept {
        run: fixture::run(12, 5),
        file: folder.path().join("run.jsonl"),
        _folder: folder,
    }
}

impl Kept {
    fn entry(&self, outcome: usize, pick: Option<Pick>) -> KeptPick {
        let outcome = &self.run.outcomes[outcome];
        KeptPick {
            id: outcome.id.clone(),
            pick,
            left: Side::Large,
            texts: digest(outcome),
        }
    }

    fn pick(&self, outcome: usize, pick: Option<Pick>) {
        let entry = self.entry(outcome, pick);
        picks::keep(&self.file, &self.run.header, &entry).expect("kept");
    }

    fn counts(&self) -> Counts {
        let picks = picks::read(&self.file, &self.run.header).expect("readable");
        picks.counts(&self.run)
    }

    fn text(&self) -> String {
        fs::read_to_string(picks::beside(&self.file)).expect("the picks")
    }
}

#[test]
fn a_later_pick_takes_the_place_of_an_earlier_one_and_can_be_withdrawn() {
    let kept = kept();
    assert_eq!(kept.counts(), Counts::default(), "nothing was picked yet");
    kept.pick(0, Some(Pick::Small));
    kept.pick(1, Some(Pick::Large));
    kept.pick(2, Some(Pick::Tie));
    kept.pick(0, Some(Pick::Large));
    let counts = Counts {
        small: 0,
        large: 2,
        ties: 1,
    };
    assert_eq!(kept.counts(), counts);
    kept.pick(1, None);
    assert_eq!(kept.counts(), Counts { large: 1, ..counts });
    let share = kept
        .counts()
        .prefers_large()
        .expect("one that prefers a side");
    assert!(share.value == 1.0 && share.low > 0.1 && share.low < 0.3);
    assert_eq!(
        kept.text().lines().count(),
        6,
        "the run and five lines, never rewritten"
    );
    assert!(
        kept.text()
            .lines()
            .skip(1)
            .all(|line| line.contains("\"date\":\"2"))
    );
}

#[test]
fn a_line_that_was_cut_off_costs_that_line_only() {
    let kept = kept();
    kept.pick(0, Some(Pick::Small));
    kept.pick(1, Some(Pick::Large));
    let whole = fs::read(picks::beside(&kept.file)).expect("the picks");
    for length in 0..whole.len() {
        fs::write(picks::beside(&kept.file), &whole[..length]).expect("written");
        let picks = picks::read(&kept.file, &kept.run.header).expect("readable");
        assert!(picks.counts(&kept.run).compared() <= 2);
        let at_an_end = length == 0 || whole[length - 1..=length].contains(&b'\n');
        assert_eq!(picks.notices.is_empty(), at_an_end, "{length}");
        let before = picks.counts(&kept.run).compared();
        kept.pick(5, Some(Pick::Tie));
        assert_eq!(kept.counts().compared(), before + 1, "{length}");
    }
}

#[test]
fn picks_of_another_run_are_refused_and_left_alone() {
    let kept = kept();
    kept.pick(0, Some(Pick::Small));
    let text = kept.text();
    let mut other = kept.run.header.clone();
    other.large.fingerprint = Some("of another file".to_owned());
    let problem = picks::read(&kept.file, &other).expect_err("another model");
    assert!(
        problem.contains("run.picks.jsonl holds the picks of another run"),
        "{problem}"
    );
    assert!(problem.contains("the large model"), "{problem}");
    let entry = kept.entry(1, Some(Pick::Large));
    assert!(picks::keep(&kept.file, &other, &entry).is_err());
    let mut other = kept.run.header.clone();
    other.dataset.sha256 = "0".repeat(64);
    let problem = picks::read(&kept.file, &other).expect_err("another dataset");
    assert!(problem.contains("the dataset"), "{problem}");
    let mut same = kept.run.header.clone();
    same.date = "2027-01-01T00:00:00Z".to_owned();
    same.small.device = "another".to_owned();
    assert!(
        picks::read(&kept.file, &same).is_ok(),
        "the same run on another day"
    );
    assert_eq!(kept.text(), text);
}

#[test]
fn what_is_no_file_of_picks_is_neither_read_nor_overwritten() {
    let kept = kept();
    for (text, says) in [
        ("a shopping list", "is not a picks file"),
        (
            "{\"format\":\"routelens\",\"version\":1}\n",
            "is not a picks file",
        ),
        (
            "{\"format\":\"routelens-picks\",\"version\":9}\n",
            "newer routelens",
        ),
        ("{\"format\":\"routelens-picks\",\"version\":1}\n", "line 1"),
    ] {
        fs::write(picks::beside(&kept.file), text).expect("written");
        let problem = picks::read(&kept.file, &kept.run.header).expect_err(text);
        assert!(problem.contains(says), "{problem}");
        let entry = kept.entry(0, Some(Pick::Tie));
        assert!(picks::keep(&kept.file, &kept.run.header, &entry).is_err());
        assert_eq!(kept.text(), text);
    }
    fs::remove_file(picks::beside(&kept.file)).expect("removed");
    kept.pick(0, Some(Pick::Small));
    let damaged = kept.text() + "{\"id\":\"x\",\"pick\":\"both\"}\n";
    fs::write(picks::beside(&kept.file), damaged).expect("written");
    let problem = picks::read(&kept.file, &kept.run.header).expect_err("a damaged line");
    assert!(
        problem.contains("line 3") && problem.contains("both"),
        "{problem}"
    );
}

#[test]
fn picks_are_labels_of_what_was_compared() {
    let kept = kept();
    kept.pick(0, Some(Pick::Small));
    kept.pick(1, Some(Pick::Large));
    kept.pick(2, Some(Pick::Tie));
    let mut stale = kept.entry(3, Some(Pick::Tie));
    stale.texts = "of other texts".to_owned();
    picks::keep(&kept.file, &kept.run.header, &stale).expect("kept");
    let picks = picks::read(&kept.file, &kept.run.header).expect("readable");
    let labelled = picks::table(&kept.run, &picks, 3);
    let rows = labelled.rows().iter();
    let labels: Vec<_> = rows.map(|row| (row.small_right, row.large_right)).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(
        labels[..4],
        [(yes, no), (no, yes), (yes, yes), (None, None)]
    );
    assert!(labels[4..].iter().all(|label| *label == (None, None)));
    let tested = Table::of_run(&kept.run, 3);
    for (one, other) in labelled.rows().iter().zip(tested.rows()) {
        assert_eq!((one.scores, one.verdict), (other.scores, other.verdict));
    }
}

#[test]
fn picks_can_be_written_by_several_at_once() {
    let kept = kept();
    std::thread::scope(|scope| {
        for outcome in 0..12 {
            let kept = &kept;
            scope.spawn(move || kept.pick(outcome, Some(Pick::Tie)));
        }
    });
    assert_eq!(kept.counts().ties, 12);
}

#[test]
fn tune_labels_by_picks_and_says_when_there_are_none() {
    let home = Home::new();
    let run = fixture::run(40, 5);
    let file = home.path("run.jsonl");
    write(&file, &run);
    let arguments = ["tune", "run.jsonl", "--labels", "picks", "--json"];
    let output = home.run(&arguments);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no comparisons on run.jsonl"), "{said}");
    for outcome in &run.outcomes[..6] {
        let entry = KeptPick {
            id: outcome.id.clone(),
            pick: Some(Pick::Small),
            left: Side::Small,
            texts: digest(outcome),
        };
        picks::keep(&file, &run.header, &entry).expect("kept");
    }
    let output = home.run(&arguments);
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(shown["totals"]["labelled"], 6, "{shown}");
    assert_eq!(shown["totals"]["outcomes"], 40, "{shown}");
}
