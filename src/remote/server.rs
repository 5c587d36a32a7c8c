//! One server: found out about once, asked one request at a time, and kept warm.

use std::time::Duration;

use serde::Serialize;

use super::{Network, Problem, ServerConfig, dialect::Profile};
use crate::completion::{Request, model::ModelEvent};

/// A handle on a server. Nothing waits: requests go in, events come out. Dropping it closes what is
/// open.
pub struct Remote {}

impl Remote {
    /// Begins to find out what the server is and returns at once. `on_event` is called on the
    /// network's thread and must not block.
    pub fn start(
        config: ServerConfig,
        network: &Network,
        on_event: impl FnMut(ModelEvent) + Send + 'static,
    ) -> Self {
        let _ = (config, network, on_event);
        todo!()
    }

    /// Asks for a completion; ends the request before it, whose connection is closed.
    pub fn complete(&self, request: Request) {
        let _ = request;
        todo!()
    }

    /// Ends the request in flight, if any, and closes its connection.
    pub fn cancel(&self) {
        todo!()
    }

    /// Opens a connection ahead of a request that may come, unless one is open.
    pub fn warm(&self) {
        todo!()
    }
}

/// What a server is, for `doctor`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerReport {
    /// What it speaks and has; `None` where that could not be found out.
    pub profile: Option<Profile>,
    /// One small request there and back on an open connection.
    pub round_trip_ms: Option<f64>,
    /// What is wrong and what to do.
    pub problem: Option<String>,
    /// What should be known, such as that the connection can be read on the way.
    pub notices: Vec<String>,
}

/// Asks a server everything that `doctor` tells of it; blocks for at most `within`.
pub fn examine(config: ServerConfig, network: &Network, within: Duration) -> ServerReport {
    let _ = (config, network, within);
    let _: Option<Problem> = None;
    todo!()
}
