//! The large model once more, with the small completion as its draft: what a rejection would cost
//! (MCCom's second stage, arXiv 2603.05974), and whether the text is the same, as it must be.
//!
//! Both times must be of a model that has not seen the hole: before each the model is made to forget
//! it, by a request that shares nothing with it.

use super::ask::{Answer, Lane, Unanswered};
use crate::{
    completion::{Completion, Drafts, Hole},
    evaluation::outcome::Drafted,
};

/// Makes a model that runs here forget the prompts it was given.
///
/// # Errors
/// Nobody wants it any more.
pub(super) fn forget(model: &mut Lane, stop: &dyn Fn() -> bool) -> Result<(), Unanswered> {
    let nothing = Hole::new("", "", None);
    let asked = model.ask(&nothing, 1, Drafts::default());
    match model.answer(asked, stop) {
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
    large: &mut Lane,
    (hole, max_tokens): (&Hole, usize),
    small: &Completion,
    plain: &Answer,
    stop: &dyn Fn() -> bool,
) -> Result<Drafted, Unanswered> {
    forget(large, stop)?;
    let drafts = Drafts {
        rejected: Some(small.text.clone()),
        ..Drafts::default()
    };
    let asked = large.ask(hole, max_tokens, drafts);
    let Answer { completion, .. } = large.answer(asked, stop)?;
    Ok(Drafted {
        total_ms: completion.timing.total_ms,
        same: completion.text == plain.completion.text,
        drafting: completion.drafting,
    })
}
