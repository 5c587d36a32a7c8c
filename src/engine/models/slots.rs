//! Models in slots, one per slot. Starting a model may take a moment, and ending a local one waits
//! for the end of its current chunk or of loading its weights. So both happen on separate threads,
//! and the caller never waits. The purpose of each slot is up to the caller.

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

/// How long a model may take to finish its chunk when the program ends; after that it is abandoned.
const PATIENCE: Duration = Duration::from_millis(300);

/// A slot's model, which may still be starting.
#[derive(Default)]
struct Slot {
    model: Option<Model>,
    /// The latest request made while the model was starting.
    waiting: Option<Request>,
    /// Counts the models loaded here, so that one superseded while starting is dropped.
    generation: u64,
}

/// An event of a slot's model, with the model's generation.
type Told<K> = (K, u64, ModelEvent);

/// The models of all slots, and the network that the servers share. `K` names the slots and
/// converts to their numbers.
pub struct Slots<K> {
    network: Network,
    slots: Vec<Arc<Mutex<Slot>>>,
    told: UnboundedSender<Told<K>>,
    inbox: UnboundedReceiver<Told<K>>,
}

impl<K: Copy + Into<usize> + Send + 'static> Slots<K> {
    /// This many empty slots.
    pub fn new(network: NetworkConfig, count: usize) -> Self {
        let (told, inbox) = unbounded_channel();
        Slots {
            network: Network::new(network),
            slots: (0..count).map(|_| Arc::default()).collect(),
            told,
            inbox,
        }
    }

    /// The next event of any model.
    pub async fn next(&mut self) -> Option<(K, ModelEvent)> {
        loop {
            let told = self.inbox.recv().await?;
            if let Some(event) = self.event(told) {
                return Some(event);
            }
        }
    }

    /// The next event that has already arrived.
    pub fn try_next(&mut self) -> Option<(K, ModelEvent)> {
        loop {
            let told = self.inbox.try_recv().ok()?;
            if let Some(event) = self.event(told) {
                return Some(event);
            }
        }
    }

    /// Of a replaced model, only the ends of its requests are passed on.
    fn event(&self, (which, generation, event): Told<K>) -> Option<(K, ModelEvent)> {
        let replaced = self.lock(which).generation != generation;
        let of_request = matches!(event, ModelEvent::Stream(..));
        (of_request || !replaced).then_some((which, event))
    }

    fn lock(&self, which: K) -> MutexGuard<'_, Slot> {
        lock(&self.slots[which.into()])
    }

    /// Asks a slot's model as soon as it has started; ends the request before it.
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

    /// Replaces a slot's model. A local one starts loading only when the old one has ended, so that
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
                // Fails only at the program's end, when events are not needed.
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

    /// Takes out a slot's model and begins another generation.
    fn empty(&self, which: K) -> (Option<Model>, u64) {
        let mut slot = self.lock(which);
        let waiting = slot.waiting.take();
        self.drop_request(which, slot.generation, waiting);
        slot.generation += 1;
        (slot.model.take(), slot.generation)
    }

    /// Reports the end of a request that no model has seen.
    fn drop_request(&self, which: K, generation: u64, request: Option<Request>) {
        if let Some(request) = request {
            let event = ModelEvent::Stream(request.id, StreamEvent::Done(Completion::cancelled()));
            // `self` holds the receiver, so this cannot fail.
            let _ = self.told.send((which, generation, event));
        }
    }

    /// Ends the models, but abandons those that do not end in time: the process ends anyway.
    pub fn finish(self) {
        let take = |slot: Arc<Mutex<Slot>>| {
            let mut slot = lock(&slot);
            // A model that is still starting is dropped.
            slot.generation += 1;
            mem::take(&mut slot.model)
        };
        let models: Vec<Option<Model>> = self.slots.into_iter().map(take).collect();
        let network = self.network;
        let mut ending = Worker::<()>::start("ending", move |_| drop((models, network)));
        ending.end_within(Some(PATIENCE));
    }
}

/// Puts a started model into its slot and sends it the waiting request; returns the model if it was
/// superseded.
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

/// A slot is consistent after every statement, even if a thread panicked.
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

    /// The next event, for which a model's thread may have to run first.
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

    /// The request that an event ends as cancelled before any model saw it.
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
