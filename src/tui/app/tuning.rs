//! What the tune screen is to show of this run, and what the person's keys say of which
//! completion was right.

use super::{
    App, Phase, RunKind,
    event::{Effect, LaneKind},
};
use crate::{
    evaluation::{
        subject::Subject,
        sweep::{OperatingPoint, Strategy},
        table::Part,
    },
    routing::{Feedback, FittedThreshold, UserSignal},
    tui::exploration::{Exploration, Start},
};

impl App {
    /// Asks for the tune screen on the completions of this run.
    pub(super) fn explore(&mut self) -> Vec<Effect> {
        let names = (self.turn.small.model.name(), self.turn.large.model.name());
        let accelerators = [&self.turn.small, &self.turn.large].map(|lane| {
            let rates = self.config.rates(lane.given.as_deref().unwrap_or_default());
            rates.accelerators
        });
        let settings = self.router.settings;
        let history = &self.router.history;
        let costs = (accelerators[0], accelerators[1]);
        let mut subject = Subject::of_history(history, names, settings.k, costs);
        if subject.cases.is_empty() {
            self.info("there is nothing to tune on yet: complete, and accept or dismiss");
            return Vec::new();
        }
        let recorded = |id| self.recording.get(id).cloned();
        subject.record(history, self.recording_header(), recorded);
        let setting = OperatingPoint {
            strategy: Strategy::Policy(settings.policy),
            score: settings.score,
            threshold: settings.threshold,
            escalation: self.config.escalation,
        };
        let start = Start {
            config: self.config.clone(),
            config_file: self.config_file.clone(),
            part: Part::default(),
            setting,
            pinned: Some(setting),
        };
        vec![Effect::Explore(Box::new(Exploration { subject, start }))]
    }

    /// A threshold is in the configuration file: it is in force from now on.
    pub(super) fn on_threshold_written(&mut self, threshold: FittedThreshold) {
        self.config.put_threshold(threshold);
        self.reset_threshold();
    }

    /// The person takes the text that is shown: before it is put into the buffer.
    pub(super) fn note_taken(&mut self) {
        let (Some(ghost), Some(shown)) = (self.editor.ghost, self.ghost_run()) else {
            return;
        };
        let text = &shown.completion.text;
        let Some(small) = self.turn.small.runs.first().filter(|_| !text.is_empty()) else {
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
        self.router.history.respond(small, feedback);
        if feedback.took_large {
            self.note_took_large(small);
        }
    }

    /// The person wants none of the text that is shown. Where part of it was taken, that says
    /// neither.
    pub(super) fn note_rejected(&mut self, signal: UserSignal) {
        let untouched = self.editor.ghost.is_some_and(|ghost| ghost.consumed == 0);
        let small = self.turn.small.runs.first();
        if let Some(small) = small.filter(|run| untouched && !run.completion.text.is_empty()) {
            self.router.history.respond(small.id, signal.into());
        }
    }

    /// The large model may have answered: the history keeps how long that took.
    pub(super) fn note_answer(&mut self) {
        let large = self.turn.large.runs.iter();
        let mut large = large.filter(|run| run.kind == RunKind::Greedy && run.phase == Phase::Done);
        if let (Some(small), Some(large)) = (self.turn.small.runs.first(), large.next()) {
            let took = large.completion.timing.total_ms;
            self.router.history.answered(small.id, took);
        }
    }
}
