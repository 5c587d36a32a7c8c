//! `routelens usage`: what the models have cost over all time, as tables or as JSON.

use clap::Args;
use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Failure, Outcome, console::Console};
use crate::{
    config::Folders,
    document::width::shown_text,
    local::discover::shorten_home,
    meter::{Estimate, SideSummary, Store, Summary, Usage},
};

/// The most cells shown of a model's name.
const NAME_WIDTH: usize = 24;
/// Numbers from here on are shown in scientific notation.
const UNREADABLE: f64 = 1e15;

/// Show what the models have cost, small against large
///
/// Counts the requests of the playground and of `complete`: tokens, seconds, accelerator-seconds
/// (seconds times the accelerators that the model runs on) and, if the configuration has prices,
/// money; and estimates the cost of asking the large model for every decision. Seconds are the
/// server's own working time if it reports one, else the time measured here. A cancelled request
/// counts what it had used by then. Money uses the prices configured at the time of the request;
/// prompt tokens from a cache are charged like any others.
///
/// "Always large" is the mean of the large requests that completed and were not wasted, times the
/// decisions. Only model names and numbers are kept; --json shows the file's name.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Clear the counts after printing them
    #[arg(long)]
    reset: bool,
}

/// The JSON output.
#[derive(Serialize)]
struct Report {
    file: String,
    /// Whether the counts were deleted from the file.
    cleared: bool,
    #[serde(flatten)]
    summary: Summary,
}

/// Prints the counts.
pub(super) fn run(arguments: Arguments) -> Outcome {
    let path = Folders::find().usage_file();
    let store = Store::at(path);
    let held = match arguments.reset {
        true => store.reset(),
        false => store.held(),
    };
    let (tally, notice) = held.map_err(Failure::Failed)?;
    let mut console = Console::plain();
    if let Some(notice) = notice {
        console.say(&notice);
    }
    let summary = tally.summary();
    if arguments.json {
        console.json(&Report {
            file: store.path().to_string_lossy().into_owned(),
            cleared: arguments.reset,
            summary,
        })?;
        return Ok(0);
    }
    let file = shorten_home(store.path());
    let mut text = match tally.is_empty() {
        true => format!("no requests yet ({file})\n"),
        false => format!("all time ({file})\n\n{}", write(&summary)),
    };
    if arguments.reset && !tally.is_empty() {
        text.push_str("\ncounts cleared\n");
    }
    console.print(&text)?;
    Ok(0)
}

/// The counts as text: decisions, then requests, then costs.
fn write(summary: &Summary) -> String {
    let mut text = decisions(summary);
    text.push('\n');
    text.push_str(&requests(summary));
    text.push('\n');
    text.push_str(&costs(summary));
    for note in notes(summary) {
        text.push('\n');
        text.push_str(&note);
        text.push('\n');
    }
    text
}

fn decisions(summary: &Summary) -> String {
    let mut text = format!("decisions {}", count(summary.decisions));
    if let Some(rate) = summary.escalation_rate {
        let escalated = count(summary.escalated);
        text.push_str(&format!(", {escalated} escalated ({})", percent(rate)));
    }
    text.push('\n');
    if summary.saved_ms > 0.0 {
        let seconds = decimal(summary.saved_ms / 1000.0, 1);
        text.push_str(&format!(
            "saved {seconds} s of waiting by asking the large model ahead of the decision\n"
        ));
    }
    text
}

fn requests(summary: &Summary) -> String {
    let headings = ["done", "cancelled", "failed", "wasted", "wasted tokens"];
    let mut table = Table::new("requests", &[&["all"], &headings[..]].concat());
    table.sides(summary, |usage| {
        let counts = [
            usage.requests,
            usage.done,
            usage.cancelled,
            usage.failed,
            usage.wasted,
            usage.wasted_tokens,
        ];
        counts.map(count).into()
    });
    table.write()
}

fn costs(summary: &Summary) -> String {
    let headings = ["tokens in", "cached", "tokens out", "seconds", "accel.-s"];
    let always = summary.always_large;
    let priced = summary.total.money.or(always.and_then(|all| all.money));
    let money: &[&str] = if priced.is_some() { &["money"] } else { &[] };
    let mut table = Table::new("cost", &[&headings[..], money].concat());
    let cells = |usage: &Usage| {
        vec![
            count(usage.tokens_in),
            count(usage.tokens_cached),
            count(usage.tokens_out),
            decimal(usage.seconds, 1),
            decimal(usage.accelerator_seconds, 1),
            usage
                .money
                .map_or("-".to_owned(), |money| decimal(money, 4)),
        ]
    };
    table.sides(summary, cells);
    table.row("both", cells(&summary.total));
    if let Some(all) = always {
        table.row("always large", estimate(&all));
    }
    table.write()
}

