//! The models of the lanes: looked for, loaded, switched and given up, and what is known of them.

use super::{
    App, ModelState,
    event::{Effect, LaneKind},
};
use crate::{
    completion::model::{ModelEvent, ModelInfo},
    models::ModelSource,
    turn::TurnEvent,
};

impl App {
    /// What is done first: the buffer is parsed and the models are looked for.
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

    /// Looks for the model that goes by what was given, or for the bundled demo model.
    fn find_model(&mut self, kind: LaneKind, given: Option<String>) -> Effect {
        let named = given.clone().filter(|g| self.config.models.contains_key(g));
        let name = named.unwrap_or_else(|| kind.name().to_owned());
        let lane = self.turn.lane_mut(kind);
        lane.model = ModelState::Loading(name, 0.0);
        lane.given.clone_from(&given);
        Effect::FindModel {
            lane: kind,
            given,
            config: Box::new(self.config.clone()),
        }
    }

    /// Takes where a model is to be had, unless another one was asked for since.
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

    /// Loads a model into a lane, in place of the one there. What that one was asked about the hole
    /// at the cursor, the new one is asked too.
    pub fn load_model(
        &mut self,
        kind: LaneKind,
        given: Option<String>,
        source: ModelSource,
    ) -> Vec<Effect> {
        self.look();
        let wanted = self.turn.wanted_of(kind);
        let state = match &source {
            ModelSource::File(_) => ModelState::Loading(source.name(), 0.0),
            ModelSource::Server(_) => ModelState::Waiting(source.name(), "asked".to_owned()),
        };
        let mut effects = self.vacate(kind, given, state);
        self.sources[kind as usize] = Some(source.clone());
        effects.push(Effect::LoadModel(kind, Box::new(source)));
        if let Some(ahead) = wanted {
            effects.extend(self.play(TurnEvent::AskAgain { lane: kind, ahead }));
        }
        if kind == LaneKind::Large {
            effects.extend(self.redecide());
        }
        effects
    }

    /// Empties a lane. The small model's text goes with it; that of another model gives way to the
    /// small one's.
    fn vacate(&mut self, kind: LaneKind, given: Option<String>, state: ModelState) -> Vec<Effect> {
        let mut effects = self.play(TurnEvent::Leaving(kind));
        match &mut self.editor.ghost {
            Some(_) if kind == LaneKind::Small => effects.extend(self.drop_ghost()),
            Some(ghost)
                if ghost.lane == kind && ghost.consumed == 0 && self.turn.small.run().is_some() =>
            {
                ghost.lane = LaneKind::Small;
                self.inspector = None;
                self.turn.forget_alternative();
                self.signalling.wait_for_nothing();
            }
            Some(ghost) if ghost.lane == kind => effects.extend(self.drop_ghost()),
            _ => {}
        }
        effects.extend(self.play(TurnEvent::Replaced {
            lane: kind,
            given,
            state,
        }));
        self.sources[kind as usize] = None;
        effects
    }

    /// Loads the models again whose settings were changed in the menu.
    pub(super) fn apply_engine_settings(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for kind in LaneKind::ALL {
            if let Some(ModelSource::File(known)) = self.sources[kind as usize].clone() {
                let wanted = self.config.engine(known.model.clone());
                if wanted != known {
                    let given = self.lane(kind).given.clone();
                    effects.extend(self.load_model(kind, given, ModelSource::File(wanted)));
                }
            }
        }
        effects
    }

    /// The large models that can be switched between, as [`Lane::given`] has them: the configured
    /// one, then those with a name.
    fn large_models(&self) -> Vec<Option<String>> {
        let models = &self.config.models;
        let large = &self.config.large;
        let configured = match large {
            Some(name) if models.contains_key(name) => None,
            other => Some(other.clone()),
        };
        let usable = models
            .iter()
            .filter(|(_, model)| model.url.is_some() || model.file.is_some());
        let named = usable.map(|(name, _)| Some(name.clone()));
        configured.into_iter().chain(named).collect()
    }

    /// The large model after the one that was given.
    fn large_model_after(&self, given: &Option<String>) -> Option<Option<String>> {
        let all = self.large_models();
        let next = match all.iter().position(|one| one == given) {
            Some(at) => (at + 1) % all.len(),
            None => 0,
        };
        all.into_iter().nth(next).filter(|next| next != given)
    }

