//! Speculation in the playground: which drafts the models are given to verify.

use super::{App, event::Effect};
use crate::completion::DraftSource;

impl App {
    /// Drafts: on, as they are configured, or off.
    pub(super) fn toggle_drafts(&mut self) -> Vec<Effect> {
        self.drafts = !self.drafts;
        self.say_drafts();
        Vec::new()
    }

    /// Says which drafts are verified from the next request on.
    fn say_drafts(&mut self) {
        if !self.drafts {
            return self.info("drafts off: every token is written by itself");
        }
        let sources = &self.config.speculation;
        let on = |source: &DraftSource| match source {
            DraftSource::Context => sources.context,
            DraftSource::Retrieved => sources.retrieved,
            DraftSource::Recycled => sources.recycled,
            DraftSource::Rejected => sources.rejected,
        };
        let names = DraftSource::ALL.into_iter().filter(on);
        let names: Vec<&str> = names.map(DraftSource::name).collect();
        match names.is_empty() {
            true => self.warn("drafts on, but every source of them is off in the settings"),
            false => self.info(format!("drafts on: {}", names.join(", "))),
        }
    }
}