fn estimate(all: &Estimate) -> Vec<String> {
    let unknown = || "-".to_owned();
    vec![
        all.tokens_in.map_or_else(unknown, count),
        unknown(),
        count(all.tokens_out),
        decimal(all.seconds, 1),
        decimal(all.accelerator_seconds, 1),
        all.money.map_or_else(unknown, |money| decimal(money, 4)),
    ]
}

/// Notes needed to read the tables correctly.
fn notes(summary: &Summary) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(all) = summary.always_large {
        let mut text = format!(
            "always large: {} times the mean\nof {}, done and not wasted",
            numbered(all.requests, "decision"),
            numbered(all.from, "large request"),
        );
        let savings = [
            (summary.accelerator_saving, "accelerator-seconds"),
            (summary.money_saving, "money"),
        ];
        let compared: Vec<String> = savings
            .into_iter()
            .filter_map(|(saving, what)| Some(compare(saving?, what)))
            .collect();
        if !compared.is_empty() {
            let compared = compared.join(", ");
            text.push_str(&format!("\nby comparison, routing took {compared}"));
        }
        notes.push(text);
    }
    if summary.total.unmetered > 0 {
        notes.push(format!(
            "{} did not report the prompt's length;\ntokens in and money do not include it",
            numbered(summary.total.unmetered, "request")
        ));
    }
    notes
}

fn compare(saving: f64, what: &str) -> String {
    match saving < 0.0 {
        true => format!("{} more {what}", percent(-saving)),
        false => format!("{} less {what}", percent(saving)),
    }
}

pub(super) fn numbered(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", count(number))
}

fn percent(part: f64) -> String {
    format!("{} %", decimal(part * 100.0, 1))
}

/// A whole number with grouped thousands.
pub(super) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// A number with this many decimals.
fn decimal(number: f64, decimals: usize) -> String {
    if number >= UNREADABLE {
        return format!("{number:.2e}");
    }
    let text = format!("{number:.decimals$}");
    match text.split_once('.') {
        Some((whole, part)) => format!("{}.{part}", grouped(whole)),
        None => grouped(&text),
    }
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A name for a table: without control characters, and short enough to keep the columns in place.
pub(super) fn short(name: &str) -> String {
    let name = shown_text(name);
    if name.width() <= NAME_WIDTH {
        return name.into_owned();
    }
    let mut width = 0;
    let fits = |c: &char| {
        width += c.width().unwrap_or(0);
        width < NAME_WIDTH
    };
    let mut text: String = name.chars().take_while(fits).collect();
    text.push('…');
    text
}

/// Rows of a name and right-aligned numbers.
pub(super) struct Table {
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    pub fn new(title: &str, headings: &[&str]) -> Self {
        let mut table = Table { rows: Vec::new() };
        table.row(title, headings.iter().map(|&text| text.into()).collect());
        table
    }

    pub fn row(&mut self, name: &str, cells: Vec<String>) {
        self.rows.push((name.to_owned(), cells));
    }

    /// A row per side, with a row per model under it.
    fn sides(&mut self, summary: &Summary, cells: impl Fn(&Usage) -> Vec<String>) {
        let mut side = |name: &str, side: &SideSummary| {
            self.row(name, cells(&side.total));
            for (name, usage) in &side.models {
                self.row(&format!("  {}", short(name)), cells(usage));
            }
        };
        side("small", &summary.small);
        side("large", &summary.large);
    }

    /// The rows as lines; cells without a heading are dropped.
    pub fn write(&self) -> String {
        let columns = self.rows.first().map_or(0, |(_, cells)| cells.len());
        let names = self.rows.iter().map(|(name, _)| name.width());
        let name_width = names.max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (name, cells) in &self.rows {
            text.push_str(name);
            text.push_str(&" ".repeat(name_width - name.width()));
            for (cell, width) in cells.iter().zip(&widths) {
                text.push_str(&format!("  {cell:>width$}"));
            }
            text.push('\n');
        }
        text
    }
}
