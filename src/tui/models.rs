//! The driver's model threads, one a lane. Ending one waits for the chunk (or the loading of
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
    completion::Request,
    local::{Engine, EngineConfig, EngineEvent},
};

/// At the program's end a model may finish its chunk for this long; then it is left behind.
const PATIENCE: Duration = Duration::from_millis(300);

/// One lane's engine, which may be on its way.
#[derive(Default)]
struct Slot {
    engine: Option<Engine>,
    /// Asked while the engine was on its way; the newest only.
    waiting: Option<Request>,
    /// Counts the models asked for, so that one that was overtaken is not kept.
    generation: u64,
}

/// The engines of both lanes.
pub(super) struct Models {
    events: UnboundedSender<Event>,
    slots: [Arc<Mutex<Slot>>; 2],
}

impl Models {
    pub fn new(events: UnboundedSender<Event>) -> Self {
        Models {
            events,
            slots: Default::default(),
        }
    }

    pub fn ask(&self, kind: LaneKind, request: Request) {
        let mut slot = lock(&self.slots[kind as usize]);
        match &slot.engine {
            Some(engine) => engine.complete(request),
            None => slot.waiting = Some(request),
        }
    }

    pub fn cancel(&self, kind: LaneKind) {
        let mut slot = lock(&self.slots[kind as usize]);
        slot.waiting = None;
        if let Some(engine) = &slot.engine {
            engine.cancel();
        }
    }

    /// Replaces a lane's model. The old one goes first, so that both need not fit in memory.
    pub fn load(&self, kind: LaneKind, config: EngineConfig) {
        let slot = Arc::clone(&self.slots[kind as usize]);
        let (old, generation) = {
            let mut slot = lock(&slot);
            slot.generation += 1;
            slot.waiting = None;
            (slot.engine.take(), slot.generation)
        };
        let events = self.events.clone();
        thread::spawn(move || {
            drop(old);
            let mut slot = lock(&slot);
            if slot.generation != generation {
                return;
            }
            let engine = Engine::start(config, move |event| {
                // After the program's end nobody listens, and nobody needs to.
                let _ = events.send(of_lane(kind, event));
            });
            if let Some(request) = slot.waiting.take() {
                engine.complete(request);
            }
            slot.engine = Some(engine);
        });
    }

    /// Ends the models, leaving behind one that does not end in time: the process ends anyway.
    pub fn finish(self) {
        let engines = self.slots.map(|slot| mem::take(&mut lock(&slot).engine));
        let ending = thread::spawn(move || drop(engines));
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

fn of_lane(kind: LaneKind, event: EngineEvent) -> Event {
    match event {
        EngineEvent::Loading(progress) => Event::ModelLoading(kind, progress),
        EngineEvent::Ready(info) => Event::ModelReady(kind, info),
        EngineEvent::LoadFailed(problem) => Event::ModelFailed(kind, problem),
        EngineEvent::Stream(id, event) => Event::Stream(kind, id, event),
    }
}
