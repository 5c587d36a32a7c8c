//! What the tune screen is asked to show. Whoever asks (the command line, the playground) knows
//! nothing of the screen.

use std::path::PathBuf;

use crate::{
    config::Config,
    evaluation::{subject::Subject, sweep::OperatingPoint, table::Part},
};

/// Recorded outcomes, and how the screen over them begins.
#[derive(Debug, Clone)]
pub struct Exploration {
    pub subject: Subject,
    pub start: Start,
}

/// How the screen begins.
#[derive(Debug, Clone)]
pub struct Start {
    /// The configuration in force.
    pub config: Config,
    /// The file that thresholds are written to.
    pub config_file: PathBuf,
    pub part: Part,
    pub setting: OperatingPoint,
    pub pinned: Option<OperatingPoint>,
}
