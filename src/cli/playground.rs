//! The playground's own flags, and what must hold before it takes the terminal.

use std::io::{IsTerminal, stdin, stdout};

use clap::{Args, builder::TypedValueParser};

use super::{Failure, Outcome, flags::Flags, logging};
use crate::{assets, config::setting::command::PLAYGROUND, tui};

/// What the playground can be told on the command line.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to open, and where the cursor goes; without it, a sample
    #[arg(value_name = "FILE[:LINE[:COL]]")]
    file: Option<String>,
    /// Open one of the samples that come with the program
    #[arg(long, value_name = "NAME", value_parser = samples(), conflicts_with = "file", hide_possible_values = true)]
    sample: Option<String>,
    #[command(flatten)]
    flags: Flags<PLAYGROUND>,
}

/// Opens the playground.
pub(super) fn run(arguments: Arguments) -> Outcome {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        return Err(Failure::Usage(
            "the playground needs a terminal; for pipes there is \
             `routelens complete FILE:LINE:COL --json`"
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

/// A sample by its name, or by the end of it (`sorting.py`), as long as that is one sample's alone;
/// the number of one of its holes may stand behind a `#`.
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
