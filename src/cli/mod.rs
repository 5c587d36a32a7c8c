//! The command line, one file per subcommand. Shared parts: `flags` (flags that set the
//! configuration), `holes` (reading JSON lines), `place` (the hole at a place in a file), `shelf`
//! (passages for a hole), `bench` (programs of self-tests), `out` (which files may be overwritten),
//! `console` (all output goes through it) and [`logging`].

mod bench;
mod complete;
mod console;
mod doctor;
mod eval;
mod flags;
mod holes;
pub mod logging;
mod out;
mod place;
mod playground;
mod report;
mod retrieve;
mod selftest;
mod shelf;
mod signals;
mod thresholds;
mod tune;
mod usage;
mod verdict;
pub mod version;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{ConfigError, FlagValue, Loaded};

/// Watch a small model complete code, and a router decide when to ask a large one
///
/// Without a subcommand, opens the playground, with the built-in models unless you name others.
/// Settings come from the configuration file, then from variables named ROUTELENS_…, then from
/// flags; `routelens doctor` shows each value in effect and its source.
#[derive(Debug, Parser)]
#[command(
    name = "routelens",
    version,
    long_version = version::long(),
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    playground: playground::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    Complete(complete::Arguments),
    Verdict(verdict::Arguments),
    Doctor(doctor::Arguments),
    Eval(eval::Arguments),
    Report(report::Arguments),
    Tune(tune::Arguments),
    Usage(usage::Arguments),
    Retrieve(retrieve::Arguments),
    Selftest(selftest::Arguments),
    Signals(signals::Arguments),
}

/// Why a subcommand ended early.
#[derive(Debug)]
enum Failure {
    /// Standard output was closed early, so no message is printed.
    NobodyReads,
    /// The arguments or the input are wrong: exit status 2.
    Usage(String),
    /// The work failed: exit status 1.
    Failed(String),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::Usage(error.to_string())
    }
}

/// How a subcommand ends: its exit status, or why it ended early.
type Exit = Result<u8, Failure>;

/// Parses the command line and runs the subcommand.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let exit = match cli.command {
        None => playground::run(cli.playground),
        Some(Command::Complete(arguments)) => complete::run(arguments),
        Some(Command::Verdict(arguments)) => verdict::run(arguments),
        Some(Command::Doctor(arguments)) => doctor::run(arguments),
        Some(Command::Eval(arguments)) => eval::run(arguments),
        Some(Command::Report(arguments)) => report::run(arguments),
        Some(Command::Tune(arguments)) => tune::run(arguments),
        Some(Command::Usage(arguments)) => usage::run(arguments),
        Some(Command::Retrieve(arguments)) => retrieve::run(arguments),
        Some(Command::Selftest(arguments)) => selftest::run(arguments),
        Some(Command::Signals(arguments)) => signals::run(arguments),
    };
    let (text, status) = match exit {
        Ok(status) => return ExitCode::from(status),
        Err(Failure::NobodyReads) => return ExitCode::SUCCESS,
        Err(Failure::Usage(text)) => (text, 2),
        Err(Failure::Failed(text)) => (text, 1),
    };
    console::complain(&text);
    ExitCode::from(status)
}

/// The configuration with these flags applied.
fn load(config: Option<&std::path::Path>, flags: &[FlagValue]) -> Result<Loaded, ConfigError> {
    crate::config::load(config, |name| std::env::var_os(name), flags)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// Clap checks some errors only when it meets the flags: duplicate names, references to other
    /// flags.
    #[test]
    fn the_command_line_of_every_subcommand_is_sound() {
        Cli::command().debug_assert();
    }
}
