//! Requests that the meter has not counted yet. A request is counted when its model reports its
//! end, even if it is no longer wanted. A request made ahead of the decision also waits for the
//! decision, which says whether it was wasted.

use std::time::Duration;

use super::{LaneKind, Slot};
use crate::{
    completion::{RequestId, StopReason, StreamEvent, Timing},
    meter::{Ending, Rates, Side, Spent},
    words::number::milliseconds,
};

/// Requests not counted yet, in the order they were made.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    accounts: Vec<Account>,
}

#[derive(Debug)]
struct Account {
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
        self.accounts.push(Account {
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
        let open =
            |account: &Account| account.id == id && account.slot == slot && account.ended.is_none();
        self.accounts.iter().any(open)
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
            .accounts
            .iter_mut()
            .filter(|account| account.ended.is_none());
        let account = open.find(|account| account.id == id && account.slot == slot)?;
        let since = milliseconds(now.saturating_sub(account.asked));
        account.heard = now;
        match event {
            StreamEvent::Waiting(_) => {}
            StreamEvent::Started(prompt) => {
                account.timing.prompt_tokens = prompt.prompt_tokens;
                account.timing.cached_tokens = prompt.cached_tokens;
            }
            StreamEvent::Token(_) => {
                if account.timing.generated_tokens == 0 {
                    account.timing.ttft_ms = since;
                }
                account.timing.generated_tokens += 1;
            }
            StreamEvent::Done(completion) => {
                account.timing = completion.timing;
                account.ended = Some(match completion.stop {
                    StopReason::Cancelled => Ending::Cancelled,
                    _ => Ending::Done,
                });
            }
            StreamEvent::Failed(_) => {
                account.timing.total_ms = since;
                account.ended = Some(Ending::Failed);
            }
        }
        self.take_over(id)
    }

    /// Records whether a request made ahead of the decision was wasted; returns what to count.
    pub fn settle(&mut self, id: RequestId, wasted: bool) -> Option<Spent> {
        let account = self.accounts.iter_mut().find(|account| account.id == id)?;
        account.ahead = false;
        account.wasted = wasted;
        self.take_over(id)
    }

    /// A lane's model reports its name.
    pub fn rename(&mut self, slot: Slot, name: &str) {
        let current = |account: &&mut Account| account.current && account.slot == slot;
        for account in self.accounts.iter_mut().filter(current) {
            name.clone_into(&mut account.model);
        }
    }

    /// Another model replaces a lane's model at `now`: open requests belong to the old one. A model
    /// on a server reports no end, so its requests have `ended`. Returns what to count.
    pub fn detach(&mut self, slot: Slot, ended: bool, now: Duration) -> Vec<Spent> {
        let of_lane = |account: &&mut Account| account.slot == slot && account.current;
        let mut over = Vec::new();
        for account in self.accounts.iter_mut().filter(of_lane) {
            account.current = false;
            if ended && account.ended.is_none() {
                account.end(now);
                over.push(account.id);
            }
        }
        over.into_iter()
            .filter_map(|id| self.take_over(id))
            .collect()
    }

    /// The program ends at `now`: open requests are counted with their cost so far.
    pub fn close(&mut self, now: Duration) -> Vec<Spent> {
        let close = |mut account: Account| {
            if account.ended.is_none() {
                // A replaced model may have gone without reporting an end.
                account.end(if account.current { now } else { account.heard });
            }
            account.wasted |= account.ahead;
            account.spent()
        };
        self.accounts.drain(..).filter_map(close).collect()
    }

    /// Takes out a request for which no more reports will come.
    fn take_over(&mut self, id: RequestId) -> Option<Spent> {
        let over =
            |account: &Account| account.id == id && account.ended.is_some() && !account.ahead;
        let at = self.accounts.iter().position(over)?;
        self.accounts.remove(at).spent()
    }

    /// How many requests to large models have not ended.
    pub fn running_large(&self) -> usize {
        let running = |account: &&Account| {
            account.ended.is_none() && account.current && account.slot != LaneKind::Small.into()
        };
        self.accounts.iter().filter(running).count()
    }

    /// Requests that have not ended, with their models' slots.
    pub fn open_requests(&self) -> Vec<(Slot, RequestId)> {
        let open = self
            .accounts
            .iter()
            .filter(|account| account.ended.is_none());
        open.map(|account| (account.slot, account.id)).collect()
    }
}

impl Account {
    /// No more reports will come: it counts as cancelled at `now`.
    fn end(&mut self, now: Duration) {
        self.timing.total_ms = milliseconds(now.saturating_sub(self.asked));
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
