//! Large models over HTTP: one file for each dialect that servers speak, over one shared streaming
//! core. A request goes in, the same events come out as from a model that runs here, and a failing
//! server is a state with a remedy rather than something to wait for. Nothing in this room draws or
//! decides.
//!
//! [`Network`] is what all servers of a run share: one HTTP client on a thread of its own, and what
//! may leave this machine. [`Remote`] is one server. [`dialect`] says what to send and how to read
//! what comes back, without a socket; `detect` finds out which dialect a server speaks by asking it;
//! `stream` carries one request from its first byte to its last event. For it, `room` cuts a hole to
//! what fits, `lines` makes messages of bytes, and `remedy` says what can be done after a problem.
//! [`examine`] tells everything of a server without a completion.

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
    /// What to call it until it says what model it has: its name in the configuration, or the URL
    /// without credentials.
    pub name: String,
    /// Where it is: `http://host:port`, with or without a path and a trailing `/v1`.
    pub url: String,
    /// What it speaks; `None` asks it.
    pub dialect: Option<Dialect>,
    /// The model to ask for; `None` takes the first that the server lists.
    pub model: Option<String>,
    /// Where the key comes from, for servers that want one.
    pub key: Option<KeySource>,
    /// The FIM layout for servers that have none of their own; `None` goes by the model's name.
    pub family: Option<Family>,
    /// Context in tokens, where the server does not say it.
    pub context: Option<u32>,
    /// Whether it takes a draft of a chat answer ("predicted outputs"); `None` goes by the host.
    pub prediction: Option<bool>,
    /// How many candidates each token carries.
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

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deadlines {
    /// Until the connection stands.
    pub connect: Duration,
    /// From the request until its first token.
    pub first_token: Duration,
    /// From the request until its end.
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
