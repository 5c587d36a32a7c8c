//! Shared by all servers of a run: the HTTP client, its thread, the keys read so far, and what may
//! leave this machine.

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

use super::{Problem, ProblemKind, key::ApiKeys};
use crate::privacy::Deny;

/// TCP keepalive interval of idle connections.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Settings shared by all servers of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkConfig {
    /// Make no request at all.
    pub offline: bool,
    /// Files whose path matches one of these patterns are never sent to a server.
    pub deny: Vec<String>,
    /// CA certificate files (PEM) to trust besides the system's.
    pub ca_certificates: Vec<PathBuf>,
}

/// One HTTP client for the life of the program. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Network {
    shared: Arc<Shared>,
}

struct Shared {
    config: NetworkConfig,
    runtime: OnceLock<Runtime>,
    clients: Mutex<HashMap<Route, Client>>,
    deny: Result<Deny, Problem>,
    keys: ApiKeys,
}

/// Client settings that the HTTP library fixes at creation. Servers with equal settings, as nearly
/// all have, share a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// Connect timeout.
    pub connect: Duration,
    /// Bypass any proxy, for this machine itself: a proxy elsewhere would reach its own loopback,
    /// and would see text that was never meant to leave.
    pub direct: bool,
}

impl Network {
    /// Opens and starts nothing before the first request.
    pub fn new(config: NetworkConfig) -> Self {
        let deny = Deny::new(&config.deny);
        let deny = deny.map_err(|text| Problem::new(ProblemKind::Setting, text));
        Network {
            shared: Arc::new(Shared {
                config,
                runtime: OnceLock::new(),
                clients: Mutex::default(),
                deny,
                keys: ApiKeys::default(),
            }),
        }
    }

    /// The runtime for the tasks of this room: one thread, started on first use.
    ///
    /// # Panics
    /// The system has no thread or file descriptor left.
    pub(super) fn runtime(&self) -> &Handle {
        let start = || {
            Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("network")
                .enable_all()
                .build()
                .expect("the system can start a thread")
        };
        self.shared.runtime.get_or_init(start).handle()
    }

    /// The HTTP client for a route, created on first use, which reads the system's certificates.
    ///
    /// # Errors
    /// The program is offline, or a certificate file is unusable.
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

    /// The keys read so far.
    pub(super) fn keys(&self) -> &ApiKeys {
        &self.shared.keys
    }

    /// # Errors
    /// The program is offline.
    pub(super) fn online(&self) -> Result<(), Problem> {
        if !self.shared.config.offline {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::Offline,
            "offline: no server is contacted; drop --offline, or set offline = false in the \
             configuration",
        ))
    }

    /// Whether the text of a file may leave this machine.
    ///
    /// # Errors
    /// The file must stay here; the error names the pattern.
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

    /// The same for a file in a project folder.
    ///
    /// # Errors
    /// The file must stay here; the error names the pattern.
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
            // Without waiting: this may run on a thread of another runtime, or of this one.
            runtime.shutdown_background();
        }
    }
}

/// A file that stays here, as the problem of a request.
fn denied(why: String) -> Problem {
    Problem::new(ProblemKind::Denied, why)
}

fn make_client(route: Route, files: &[PathBuf]) -> Result<Client, Problem> {
    // An error means that one is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = own_certificates(files)?;
    let system = builder(route).tls_certs_merge(own.iter().cloned()).build();
    // The verifier needs at least one system certificate; without it even plain HTTP would fail.
    let client = system.or_else(|_| builder(route).tls_certs_only(own).build());
    client.map_err(|error| {
        let text = format!("cannot create the HTTP client: {error}");
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
        // An exchange follows redirects itself: it knows what may go where.
        .redirect(redirect::Policy::none());
    if route.direct {
        builder.no_proxy()
    } else {
        builder
    }
}

/// All certificates of the files, each checked to be usable.
fn own_certificates(files: &[PathBuf]) -> Result<Vec<Certificate>, Problem> {
    let mut all = Vec::new();
    for file in files {
        let unusable = |why: String| {
            let text = format!(
                "cannot use the CA certificates in {}: {why} (see ca_certificates in the \
                 configuration)",
                file.display()
            );
            Problem::new(ProblemKind::Setting, text)
        };
        let bytes = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
        let before = all.len();
        for certificate in CertificateDer::pem_slice_iter(&bytes) {
            let certificate = certificate.map_err(|_| unusable("invalid PEM".to_owned()))?;
            let checked = RootCertStore::empty().add(certificate.clone());
            checked.map_err(|error| unusable(error.to_string()))?;
            let certificate = Certificate::from_der(&certificate);
            all.push(certificate.map_err(|error| unusable(error.to_string()))?);
        }
        if all.len() == before {
            return Err(unusable("no PEM block \"BEGIN CERTIFICATE\"".to_owned()));
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
