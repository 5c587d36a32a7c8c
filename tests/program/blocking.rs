//! The engine for callers that block: one completion at a time, events by callback.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use routelens::completion::model::{ModelEvent, ModelInfo};
use routelens::completion::{Completion, Request, StreamEvent};
use routelens::local::{Engine, EngineConfig};

/// An engine whose calls return when they are done.
pub struct BlockingEngine {
    engine: Engine,
    events: Receiver<ModelEvent>,
    info: Arc<ModelInfo>,
}

const ENDED: &str = "the model thread has ended";

impl BlockingEngine {
    /// Loads a model; `on_progress` gets 0 to 1 while it loads.
    ///
    /// # Errors
    /// Names the file, what is wrong and what to do.
    pub fn start(config: EngineConfig, on_progress: &mut dyn FnMut(f32)) -> Result<Self, String> {
        let (sender, events) = channel();
        let engine = Engine::start(config, move |event| {
            // Fails only while the engine is being dropped.
            let _ = sender.send(event);
        });
        loop {
            match events.recv().map_err(|_| ENDED)? {
                ModelEvent::Loading(part) => on_progress(part),
                ModelEvent::Ready(info) => {
                    return Ok(BlockingEngine {
                        engine,
                        events,
                        info,
                    });
                }
                ModelEvent::LoadFailed(why) => return Err(why),
                ModelEvent::Stream(..) | ModelEvent::Waiting(_) | ModelEvent::Unreachable(_) => {}
            }
        }
    }

    /// The loaded model.
    pub fn info(&self) -> &Arc<ModelInfo> {
        &self.info
    }

    /// Completes one hole and returns when it is done; `on_event` gets every event meanwhile.
    ///
    /// # Errors
    /// Says what failed and what to do.
    pub fn complete(
        &mut self,
        request: Request,
        on_event: &mut dyn FnMut(&StreamEvent),
    ) -> Result<Completion, String> {
        let id = request.id;
        self.engine.complete(request);
        loop {
            let ModelEvent::Stream(of, event) = self.events.recv().map_err(|_| ENDED)? else {
                continue;
            };
            if of != id {
                continue;
            }
            on_event(&event);
            match event {
                StreamEvent::Done(completion) => return Ok(completion),
                StreamEvent::Failed(why) => return Err(why),
                StreamEvent::Waiting(_) | StreamEvent::Started(_) | StreamEvent::Token(_) => {}
            }
        }
    }
}
