//! Notes for the history: what the user did with a completion, and how long the large model took.

use super::Completer;
use crate::{
    routing::{Feedback, UserSignal},
    turn::{LaneKind, Phase, RunKind},
};

impl Completer<'_> {
    /// The user accepts the text that is shown, which is not in the buffer yet.
    pub fn note_taken(&mut self) {
        let (Some(ghost), Some(shown)) = (self.own.ghost, self.own.ghost_run()) else {
            return;
        };
        let text = &shown.completion.text;
        let Some(small) = self
            .own
            .turn
            .small
            .runs
            .first()
            .filter(|_| !text.is_empty())
        else {
            return;
        };
        let feedback = match ghost.lane {
            _ if *text == small.completion.text => {
                let said = small.evidence.user.filter(|signal| !signal.rejects());
                said.unwrap_or(UserSignal::Accepted).into()
            }
            LaneKind::Large => Feedback::TOOK_LARGE,
            LaneKind::Small | LaneKind::Second => UserSignal::Dismissed.into(),
        };
        let small = small.id;
        self.router.respond(small, feedback);
        if feedback.took_large {
            self.note_took_large(small);
        }
    }

    /// The user rejects the text that is shown. Where part of it was accepted, this says nothing
    /// about the rest.
    pub fn note_rejected(&mut self, signal: UserSignal) {
        let untouched = self.own.ghost.is_some_and(|ghost| ghost.consumed == 0);
        let small = self.own.turn.small.runs.first();
        if let Some(small) = small.filter(|run| untouched && !run.completion.text.is_empty()) {
            self.router.respond(small.id, signal.into());
        }
    }

    /// Notes how long the large model took, if it has answered.
    pub fn note_answer(&mut self) {
        let large = self.own.turn.large.runs.iter();
        let mut large = large.filter(|run| run.kind == RunKind::Greedy && run.phase == Phase::Done);
        if let (Some(small), Some(large)) = (self.own.turn.small.runs.first(), large.next()) {
            let took = large.completion.timing.total_ms;
            self.router.answered(small.id, took);
        }
    }
}
