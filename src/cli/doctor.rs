//! placeholder
use super::Outcome;
use clap::Args;
/// Say what is there
#[derive(Debug, Args)]
pub(super) struct Arguments {}
pub(super) fn run(_arguments: Arguments) -> Outcome {
    Ok(0)
}
