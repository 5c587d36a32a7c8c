//! What came of giving the large model the small completion as its draft.

use serde::Serialize;

use crate::evaluation::outcome::{Drafted, Outcome};

/// The outcomes for which the large model was asked again with the small completion as its draft.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct DraftFacts {
    pub outcomes: usize,
    /// Those whose text was another one than without: none, or speculation does not keep its promise.
    pub different: usize,
    /// The time with the draft by the time without, both summed.
    pub time_ratio: f64,
    /// Tokens that were drafted, and those that the model confirmed.
    pub drafted: usize,
    pub accepted: usize,
}

impl DraftFacts {
    /// Of these outcomes; `None` where nothing was drafted.
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
