//! `routelens usage`: the all-time cost of the models, as tables or as JSON.

use clap::Args;
use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Exit, Failure, console::Console};
use crate::{
    meter::{CostEstimate, Usage, UsageSummary},
    store::{Folders, UsageFile},
    words::{
        number::{UNKNOWN, count, counted, decimal, percent},
        table::{Align, Table},
    },
    words::{shorten_home, shown_text},
};

/// The most cells shown of a model's name.
const NAME_WIDTH: usize = 24;

/// Show what the models have cost, small and large
///
/// Counts the requests of the playground and of `complete`: tokens, seconds, accelerator-seconds
/// (seconds times the accelerators that the model runs on) and, if the configuration has prices,
/// money. Also estimates the cost of asking the large model for every decision. Seconds are the
/// server's own working time if it reports one, else the time measured here. A cancelled request
/// counts what it had used by then. Money uses the prices configured at the time of the request;
/// prompt tokens from a cache are charged like any others.
///
/// "Always large" is the number of decisions times the mean cost of a large request that completed
/// and was not wasted. Only model names and numbers are kept; --json shows the file's name.
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
    summary: UsageSummary,
}

/// Prints the counts.
pub(super) fn run(arguments: Arguments) -> Exit {
    let path = Folders::find().usage_file();
    let store = UsageFile::at(path);
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
fn write(summary: &UsageSummary) -> String {
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

fn decisions(summary: &UsageSummary) -> String {
    let mut text = format!("decisions {}", count(summary.decisions));
    if let Some(rate) = summary.escalation_rate {
        let escalated = count(summary.escalated);
        text.push_str(&format!(", {escalated} escalated ({})", percent(rate, 1)));
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

fn requests(summary: &UsageSummary) -> String {
    let headings = [
        "all",
        "done",
        "cancelled",
        "failed",
        "wasted",
        "wasted tokens",
    ];
    let mut table = numbers("requests", &headings);
    add_sides(&mut table, summary, |usage| {
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
    table.text()
}

fn costs(summary: &UsageSummary) -> String {
    let headings = [
        "tokens in",
        "cached",
        "tokens out",
        "seconds",
        "accel.-s",
        "money",
    ];
    let always = summary.always_large;
    let priced = summary.total.money.or(always.and_then(|all| all.money));
    let headings = match priced {
        Some(_) => &headings[..],
        None => &headings[..headings.len() - 1],
    };
    let mut table = numbers("cost", headings);
    let shown = |mut cells: Vec<String>| {
        cells.truncate(headings.len());
        cells
    };
    let cells = |usage: &Usage| {
        shown(vec![
            count(usage.tokens_in),
            count(usage.tokens_cached),
            count(usage.tokens_out),
            decimal(usage.seconds, 1),
            decimal(usage.accelerator_seconds, 1),
            usage
                .money
                .map_or(UNKNOWN.to_owned(), |money| decimal(money, 4)),
        ])
    };
    add_sides(&mut table, summary, cells);
    add(&mut table, "both", cells(&summary.total));
    if let Some(all) = always {
        add(&mut table, "always large", shown(estimate(&all)));
    }
    table.text()
}

fn estimate(all: &CostEstimate) -> Vec<String> {
    let unknown = || UNKNOWN.to_owned();
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
fn notes(summary: &UsageSummary) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(all) = summary.always_large {
        let mut text = format!(
            "always large: {} times the mean\nof {} that completed and were not wasted",
            counted(all.requests, "decision"),
            counted(all.from, "large request"),
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
            text.push_str(&format!("\nby comparison, routing used {compared}"));
        }
        notes.push(text);
    }
    if summary.total.unmetered > 0 {
        notes.push(format!(
            "{} did not report the prompt's length;\ntokens in and money do not include it",
            counted(summary.total.unmetered, "request")
        ));
    }
    notes
}

fn compare(saving: f64, what: &str) -> String {
    match saving < 0.0 {
        true => format!("{} more {what}", percent(-saving, 1)),
        false => format!("{} less {what}", percent(saving, 1)),
    }
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

/// A table of names with numbers: a title above the names, headings above the numbers.
pub(super) fn numbers(title: &str, headings: &[&str]) -> Table {
    let mut table = Table::new([Align::Left, Align::Right]);
    table.row([&[title], headings].concat());
    table
}

/// Adds a name with its numbers.
pub(super) fn add(table: &mut Table, name: &str, cells: Vec<String>) {
    table.row([vec![name.to_owned()], cells].concat());
}

/// Adds a row per side, with a row per model under it.
fn add_sides(table: &mut Table, summary: &UsageSummary, cells: impl Fn(&Usage) -> Vec<String>) {
    for (name, side) in [("small", &summary.small), ("large", &summary.large)] {
        add(table, name, cells(&side.total));
        for (name, usage) in &side.models {
            add(table, &format!("  {}", short(name)), cells(usage));
        }
    }
}
