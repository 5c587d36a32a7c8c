//! `routelens verdict`: the syntax verdict alone, without a model.

use std::{path::PathBuf, time::Instant};

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Exit,
    console::Console,
    holes::{self, HoleLine},
};
use crate::{
    syntax::{self, Verdict},
    words::number::milliseconds,
};

/// Check whether completions parse; no model is loaded
///
/// Reads JSON lines {"id", "language", "prefix", "completion", "suffix"} and prints one JSON object
/// per line: {"id", "language", "verdict": {"state", "faults": [{"line", "column", "message"}]}}.
/// The state is valid, broken (the filled file has faults that it did not have before) or
/// unsupported (no grammar for the language). An unusable line gives {"error", "line"}; the others
/// are processed, and the exit status is 1.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The file with the lines, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    holes: PathBuf,
    /// Add "ms", the time each verdict took
    #[arg(long)]
    timing: bool,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Line {
    completion: String,
    #[serde(flatten)]
    hole: HoleLine,
}

#[derive(Serialize)]
struct Record {
    id: Value,
    language: Option<String>,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<f64>,
}

/// Judges every line.
pub(super) fn run(arguments: Arguments) -> Exit {
    let input = holes::open("--holes", &arguments.holes)?;
    let mut console = Console::plain();
    let errors = holes::for_each(input, &mut console, |console, _, line: Line| {
        let (id, language, hole) = line.hole.into_hole();
        let begin = Instant::now();
        let verdict = syntax::verdict(&hole, &line.completion);
        let ms = milliseconds(begin.elapsed());
        console.json(&Record {
            id,
            language,
            verdict,
            ms: arguments.timing.then_some(ms),
        })?;
        Ok(Ok(()))
    })?;
    Ok(u8::from(errors > 0))
}
