//! The models of the lanes: looked for, loaded, switched and given up, and what is known of them.

use std::sync::Arc;

use super::{
    App, Lane, ModelState,
    event::{Effect, LaneKind},
};
use crate::{
    completion::{RequestId, StreamEvent, model::ModelInfo},
    models::ModelSource,
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
        let lane = self.lane_mut(kind);
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
            Err(problem) => self.on_model_failed(kind, problem),
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
        let wanted = self.wanted_of(kind);
        let state = match &source {
            ModelSource::File(_) => ModelState::Loading(source.name(), 0.0),
            ModelSource::Server(_) => ModelState::Waiting(source.name(), "asked".to_owned()),
        };
        let mut effects = self.vacate(kind, state);
        self.lane_mut(kind).given = given;
        self.sources[kind as usize] = Some(source.clone());
        effects.push(Effect::LoadModel(kind, Box::new(source)));
        if let Some(ahead) = wanted {
            effects.extend(self.ask_one(kind, ahead));
        }
        if kind == LaneKind::Large {
            effects.extend(self.redecide());
        }
        effects
    }

    /// Whether the model of a lane is wanted for the hole at the cursor, and if so, the decision
    /// that it is asked ahead of.
    fn wanted_of(&self, kind: LaneKind) -> Option<Option<RequestId>> {
        self.editor.ghost?;
        let lane = match kind {
            LaneKind::Small => return None,
            LaneKind::Large => &self.large,
            LaneKind::Second if self.second.runs.is_empty() => &self.large,
            LaneKind::Second => &self.second,
        };
        let asked = lane.runs.first().is_some_and(|run| !run.wasted);
        (asked || self.config.compare).then(|| lane.ahead.map(|ahead| ahead.of))
    }

    /// Empties a lane. The small model's text goes with it; that of another model gives way to the
    /// small one's.
    fn vacate(&mut self, kind: LaneKind, state: ModelState) -> Vec<Effect> {
        let mut effects = self.make_self_test_yield(kind, "its model was replaced");
        match &mut self.editor.ghost {
            Some(_) if kind == LaneKind::Small => effects.extend(self.drop_ghost()),
            Some(ghost)
                if ghost.lane == kind && ghost.consumed == 0 && self.small.run().is_some() =>
            {
                ghost.lane = LaneKind::Small;
                self.inspector = None;
                self.wants_alternative = false;
                self.signalling.wait_for_nothing();
            }
            Some(ghost) if ghost.lane == kind => effects.extend(self.drop_ghost()),
            _ => {}
        }
        self.want(kind);
        let spent = self.ledger.detach(kind, self.is_on_server(kind), self.now);
        for spent in spent {
            self.spend(Some(spent));
        }
        self.sources[kind as usize] = None;
        *self.lane_mut(kind) = Lane::new(kind, state);
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
        let follows = self.config.second.is_none() && self.second.model != ModelState::Absent;
        if kind == LaneKind::Large && follows && self.second.given == self.large.given {
            let after = self.large_model_after(&self.large.given);
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
        let Some(next) = self.large_model_after(&self.large.given) else {
            self.info(NO_OTHER);
            return Vec::new();
        };
        let effects = self.choose_model(LaneKind::Large, next);
        self.info(format!("large model: {}", self.shown_name(LaneKind::Large)));
        effects
    }

    /// Begins or ends to ask a second large model beside the first.
    pub(super) fn toggle_second(&mut self) -> Vec<Effect> {
        if self.second.model != ModelState::Absent {
            let mut effects = self.vacate(LaneKind::Second, ModelState::Absent);
            effects.push(Effect::UnloadModel(LaneKind::Second));
            self.info("no second large model is asked any more");
            return effects;
        }
        let given = match self.config.second.clone() {
            Some(second) => Some(Some(second)),
            None => self.large_model_after(&self.large.given),
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

    pub(super) fn on_model_loading(&mut self, kind: LaneKind, part: f32) {
        if let ModelState::Loading(_, known) = &mut self.lane_mut(kind).model {
            *known = part;
        }
    }

    pub(super) fn on_model_waiting(&mut self, kind: LaneKind, why: String) {
        let name = self.known_name(kind);
        self.lane_mut(kind).model = ModelState::Waiting(name, why);
    }

    /// A server cannot be had now. Requests are put to it all the same: each tries again.
    pub(super) fn on_model_unreachable(&mut self, kind: LaneKind, problem: String) {
        let name = self.known_name(kind);
        let lane = self.lane_mut(kind);
        let known = matches!(lane.model, ModelState::Unreachable(..));
        // Where a request failed of it or is about to, the problem is told as the request's.
        let told = !lane.runs.is_empty();
        lane.model = ModelState::Unreachable(name, problem.clone());
        if !known && !told {
            self.warn(problem);
        }
    }

    /// A model's name, also after it failed.
    fn known_name(&self, kind: LaneKind) -> String {
        match (&self.lane(kind).model, &self.sources[kind as usize]) {
            (ModelState::Absent | ModelState::Failed(_), Some(source)) => source.name(),
            (model, _) => model.name().to_owned(),
        }
    }

    /// A model can be asked, or more is known of one that could be asked before.
    pub(super) fn on_model_ready(&mut self, kind: LaneKind, info: Arc<ModelInfo>) -> Vec<Effect> {
        let before = match &self.lane(kind).model {
            ModelState::Ready(before) => Some(Arc::clone(before)),
            _ => None,
        };
        let said = before.map_or(Vec::new(), |before| before.notices.clone());
        for notice in info.notices.iter().filter(|notice| !said.contains(notice)) {
            self.warn(notice.clone());
        }
        self.ledger.rename(kind, &info.name);
        let lane = self.lane_mut(kind);
        let was_on_its_way = !matches!(lane.model, ModelState::Ready(_));
        lane.model = ModelState::Ready(info);
        if was_on_its_way {
            lane.on_arrival();
        }
        let mut effects: Vec<Effect> = self.ask_fingerprint(kind).into_iter().collect();
        if kind == LaneKind::Small {
            self.reset_threshold();
            effects.extend(self.redecide());
        } else {
            self.check_provenance();
        }
        effects
    }

    pub(super) fn on_model_failed(&mut self, kind: LaneKind, problem: String) -> Vec<Effect> {
        self.error(problem.clone());
        let now = self.now;
        let lane = self.lane_mut(kind);
        lane.model = ModelState::Failed(problem.clone());
        let live = lane.runs.iter().filter(|run| run.is_live());
        let live: Vec<RequestId> = live.map(|run| run.id).collect();
        let mut effects = Vec::new();
        for id in live {
            lane.on_stream(id, StreamEvent::Failed(problem.clone()), now);
            effects = vec![Effect::Cancel(kind)];
        }
        if kind != LaneKind::Second {
            effects.extend(self.redecide());
        }
        effects
    }

    /// The threshold that the configuration has for this model and language, unless a hand has
    /// moved it in this run.
    pub(super) fn reset_threshold(&mut self) {
        if self.threshold_moved {
            return;
        }
        let language = self.editor.document.language();
        let settings = self.config.routing(self.small.model.name(), language);
        self.router.set_threshold(settings.threshold);
        self.check_provenance();
    }
}

const NO_OTHER: &str =
    "there is no other large model: name some under [models.…] in the configuration";
