//! A model's place in a driver: its source, its current request, and the requests that wait for it.

use std::{collections::VecDeque, sync::Arc};

use super::{ModelSource, aide::Answers};
use crate::{
    completion::{Request, RequestId, model::ModelInfo},
    turn::Slot,
};

/// A model in its slot.
pub(super) struct ModelPlace {
    pub source: Result<ModelSource, String>,
    pub name: String,
    pub model: Option<Box<dyn Answers>>,
    pub info: Option<Arc<ModelInfo>>,
    /// Why it cannot be used; starting it is not retried.
    pub failed: Option<String>,
    /// Why it cannot be reached now.
    pub unreachable: Option<String>,
    /// The current request, and whether it was cancelled.
    pub busy: Option<(RequestId, bool)>,
    /// Requests that wait until it is free.
    pub waiting: VecDeque<Request>,
}

impl ModelPlace {
    /// A place whose model has not started.
    pub fn of((slot, source): (usize, Result<ModelSource, String>)) -> Self {
        ModelPlace {
            name: match (&source, Slot(slot).lane()) {
                (Ok(source), _) => source.name(),
                (Err(_), Some(kind)) => kind.name().to_owned(),
                (Err(_), None) => String::new(),
            },
            source,
            model: None,
            info: None,
            failed: None,
            unreachable: None,
            busy: None,
            waiting: VecDeque::new(),
        }
    }

    /// Sends a request to the model, which is then busy with it.
    pub fn send(&mut self, request: Request) {
        if let Some(model) = &self.model {
            self.busy = Some((request.id, false));
            model.complete(request);
        }
    }

    /// Ends the model's current request.
    pub fn cancel(&self) {
        if let Some(model) = &self.model {
            model.cancel();
        }
    }
}
