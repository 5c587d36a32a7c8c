//! Speculation in the playground: which drafts the models are given to verify.

use super::{
    App,
    event::{Effect, LaneKind},
};
use crate::completion::{DraftSource, Drafts, Rejected};

impl App {
    /// The drafts that a lane's model may verify for the hole at the cursor.
    pub(super) fn drafts_for(&self, kind: LaneKind) -> Drafts {
        if !self.drafts {
            return Drafts::default();
        }
        let sources = &self.config.speculation;
        let rejected = self.rejected_for(kind).filter(|_| sources.rejected);
        Drafts {
            context: sources.context,
            retrieved: sources.retrieved && self.config.retrieval.enabled,
            recycled: sources.recycled,
            rejected: rejected.map(|rejected| rejected.text),
        }
    }

    /// The small completion that a lane's model is asked in place of, if it is asked because that was
    /// rejected: what there was of it by then, or the part that the person did not want.
    pub fn rejected_for(&self, kind: LaneKind) -> Option<Rejected> {
        let run = self.small.decided().filter(|_| kind != LaneKind::Small)?;
        let (decision, _) = run.decision.as_ref()?;
        if decision.keeps() {
            return None;
        }
        let whole = Rejected::of(&run.completion.tokens)?;
        Some(Rejected {
            text: self.rejected.clone().unwrap_or(whole.text),
            ..whole
        })
    }

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
