//! Which models the configuration names, and where each is to be had.

use std::{io, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::Config;
use crate::{
    assets::{DemoModel, demo_model},
    completion::fim::Family,
    meter::Rates,
    model::ModelSource,
    remote::{Deadlines, Dialect, KeySource, NetworkConfig, ServerConfig},
};

/// Files that stay on this machine unless the configuration says otherwise.
pub(super) const DENIED: [&str; 8] = [
    "**/secrets/**",
    "**/.env",
    "**/.env.*",
    "*.pem",
    "*.key",
    "*.p12",
    "**/.ssh/**",
    "**/.aws/**",
];

/// A model by name: a file or a server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NamedModel {
    /// A GGUF file.
    pub file: Option<String>,
    /// A server's address.
    pub url: Option<String>,
    /// What it speaks; none asks it.
    pub dialect: Option<Dialect>,
    /// The model to ask for; none takes the first that the server lists.
    pub model: Option<String>,
    /// The environment variable that holds the key.
    pub key_env: Option<String>,
    /// A shell command whose first line of output is the key.
    pub key_command: Option<String>,
    /// The FIM layout for a server that has none of its own; none goes by the model's name.
    pub fim: Option<Family>,
    /// Context in tokens, where the server does not say it.
    pub context: Option<u32>,
    /// How many accelerators it runs on; none means one.
    pub accelerators: Option<f64>,
    /// Money for a million prompt tokens.
    pub input_price: Option<f64>,
    /// Money for a million generated tokens.
    pub output_price: Option<f64>,
    pub connect_timeout_ms: Option<u64>,
    pub first_token_timeout_ms: Option<u64>,
    pub total_timeout_ms: Option<u64>,
}

impl Config {
    /// The file of the small model: the configured one, or the bundled demo model.
    ///
    /// # Errors
    /// The demo model cannot be unpacked.
    pub fn small_model(&self) -> io::Result<PathBuf> {
        let named = self.small.as_ref().and_then(|name| self.models.get(name));
        let file = named.map_or(self.small.as_ref(), |model| model.file.as_ref());
        file_or_demo(file, DemoModel::Small)
    }

    /// Where the large model is to be had: the configured one, or the bundled demo model.
    ///
    /// # Errors
    /// The demo model cannot be unpacked.
    pub fn large_source(&self) -> io::Result<ModelSource> {
        match &self.large {
            Some(large) => Ok(self.source(large)),
            None => Ok(ModelSource::File(
                self.engine(demo_model(DemoModel::Large)?),
            )),
        }
    }

    /// Where a model is to be had that is given by name, URL or path.
    pub fn source(&self, given: &str) -> ModelSource {
        let unnamed = |url: &str| NamedModel {
            url: Some(url.to_owned()),
            dialect: self.large_dialect,
            model: self.large_model.clone(),
            ..NamedModel::default()
        };
        match self.models.get(given) {
            Some(named) => match (&named.url, &named.file) {
                (Some(url), _) => ModelSource::Server(self.server(given, url, named)),
                (None, file) => {
                    let path = file.as_deref().unwrap_or_default();
                    ModelSource::File(self.engine(PathBuf::from(path)))
                }
            },
            None if given.contains("://") => {
                ModelSource::Server(self.server(given, given, &unnamed(given)))
            }
            None => ModelSource::File(self.engine(PathBuf::from(given))),
        }
    }

    /// What a model that is given by name, URL or path is charged at.
    pub fn rates(&self, given: &str) -> Rates {
        let named = self.models.get(given);
        Rates {
            accelerators: named.and_then(|model| model.accelerators).unwrap_or(1.0),
            input_price: named.and_then(|model| model.input_price),
            output_price: named.and_then(|model| model.output_price),
        }
    }

    /// What all servers of a run share.
    pub fn network(&self) -> NetworkConfig {
        NetworkConfig {
            offline: self.offline,
            deny: self.deny.clone(),
            ca_certificates: self.ca_certificates.clone(),
            connect_timeout: Duration::from_millis(self.connect_timeout_ms),
        }
    }

    fn server(&self, name: &str, url: &str, model: &NamedModel) -> ServerConfig {
        let ms = |own: Option<u64>, general| Duration::from_millis(own.unwrap_or(general));
        let variable = model.key_env.clone().map(KeySource::Variable);
        let command = model.key_command.clone().map(KeySource::Command);
        ServerConfig {
            name: name.to_owned(),
            url: url.to_owned(),
            dialect: model.dialect,
            model: model.model.clone(),
            key: variable.or(command),
            family: model.fim,
            context: model.context,
            top: self.top,
            deadlines: Deadlines {
                connect: ms(model.connect_timeout_ms, self.connect_timeout_ms),
                first_token: ms(model.first_token_timeout_ms, self.first_token_timeout_ms),
                total: ms(model.total_timeout_ms, self.total_timeout_ms),
            },
        }
    }
}

fn file_or_demo(configured: Option<&String>, demo: DemoModel) -> io::Result<PathBuf> {
    match configured {
        Some(path) => Ok(PathBuf::from(path)),
        None => demo_model(demo),
    }
}
