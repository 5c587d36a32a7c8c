//! The router's side of the playground: the settings under the person's hand, and the history that
//! is decided again whenever they move.

use crate::routing::{History, Settings};

/// The router's settings and all its decisions in this run.
#[derive(Debug, Clone, Default)]
pub struct Router {
    pub settings: Settings,
    pub history: History,
    /// How many requests actually went to the large model.
    pub asked_large: usize,
}
