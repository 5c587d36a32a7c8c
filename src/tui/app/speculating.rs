//! Speculation in the playground: which drafts the models are given to verify.

use super::{
    App,
    event::{Effect, LaneKind},
};
use crate::completion::Drafts;

impl App {
    /// The drafts that a lane's model may verify for the hole at the cursor.
    pub(super) fn drafts_for(&self, _kind: LaneKind) -> Drafts {
        Drafts::default()
    }

    /// Drafts: on or off.
    pub(super) fn toggle_drafts(&mut self) -> Vec<Effect> {
        Vec::new()
    }
}
