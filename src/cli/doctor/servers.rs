//! The servers part of the report. Every configured server is queried, all in parallel. Also
//! reports the settings common to all: proxies, certificates, files that stay local.

use std::{path::PathBuf, thread, time::Duration};

use serde::Serialize;

use crate::{
    config::Config,
    models::ModelSource,
    remote::{KeySource, Network, ServerConfig, ServerReport, examine, shown_url},
};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The variables that name proxies, as curl and others read them.
const PROXIES: [&str; 8] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// A server and its answer.
#[derive(Serialize)]
pub(super) struct Server {
    /// Its name in the configuration, or its URL.
    pub name: String,
    /// Without credentials.
    pub url: String,
    /// "large" or "second" if it is in use.
    pub used_as: Option<&'static str>,
    pub key: Option<Key>,
    /// Whether it answered; `None` if it was not asked.
    pub reachable: Option<bool>,
    #[serde(flatten)]
    pub report: ServerReport,
}

/// Where a server's key comes from; never the key.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Key {
    Variable {
        name: String,
        set: bool,
    },
    /// The output of a command.
    Command,
}

/// Settings common to all servers.
#[derive(Serialize)]
pub(super) struct NetworkSettings {
    pub offline: bool,
    /// Proxy variables that are set, without credentials.
    pub proxies: Vec<Proxy>,
    pub ca_certificates: Vec<PathBuf>,
    /// Patterns of files that are never sent.
    pub deny: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Proxy {
    pub variable: &'static str,
    pub value: String,
}

/// Asks all configured servers, unless offline.
pub(super) fn ask(config: &Config) -> Vec<Server> {
    let network = Network::new(config.network());
    let servers = named(config);
    thread::scope(|scope| {
        let asked: Vec<_> = servers
            .into_iter()
            .map(|(used_as, server)| {
                let network = &network;
                scope.spawn(move || describe(used_as, server, network, config.offline))
            })
            .collect();
        let answered = asked.into_iter().map(|server| server.join().ok());
        answered.flatten().collect()
    })
}

/// The servers in use with their roles, then the others by name.
fn named(config: &Config) -> Vec<(Option<&'static str>, ServerConfig)> {
    let (large, second) = (config.large.as_ref(), config.second.as_ref());
    let in_force = [(Some("large"), large), (Some("second"), second)];
    let in_force = in_force.map(|(used_as, given)| given.map(|given| (used_as, given)));
    let others = config.models.keys().map(|name| (None, name));
    let mut servers: Vec<(Option<&'static str>, ServerConfig)> = Vec::new();
    for (used_as, given) in in_force.into_iter().flatten().chain(others) {
        if let ModelSource::Server(server) = config.source(given)
            && servers.iter().all(|(_, known)| known.name != server.name)
        {
            servers.push((used_as, server));
        }
    }
    servers
}

fn describe(
    used_as: Option<&'static str>,
    server: ServerConfig,
    network: &Network,
    offline: bool,
) -> Server {
    let name = server.name.clone();
    let url = shown_url(&server.url);
    let key = server.key.as_ref().map(|source| match source {
        KeySource::Variable(name) => Key::Variable {
            name: name.clone(),
            set: std::env::var_os(name).is_some_and(|value| !value.is_empty()),
        },
        KeySource::Command(_) => Key::Command,
    });
    let report = match offline {
        true => ServerReport::default(),
        false => examine(server, network, PATIENCE),
    };
    Server {
        name,
        url,
        used_as,
        key,
        reachable: (!offline).then(|| report.profile.is_some() || report.round_trip_ms.is_some()),
        report,
    }
}

/// What is wrong with the servers in use.
pub(super) fn problems(servers: &[Server]) -> impl Iterator<Item = String> {
    servers.iter().filter_map(|server| {
        let (used_as, problem) = (server.used_as?, server.report.problem.as_ref()?);
        let model = match used_as {
            "second" => "the second large model",
            _ => "the large model",
        };
        Some(format!("{model} is unavailable: {problem}"))
    })
}

/// The settings common to all servers.
pub(super) fn network(config: &Config) -> NetworkSettings {
    let set = |variable: &'static str| {
        let value = std::env::var(variable).ok()?;
        (!value.is_empty()).then(|| Proxy {
            variable,
            value: shown_url(&value),
        })
    };
    NetworkSettings {
        offline: config.offline,
        proxies: PROXIES.into_iter().filter_map(set).collect(),
        ca_certificates: config.ca_certificates.clone(),
        deny: config.deny.clone(),
    }
}

/// The servers as text: name, role, address, and what they are or what is wrong.
pub(super) fn rows(servers: &[Server]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for server in servers {
        let mut said = vec![what(server)];
        said.extend(server.key.as_ref().map(key));
        said.extend(server.report.notices.iter().cloned());
        for (index, text) in said.into_iter().enumerate() {
            let mut row = vec![String::new(), String::new(), String::new(), text];
            if index == 0 {
                row[0] = server.used_as.unwrap_or("-").to_owned();
                row[1].clone_from(&server.name);
                row[2].clone_from(&server.url);
            }
            rows.push(row);
        }
    }
    rows
}

fn what(server: &Server) -> String {
    let report = &server.report;
    let Some(profile) = &report.profile else {
        return match (&report.problem, server.reachable) {
            (Some(problem), _) => problem.clone(),
            (None, None) => "not asked (offline)".to_owned(),
            (None, Some(_)) => "dialect unknown".to_owned(),
        };
    };
    let mut parts = vec![profile.dialect.name().to_owned()];
    parts.extend(profile.software.clone());
    parts.push(format!("model {}", profile.model));
    parts.push(match profile.context {
        Some(context) => format!("context {context}"),
        None => "context unknown".to_owned(),
    });
    parts.push(format!("FIM {}", profile.fim.name()));
    parts.push(match profile.logprobs {
        Some(true) => "logprobs".to_owned(),
        Some(false) => "no logprobs".to_owned(),
        None => "logprobs unknown".to_owned(),
    });
    parts.extend(
        report
            .round_trip_ms
            .map(|ms| format!("{ms:.2} ms round trip")),
    );
    parts.extend(report.problem.clone());
    parts.join(", ")
}

fn key(key: &Key) -> String {
    match key {
        Key::Variable { name, set: true } => format!("key from {name} (set)"),
        Key::Variable { name, set: false } => format!("key from {name} (not set)"),
        Key::Command => "key from a command".to_owned(),
    }
}

/// The common settings, as text.
pub(super) fn network_rows(network: &NetworkSettings) -> Vec<Vec<String>> {
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let or_none = |list: Vec<String>, none: &str| match list.is_empty() {
        true => none.to_owned(),
        false => list.join(", "),
    };
    let paths = &network.ca_certificates;
    let paths = paths.iter().map(|path| path.display().to_string());
    let mut rows = vec![
        row(
            "offline",
            if network.offline {
                "yes: no server is contacted"
            } else {
                "no"
            }
            .to_owned(),
        ),
        row("files never sent", or_none(network.deny.clone(), "none")),
        row(
            "CA certificates",
            or_none(paths.collect(), "only the system's"),
        ),
    ];
    let proxy = |proxy: &Proxy| row(proxy.variable, proxy.value.clone());
    rows.extend(network.proxies.iter().map(proxy));
    if network.proxies.is_empty() {
        rows.push(row("proxies", "none set".to_owned()));
    }
    rows
}
