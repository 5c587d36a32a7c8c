//! Runs the large model a second time with the small completion as its draft: what a rejection
//! would cost (MCCom's second stage, arXiv 2603.05974), and whether the text is the same, as it
//! must be.
//!
//! Both timings need a model that has not seen the hole. So before each one an unrelated request
//! clears the hole from the model's cache.

use super::ask::{Answer, Lane, Unanswered};
use crate::{
    completion::{Completion, Drafts, Hole},
    evaluation::outcome::Drafted,
};

/// Makes a local model forget earlier prompts.
///
/// # Errors
/// The run was stopped.
pub(super) fn forget(model: &mut Lane, stop: &dyn Fn() -> bool) -> Result<(), Unanswered> {
    let nothing = Hole::new("", "", None);
    let asked = model.ask(&nothing, 1, Drafts::default());
    match model.answer(asked, stop) {
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
