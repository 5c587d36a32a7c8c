//! Handles what the lanes' models report about themselves, and their replacement.

use std::sync::Arc;

use super::{Lane, LaneKind, ModelState, Slot, Turn, TurnEffect};
use crate::{
    completion::{
        RequestId, StreamEvent,
        model::{ModelEvent, ModelInfo},
    },
    routing::LargeUse,
};

impl Turn {
    pub(super) fn on_model(&mut self, slot: Slot, event: ModelEvent) {
        if let ModelEvent::Stream(id, event) = event {
            return self.on_stream(slot, id, event);
        }
        let Some(kind) = slot.lane() else { return };
        let lane = self.lane_mut(kind);
        match event {
            ModelEvent::Loading(part) => {
                if let ModelState::Loading(_, known) = &mut lane.model {
                    *known = part;
                }
            }
            ModelEvent::Waiting(why) => {
                lane.model = ModelState::Waiting(lane.known_name().to_owned(), why);
            }
            // Requests are sent to it all the same: each tries again.
            ModelEvent::Unreachable(problem) => {
                lane.model = ModelState::Unreachable(lane.known_name().to_owned(), problem);
            }
            ModelEvent::Ready(info) => self.on_ready(kind, info),
            ModelEvent::LoadFailed(problem) => self.on_load_failed(kind, problem),
            ModelEvent::Stream(..) => {}
        }
    }

    /// A model is ready, or reports more about itself.
    fn on_ready(&mut self, kind: LaneKind, info: Arc<ModelInfo>) {
        self.ledger.rename(kind.into(), &info.name);
        let lane = self.lane_mut(kind);
        let was_on_its_way = !matches!(lane.model, ModelState::Ready(_));
        lane.model = ModelState::Ready(info);
        if was_on_its_way {
            lane.on_arrival();
        }
        if kind == LaneKind::Small {
            self.redecide();
        }
    }

    fn on_load_failed(&mut self, kind: LaneKind, problem: String) {
        let now = self.now;
        let lane = self.lane_mut(kind);
        lane.model = ModelState::Failed(problem.clone());
        let live = lane.runs.iter().filter(|run| run.is_live());
        let live: Vec<RequestId> = live.map(|run| run.id).collect();
        for id in &live {
            lane.on_stream(*id, StreamEvent::Failed(problem.clone()), now);
        }
        if !live.is_empty() {
            self.put(TurnEffect::Cancel(kind.into()));
        }
        if kind != LaneKind::Second {
            self.redecide();
        }
    }

    /// Puts another model into a lane, and drops the old one's completions.
    pub(super) fn replace(&mut self, kind: LaneKind, given: Option<String>, state: ModelState) {
        self.want(kind);
        let ended = self.lane(kind).is_on_server();
        for spent in self.ledger.detach(kind.into(), ended, self.now) {
            self.put(TurnEffect::Spent(spent));
        }
        let served = matches!(state, ModelState::Waiting(..));
        let lane = self.lane_mut(kind);
        *lane = Lane::new(kind, state);
        lane.given = given;
        lane.served = served;
    }

    /// Whether a lane's new model should be asked about the current hole; if so, the small
    /// completion whose decision this request is ahead of, if any.
    pub fn wanted_of(&self, kind: LaneKind) -> Option<Option<RequestId>> {
        self.shown?;
        let lane = match kind {
            LaneKind::Small => return None,
            LaneKind::Large => &self.large,
            LaneKind::Second if self.second.runs.is_empty() => &self.large,
            LaneKind::Second => &self.second,
        };
        let asked = lane.runs.first().is_some_and(|run| !run.wasted);
        let compares = self.rules.large == LargeUse::Always;
        (asked || compares).then(|| lane.ahead_of())
    }
}
