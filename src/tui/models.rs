//! The driver's models, one a lane. Starting one may take a moment, and ending one that runs here
//! waits for the chunk (or the loading of weights) it is in, so both happen on a thread of their own:
//! a key never waits for them.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::app::{Event, LaneKind};
use crate::{
    completion::{Completion, Request, StreamEvent, model::ModelEvent},
    models::{Model, ModelSource},
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

/// What the model of a lane said, and which of those that were ever in it.
type Told = (LaneKind, u64, ModelEvent);

/// The models of all lanes, and the network that those on servers share.
pub(super) struct Models {
    network: Network,
    slots: [Arc<Mutex<Slot>>; 3],
    told: UnboundedSender<Told>,
    inbox: UnboundedReceiver<Told>,
}

impl Models {
    pub fn new(network: NetworkConfig) -> Self {
        let (told, inbox) = unbounded_channel();
        Models {
            network: Network::new(network),
            slots: Default::default(),
            told,
            inbox,
        }
    }

    /// The next thing that a model says.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let told = self.inbox.recv().await?;
            if let Some(event) = self.event(told) {
                return Some(event);
            }
        }
    }

    /// What a model has said already.
    pub fn try_next(&mut self) -> Option<Event> {
        loop {
            let told = self.inbox.try_recv().ok()?;
            if let Some(event) = self.event(told) {
                return Some(event);
            }
        }
    }

    /// Of a model that was replaced only the ends of its requests are news.
    fn event(&self, (kind, generation, event): Told) -> Option<Event> {
        let replaced = lock(&self.slots[kind as usize]).generation != generation;
        let of_request = matches!(event, ModelEvent::Stream(..));
        (of_request || !replaced).then_some(Event::Model(kind, event))
    }

    pub fn ask(&self, kind: LaneKind, request: Request) {
        let mut slot = lock(&self.slots[kind as usize]);
        match &slot.model {
            Some(model) => model.complete(request),
            None => {
                let before = slot.waiting.replace(request);
                self.drop_request(kind, slot.generation, before);
            }
        }
    }

    pub fn cancel(&self, kind: LaneKind) {
        let mut slot = lock(&self.slots[kind as usize]);
        let before = slot.waiting.take();
        self.drop_request(kind, slot.generation, before);
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

    /// Replaces a lane's model. One that runs here begins to load when the old one has gone, so that
    /// both need not fit in memory.
    pub fn load(&self, kind: LaneKind, source: ModelSource) {
        let (old, generation) = self.empty(kind);
        let slot = Arc::clone(&self.slots[kind as usize]);
        let told = self.told.clone();
        let network = self.network.clone();
        thread::spawn(move || {
            let mut old = old;
            if matches!(source, ModelSource::File(_)) {
                drop(old.take());
            }
            if lock(&slot).generation != generation {
                return;
            }
            let model = Model::start(source, &network, move |event| {
                // After the program's end nobody listens, and nobody needs to.
                let _ = told.send((kind, generation, event));
            });
            let overtaken = keep(&slot, generation, model);
            drop((overtaken, old));
        });
    }

    /// Ends a lane's model.
    pub fn unload(&self, kind: LaneKind) {
        let (old, _) = self.empty(kind);
        thread::spawn(move || drop(old));
    }

    /// Takes a lane's model out and begins another generation.
    fn empty(&self, kind: LaneKind) -> (Option<Model>, u64) {
        let mut slot = lock(&self.slots[kind as usize]);
        let waiting = slot.waiting.take();
        self.drop_request(kind, slot.generation, waiting);
        slot.generation += 1;
        (slot.model.take(), slot.generation)
    }

    /// Says that a request which no model has seen has ended.
    fn drop_request(&self, kind: LaneKind, generation: u64, request: Option<Request>) {
        if let Some(request) = request {
            let event = ModelEvent::Stream(request.id, StreamEvent::Done(Completion::cancelled()));
            // This end keeps the receiver too, so that somebody listens.
            let _ = self.told.send((kind, generation, event));
        }
    }

    /// Ends the models, leaving behind one that does not end in time: the process ends anyway.
    pub fn finish(self) {
        let models = self.slots.map(|slot| {
            let mut slot = lock(&slot);
            // One that is just being started is not kept.
            slot.generation += 1;
            mem::take(&mut slot.model)
        });
        let network = self.network;
        let ending = thread::spawn(move || drop((models, network)));
        let begun = Instant::now();
        while !ending.is_finished() && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Puts a started model into its slot with the request that waits for it; gives it back where it was
/// overtaken.
fn keep(slot: &Mutex<Slot>, generation: u64, model: Model) -> Option<Model> {
    let mut slot = lock(slot);
    if slot.generation != generation {
        return Some(model);
    }
    if let Some(request) = slot.waiting.take() {
        model.complete(request);
    }
    slot.model = Some(model);
    None
}

/// A slot is whole between any two statements, also after a panic.
fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        completion::{Hole, RequestId, StopReason},
        config::Config,
        local::EngineConfig,
    };

    fn models() -> Models {
        Models::new(Config::default().network())
    }

    fn request(id: u64) -> Request {
        Request::greedy(RequestId(id), Hole::new("a", "b", None), 4)
    }

    fn nowhere() -> ModelSource {
        ModelSource::File(EngineConfig::new("no/such/model.gguf"))
    }

    /// The next event, for which a model thread may have to run first.
    fn next(models: &mut Models) -> Event {
        let begun = Instant::now();
        loop {
            if let Some(event) = models.try_next() {
                return event;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing came");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The request that an event ends, as cancelled before any model saw it.
    fn cancelled(event: &Event) -> Option<u64> {
        match event {
            Event::Model(_, ModelEvent::Stream(id, StreamEvent::Done(done))) => {
                (done.stop == StopReason::Cancelled).then_some(id.0)
            }
            _ => None,
        }
    }

    #[test]
    fn a_request_that_no_model_has_seen_ends_all_the_same() {
        let mut models = models();
        models.ask(LaneKind::Large, request(1));
        models.ask(LaneKind::Large, request(2));
        assert_eq!(models.try_next().as_ref().and_then(cancelled), Some(1));
        models.cancel(LaneKind::Large);
        assert_eq!(models.try_next().as_ref().and_then(cancelled), Some(2));
        models.ask(LaneKind::Second, request(3));
        models.unload(LaneKind::Second);
        let ended = models.try_next();
        assert!(matches!(
            ended,
            Some(Event::Model(LaneKind::Second, ModelEvent::Stream(..)))
        ));
        assert!(models.try_next().is_none());
    }

    #[test]
    fn each_lane_has_a_model_of_its_own() {
        let mut models = models();
        models.load(LaneKind::Second, nowhere());
        let event = next(&mut models);
        assert!(
            matches!(
                event,
                Event::Model(LaneKind::Second, ModelEvent::LoadFailed(_))
            ),
            "{event:?}"
        );
        models.ask(LaneKind::Second, request(1));
        let event = next(&mut models);
        assert!(
            matches!(
                event,
                Event::Model(
                    LaneKind::Second,
                    ModelEvent::Stream(RequestId(1), StreamEvent::Failed(_))
                )
            ),
            "{event:?}"
        );
        models.finish();
    }

    #[test]
    fn a_model_that_was_replaced_says_nothing_more_of_itself() {
        let mut models = models();
        models.load(LaneKind::Large, nowhere());
        let told = loop {
            if let Ok(told) = models.inbox.try_recv() {
                break told;
            }
            thread::sleep(Duration::from_millis(1));
        };
        models.unload(LaneKind::Large);
        assert!(models.event(told).is_none());
    }
}
