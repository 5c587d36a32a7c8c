//! Large models over HTTP: one file per server dialect, over one shared streaming core. A request
//! goes in and the same events come out as from a local model. A failing server is reported with a
//! remedy; no request waits forever. Drawing and routing decisions happen elsewhere.
//!
//! [`Network`] is shared by all servers of a run: one HTTP client on its own thread, and the rules
//! for what may leave this machine. [`Remote`] is one server. [`dialect`] builds requests and
//! parses responses without a socket; `detect` probes a server for its dialect; `stream` carries
//! one request from its first byte to its last event. It relies on `room` to cut a hole to the
//! context, on `lines` to split bytes into messages, and on `remedy` to choose what to do after a
//! problem. [`examine`] reports on a server without requesting a completion.

mod detect;
pub mod dialect;
mod examine;
mod exchange;
mod key;
mod lines;
mod network;
mod problem;
mod remedy;
mod room;
mod server;
mod standing;
mod stream;
mod url;

use std::{fmt, time::Duration};

use crate::completion::fim::Family;

pub use dialect::Dialect;
pub use examine::{ServerReport, examine};
pub use key::KeySource;
pub use network::{Network, NetworkConfig};
pub use problem::{Problem, ProblemKind};
pub use server::Remote;
pub use standing::model_name;
pub use url::{is_loopback, plain_http_notice, shown_url};

/// A server and how to talk to it.
#[derive(Clone, PartialEq)]
pub struct ServerConfig {
    /// Display name until the server names its model: its name in the configuration, or the URL
    /// without credentials.
    pub name: String,
    /// The base URL: `http://host:port`, optionally with a path and a trailing `/v1`.
    pub url: String,
    /// The dialect; `None` detects it.
    pub dialect: Option<Dialect>,
    /// The model to request; `None` takes the first that the server lists.
    pub model: Option<String>,
    /// Where to get the API key, for servers that need one.
    pub key: Option<KeySource>,
    /// The FIM layout for servers that have none; `None` derives it from the model's name.
    pub family: Option<Family>,
    /// Context size in tokens, for servers that do not report it.
    pub context: Option<u32>,
    /// Whether the server accepts a draft of a chat answer ("predicted outputs"); `None` decides by
    /// host.
    pub prediction: Option<bool>,
    /// How many candidates to request per token.
    pub top: usize,
    pub deadlines: Deadlines,
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a password.
        formatter
            .debug_struct("ServerConfig")
            .field("name", &self.name)
            .field("url", &shown_url(&self.url))
            .field("dialect", &self.dialect)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// Time limits of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deadlines {
    /// Time to connect.
    pub connect: Duration,
    /// From the request to its first token.
    pub first_token: Duration,
    /// From the request to its end.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines {
            connect: Duration::from_secs(2),
            first_token: Duration::from_secs(30),
            total: Duration::from_secs(120),
        }
    }
}
