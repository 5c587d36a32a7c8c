//! `routelens report`: reports in every format, and fitted thresholds.

mod fitting;
mod formats;
mod out;
mod picked;

use std::{fs, path::PathBuf, process::Output};

use routelens::evaluation::outcome::RecordedRun;
use serde_json::Value;

use super::fixture;
use crate::cli::{Home, records, stderr, stdout};

/// Writes a run as `routelens eval` writes it.
fn write(home: &Home, name: &str, run: &RecordedRun) -> PathBuf {
    let mut text = line(&run.header);
    for outcome in &run.outcomes {
        text += &line(outcome);
    }
    let path = home.path(name);
    fs::write(&path, text).expect("written");
    path
}

fn line(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data") + "\n"
}

/// The report of a run as JSON.
fn report(home: &Home, arguments: &[&str]) -> Value {
    let arguments = [&["report", "--format", "json"], arguments].concat();
    records(&home.run(&arguments)).remove(0)
}

/// The error of a run that must fail.
fn complaint(output: &Output, status: i32) -> String {
    assert_eq!(output.status.code(), Some(status), "{}", stderr(output));
    stderr(output)
}
