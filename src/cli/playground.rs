//! The playground's own flags, and the checks before it takes the terminal.

use std::io::{IsTerminal, stdin, stdout};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{
    Failure, Outcome,
    flags::{Flags, Given, LargeModel},
    load, logging,
};
use crate::{assets, config::Heatmap, tui};

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
    model: LargeModel,
    /// Always ask the large model as well
    #[arg(long, help_heading = "Routing")]
    compare: bool,
    /// Complete after a pause in typing
    #[arg(long, help_heading = "Screen")]
    auto: bool,
    /// Name of the theme
    #[arg(long, value_name = "NAME", help_heading = "Screen")]
    theme: Option<String>,
    /// What the colours of the ghost text show
    #[arg(long, value_parser = heatmaps(), help_heading = "Screen")]
    heatmap: Option<String>,
    /// Leave the mouse to the terminal
    #[arg(long, help_heading = "Screen")]
    no_mouse: bool,
    #[command(flatten)]
    flags: Flags,
}

impl Arguments {
    fn values(&self) -> Given {
        let mut given = self.flags.values();
        given.put("large", "--large", self.model.large.clone());
        given.put("compare", "--compare", self.compare.then_some(true));
        given.put("auto", "--auto", self.auto.then_some(true));
        given.put("theme", "--theme", self.theme.clone());
        given.put("heatmap", "--heatmap", self.heatmap.clone());
        given.put("mouse", "--no-mouse", self.no_mouse.then_some(false));
        given
    }
}

/// Opens the playground.
pub(super) fn run(arguments: Arguments) -> Outcome {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        return Err(Failure::Usage(
            "the playground needs a terminal; for pipes, use `routelens complete FILE:LINE:COL \
             --json`"
                .to_owned(),
        ));
    }
    let config = load(
        arguments.flags.models.config.as_deref(),
        &arguments.values().0,
    )?;
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

fn heatmaps() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(Heatmap::ALL.map(Heatmap::name)).map(|name| name)
}
