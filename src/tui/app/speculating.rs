//! Speculation in the playground: which drafts the models are given to verify.

use super::App;
use crate::completion::DraftSource;

impl App {
    /// Turns drafts on, as configured, or off.
    pub(super) fn toggle_drafts(&mut self) {
        let on = self.completions.toggle_drafts();
        self.say_drafts(on);
    }

    /// Shows which drafts are verified from the next request on.
    fn say_drafts(&mut self, on: bool) {
        if !on {
            return self.notice.info("drafts off: decoding one token at a time");
        }
        let sources = &self.config.speculation;
        let is_on = |source: &DraftSource| match source {
            DraftSource::Context => sources.context,
            DraftSource::Retrieved => sources.retrieved,
            DraftSource::Recycled => sources.recycled,
            DraftSource::Rejected => sources.rejected,
        };
        let names = DraftSource::ALL.into_iter().filter(is_on);
        let names: Vec<&str> = names.map(DraftSource::name).collect();
        match names.is_empty() {
            true => self
                .notice
                .warn("drafts on, but all sources are off in the settings"),
            false => self.notice.info(format!("drafts on: {}", names.join(", "))),
        }
    }
}
