//! `routelens report`.

use clap::Args;

use super::Outcome;

#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) fn run(arguments: Arguments) -> Outcome {
    let Arguments {} = arguments;
    todo!()
}
