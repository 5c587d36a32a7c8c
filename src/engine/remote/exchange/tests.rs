//! Exchanges with servers on real sockets: every way to get no answer, and what is sent where.

#[path = "../../../../tests/program/servers/authority.rs"]
mod authority;
#[allow(dead_code)]
#[path = "../../../../tests/program/servers/fixture.rs"]
mod fixture;

mod bodies;
mod connections;
mod environment;
mod failures;
mod keys;
mod redirects;
mod statuses;
mod tls;
mod urls;

use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};

use serde_json::json;

use super::{Exchange, ServerAnswer};
use crate::remote::{
    Deadlines, KeySource, Network, NetworkConfig, Problem, ServerConfig, shown_url,
};

/// Only guards against a hang.
const WITHIN: Duration = Duration::from_secs(20);

fn network_with(ca_certificates: Vec<PathBuf>) -> Network {
    Network::new(NetworkConfig {
        offline: false,
        deny: Vec::new(),
        ca_certificates,
    })
}

fn config(url: &str, key: Option<KeySource>) -> ServerConfig {
    ServerConfig {
        name: shown_url(url),
        url: url.to_owned(),
        dialect: None,
        model: None,
        key,
        family: None,
        context: None,
        prediction: None,
        top: 5,
        deadlines: Deadlines {
            connect: Duration::from_secs(5),
            ..Deadlines::default()
        },
    }
}

/// A server and its own network.
struct Client {
    network: Network,
    exchange: Exchange,
}

impl Client {
    fn new(url: &str) -> Self {
        Self::with(config(url, None), Vec::new())
    }

    fn keyed(url: &str, key: KeySource) -> Self {
        Self::with(config(url, Some(key)), Vec::new())
    }

    fn with(config: ServerConfig, ca_certificates: Vec<PathBuf>) -> Self {
        let network = network_with(ca_certificates);
        let exchange = Exchange::new(network.clone(), Arc::new(config));
        Client {
            network,
            exchange: exchange.expect("the URL can be used"),
        }
    }

    fn wait<T>(&self, task: impl Future<Output = T>) -> T {
        let task = async { tokio::time::timeout(WITHIN, task).await };
        self.network.runtime().block_on(task).expect("no hanging")
    }

    fn get(&self, path: &str) -> Result<ServerAnswer, Problem> {
        self.wait(self.exchange.get(path, WITHIN))
    }

    fn post(&self, path: &str) -> Result<ServerAnswer, Problem> {
        let body = json!({ "prompt": "secret code" });
        self.wait(self.exchange.post(path, &body, WITHIN))
    }

    /// Opens a stream, which is expected to fail.
    fn refused(&self, path: &str) -> Problem {
        let body = json!({ "prompt": "secret code" });
        let opened = self.wait(self.exchange.open(path, &body));
        opened.expect_err("the server does not stream")
    }
}

/// A command that prints a key.
fn printing(key: &str) -> KeySource {
    KeySource::Command(format!("printf '%s\\n' '{key}'"))
}

/// A server that dies while answering.
fn cut(wire: &mut fixture::Wire) -> std::io::Result<()> {
    wire.cut();
    Ok(())
}

/// Waits for a connection to return to the pool, just after the answer has been read.
fn settle() {
    std::thread::sleep(Duration::from_millis(50));
}
