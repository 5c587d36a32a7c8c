//! `routelens retrieve`: the passages that a model would read for a place, as text or as JSON.

use clap::Args;

use super::Outcome;

/// Say which passages of the folder a model would read for a place
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: Arguments) -> Outcome {
    todo!()
}