    /// Puts a model into a lane, in place of the one there.
    pub(super) fn choose_model(&mut self, kind: LaneKind, given: Option<String>) -> Vec<Effect> {
        let mut effects = self.put(kind, given);
        // One model twice would be no comparison, unless the configuration wants it.
        let follows = self.config.second.is_none() && self.turn.second.model != ModelState::Absent;
        if kind == LaneKind::Large && follows && self.turn.second.given == self.turn.large.given {
            let after = self.large_model_after(&self.turn.large.given);
            effects.extend(
                after
                    .into_iter()
                    .flat_map(|m| self.put(LaneKind::Second, m)),
            );
        }
        effects
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

    /// Puts the next large model in place of the one in use.
    pub(super) fn next_large_model(&mut self) -> Vec<Effect> {
        let Some(next) = self.large_model_after(&self.turn.large.given) else {
            self.info(NO_OTHER);
            return Vec::new();
        };
        let effects = self.choose_model(LaneKind::Large, next);
        self.info(format!("large model: {}", self.shown_name(LaneKind::Large)));
        effects
    }

    /// Begins or ends to ask a second large model beside the first.
    pub(super) fn toggle_second(&mut self) -> Vec<Effect> {
        if self.turn.second.model != ModelState::Absent {
            let mut effects = self.vacate(LaneKind::Second, None, ModelState::Absent);
            effects.push(Effect::UnloadModel(LaneKind::Second));
            self.info("no second large model is asked any more");
            return effects;
        }
        let given = match self.config.second.clone() {
            Some(second) => Some(Some(second)),
            None => self.large_model_after(&self.turn.large.given),
        };
        let Some(given) = given else {
            self.info(NO_OTHER);
            return Vec::new();
        };
        let effects = self.put(LaneKind::Second, given);
        let name = self.shown_name(LaneKind::Second);
        self.info(format!("{name} is asked too from now on"));
        effects
    }

    /// What to call a lane's model in a message: its name in the configuration, or its own.
    fn shown_name(&self, kind: LaneKind) -> String {
        let lane = self.lane(kind);
        let named = lane.given.as_ref();
        let named = named.filter(|name| self.config.models.contains_key(*name));
        match (&lane.given, named) {
            (_, Some(name)) => name.clone(),
            (None, _) => "the demo model".to_owned(),
            _ => lane.model.name().to_owned(),
        }
    }

    /// Takes what a model says, of itself or of a request.
    pub(super) fn on_model(&mut self, kind: LaneKind, event: ModelEvent) -> Vec<Effect> {
        let ready = matches!(event, ModelEvent::Ready(_));
        match &event {
            ModelEvent::Ready(info) => self.on_ready(kind, info),
            ModelEvent::Unreachable(problem) => self.warn_unreachable(kind, problem),
            ModelEvent::LoadFailed(problem) => self.error(problem.clone()),
            ModelEvent::Loading(_) | ModelEvent::Waiting(_) | ModelEvent::Stream(..) => {}
        }
        let mut effects = self.play(TurnEvent::Model(kind.into(), event));
        if ready {
            effects.extend(self.ask_fingerprint(kind));
            self.check_provenance();
        }
        effects
    }

    /// A server cannot be had now. Where a request failed of it or is about to, the problem is told as
    /// the request's.
    fn warn_unreachable(&mut self, kind: LaneKind, problem: &str) {
        let lane = self.lane(kind);
        let known = matches!(lane.model, ModelState::Unreachable(..));
        if !known && lane.runs.is_empty() {
            self.warn(problem);
        }
    }

    /// A model can be asked, or more is known of one that could be asked before.
    fn on_ready(&mut self, kind: LaneKind, info: &ModelInfo) {
        let said = match &self.lane(kind).model {
            ModelState::Ready(before) => before.notices.clone(),
            _ => Vec::new(),
        };
        for notice in info.notices.iter().filter(|notice| !said.contains(notice)) {
            self.warn(notice.clone());
        }
        if kind == LaneKind::Small {
            self.set_threshold_for(&info.name);
        }
    }

    /// The threshold that the configuration has for the model and language at hand, unless a hand has
    /// moved it in this run.
    pub(super) fn reset_threshold(&mut self) {
        let model = self.turn.small.model.name().to_owned();
        self.set_threshold_for(&model);
        self.check_provenance();
    }

    fn set_threshold_for(&mut self, model: &str) {
        if !self.threshold_moved {
            let language = self.editor.document.language();
            let settings = self.config.routing(model, language);
            self.router.set_threshold(settings.threshold);
        }
    }
}

const NO_OTHER: &str =
    "there is no other large model: name some under [models.…] in the configuration";
