//! Self-tests in the playground: begun by a key or by the policy, and their matrix.

use super::{
    App,
    event::{Effect, Ran},
};

impl App {
    /// Lets the models test their own solutions of the hole at the cursor, or shows how that went.
    pub(super) fn self_test(&mut self) -> Vec<Effect> {
        Vec::new()
    }

    pub(super) fn on_ran(&mut self, _ran: Ran) -> Vec<Effect> {
        Vec::new()
    }
}
