//! Runs the large model a second time with the small completion as its draft (MCCom's second stage,
//! arXiv 2603.05974). This shows what a rejection would cost, and whether the text is the same, as
//! it must be.
//!
//! Both timings need a model that has not seen the hole. So before each one an unrelated request
//! clears the hole from the model's cache.

use std::sync::Arc;

use crate::{
    completion::{Completion, Drafts, Hole, Request},
    evaluation::outcome::Drafted,
    models::{Aide, Driver, Unanswered},
    turn::LaneKind,
};

/// Makes a local large model forget earlier prompts.
///
/// # Errors
/// The run was stopped.
pub(super) fn forget(driver: &mut Driver, aide: &mut dyn Aide) -> Result<(), Unanswered> {
    let nothing = Hole::new("", "", None);
    let request = |id| Request::greedy(id, nothing, 1);
    match driver.complete(LaneKind::Large.into(), request, aide) {
        Err(Unanswered::Stopped) => Err(Unanswered::Stopped),
        // A model that fails at this will report the problem when it is asked about the hole.
        Err(Unanswered::Failed(_)) | Ok(_) => Ok(()),
    }
}

/// Asks the large model about a hole again, now with the small model's text as a draft.
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
