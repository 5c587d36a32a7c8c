//! The place of a model in a driver: where it comes from, what it is busy with, and what waits for it.

use std::{collections::VecDeque, sync::Arc};

use super::{ModelSource, aide::Answers};
use crate::{
    completion::{Request, RequestId, model::ModelInfo},
    turn::Slot,
};

/// The place of a model.
pub(super) struct Place {
    pub source: Result<ModelSource, String>,
    pub name: String,
    pub model: Option<Box<dyn Answers>>,
    pub info: Option<Arc<ModelInfo>>,
    /// Why it cannot be used. It is not tried again.
    pub failed: Option<String>,
    /// Why it cannot be reached now.
    pub unreachable: Option<String>,
    /// The request that it is busy with, and whether that was cancelled.
    pub busy: Option<(RequestId, bool)>,
    /// Requests that wait until it is free.
    pub waiting: VecDeque<Request>,
}

impl Place {
    /// A place whose model has not been started.
    pub fn of((slot, source): (usize, Result<ModelSource, String>)) -> Self {
        Place {
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

    /// Puts a request to the model, which is busy with it from here on.
    pub fn send(&mut self, request: Request) {
        if let Some(model) = &self.model {
            self.busy = Some((request.id, false));
            model.complete(request);
        }
    }

    /// Ends what the model is doing.
    pub fn cancel(&self) {
        if let Some(model) = &self.model {
            model.cancel();
        }
    }
}
