//! What all servers of a run share: the HTTP client, the thread it runs on, the keys that have been
//! read, and what may leave this machine.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use reqwest::{Certificate, Client, ClientBuilder, redirect};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio::runtime::{Builder, Handle, Runtime};

use super::{Problem, ProblemKind, key::Keys};
use crate::privacy::Deny;

/// How often the system asks whether the other end of an idle connection is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// What all servers of a run share.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkConfig {
    /// No request is made at all.
    pub offline: bool,
    /// Files whose path matches one of these patterns never go to a server.
    pub deny: Vec<String>,
    /// Files of CA certificates (PEM) to trust besides the system's.
    pub ca_certificates: Vec<PathBuf>,
}

/// One HTTP client for the life of the program. Cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Network {
    shared: Arc<Shared>,
}

struct Shared {
    config: NetworkConfig,
    runtime: OnceLock<Runtime>,
    clients: Mutex<HashMap<Route, Client>>,
    deny: Result<Deny, Problem>,
    keys: Keys,
}

/// What a client is made for. The library fixes both when it makes one; servers that agree in them,
/// as nearly all do, share a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// Until a connection stands.
    pub connect: Duration,
    /// Past any proxy: to this machine itself. A proxy elsewhere would reach its own loopback, and
    /// would see text that was never meant to leave.
    pub direct: bool,
}

impl Network {
    /// Nothing is opened or started before the first request.
    pub fn new(config: NetworkConfig) -> Self {
        let deny = Deny::new(&config.deny);
        let deny = deny.map_err(|text| Problem::new(ProblemKind::Setting, text));
        Network {
            shared: Arc::new(Shared {
                config,
                runtime: OnceLock::new(),
                clients: Mutex::default(),
                deny,
                keys: Keys::default(),
            }),
        }
    }

    /// Where the tasks of this room run: a thread of their own, started when first asked for.
    ///
    /// # Panics
    /// The system has no thread or no file descriptor left to give.
    pub(super) fn runtime(&self) -> &Handle {
        let start = || {
            Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("network")
                .enable_all()
                .build()
                .expect("the system gives a thread")
        };
        self.shared.runtime.get_or_init(start).handle()
    }

    /// The HTTP client for a route, made when first asked for, which reads the system's
    /// certificates.
    ///
    /// # Errors
    /// Offline, or a certificate file that cannot be used.
    pub(super) fn client(&self, route: Route) -> Result<Client, Problem> {
        self.online()?;
        let clients = &self.shared.clients;
        let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&route) {
            return Ok(client.clone());
        }
        let client = make_client(route, &self.shared.config.ca_certificates)?;
        clients.insert(route, client.clone());
        Ok(client)
    }

    /// The keys that have been read.
    pub(super) fn keys(&self) -> &Keys {
        &self.shared.keys
    }

    /// # Errors
    /// Offline.
    pub(super) fn online(&self) -> Result<(), Problem> {
        if !self.shared.config.offline {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::Offline,
            "no server is asked while offline: leave out --offline, or set offline = false in the \
             configuration",
        ))
    }

    /// Whether the text of a file may leave this machine.
    ///
    /// # Errors
    /// It may not; names the pattern.
    pub(super) fn permits(&self, path: Option<&Path>) -> Result<(), Problem> {
        self.online()?;
        match path {
            Some(path) => {
                let deny = self.shared.deny.as_ref();
                let permitted = deny.map_err(Clone::clone)?.permits(path);
                permitted.map_err(denied)
            }
            None => Ok(()),
        }
    }

    /// The same for a file of a folder.
    ///
    /// # Errors
    /// It may not.
    pub(super) fn permits_in(&self, folder: &Path, path: &Path) -> Result<(), Problem> {
        self.online()?;
        let deny = self.shared.deny.as_ref();
        let permitted = deny.map_err(Clone::clone)?.permits_in(folder, path);
        permitted.map_err(denied)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Without waiting: this may happen on a thread of another runtime, or of this one.
            runtime.shutdown_background();
        }
    }
}

/// A file that stays here, as the problem of a request.
fn denied(why: String) -> Problem {
    Problem::new(ProblemKind::Denied, why)
}

fn make_client(route: Route, files: &[PathBuf]) -> Result<Client, Problem> {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = own_certificates(files)?;
    let system = builder(route).tls_certs_merge(own.iter().cloned()).build();
    // Without one certificate on the system the verifier refuses to be made, and with it plain HTTP.
    let client = system.or_else(|_| builder(route).tls_certs_only(own).build());
    client.map_err(|error| {
        let text = format!("the HTTP client cannot be made: {error}");
        Problem::new(ProblemKind::Setting, text)
    })
}

fn builder(route: Route) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(concat!("routelens/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(route.connect)
        .tcp_nodelay(true)
        .tcp_keepalive(KEEPALIVE)
        // Kept until the server closes them.
        .pool_idle_timeout(None)
        // An exchange follows them itself: it knows what may go where.
        .redirect(redirect::Policy::none());
    if route.direct {
        builder.no_proxy()
    } else {
        builder
    }
}

/// Every certificate of the files, each known to be usable.
fn own_certificates(files: &[PathBuf]) -> Result<Vec<Certificate>, Problem> {
    let mut all = Vec::new();
    for file in files {
        let unusable = |why: String| {
            let text = format!(
                "the CA certificates in {} cannot be used: {why} (see ca_certificates in the \
                 configuration)",
                file.display()
            );
            Problem::new(ProblemKind::Setting, text)
        };
        let bytes = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
        let before = all.len();
        for certificate in CertificateDer::pem_slice_iter(&bytes) {
            let certificate =
                certificate.map_err(|_| unusable("it is not valid PEM".to_owned()))?;
            let checked = RootCertStore::empty().add(certificate.clone());
            checked.map_err(|error| unusable(error.to_string()))?;
            let certificate = Certificate::from_der(&certificate);
            all.push(certificate.map_err(|error| unusable(error.to_string()))?);
        }
        if all.len() == before {
            return Err(unusable(
                "it holds no \"BEGIN CERTIFICATE\" in PEM".to_owned(),
            ));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_file_may_go_unless_offline() {
        let network = |offline, deny: &str| {
            Network::new(NetworkConfig {
                offline,
                deny: vec![deny.to_owned()],
                ca_certificates: Vec::new(),
            })
        };
        assert!(network(false, "*").permits(None).is_ok());
        let problem = network(false, "*")
            .permits(Some(Path::new("a.py")))
            .expect_err("denied");
        assert_eq!(problem.kind, ProblemKind::Denied);
        let problem = network(true, "*.pem").permits(None).expect_err("offline");
        assert_eq!(problem.kind, ProblemKind::Offline);
        let problem = network(false, "[a")
            .permits(Some(Path::new("a.py")))
            .expect_err("bad");
        assert_eq!(problem.kind, ProblemKind::Setting);
    }
}
