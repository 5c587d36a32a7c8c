//! The playground's own flags, and the checks before it takes the terminal.

use std::io::{IsTerminal, stdin, stdout};

use clap::{Args, builder::TypedValueParser};

use super::{Exit, Failure, flags::Flags, logging};
use crate::{assets, config::setting::command::PLAYGROUND, tui};

/// The playground's command line.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to open and the cursor position; without it, a sample is opened
    #[arg(value_name = "FILE[:LINE[:COL]]")]
    file: Option<String>,
    /// Open one of the built-in samples
    #[arg(long, value_name = "NAME", value_parser = samples(), conflicts_with = "file", hide_possible_values = true)]
    sample: Option<String>,
    #[command(flatten)]
    flags: Flags<PLAYGROUND>,
}

/// Opens the playground.
pub(super) fn run(arguments: Arguments) -> Exit {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        return Err(Failure::Usage(
            "the playground needs a terminal; for pipes, use `routelens complete FILE:LINE:COL \
             --json`"
                .to_owned(),
        ));
    }
    let config = arguments.flags.load()?;
    let _log = logging::start(&config.folders.log_file())?;
    let start = tui::Start {
        config,
        file: arguments.file,
        sample: arguments.sample,
    };
    tui::run(start).map_err(Failure::Failed)?;
    Ok(0)
}

/// A sample by its name or the end of it (`sorting.py`) if that is unique, optionally with `#` and
/// the number of one of its holes.
fn samples() -> impl TypedValueParser<Value = String> {
    clap::builder::StringValueParser::new().try_map(|wanted| {
        let (name, hole) = match wanted.split_once('#') {
            Some((name, hole)) => (name, format!("#{hole}")),
            None => (wanted.as_str(), String::new()),
        };
        let samples = assets::samples();
        let names = samples.iter().map(|sample| sample.name);
        let found: Vec<&str> = names
            .clone()
            .filter(|known| *known == name || known.ends_with(&format!("/{name}")))
            .collect();
        match found[..] {
            [name] => Ok(name.to_owned() + &hole),
            _ => Err(format!("samples: {}", names.collect::<Vec<_>>().join(", "))),
        }
    })
}
