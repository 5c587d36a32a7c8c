//! The input of the tune screen. Its callers (the command line and the playground) need nothing
//! else from the screen.

use std::path::PathBuf;

use crate::{
    config::Config,
    evaluation::{subject::Subject, sweep::OperatingPoint, table::Part},
};

/// Recorded outcomes and the initial state of their screen.
#[derive(Debug, Clone)]
pub struct Exploration {
    pub subject: Subject,
    pub start: Start,
}

/// The initial state of the screen.
#[derive(Debug, Clone)]
pub struct Start {
    /// The current configuration.
    pub config: Config,
    /// The configuration file for thresholds.
    pub config_file: PathBuf,
    pub part: Part,
    pub setting: OperatingPoint,
    pub pinned: Option<OperatingPoint>,
}
