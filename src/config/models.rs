//! The models that the configuration names, and the source of each.

use std::{io, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::Config;
use crate::{
    assets::{DemoModel, demo_model},
    completion::fim::Family,
    meter::Rates,
    model::ModelSource,
    remote::{Deadlines, Dialect, KeySource, NetworkConfig, ServerConfig, shown_url},
};

/// A model by name: a file or a server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NamedModel {
    /// A GGUF file.
    pub file: Option<String>,
    /// A server's address.
    pub url: Option<String>,
    /// Its dialect; `None` detects it.
    pub dialect: Option<Dialect>,
    /// The model to request; `None` takes the first that the server lists.
    pub model: Option<String>,
    /// The environment variable that holds the key.
    pub key_env: Option<String>,
    /// A shell command whose first line of output is the key.
    pub key_command: Option<String>,
    /// The FIM layout for a server without one of its own; `None` derives it from the model's name.
    pub fim: Option<Family>,
    /// Context in tokens, in case the server does not tell.
    pub context: Option<u32>,
    /// Whether a chat server accepts a draft of its answer ("predicted outputs") and is sent the
    /// rejected completion; `None` assumes it of api.openai.com only.
    pub prediction: Option<bool>,
    /// How many accelerators it runs on; `None` means one.
    pub accelerators: Option<f64>,
    /// Price of a million prompt tokens.
    pub input_price: Option<f64>,
    /// Price of a million generated tokens.
    pub output_price: Option<f64>,
    pub connect_timeout_ms: Option<u64>,
    pub first_token_timeout_ms: Option<u64>,
    pub total_timeout_ms: Option<u64>,
}

impl NamedModel {
    /// Every key that a named model can have.
    pub(super) fn keys() -> Vec<String> {
        keys_of(&NamedModel::default())
            .map(|(key, _)| key)
            .collect()
    }

    /// The first key that is set and that only a server can have.
    pub(super) fn key_for_servers(&self) -> Option<String> {
        let of_files = ["file", "accelerators", "input_price", "output_price"];
        keys_of(self)
            .filter(|(_, value)| !value.is_null())
            .map(|(key, _)| key)
            .find(|key| !of_files.contains(&key.as_str()))
    }
}

/// The keys of a named model with their values, null for one that is not set.
fn keys_of(model: &NamedModel) -> impl Iterator<Item = (String, serde_json::Value)> {
    let fields = match serde_json::to_value(model) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    fields.into_iter()
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

    /// The source of the large model: the configured one, or the bundled demo model.
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

    /// The source of a model that is given by name, URL or path. For the model in `large`,
    /// `large_dialect`, `large_model` and `large_key_env` override its entry in `models`.
    pub fn source(&self, given: &str) -> ModelSource {
        let mut model = match self.models.get(given) {
            Some(named) => named.clone(),
            None if given.contains("://") => NamedModel {
                url: Some(given.to_owned()),
                ..NamedModel::default()
            },
            None => NamedModel {
                file: Some(given.to_owned()),
                ..NamedModel::default()
            },
        };
        if self.large.as_deref() == Some(given) {
            model.dialect = self.large_dialect.or(model.dialect);
            model.model = self.large_model.clone().or(model.model);
            if let Some(variable) = &self.large_key_env {
                model.key_env = Some(variable.clone());
                model.key_command = None;
            }
        }
        match &model.url {
            Some(url) => {
                let name = match given.contains("://") {
                    true => shown_url(given),
                    false => given.to_owned(),
                };
                ModelSource::Server(self.server(&name, url, &model))
            }
            None => {
                let file = model.file.unwrap_or_default();
                ModelSource::File(self.engine(PathBuf::from(file)))
            }
        }
    }

    /// The files that the configuration names as models, those in force first.
    pub fn model_files(&self) -> Vec<PathBuf> {
        let in_force = [&self.small, &self.large, &self.second];
        let given = in_force.into_iter().flatten().chain(self.models.keys());
        let files = given.filter_map(|given| match self.source(given) {
            ModelSource::File(engine) => Some(engine.model),
            ModelSource::Server(_) => None,
        });
        files.collect()
    }

    /// The prices of a model that is given by name, URL or path.
    pub fn rates(&self, given: &str) -> Rates {
        let named = self.models.get(given);
        Rates {
            accelerators: named.and_then(|model| model.accelerators).unwrap_or(1.0),
            input_price: named.and_then(|model| model.input_price),
            output_price: named.and_then(|model| model.output_price),
        }
    }

    /// The settings that all servers share.
    pub fn network(&self) -> NetworkConfig {
        NetworkConfig {
            offline: self.offline,
            deny: self.deny.clone(),
            ca_certificates: self.ca_certificates.clone(),
        }
    }

    fn server(&self, name: &str, url: &str, model: &NamedModel) -> ServerConfig {
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
            prediction: model.prediction,
            top: self.top,
            deadlines: self.deadlines(model),
        }
    }

    /// A server's timeouts: its own, else those for all servers. None exceeds the total.
    fn deadlines(&self, model: &NamedModel) -> Deadlines {
        let total = model.total_timeout_ms.unwrap_or(self.total_timeout_ms);
        let within = |own: Option<u64>, general: u64| {
            Duration::from_millis(own.unwrap_or(general).min(total))
        };
        Deadlines {
            connect: within(model.connect_timeout_ms, self.connect_timeout_ms),
            first_token: within(model.first_token_timeout_ms, self.first_token_timeout_ms),
            total: Duration::from_millis(total),
        }
    }
}

fn file_or_demo(configured: Option<&String>, demo: DemoModel) -> io::Result<PathBuf> {
    match configured {
        Some(path) => Ok(PathBuf::from(path)),
        None => demo_model(demo),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(source: ModelSource) -> ServerConfig {
        match source {
            ModelSource::Server(server) => server,
            ModelSource::File(engine) => panic!("a file: {engine:?}"),
        }
    }

    #[test]
    fn what_is_said_of_the_large_server_is_said_of_no_other() {
        let named = NamedModel {
            url: Some("http://far:8000".to_owned()),
            model: Some("named".to_owned()),
            key_command: Some("pass far".to_owned()),
            ..NamedModel::default()
        };
        let config = Config {
            large: Some("far".to_owned()),
            large_dialect: Some(Dialect::Chat),
            large_key_env: Some("FAR_KEY".to_owned()),
            models: [("far".to_owned(), named)].into(),
            ..Config::default()
        };
        let large = server(config.large_source().expect("it needs no file"));
        assert_eq!(
            (large.name.as_str(), large.dialect),
            ("far", Some(Dialect::Chat))
        );
        assert_eq!(large.model.as_deref(), Some("named"));
        assert_eq!(large.key, Some(KeySource::Variable("FAR_KEY".to_owned())));
        let other = server(config.source("http://near:1"));
        assert_eq!((other.dialect, other.key), (None, None));
    }

    #[test]
    fn no_deadline_is_longer_than_the_whole() {
        let config = Config {
            total_timeout_ms: 1_500,
            ..Config::default()
        };
        let server = server(config.source("http://near:1"));
        let most = Duration::from_millis(1_500);
        assert_eq!(server.deadlines.connect, most);
        assert_eq!(server.deadlines.first_token, most);
    }

    #[test]
    fn a_server_given_by_url_is_called_by_it_without_credentials() {
        let source = Config::default().source("http://me:secret@host:1/v1");
        assert_eq!(server(source).name, "http://host:1/v1");
    }
}
