//! What the tune screen shows of this run.

use super::{App, event::Effect};
use crate::{
    evaluation::{
        subject::Subject,
        sweep::{OperatingPoint, Strategy},
        table::Part,
    },
    routing::FittedThreshold,
    tui::exploration::{Exploration, Start},
};

impl App {
    /// Opens the tune screen on the completions of this run.
    pub(super) fn explore(&mut self) -> Vec<Effect> {
        let turn = self.completions.turn();
        let names = (turn.small.model.name(), turn.large.model.name());
        let accelerators = [&turn.small, &turn.large].map(|lane| {
            let rates = self.config.rates(lane.given.as_deref().unwrap_or_default());
            rates.accelerators
        });
        let settings = *self.router.settings();
        let history = self.router.history();
        let costs = (accelerators[0], accelerators[1]);
        let mut subject = Subject::of_history(history, names, settings.k, costs);
        if subject.cases.is_empty() {
            self.notice
                .info("nothing to tune on yet: accept or dismiss some completions");
            return Vec::new();
        }
        let recorded = |id| self.completions.recorded(id).cloned();
        subject.record(
            history,
            self.completions.recording_header(&self.config),
            recorded,
        );
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

    /// A threshold was written to the configuration file: it is used from now on.
    pub(super) fn on_threshold_written(&mut self, threshold: FittedThreshold) {
        self.config.put_threshold(threshold);
        self.reset_threshold();
    }
}
