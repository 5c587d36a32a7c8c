//! `routelens doctor`: what is installed, which settings and models are in use, and what is wrong
//! with them.

mod models;
mod report;
mod servers;
mod text;
mod thresholds;

use clap::Args;

use self::report::Report;
use super::{Exit, console::Console, flags::Flags, logging};
use crate::{
    config::{Loaded, reference, setting::command::DOCTOR},
    store::Folders,
};

/// Show the setup, the settings in effect, and what is wrong
///
/// Lists the devices that llama.cpp sees, the models found, the grammars, the terminal's
/// capabilities, the themes, and every setting with the source of its value. Asks each configured
/// server for its dialect, its model and its round-trip time. Shows which thresholds are in effect,
/// and whether they were fitted on other models. The exit status is 1 if something in use is
/// broken: a setting, the small model, or a large model that `large` or `second` names. Other
/// configured servers may be down. Other flags change the settings as they would in the playground,
/// so you can see their effect; with --offline, no server is contacted.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print a configuration file that explains every setting and its default, and nothing else
    #[arg(long, conflicts_with = "json")]
    print_config: bool,
    #[command(flatten)]
    flags: Flags<DOCTOR>,
}

/// Prints the report.
pub(super) fn run(arguments: Arguments) -> Exit {
    if arguments.print_config {
        Console::plain().print(&reference())?;
        return Ok(0);
    }
    let (loaded, problem) = match arguments.flags.load() {
        Ok(loaded) => (loaded, None),
        Err(error) => (Loaded::defaults(), Some(error.to_string())),
    };
    let log = logging::start(&Folders::find().log_file())?;
    // The terminal is queried before its streams are claimed.
    let terminal = report::terminal();
    let mut console = Console::claim(log.file.as_ref());
    let report = Report::make(&loaded, problem, terminal, log.file.is_some());
    if arguments.json {
        console.json(&report)?;
    } else {
        console.print(&text::write(&report))?;
    }
    Ok(u8::from(!report.problems.is_empty()))
}
