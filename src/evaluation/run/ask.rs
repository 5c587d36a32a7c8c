//! Asks one model and waits for its answer, noting when each token arrives.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use crate::{
    completion::{
        Completion, Drafts, Hole, Request, RequestId, Sampling, StopReason, StreamEvent,
        model::{ModelEvent, ModelInfo},
    },
    model::{Model, ModelSource},
    remote::Network,
};

/// Poll interval for `stop`.
const LOOK_UP: Duration = Duration::from_millis(50);

/// A model that serves one completion at a time.
pub struct Lane {
    model: Model,
    events: Receiver<(Instant, ModelEvent)>,
    server: bool,
    last_id: u64,
}

/// What a model returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub completion: Completion,
    /// When each token of the completion arrived, in milliseconds since the request.
    pub token_ms: Vec<f32>,
    /// From the request to the end.
    pub took: Duration,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// The request failed; says what is wrong and what to do.
    Failed(String),
    /// The run was stopped.
    Stopped,
}

/// A pending request.
pub(super) struct Asked {
    id: RequestId,
    at: Instant,
}

/// A model's thread ends only with the process or through a bug.
fn gone() -> Unanswered {
    Unanswered::Failed("the model's thread has ended; see the log".to_owned())
}

impl Lane {
    /// Starts loading a model, or connecting to its server.
    pub fn start(source: ModelSource, network: &Network) -> Self {
        let (sender, events) = channel();
        let server = matches!(source, ModelSource::Server(_));
        let model = Model::start(source, network, move |event| {
            // Nothing receives events any more once the run has ended.
            let _ = sender.send((Instant::now(), event));
        });
        Lane {
            model,
            events,
            server,
            last_id: 0,
        }
    }

    /// Waits until the model is ready; `note` gets progress messages for people.
    ///
    /// # Errors
    /// The model is unavailable.
    pub fn ready(
        &mut self,
        stop: &dyn Fn() -> bool,
        note: &mut dyn FnMut(&str),
    ) -> Result<Arc<ModelInfo>, Unanswered> {
        loop {
            match self.next(stop)?.1 {
                ModelEvent::Loading(share) => note(&format!("loading: {:.0} %", share * 100.0)),
                ModelEvent::Waiting(why) => note(&why),
                ModelEvent::Ready(info) => return Ok(info),
                ModelEvent::Unreachable(problem) | ModelEvent::LoadFailed(problem) => {
                    return Err(Unanswered::Failed(problem));
                }
                ModelEvent::Stream(..) => {}
            }
        }
    }

    /// Whether the model runs on a server.
    pub fn is_server(&self) -> bool {
        self.server
    }

    /// Asks for a completion and waits for it.
    ///
    /// # Errors
    /// The model cannot answer, or the run was stopped.
    pub fn complete(
        &mut self,
        hole: &Hole,
        sampling: Sampling,
        max_tokens: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Completion, Unanswered> {
        let asked = self.send(|id| Request {
            sampling,
            ..Request::greedy(id, hole.clone(), max_tokens)
        });
        Ok(self.answer(asked, stop)?.completion)
    }

    /// Asks for the most probable completion of a hole; drafts do not change it.
    pub(super) fn ask(&mut self, hole: &Hole, max_tokens: usize, drafts: Drafts) -> Asked {
        self.send(|id| Request {
            drafts,
            ..Request::greedy(id, hole.clone(), max_tokens)
        })
    }

    fn send(&mut self, request: impl FnOnce(RequestId) -> Request) -> Asked {
        self.last_id += 1;
        let id = RequestId(self.last_id);
        let at = Instant::now();
        self.model.complete(request(id));
        Asked { id, at }
    }

    /// Waits for the answer.
    pub(super) fn answer(
        &mut self,
        asked: Asked,
        stop: &dyn Fn() -> bool,
    ) -> Result<Answer, Unanswered> {
        let mut token_ms = Vec::new();
        loop {
            let (at, event) = match self.next(stop) {
                Ok(event) => event,
                Err(unanswered) => {
                    self.model.cancel();
                    return Err(unanswered);
                }
            };
            let since = at.saturating_duration_since(asked.at);
            let event = match event {
                ModelEvent::Stream(id, event) if id == asked.id => event,
                ModelEvent::LoadFailed(problem) => return Err(Unanswered::Failed(problem)),
                _ => continue,
            };
            match event {
                StreamEvent::Token(_) => token_ms.push(milliseconds(since)),
                StreamEvent::Done(completion) if completion.stop == StopReason::Cancelled => {
                    return Err(Unanswered::Stopped);
                }
                StreamEvent::Done(completion) => {
                    // Trimming only removes tokens at the end.
                    token_ms.resize(completion.tokens.len(), milliseconds(since));
                    return Ok(Answer {
                        completion,
                        token_ms,
                        took: since,
                    });
                }
                StreamEvent::Failed(problem) => return Err(Unanswered::Failed(problem)),
                StreamEvent::Waiting(_) | StreamEvent::Started(_) => {}
            }
        }
    }

    /// The next event; waits for it until told to stop.
    fn next(&self, stop: &dyn Fn() -> bool) -> Result<(Instant, ModelEvent), Unanswered> {
        while !stop() {
            match self.events.recv_timeout(LOOK_UP) {
                Ok(event) => return Ok(event),
                Err(RecvTimeoutError::Disconnected) => return Err(gone()),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        Err(Unanswered::Stopped)
    }
}

fn milliseconds(duration: Duration) -> f32 {
    duration.as_secs_f32() * 1000.0
}
