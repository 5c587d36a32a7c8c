//! Retrieval in the playground: the index of the folder, and the passages that the models read for
//! the hole at the cursor.

use super::{
    App,
    event::{Effect, LaneKind},
};
use crate::{completion::Passage, retrieval::IndexEvent};

impl App {
    /// The passages that a lane's model reads for the hole at the cursor.
    pub(super) fn passages_for(&self, _kind: LaneKind) -> Vec<Passage> {
        Vec::new()
    }

    /// Retrieval: on or off.
    pub(super) fn toggle_retrieval(&mut self) -> Vec<Effect> {
        self.config.retrieval.enabled = !self.config.retrieval.enabled;
        Vec::new()
    }

    /// Takes news of the index.
    pub(super) fn on_index(&mut self, _event: IndexEvent) -> Vec<Effect> {
        Vec::new()
    }

    /// Shows the passages.
    pub(super) fn show_passages(&mut self) -> Vec<Effect> {
        Vec::new()
    }
}
