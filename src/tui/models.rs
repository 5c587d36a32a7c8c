//! The driver's models, one a lane. Ending one that runs here waits for the chunk (or the loading of
//! weights) it is in, so that happens on a thread of its own: a key never waits for it.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedSender;

use super::app::{Event, LaneKind};
use crate::{
    completion::{Request, model::ModelEvent},
    model::{Model, ModelSource},
    remote::{Network, NetworkConfig},
};

/// At the program's end a model may finish its chunk for this long; then it is left behind.
const PATIENCE: Duration = Duration::from_millis(300);

/// One lane's model, which may be on its way.
#[derive(Default)]
struct Slot {
    model: Option<Model>,
    /// Asked while the model was on its way; the newest only.
    waiting: Option<Request>,
    /// Counts the models asked for, so that one that was overtaken is not kept.
    generation: u64,
}

/// The models of all lanes, and the network that those on servers share.
pub(super) struct Models {
    events: UnboundedSender<Event>,
    network: Network,
    slots: [Arc<Mutex<Slot>>; 3],
}

impl Models {
    pub fn new(events: UnboundedSender<Event>, network: NetworkConfig) -> Self {
        Models {
            events,
            network: Network::new(network),
            slots: Default::default(),
        }
    }

    pub fn ask(&self, kind: LaneKind, request: Request) {
        let mut slot = lock(&self.slots[kind as usize]);
        match &slot.model {
            Some(model) => model.complete(request),
            None => slot.waiting = Some(request),
        }
    }

    pub fn cancel(&self, kind: LaneKind) {
        let mut slot = lock(&self.slots[kind as usize]);
        slot.waiting = None;
        if let Some(model) = &slot.model {
            model.cancel();
        }
    }

    /// Makes a lane's model ready for a request that may come soon.
    pub fn warm(&self, kind: LaneKind) {
        if let Some(model) = &lock(&self.slots[kind as usize]).model {
            model.warm();
        }
    }

    /// Replaces a lane's model. The old one goes first, so that both need not fit in memory.
    pub fn load(&self, kind: LaneKind, source: ModelSource) {
        let slot = Arc::clone(&self.slots[kind as usize]);
        let (old, generation) = {
            let mut slot = lock(&slot);
            slot.generation += 1;
            slot.waiting = None;
            (slot.model.take(), slot.generation)
        };
        let events = self.events.clone();
        let network = self.network.clone();
        thread::spawn(move || {
            drop(old);
            let mut slot = lock(&slot);
            if slot.generation != generation {
                return;
            }
            let model = Model::start(source, &network, move |event| {
                // After the program's end nobody listens, and nobody needs to.
                let _ = events.send(of_lane(kind, event));
            });
            if let Some(request) = slot.waiting.take() {
                model.complete(request);
            }
            slot.model = Some(model);
        });
    }

    /// Ends the models, leaving behind one that does not end in time: the process ends anyway.
    pub fn finish(self) {
        let models = self.slots.map(|slot| mem::take(&mut lock(&slot).model));
        let ending = thread::spawn(move || drop(models));
        let begun = Instant::now();
        while !ending.is_finished() && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// A slot is whole between any two statements, also after a panic.
fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

fn of_lane(kind: LaneKind, event: ModelEvent) -> Event {
    match event {
        ModelEvent::Loading(progress) => Event::ModelLoading(kind, progress),
        ModelEvent::Waiting(why) => Event::ModelWaiting(kind, why),
        ModelEvent::Unreachable(problem) => Event::ModelUnreachable(kind, problem),
        ModelEvent::Ready(info) => Event::ModelReady(kind, info),
        ModelEvent::LoadFailed(problem) => Event::ModelFailed(kind, problem),
        ModelEvent::Stream(id, event) => Event::Stream(kind, id, event),
    }
}
