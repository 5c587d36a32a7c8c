use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::*;
use crate::evaluation::outcome::tests::{header, outcome};

struct Folder {
    folder: TempDir,
}

impl Folder {
    fn new() -> Self {
        Folder {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("run.jsonl")
    }

    /// Writes a file with a header and these outcomes; returns its bytes.
    fn with(&self, outcomes: &[Outcome]) -> Vec<u8> {
        let (mut writer, _) = Writer::open(&self.path(), &header()).expect("opened");
        for outcome in outcomes {
            writer.append(outcome).expect("written");
        }
        writer.finish().expect("on the disk");
        fs::read(self.path()).expect("there")
    }

    fn put(&self, content: &[u8]) {
        fs::write(self.path(), content).expect("written");
    }
}

fn three() -> Vec<Outcome> {
    ["a", "b", "c"].map(outcome).into()
}

#[test]
fn what_is_written_is_what_is_read() {
    let folder = Folder::new();
    folder.with(&three());
    let run = read(&folder.path()).expect("a run");
    assert_eq!(run.header, header());
    assert_eq!(run.outcomes, three());
    assert!(run.notices.is_empty());
}

/// A kill can cut the file anywhere. The lost tasks are redone, and the file ends up identical.
#[test]
fn a_file_cut_anywhere_keeps_its_whole_lines_and_goes_on_to_be_the_same() {
    let folder = Folder::new();
    let whole = folder.with(&three());
    let ends: Vec<usize> = (1..=whole.len())
        .filter(|&at| whole[at - 1] == b'\n')
        .collect();
    let is_near = |cut: usize| ends.iter().any(|end| cut.abs_diff(*end) < 3);
    for cut in (0..=whole.len()).filter(|&cut| is_near(cut) || cut.is_multiple_of(41)) {
        folder.put(&whole[..cut]);
        // A line that lacks only its newline is whole.
        let lines = ends.iter().filter(|&&end| end <= cut + 1).count();
        let at_end = cut == 0 || ends.iter().any(|&end| end == cut || end == cut + 1);
        match read(&folder.path()) {
            Ok(run) => {
                assert_eq!(run.outcomes, three()[..lines - 1], "cut at {cut}");
                assert_eq!(run.notices.is_empty(), at_end, "cut at {cut}");
            }
            Err(problem) => {
                assert_eq!(lines, 0, "cut at {cut}: {problem}");
                assert!(problem.contains("run.jsonl"), "{problem}");
            }
        }
        let (mut writer, earlier) = Writer::open(&folder.path(), &header()).expect("goes on");
        assert_eq!(earlier.cut, !at_end, "cut at {cut}");
        assert_eq!(earlier.ids.len(), lines.saturating_sub(1), "cut at {cut}");
        for outcome in three() {
            if !earlier.ids.contains(&outcome.id) {
                writer.append(&outcome).expect("written");
            }
        }
        drop(writer);
        assert!(
            fs::read(folder.path()).expect("there") == whole,
            "cut at {cut}"
        );
    }
}

#[test]
fn going_on_knows_what_is_right_so_far() {
    let folder = Folder::new();
    let mut outcomes = three();
    outcomes[0].small.passed = Some(true);
    outcomes[1].small.passed = None;
    outcomes[2].small.passed = Some(false);
    for outcome in &mut outcomes {
        outcome.large.passed = Some(true);
    }
    folder.with(&outcomes);
    let (_writer, earlier) = Writer::open(&folder.path(), &header()).expect("goes on");
    assert_eq!(earlier.right, [1, 3]);
}

#[test]
fn one_file_has_one_writer_at_a_time_and_readers_besides() {
    let folder = Folder::new();
    let (mut writer, _) = Writer::open(&folder.path(), &header()).expect("opened");
    writer.append(&outcome("a")).expect("written");
    let refused = Writer::open(&folder.path(), &header()).expect_err("it is locked");
    assert!(
        refused.contains("run.jsonl") && refused.contains("another run is writing"),
        "{refused}"
    );
    assert_eq!(read(&folder.path()).expect("readable").outcomes.len(), 1);
    drop(writer);
    Writer::open(&folder.path(), &header()).expect("free again");
}

#[test]
fn another_run_is_refused_with_what_differs_and_its_file_is_left_alone() {
    let folder = Folder::new();
    let before = folder.with(&three());
    let mut other = header();
    other.settings.max_tokens = 32;
    other.large.fingerprint = Some("ffff".to_owned());
    let refused = Writer::open(&folder.path(), &other).expect_err("another run");
    for word in ["run.jsonl", "64", "32", "the large model", "ffff", "--out"] {
        assert!(refused.contains(word), "{word}: {refused}");
    }
    assert!(fs::read(folder.path()).expect("there") == before);
}

#[test]
fn what_is_not_a_run_is_refused_and_left_alone() {
    let folder = Folder::new();
    let newer = String::from_utf8(folder.with(&[])).expect("text");
    let newer = newer.replace("\"version\":1", "\"version\":2,\"extent\":3");
    let cases: [(&str, &[&str]); 5] = [
        (&newer, &["newer routelens", "version 2"]),
        ("{\"task_id\":\"HumanEval/0\"}\n", &["not a run"]),
        ("{\"format\":\"other\",\"version\":9}\n", &["not a run"]),
        ("a line of text", &["not a run"]),
        ("\u{1f}\u{8b}\n", &["not a run"]),
    ];
    for (content, words) in cases {
        folder.put(content.as_bytes());
        let read = read(&folder.path()).expect_err("refused");
        let opened = Writer::open(&folder.path(), &header()).expect_err("refused");
        assert_eq!(read, opened);
        for word in words.iter().chain(&["run.jsonl"]) {
            assert!(read.contains(word), "{word}: {read}");
        }
        assert_eq!(fs::read_to_string(folder.path()).expect("there"), content);
    }
}

#[test]
fn a_damaged_line_in_the_middle_is_named() {
    let folder = Folder::new();
    let whole = String::from_utf8(folder.with(&three())).expect("text");
    let damaged = |from: &str, to: &str| {
        let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
        lines[2] = lines[2].replacen(from, to, 1);
        folder.put((lines.join("\n") + "\n").as_bytes());
        read(&folder.path()).expect_err("damaged")
    };
    let problem = damaged("\"small\":", "\"smell\":");
    for word in ["run.jsonl, line 3", "`small`"] {
        assert!(problem.contains(word), "{word}: {problem}");
    }
    let problem = damaged("\"id\":\"b\"", "\"id\":\"a\"");
    assert!(
        problem.contains("line 3") && problem.contains("already has"),
        "{problem}"
    );
}

#[test]
fn a_file_that_cannot_be_had_is_named() {
    let folder = Folder::new();
    let gone = read(&folder.path()).expect_err("not there");
    let blocked = Writer::open(folder.folder.path(), &header()).expect_err("a folder");
    assert!(gone.contains("run.jsonl"), "{gone}");
    assert!(blocked.contains("cannot be written"), "{blocked}");
}
