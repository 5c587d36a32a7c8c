//! Speculation in the playground: which drafts the models are given to verify.

use super::{
    App,
    event::{Effect, LaneKind},
};
use crate::completion::{DraftSource, Drafts, Token};

/// A small completion that was rejected, by the router or by the person, as the large model gets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// Its text, as far as there is any.
    pub text: String,
    /// How sure the small model was of it: its mean token probability, 0 to 1.
    pub confidence: f32,
}

impl Rejected {
    /// The tokens' text and mean probability; `None` where there is no text.
    pub fn of(tokens: &[Token]) -> Option<Self> {
        let text: String = tokens.iter().map(|token| token.text.as_str()).collect();
        let sum: f32 = tokens.iter().filter_map(Token::prob).sum();
        let confidence = sum / tokens.len().max(1) as f32;
        (!text.trim().is_empty()).then_some(Rejected { text, confidence })
    }
}

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

    /// The small completion that a lane's model is asked in place of, if it is asked because of that.
    pub(super) fn rejected_for(&self, kind: LaneKind) -> Option<Rejected> {
        if kind == LaneKind::Small {
            return None;
        }
        let run = self.decided_run()?;
        let (decision, _) = run.decision.as_ref()?;
        if decision.keeps() {
            return None;
        }
        let rejected = Rejected::of(&run.completion.tokens)?;
        match self.small.run() {
            Some(_) => Some(rejected),
            // The person wrote something else in its place, perhaps behind some of it.
            None => self
                .rejected
                .clone()
                .map(|text| Rejected { text, ..rejected }),
        }
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
