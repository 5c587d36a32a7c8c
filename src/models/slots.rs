//! Models in slots, one a slot. Starting one may take a moment, and ending one that runs here waits
//! for the chunk (or the loading of weights) it is in, so both happen on threads of their own: whoever
//! asks never waits. What a slot is for is the asker's business.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Model, ModelSource};
use crate::{
    completion::{Completion, Request, StreamEvent, model::ModelEvent},
    remote::{Network, NetworkConfig},
    worker::Worker,
};

/// At the program's end a model may finish its chunk for this long; then it is left behind.
const PATIENCE: Duration = Duration::from_millis(300);

/// One slot's model, which may be on its way.
#[derive(Default)]
struct Slot {
    model: Option<Model>,
    /// Asked while the model was on its way; the newest only.
    waiting: Option<Request>,
    /// Counts the models asked for, so that one that was overtaken is not kept.
    generation: u64,
}

/// What the model of a slot said, and which of those that were ever in it.
type Told<K> = (K, u64, ModelEvent);

/// The models of all slots, and the network that those on servers share. `K` names the slots and
/// gives each its number.
pub struct Slots<K> {
    network: Network,
    slots: Vec<Arc<Mutex<Slot>>>,
    told: UnboundedSender<Told<K>>,
    inbox: UnboundedReceiver<Told<K>>,
}

impl<K: Copy + Into<usize> + Send + 'static> Slots<K> {
    /// So many empty slots.
    pub fn new(network: NetworkConfig, count: usize) -> Self {
        let (told, inbox) = unbounded_channel();
        Slots {
            network: Network::new(network),
            slots: (0..count).map(|_| Arc::default()).collect(),
            told,
            inbox,
        }
    }

    /// The next thing that a model says.
    pub async fn next(&mut self) -> Option<(K, ModelEvent)> {
        loop {
            let told = self.inbox.recv().await?;
            if let Some(event) = self.event(told) {
                return Some(event);
            }
        }
    }

    /// What a model has said already.
    pub fn try_next(&mut self) -> Option<(K, ModelEvent)> {
        loop {
            let told = self.inbox.try_recv().ok()?;
            if let Some(event) = self.event(told) {
                return Some(event);
            }
        }
    }

    /// Of a model that was replaced only the ends of its requests are news.
    fn event(&self, (which, generation, event): Told<K>) -> Option<(K, ModelEvent)> {
        let replaced = self.lock(which).generation != generation;
        let of_request = matches!(event, ModelEvent::Stream(..));
        (of_request || !replaced).then_some((which, event))
    }

    fn lock(&self, which: K) -> MutexGuard<'_, Slot> {
        lock(&self.slots[which.into()])
    }

    /// Asks a slot's model, once it is there; ends the request before it.
    pub fn ask(&self, which: K, request: Request) {
        let mut slot = self.lock(which);
        match &slot.model {
            Some(model) => model.complete(request),
            None => {
                let before = slot.waiting.replace(request);
                self.drop_request(which, slot.generation, before);
            }
        }
    }

    /// Ends the request in flight, if any.
    pub fn cancel(&self, which: K) {
        let mut slot = self.lock(which);
        let before = slot.waiting.take();
        self.drop_request(which, slot.generation, before);
        if let Some(model) = &slot.model {
            model.cancel();
        }
    }

    /// Makes a slot's model ready for a request that may come soon.
    pub fn warm(&self, which: K) {
        if let Some(model) = &self.lock(which).model {
            model.warm();
        }
    }

    /// Replaces a slot's model. One that runs here begins to load when the old one has gone, so that
    /// both need not fit in memory.
    pub fn load(&self, which: K, source: ModelSource) {
        let (old, generation) = self.empty(which);
        let slot = Arc::clone(&self.slots[which.into()]);
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
                let _ = told.send((which, generation, event));
            });
            let overtaken = keep(&slot, generation, model);
            drop((overtaken, old));
        });
    }

    /// Ends a slot's model.
    pub fn unload(&self, which: K) {
        let (old, _) = self.empty(which);
        thread::spawn(move || drop(old));
    }

    /// Takes a slot's model out and begins another generation.
    fn empty(&self, which: K) -> (Option<Model>, u64) {
        let mut slot = self.lock(which);
        let waiting = slot.waiting.take();
        self.drop_request(which, slot.generation, waiting);
        slot.generation += 1;
        (slot.model.take(), slot.generation)
    }

    /// Says that a request which no model has seen has ended.
    fn drop_request(&self, which: K, generation: u64, request: Option<Request>) {
        if let Some(request) = request {
            let event = ModelEvent::Stream(request.id, StreamEvent::Done(Completion::cancelled()));
            // This end keeps the receiver too, so that somebody listens.
            let _ = self.told.send((which, generation, event));
        }
    }

    /// Ends the models, leaving behind one that does not end in time: the process ends anyway.
    pub fn finish(self) {
        let take = |slot: Arc<Mutex<Slot>>| {
            let mut slot = lock(&slot);
            // One that is just being started is not kept.
            slot.generation += 1;
            mem::take(&mut slot.model)
        };
        let models: Vec<Option<Model>> = self.slots.into_iter().map(take).collect();
        let network = self.network;
        let mut ending = Worker::<()>::start("ending", move |_| drop((models, network)));
        ending.end_within(Some(PATIENCE));
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
    use std::time::Instant;

    use super::*;
    use crate::{
        completion::{Hole, RequestId, StopReason},
        config::Config,
        local::EngineConfig,
    };

    const LARGE: usize = 1;
    const SECOND: usize = 2;

    type Event = (usize, ModelEvent);

    fn models() -> Slots<usize> {
        Slots::new(Config::default().network(), 3)
    }

    fn request(id: u64) -> Request {
        Request::greedy(RequestId(id), Hole::new("a", "b", None), 4)
    }

    fn nowhere() -> ModelSource {
        ModelSource::File(EngineConfig::new("no/such/model.gguf"))
    }

    /// The next event, for which a model thread may have to run first.
    fn next(models: &mut Slots<usize>) -> Event {
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
            (_, ModelEvent::Stream(id, StreamEvent::Done(done))) => {
                (done.stop == StopReason::Cancelled).then_some(id.0)
            }
            _ => None,
        }
    }

    #[test]
    fn a_request_that_no_model_has_seen_ends_all_the_same() {
        let mut models = models();
        models.ask(LARGE, request(1));
        models.ask(LARGE, request(2));
        assert_eq!(models.try_next().as_ref().and_then(cancelled), Some(1));
        models.cancel(LARGE);
        assert_eq!(models.try_next().as_ref().and_then(cancelled), Some(2));
        models.ask(SECOND, request(3));
        models.unload(SECOND);
        let ended = models.try_next();
        assert!(matches!(ended, Some((SECOND, ModelEvent::Stream(..)))));
        assert!(models.try_next().is_none());
    }

    #[test]
    fn each_slot_has_a_model_of_its_own() {
        let mut models = models();
        models.load(SECOND, nowhere());
        let event = next(&mut models);
        assert!(
            matches!(event, (SECOND, ModelEvent::LoadFailed(_))),
            "{event:?}"
        );
        models.ask(SECOND, request(1));
        let event = next(&mut models);
        assert!(
            matches!(
                event,
                (
                    SECOND,
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
        models.load(LARGE, nowhere());
        let told = loop {
            if let Ok(told) = models.inbox.try_recv() {
                break told;
            }
            thread::sleep(Duration::from_millis(1));
        };
        models.unload(LARGE);
        assert!(models.event(told).is_none());
    }
}
