//! `routelens signals`: what was done with completions, counted, or cleared.

use clap::Args;

use super::Outcome;

/// Say what was done with completions, by model and language
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: Arguments) -> Outcome {
    todo!()
}
