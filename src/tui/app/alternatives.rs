//! Further completions of a hole: sampled ones to cycle through, and ones that go on from another
//! token that a person chose.

use super::{
    App, Run, RunKind,
    escalating::LARGE,
    event::{Effect, LaneKind},
};
use crate::completion::Sampling;

impl App {
    /// Scrolls the alternative's text in its pane. Drawing tells whether that was too far.
    pub(super) fn scroll_alternative(&mut self, lines: isize) {
        self.large.scroll = self.large.scroll.saturating_add_signed(lines);
        self.second.scroll = self.large.scroll;
    }

    /// Shows the next alternative, asking for another sampled one while there may be more.
    pub(super) fn next_alternative(&mut self) -> Vec<Effect> {
        let Some(kind) = self.alternatives_lane() else {
            return Vec::new();
        };
        let most = self.config.alternatives;
        let lane = self.lane_mut(kind);
        lane.scroll = 0;
        let next = lane.shown + 1;
        if next < lane.runs.len() || lane.runs.len() >= most {
            lane.shown = if next < lane.runs.len() { next } else { 0 };
            self.signalling.wait_for_nothing();
            return Vec::new();
        }
        if lane.run().is_some_and(Run::is_live) {
            // Remembered rather than refused, so that the key does what it says, a little later.
            self.wants_alternative = true;
            self.info("another one comes when this one is done");
            return Vec::new();
        }
        self.signalling.wait_for_nothing();
        let nth = self.lane(kind).runs.len() as u32;
        let seed = self.config.sampling.seed.wrapping_add(nth);
        let sampling = Sampling {
            seed,
            ..self.config.sampling
        };
        let run = Run::new(self.new_id(), RunKind::Sampled(seed), self.now);
        let id = run.id;
        self.lane_mut(kind).add(run);
        self.ask(kind, id, sampling, Vec::new())
    }

    pub(super) fn previous_alternative(&mut self) {
        if let Some(kind) = self.alternatives_lane() {
            let lane = self.lane_mut(kind);
            let last = lane.runs.len().saturating_sub(1);
            lane.shown = lane.shown.checked_sub(1).unwrap_or(last);
            self.signalling.wait_for_nothing();
        }
    }

    /// The lane whose alternatives can be cycled through now; says why when none can.
    fn alternatives_lane(&mut self) -> Option<LaneKind> {
        match self.editor.ghost {
            Some(ghost) if ghost.consumed == 0 => Some(ghost.lane),
            Some(_) => {
                self.info("part of the completion is accepted: dismiss it and complete again");
                None
            }
            None => {
                self.info("there is no completion to show alternatives of");
                None
            }
        }
    }

    /// Continues from another candidate for the token at `index` of the shown run.
    pub(super) fn steer(&mut self, index: usize, candidate: usize) -> Vec<Effect> {
        let Some(ghost) = self.editor.ghost.filter(|ghost| ghost.consumed == 0) else {
            self.info("the completion is not in the buffer any more: complete again first");
            return Vec::new();
        };
        let lane = self.lane_mut(ghost.lane);
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
            self.info("a server cannot be told to go on from another token");
            return Vec::new();
        };
        lane.cancel();
        self.signalling.wait_for_nothing();
        for kind in LARGE {
            // The decision it was made ahead of may never be known now.
            self.want(kind);
        }
        let run = Run::new(self.new_id(), RunKind::Steered(index), self.now);
        let id = run.id;
        self.lane_mut(ghost.lane).add(run);
        self.ask(ghost.lane, id, Sampling::GREEDY, forced)
    }
}
