//! `routelens retrieve`: the passages that a model would read for a place, as text or as JSON.

use std::{path::PathBuf, time::Instant};

use clap::Args;
use serde::Serialize;

use super::{Exit, Failure, console::Console, flags::Flags, place::cut};
use crate::{
    completion::{Passage, Rejected, RequestId},
    config::setting::command::RETRIEVE,
    retrieval::{Census, Index, Query, Scope},
    words::number::milliseconds,
    words::shorten_home,
};

/// Show which passages a model would read at a place in a file
///
/// Indexes the folder around the file as the playground does: the repository, or else the file's
/// own folder. Hidden files, files that .gitignore or deny patterns exclude, and files that are too
/// large or not text are left out. Then searches this index with the code around FILE:LINE:COL. No
/// model is loaded.
///
/// Prints the source, score and lines of each passage, best first. Standard error shows what was
/// indexed and what was left out. Passages are scored by BM25; with --rejected there are two search
/// rounds, fused into one score, and both are shown.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The place to complete
    #[arg(value_name = "FILE:LINE:COL")]
    place: String,
    /// Search again as if this completion had been rejected
    #[arg(long, value_name = "TEXT")]
    rejected: Option<String>,
    /// The small model's mean token probability for that completion, 0 to 1
    #[arg(
        long,
        value_name = "P",
        requires = "rejected",
        default_value_t = 0.5,
        allow_negative_numbers = true,
        value_parser = probability
    )]
    confidence: f32,
    /// Print one JSON object: root, census, passages [path, lines, text, score, rounds], index_ms,
    /// search_ms
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    flags: Flags<RETRIEVE>,
}

fn probability(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|_| "is not a number".to_owned())?;
    match (0.0..=1.0).contains(&value) {
        true => Ok(value),
        false => Err("a probability must be between 0 and 1".to_owned()),
    }
}

/// The JSON output.
#[derive(Serialize)]
struct Report {
    root: PathBuf,
    census: Census,
    passages: Vec<Passage>,
    index_ms: f64,
    search_ms: f64,
}

/// Prints the passages.
pub(super) fn run(arguments: Arguments) -> Exit {
    let config = arguments.flags.load()?.config;
    let (hole, notice) = cut(&arguments.place)?;
    let mut console = Console::plain();
    if let Some(notice) = notice {
        console.say(&notice);
    }
    let scope = Scope::around(hole.path.as_deref(), &config).map_err(Failure::Usage)?;
    let root = scope.root.clone();
    let began = Instant::now();
    let index = Index::build(scope, |files| {
        console.progress(&format!("{files} files indexed"));
    });
    let mut index = index.map_err(Failure::Usage)?;
    console.clear_progress();
    let index_ms = milliseconds(began.elapsed());
    let began = Instant::now();
    let passages = index.search(&Query {
        id: RequestId::default(),
        hole: hole.into(),
        rejected: arguments.rejected.map(|text| Rejected {
            text,
            confidence: arguments.confidence,
        }),
    });
    let report = Report {
        root,
        census: index.census(),
        passages,
        index_ms,
        search_ms: milliseconds(began.elapsed()),
    };
    if arguments.json {
        console.json(&report)?;
        return Ok(0);
    }
    for passage in &report.passages {
        console.print(&write(passage))?;
    }
    console.say(&report.summary());
    Ok(0)
}

/// A passage under a line with its source and score.
fn write(passage: &Passage) -> String {
    let (first, last) = passage.lines;
    let mut text = format!(
        "{}:{first}-{last}  score {:.3}",
        passage.path, passage.score
    );
    if let [first, Some(second)] = passage.rounds {
        let first = first.map_or("–".to_owned(), |score| format!("{score:.3}"));
        text.push_str(&format!("  (around {first}, rejected {second:.3})"));
    }
    text.push('\n');
    for line in passage.text.lines() {
        text.push_str(format!("    {line}").trim_end());
        text.push('\n');
    }
    text.push('\n');
    text
}

impl Report {
    fn summary(&self) -> String {
        let found = match self.passages.len() {
            0 => "no passages".to_owned(),
            1 => "1 passage".to_owned(),
            several => format!("{several} passages"),
        };
        let census = &self.census;
        format!(
            "{found} of {} files ({} chunks) in {}; {}; read in {:.0} ms, searched in {:.1} ms",
            census.files,
            census.chunks,
            shorten_home(&self.root),
            left_out(census),
            self.index_ms,
            self.search_ms
        )
    }
}

/// What was left out, as text.
fn left_out(census: &Census) -> String {
    let kinds = [
        (census.denied, "denied"),
        (census.large, "too large"),
        (census.binary, "not text"),
        (census.unreadable, "unreadable"),
        (census.links, "links"),
        (census.beyond, "over the limit"),
    ];
    let some = kinds.iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<String> = some
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if census.more {
        parts.push("and more, not examined".to_owned());
    }
    match parts.is_empty() {
        true => "nothing left out".to_owned(),
        false => format!("left out {}", parts.join(", ")),
    }
}
