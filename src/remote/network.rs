//! What all servers of a run share: one HTTP client, the thread it runs on, and what may leave this
//! machine.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::runtime::Handle;

use super::Problem;

/// What all servers of a run share.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkConfig {
    /// No request is made at all.
    pub offline: bool,
    /// Files whose path matches one of these patterns never go to a server.
    pub deny: Vec<String>,
    /// Files of CA certificates (PEM) to trust besides the system's.
    pub ca_certificates: Vec<PathBuf>,
    /// Until a connection stands.
    pub connect_timeout: Duration,
}

/// One HTTP client for the life of the program. Cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Network {
    shared: Arc<Shared>,
}

struct Shared {
    config: NetworkConfig,
}

impl Network {
    /// Nothing is opened or started before the first request.
    pub fn new(config: NetworkConfig) -> Self {
        Network {
            shared: Arc::new(Shared { config }),
        }
    }

    /// Where the tasks of this room run: a thread of their own, started when first asked for.
    pub(super) fn runtime(&self) -> &Handle {
        let _ = &self.shared.config;
        todo!()
    }

    /// The HTTP client, made when first asked for.
    ///
    /// # Errors
    /// Offline, or a certificate file that cannot be used.
    pub(super) fn http(&self) -> Result<&reqwest::Client, Problem> {
        todo!()
    }

    /// Whether the text of a file may leave this machine.
    ///
    /// # Errors
    /// It may not; names the pattern.
    pub(super) fn permits(&self, path: Option<&std::path::Path>) -> Result<(), Problem> {
        let _ = path;
        todo!()
    }
}
