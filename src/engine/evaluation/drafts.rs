//! The effect of giving the large model the small completion as a draft.

use serde::Serialize;

use crate::evaluation::outcome::{Drafted, Outcome};

/// Outcomes for which the large model was asked again with the small completion as its draft.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct DraftFacts {
    pub outcomes: usize,
    /// Outcomes whose text differs from the text without a draft. Must be zero: speculation may not
    /// change the text.
    pub different: usize,
    /// Total time with the draft divided by total time without.
    pub time_ratio: f64,
    /// Tokens drafted, and tokens that the model confirmed.
    pub drafted: usize,
    pub accepted: usize,
}

impl DraftFacts {
    /// Summarizes these outcomes; `None` if nothing was drafted.
    pub fn of<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Option<Self> {
        let mut facts = DraftFacts::default();
        let (mut with, mut without) = (0.0, 0.0);
        let again = |one: &'a Outcome| Some((one, one.large_drafted.as_ref()?));
        for (outcome, again) in outcomes.filter_map(again) {
            let Drafted {
                total_ms,
                drafting,
                same,
            } = again;
            facts.outcomes += 1;
            facts.different += usize::from(!same);
            with += total_ms;
            without += outcome.large.completion.timing.total_ms;
            facts.drafted += drafting.iter().map(|one| one.drafted).sum::<usize>();
            facts.accepted += drafting.iter().map(|one| one.accepted).sum::<usize>();
        }
        facts.time_ratio = if without > 0.0 { with / without } else { 1.0 };
        (facts.outcomes > 0).then_some(facts)
    }

    /// Share of drafted tokens that were confirmed, 0 to 1; `None` if nothing was drafted.
    pub fn acceptance(&self) -> Option<f64> {
        (self.drafted > 0).then(|| self.accepted as f64 / self.drafted as f64)
    }
}
