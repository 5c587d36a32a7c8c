//! The large model once more, with the small completion as its draft: what a rejection would cost
//! (MCCom's second stage, arXiv 2603.05974), and whether the text is the same, as it must be.
//!
//! Both times must be of a model that has not seen the hole: before each the model is made to forget
//! it, by a request that shares nothing with it.

use std::sync::Arc;

use crate::{
    completion::{Completion, Drafts, Hole, Request},
    evaluation::outcome::Drafted,
    models::{Aide, Driver, Unanswered},
    turn::LaneKind,
};

/// Makes a large model that runs here forget the prompts it was given.
///
/// # Errors
/// Nobody wants it any more.
pub(super) fn forget(driver: &mut Driver, aide: &mut dyn Aide) -> Result<(), Unanswered> {
    let nothing = Hole::new("", "", None);
    let request = |id| Request::greedy(id, nothing, 1);
    match driver.complete(LaneKind::Large.into(), request, aide) {
        Err(Unanswered::Stopped) => Err(Unanswered::Stopped),
        // A model that cannot do even that says so when it is asked about the hole.
        Err(Unanswered::Failed(_)) | Ok(_) => Ok(()),
    }
}

/// Asks the large model about a hole for the second time, now with the small model's text as draft.
///
/// # Errors
/// As for any request.
pub(super) fn again(
    driver: &mut Driver,
    (hole, max_tokens): (&Arc<Hole>, usize),
    small: &Completion,
    plain: &Completion,
    aide: &mut dyn Aide,
) -> Result<Drafted, Unanswered> {
    forget(driver, aide)?;
    let drafts = Drafts {
        rejected: Some(small.text.clone()),
        ..Drafts::default()
    };
    let request = |id| Request {
        drafts,
        ..Request::greedy(id, Arc::clone(hole), max_tokens)
    };
    let completion = driver.complete(LaneKind::Large.into(), request, aide)?;
    Ok(Drafted {
        total_ms: completion.timing.total_ms,
        same: completion.text == plain.text,
        drafting: completion.drafting,
    })
}
