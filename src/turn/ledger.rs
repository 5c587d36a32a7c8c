//! Requests that the meter has not counted yet. A request is counted when its model reports its
//! end, even if it is no longer wanted. A request made ahead of the decision also waits for the
//! decision, which says whether it was wasted.

use std::time::Duration;

use super::{LaneKind, Slot};
use crate::{
    completion::{RequestId, StopReason, StreamEvent, Timing},
    meter::{Ending, Rates, Side, Spent},
};

/// Requests not counted yet, in the order they were made.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: RequestId,
    slot: Slot,
    /// Whether it went to the model now in the lane.
    current: bool,
    model: String,
    rates: Rates,
    asked: Duration,
    /// When the model last reported on it.
    heard: Duration,
    timing: Timing,
    ended: Option<Ending>,
    /// Whether it was made ahead of a decision that is still open.
    ahead: bool,
    wasted: bool,
}

impl Ledger {
    /// Records a request made at `now` to a model with this name.
    pub fn open(
        &mut self,
        id: RequestId,
        slot: Slot,
        (model, rates): (String, Rates),
        ahead: bool,
        now: Duration,
    ) {
        self.entries.push(Entry {
            id,
            slot,
            current: true,
            model,
            rates,
            asked: now,
            heard: now,
            timing: Timing::default(),
            ended: None,
            ahead,
            wasted: false,
        });
    }

    /// Whether a model has a request that has not ended.
    pub fn is_open(&self, slot: Slot, id: RequestId) -> bool {
        let open = |entry: &Entry| entry.id == id && entry.slot == slot && entry.ended.is_none();
        self.entries.iter().any(open)
    }

    /// Handles a model's event for a request; returns what to count.
    pub fn hear(
        &mut self,
        slot: Slot,
        id: RequestId,
        event: &StreamEvent,
        now: Duration,
    ) -> Option<Spent> {
        let mut open = self
            .entries
            .iter_mut()
            .filter(|entry| entry.ended.is_none());
        let entry = open.find(|entry| entry.id == id && entry.slot == slot)?;
        let since = now.saturating_sub(entry.asked).as_secs_f64() * 1000.0;
        entry.heard = now;
        match event {
            StreamEvent::Waiting(_) => {}
            StreamEvent::Started(prompt) => {
                entry.timing.prompt_tokens = prompt.prompt_tokens;
                entry.timing.cached_tokens = prompt.cached_tokens;
            }
            StreamEvent::Token(_) => {
                if entry.timing.generated_tokens == 0 {
                    entry.timing.ttft_ms = since;
                }
                entry.timing.generated_tokens += 1;
            }
            StreamEvent::Done(completion) => {
                entry.timing = completion.timing;
                entry.ended = Some(match completion.stop {
                    StopReason::Cancelled => Ending::Cancelled,
                    _ => Ending::Done,
                });
            }
            StreamEvent::Failed(_) => {
                entry.timing.total_ms = since;
                entry.ended = Some(Ending::Failed);
            }
        }
        self.take_over(id)
    }

    /// Records whether a request made ahead of the decision was wasted; returns what to count.
    pub fn settle(&mut self, id: RequestId, wasted: bool) -> Option<Spent> {
        let entry = self.entries.iter_mut().find(|entry| entry.id == id)?;
        entry.ahead = false;
        entry.wasted = wasted;
        self.take_over(id)
    }

    /// A lane's model reports its name.
    pub fn rename(&mut self, slot: Slot, name: &str) {
        let current = |entry: &&mut Entry| entry.current && entry.slot == slot;
        for entry in self.entries.iter_mut().filter(current) {
            name.clone_into(&mut entry.model);
        }
    }

    /// Another model replaces a lane's model at `now`: open requests belong to the old one. A model
    /// on a server reports no end, so its requests have `ended`. Returns what to count.
    pub fn detach(&mut self, slot: Slot, ended: bool, now: Duration) -> Vec<Spent> {
        let of_lane = |entry: &&mut Entry| entry.slot == slot && entry.current;
        let mut over = Vec::new();
        for entry in self.entries.iter_mut().filter(of_lane) {
            entry.current = false;
            if ended && entry.ended.is_none() {
                entry.end(now);
                over.push(entry.id);
            }
        }
        over.into_iter()
            .filter_map(|id| self.take_over(id))
            .collect()
    }

    /// The program ends at `now`: open requests are counted with their cost so far.
    pub fn close(&mut self, now: Duration) -> Vec<Spent> {
        let close = |mut entry: Entry| {
            if entry.ended.is_none() {
                // A replaced model may have gone without reporting an end.
                entry.end(if entry.current { now } else { entry.heard });
            }
            entry.wasted |= entry.ahead;
            entry.spent()
        };
        self.entries.drain(..).filter_map(close).collect()
    }

    /// Takes out a request for which no more reports will come.
    fn take_over(&mut self, id: RequestId) -> Option<Spent> {
        let over = |entry: &Entry| entry.id == id && entry.ended.is_some() && !entry.ahead;
        let at = self.entries.iter().position(over)?;
        self.entries.remove(at).spent()
    }

    /// How many requests to large models have not ended.
    pub fn running_large(&self) -> usize {
        let running = |entry: &&Entry| {
            entry.ended.is_none() && entry.current && entry.slot != LaneKind::Small.into()
        };
        self.entries.iter().filter(running).count()
    }

    /// Requests that have not ended, with their models' slots.
    pub fn open_requests(&self) -> Vec<(Slot, RequestId)> {
        let open = self.entries.iter().filter(|entry| entry.ended.is_none());
        open.map(|entry| (entry.slot, entry.id)).collect()
    }
}

impl Entry {
    /// No more reports will come: it counts as cancelled at `now`.
    fn end(&mut self, now: Duration) {
        let total = now.saturating_sub(self.asked);
        self.timing.total_ms = total.as_secs_f64() * 1000.0;
        self.ended = Some(Ending::Cancelled);
    }

    fn spent(self) -> Option<Spent> {
        Some(Spent {
            side: match self.slot.lane() {
                Some(LaneKind::Small) => Side::Small,
                _ => Side::Large,
            },
            model: self.model,
            rates: self.rates,
            ending: self.ended?,
            timing: self.timing,
            wasted: self.wasted,
        })
    }
}
