//! The models of the lanes: finding, loading, switching and unloading them, and what they report.

use std::path::Path;

use super::{
    App, LaneKind, ModelState,
    event::Effect,
    models::{large_model_after, shown_name},
};
use crate::{
    completion::model::{ModelEvent, ModelInfo},
    models::ModelSource,
    turn::TurnEvent,
};

impl App {
    /// The first effects: the buffer is parsed and the models are looked for.
    pub fn start(&mut self) -> Vec<Effect> {
        let (small, large) = (self.config.small.clone(), self.config.large.clone());
        let mut effects = vec![
            self.editor.parse_afresh(),
            self.find_model(LaneKind::Small, small),
            self.find_model(LaneKind::Large, large),
        ];
        if let Some(second) = self.config.second.clone() {
            effects.push(self.find_model(LaneKind::Second, Some(second)));
        }
        effects.extend(self.index_opened());
        effects
    }

    /// Looks for the model that was given, or for the bundled demo model.
    fn find_model(&mut self, kind: LaneKind, given: Option<String>) -> Effect {
        let named = given.clone().filter(|g| self.config.models.contains_key(g));
        let name = named.unwrap_or_else(|| kind.name().to_owned());
        let state = ModelState::Loading(name, 0.0);
        self.completions.set_model(kind, given.clone(), state);
        Effect::FindModel {
            lane: kind,
            given,
            config: Box::new(self.config.clone()),
        }
    }

    /// Loads a model that was found, unless another one was asked for since.
    pub(super) fn on_model_found(
        &mut self,
        kind: LaneKind,
        given: Option<String>,
        source: Result<Box<ModelSource>, String>,
    ) -> Vec<Effect> {
        if given != self.lane(kind).given || self.lane(kind).model == ModelState::Absent {
            return Vec::new();
        }
        match source {
            Ok(source) => self.load_model(kind, given, *source),
            Err(problem) => self.on_model(kind, ModelEvent::LoadFailed(problem)),
        }
    }

    /// Loads a model into a lane, replacing the current one. The new model gets the request that
    /// the old one had for the hole at the cursor.
    pub fn load_model(
        &mut self,
        kind: LaneKind,
        given: Option<String>,
        source: ModelSource,
    ) -> Vec<Effect> {
        let wanted = self.completer().wanted_of(kind);
        let state = match &source {
            ModelSource::File(_) => ModelState::Loading(source.name(), 0.0),
            ModelSource::Server(_) => ModelState::Waiting(source.name(), "connecting".to_owned()),
        };
        let mut effects = self.vacate(kind, given, state);
        self.models.put(kind, Some(source.clone()));
        effects.push(Effect::LoadModel(kind, Box::new(source)));
        if let Some(ahead) = wanted {
            let again = TurnEvent::AskAgain { lane: kind, ahead };
            effects.extend(self.completer().play(again));
        }
        if kind == LaneKind::Large {
            effects.extend(self.completer().redecide());
        }
        effects
    }

    /// Empties a lane.
    fn vacate(&mut self, kind: LaneKind, given: Option<String>, state: ModelState) -> Vec<Effect> {
        self.models.put(kind, None);
        self.completer().vacate(kind, given, state)
    }

    /// Reloads the models whose settings were changed in the menu.
    pub(super) fn apply_engine_settings(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (kind, source) in self.models.outdated(&self.config) {
            let given = self.lane(kind).given.clone();
            effects.extend(self.load_model(kind, given, source));
        }
        effects
    }

    /// Puts a model into a lane, replacing the current one.
    pub(super) fn choose_model(&mut self, kind: LaneKind, given: Option<String>) -> Vec<Effect> {
        let mut effects = self.put(kind, given);
        // Two copies of one model compare nothing, unless the configuration asks for them.
        let (large, second) = (self.lane(LaneKind::Large), self.lane(LaneKind::Second));
        let follows = self.config.second.is_none() && second.model != ModelState::Absent;
        if kind == LaneKind::Large && follows && second.given == large.given {
            let after = large_model_after(&self.config, &large.given);
            effects.extend(
                after
                    .into_iter()
                    .flat_map(|m| self.put(LaneKind::Second, m)),
            );
        }
        effects
    }

    /// The large model after the one in use.
    fn large_model_after(&self) -> Option<Option<String>> {
        large_model_after(&self.config, &self.lane(LaneKind::Large).given)
    }

