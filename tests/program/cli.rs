//! The command line as a person or a script uses it: the real binary with the demo models, and
//! configuration, cache and state in the test's own folder.

mod complete;
mod doctor;
mod holes;
mod program;
mod signals;
mod usage;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SOURCE: &str = "def total(values):\n    result = 0\n    for value in values:\n        result += \n    return result\n";
/// The place to complete in [`SOURCE`].
pub(crate) const PLACE: &str = "sum.py:4:19";

/// A separate home for one test.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("sum.py"), SOURCE).expect("written");
        Home { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn configure(&self, text: &str) {
        let folder = self.path("config/routelens");
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("config.toml"), text).expect("written");
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_routelens"));
        let mine = |name: &str| {
            name.starts_with("ROUTELENS_") || name.to_ascii_lowercase().ends_with("_proxy")
        };
        for (name, _) in std::env::vars().filter(|(name, _)| mine(name)) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("XDG_STATE_HOME", self.path("state"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    /// Runs with this text on standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Output {
        fs::write(self.path("input"), input).expect("written");
        let input = fs::File::open(self.path("input")).expect("there");
        let mut command = self.command(arguments);
        command.stdin(input).output().expect("it runs")
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// The JSON objects printed by a run that must succeed.
pub(crate) fn records(output: &Output) -> Vec<Value> {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    lines(output)
}

pub(crate) fn lines(output: &Output) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    stdout(output).lines().map(parse).collect()
}

pub(crate) fn hole(id: &str, prefix: &str, suffix: &str) -> String {
    let value = serde_json::json!({
        "id": id, "language": "python", "prefix": prefix, "suffix": suffix, "further": 1,
    });
    format!("{value}\n")
}

pub(crate) fn sum_hole(id: &str) -> String {
    let (prefix, suffix) = SOURCE.split_at(SOURCE.find("+= ").expect("there") + 3);
    hole(id, prefix, suffix)
}

/// A record without the fields that differ between runs.
fn without_times(mut record: Value) -> Value {
    for lane in ["small", "large"] {
        for name in ["ttft_ms", "total_ms", "cached_tokens"] {
            if let Some(value) = record.pointer_mut(&format!("/{lane}/timing/{name}")) {
                *value = Value::Null;
            }
        }
    }
    record
}

pub(crate) fn action(record: &Value) -> &str {
    record["decision"]["action"].as_str().expect("an action")
}
