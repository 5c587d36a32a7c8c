//! One exchange with one server: its address and key put on a request, and the answer's status,
//! headers and (bounded) body, or a [`Problem`] that says what went wrong.

use std::{path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::Value;

use super::{Network, Problem, ServerConfig};

/// How to reach one server.
#[derive(Clone)]
pub(super) struct Exchange {
    network: Network,
    config: Arc<ServerConfig>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: u16,
    /// The body, cut at a bound.
    pub body: Bytes,
}

impl Exchange {
    /// # Errors
    /// Offline, or a URL that cannot be used.
    pub fn new(network: Network, config: Arc<ServerConfig>) -> Result<Self, Problem> {
        Ok(Exchange { network, config })
    }

    pub fn config(&self) -> &ServerConfig {
        &self.config
    }

    /// Whether the text of a file may go to the server.
    ///
    /// # Errors
    /// It may not.
    pub fn permits(&self, path: Option<&Path>) -> Result<(), Problem> {
        self.network.permits(path)
    }

    /// Asks for a path (`/props`, `/v1/models`), whatever the status; gives up after `within`.
    ///
    /// # Errors
    /// No answer at all.
    pub async fn get(&self, path: &str, within: Duration) -> Result<Answer, Problem> {
        let _ = (path, within);
        todo!()
    }

    /// Posts JSON and waits for the whole answer, whatever the status.
    ///
    /// # Errors
    /// No answer at all.
    pub async fn post(
        &self,
        path: &str,
        body: &Value,
        within: Duration,
    ) -> Result<Answer, Problem> {
        let _ = (path, body, within);
        todo!()
    }

    /// Posts JSON and returns the answer as soon as its head is there. Dropping the response closes
    /// the connection unless the body was read to its end.
    ///
    /// # Errors
    /// No answer, or one with another status than 200 (its body is read, within bounds, and told by
    /// [`Problem::of_status`]).
    pub async fn open(&self, path: &str, body: &Value) -> Result<reqwest::Response, Problem> {
        let _ = (path, body);
        todo!()
    }
}
