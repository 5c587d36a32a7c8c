//! `routelens signals`: counts the user's reactions to completions, or clears the counts.

use clap::Args;
use serde::Serialize;

use super::{
    Exit, Failure,
    console::Console,
    usage::{add, numbers, short},
};
use crate::{
    routing::Action,
    signals::{Count, Decided, counts},
    store::{Folders, Held, SignalsFile},
    words::number::{count, counted},
    words::shorten_home,
};

/// Count how you reacted to completions, by model and language
///
/// On this machine only, the playground records what happened to each completion it showed: you
/// accepted it, typed along, typed something else, dismissed it, or took the large model's. It adds
/// the router's decision, the scores and the times, but no file contents. `tune --signals` uses
/// these signals as labels; signals = false in the configuration turns recording off.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Clear the signals after printing them
    #[arg(long)]
    clear: bool,
    /// Count only the signals about this small model
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
}

/// The JSON output.
#[derive(Serialize)]
struct Report {
    file: String,
    /// Whether the signals were deleted from the file.
    cleared: bool,
    /// Unreadable lines.
    skipped: usize,
    signals: usize,
    counts: Vec<Count>,
}

/// Prints the counts.
pub(super) fn run(arguments: Arguments) -> Exit {
    let store = SignalsFile::at(Folders::find().signals_file());
    let model = arguments.model.as_deref();
    let held = match arguments.clear {
        true => store.clear(model),
        false => store.held(),
    };
    let mut held = held.map_err(Failure::Failed)?;
    if let Some(model) = model {
        held.signals.retain(|signal| signal.small == model);
    }
    let mut console = Console::plain();
    if arguments.json {
        console.json(&Report {
            file: store.path().to_string_lossy().into_owned(),
            cleared: arguments.clear,
            skipped: held.skipped,
            signals: held.signals.len(),
            counts: counts(&held.signals),
        })?;
        return Ok(0);
    }
    console.print(&write(&held, &store, &arguments))?;
    Ok(0)
}

fn write(held: &Held, store: &SignalsFile, arguments: &Arguments) -> String {
    let file = shorten_home(store.path());
    let mut text = match (held.signals.is_empty(), &arguments.model) {
        (false, _) => format!("all time ({file})\n\n{}", table(&counts(&held.signals))),
        (true, Some(model)) => format!("no signals about {} ({file})\n", short(model)),
        (true, None) => format!("no signals yet ({file})\n"),
    };
    if held.skipped > 0 {
        let lines = counted(held.skipped as u64, "line");
        text.push_str(&format!("\n{lines} of the file could not be read\n"));
    }
    if arguments.clear && !held.signals.is_empty() {
        text.push_str("\nsignals cleared\n");
    }
    text
}

/// A row per model, with rows per language and decision under it.
fn table(counts: &[Count]) -> String {
    let headings = ["shown", "accepted", "rejected", "took large"];
    let mut table = numbers("", &headings);
    let mut of_models = counts.chunk_by(|one, next| one.model == next.model);
    for of_model in of_models.by_ref() {
        let all = of_model.iter().flat_map(|count| &count.decisions);
        add(&mut table, &short(&of_model[0].model), cells(all));
        for of_language in of_model {
            let language = of_language.language.map_or("no grammar", |one| one.name());
            for decided in &of_language.decisions {
                let decision = match decided.decision {
                    Action::Keep => "kept",
                    Action::Escalate => "escalated",
                };
                let name = format!("  {language}, {decision} by {}", decided.policy.name());
                add(&mut table, &name, cells([decided]));
            }
        }
    }
    table.text()
}

fn cells<'a>(decisions: impl IntoIterator<Item = &'a Decided>) -> Vec<String> {
    let mut sums = [0_u64; 4];
    for one in decisions {
        let counts = [one.shown, one.accepted, one.rejected, one.took_large];
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count as u64;
        }
    }
    sums.map(count).into()
}
