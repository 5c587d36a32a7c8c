//! `routelens selftest`: a place or recorded attempts, solved and tested by the models themselves.

use clap::Args;

use super::Outcome;

/// Let the models test their own solutions of a place
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: Arguments) -> Outcome {
    todo!()
}