    fn put(&mut self, kind: LaneKind, given: Option<String>) -> Vec<Effect> {
        match given {
            Some(given) => {
                let source = self.config.source(&given);
                self.load_model(kind, Some(given), source)
            }
            // The demo model may have to be unpacked first.
            None => vec![self.find_model(kind, None)],
        }
    }

    /// Switches to the next large model.
    pub(super) fn next_large_model(&mut self) -> Vec<Effect> {
        let Some(next) = self.large_model_after() else {
            self.notice.info(NO_OTHER);
            return Vec::new();
        };
        let effects = self.choose_model(LaneKind::Large, next);
        let name = shown_name(&self.config, self.lane(LaneKind::Large));
        self.notice.info(format!("large model: {name}"));
        effects
    }

    /// Turns the second large model on or off.
    pub(super) fn toggle_second(&mut self) -> Vec<Effect> {
        if self.lane(LaneKind::Second).model != ModelState::Absent {
            let mut effects = self.vacate(LaneKind::Second, None, ModelState::Absent);
            effects.push(Effect::UnloadModel(LaneKind::Second));
            self.notice.info("second large model off");
            return effects;
        }
        let given = match self.config.second.clone() {
            Some(second) => Some(Some(second)),
            None => self.large_model_after(),
        };
        let Some(given) = given else {
            self.notice.info(NO_OTHER);
            return Vec::new();
        };
        let effects = self.put(LaneKind::Second, given);
        let name = shown_name(&self.config, self.lane(LaneKind::Second));
        self.notice.info(format!("also asking {name}"));
        effects
    }

    /// Handles a report from a model, about itself or about a request.
    pub(super) fn on_model(&mut self, kind: LaneKind, event: ModelEvent) -> Vec<Effect> {
        let ready = matches!(event, ModelEvent::Ready(_));
        match &event {
            ModelEvent::Ready(info) => self.on_ready(kind, info),
            ModelEvent::Unreachable(problem) => self.warn_unreachable(kind, problem),
            ModelEvent::LoadFailed(problem) => self.notice.error(problem.clone()),
            ModelEvent::Loading(_) | ModelEvent::Waiting(_) | ModelEvent::Stream(..) => {}
        }
        let mut effects = self.completer().play(TurnEvent::Model(kind.into(), event));
        if ready {
            let lane = self.completions.lane(kind);
            effects.extend(self.provenance.wanted(lane, &self.config));
            self.check_provenance();
        }
        effects
    }

    /// Warns that a server cannot be reached. If a request to it fails, the request shows the
    /// problem.
    fn warn_unreachable(&mut self, kind: LaneKind, problem: &str) {
        let lane = self.lane(kind);
        let known = matches!(lane.model, ModelState::Unreachable(..));
        if !known && lane.runs.is_empty() {
            self.notice.warn(problem);
        }
    }

    /// A model is ready, or a ready model has reported more about itself.
    fn on_ready(&mut self, kind: LaneKind, info: &ModelInfo) {
        let said = match &self.lane(kind).model {
            ModelState::Ready(before) => before.notices.clone(),
            _ => Vec::new(),
        };
        for notice in info.notices.iter().filter(|notice| !said.contains(notice)) {
            self.notice.warn(notice.clone());
        }
        if kind == LaneKind::Small {
            self.follow_configuration(&info.name);
        }
    }

    /// Takes the configured threshold for the current model and language, unless the user has moved
    /// it in this run.
    pub(super) fn reset_threshold(&mut self) {
        let model = self.turn().small.model.name().to_owned();
        self.follow_configuration(&model);
        self.check_provenance();
    }

    fn follow_configuration(&mut self, model: &str) {
        let language = self.editor.document().language();
        self.router.follow(&self.config, (model, language));
    }

    /// The fingerprint of a file is known; `None` if the file cannot be read.
    pub(super) fn on_fingerprint(
        &mut self,
        kind: LaneKind,
        path: &Path,
        fingerprint: Option<String>,
    ) {
        if self.provenance.update(kind, path, fingerprint) {
            self.check_provenance();
        }
    }

    /// Warns if the threshold was fitted on models other than those loaded.
    fn check_provenance(&mut self) {
        let (turn, language) = (self.completions.turn(), self.editor.document().language());
        let warning = self
            .provenance
            .new_warning(&self.config, &self.router, turn, language);
        if let Some(warning) = warning {
            self.notice.warn(warning);
        }
    }
}

const NO_OTHER: &str = "no other large model; add one under [models.…] in the configuration";
