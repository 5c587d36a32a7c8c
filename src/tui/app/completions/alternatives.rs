//! Further completions of a hole: sampled ones to cycle through, and ones that continue from
//! another token that the user chose.

use super::Completer;
use crate::{
    tui::app::event::Effect,
    turn::{LaneKind, TurnEvent},
};

impl Completer<'_> {
    /// Shows the next alternative, asking for another sampled one while there may be more.
    pub fn next_alternative(&mut self) -> Vec<Effect> {
        match self.alternatives_lane() {
            Some(kind) => self.play(TurnEvent::Alternative(kind)),
            None => Vec::new(),
        }
    }

    pub fn previous_alternative(&mut self) {
        if let Some(kind) = self.alternatives_lane() {
            let lane = self.own.turn.lane_mut(kind);
            let last = lane.runs.len().saturating_sub(1);
            lane.shown = lane.shown.checked_sub(1).unwrap_or(last);
            self.own.signalling.wait_for_nothing();
        }
    }

    /// The lane whose alternatives can be cycled through now; says why when none can.
    fn alternatives_lane(&mut self) -> Option<LaneKind> {
        match self.own.ghost {
            Some(ghost) if ghost.consumed == 0 => Some(ghost.lane),
            Some(_) => {
                self.notice
                    .info("partly accepted; dismiss it and complete again");
                None
            }
            None => {
                self.notice.info("no completion yet");
                None
            }
        }
    }

    /// Continues from another candidate for the token at `index` of the shown run.
    pub fn steer(&mut self, index: usize, candidate: usize) -> Vec<Effect> {
        let Some(ghost) = self.own.ghost.filter(|ghost| ghost.consumed == 0) else {
            self.notice.info("that completion is gone; complete again");
            return Vec::new();
        };
        let lane = self.own.lane(ghost.lane);
        let Some(run) = lane.run() else {
            return Vec::new();
        };
        let tokens = &run.completion.tokens;
        let Some(choice) = tokens.get(index).and_then(|t| t.top.get(candidate)) else {
            return Vec::new();
        };
        let before = tokens[..index].iter().map(|token| token.id);
        let forced: Option<Vec<i32>> = before.chain([choice.id]).collect();
        let Some(forced) = forced.filter(|_| !lane.model.is_server()) else {
            self.notice
                .info("servers cannot continue from another token; choose a model file");
            return Vec::new();
        };
        self.own.signalling.wait_for_nothing();
        self.play(TurnEvent::Steered {
            lane: ghost.lane,
            index,
            forced,
        })
    }
}
