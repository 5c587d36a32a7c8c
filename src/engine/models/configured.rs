//! What the configuration means for models: where to find each one, how to run or ask it, and its
//! rates. The configuration itself is plain data.

use std::{io, path::PathBuf, time::Duration};

use super::ModelSource;
use crate::{
    assets::{DemoModel, demo_model},
    completion::{Drafts, Sampling},
    config::{Config, NamedModel},
    local::EngineConfig,
    meter::Rates,
    remote::{Deadlines, KeySource, NetworkConfig, ServerConfig, shown_url},
    routing::{LargeUse, Settings},
    turn::Rules,
};

/// The rules of a turn under a configuration, without retrieval and at the default rates. The
/// caller adds the folder and the models' own rates.
pub fn rules(config: &Config, settings: Settings, large: LargeUse) -> Rules {
    let (sources, retrieval) = (&config.speculation, &config.retrieval);
    Rules {
        settings,
        large,
        escalation: config.escalation,
        max_tokens: config.max_tokens,
        first: Sampling::GREEDY,
        more: config.sampling,
        alternatives: config.alternatives,
        drafts: Drafts {
            context: sources.context,
            retrieved: sources.retrieved && retrieval.enabled,
            recycled: sources.recycled,
            rejected: None,
        },
        drafts_rejected: sources.rejected,
        folder: None,
        rounds: retrieval.rounds,
        passage_tokens: [retrieval.small_tokens, retrieval.large_tokens],
        selftest: config.selftest.clone(),
        rates: [Rates::default(); 3],
    }
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

    /// The source of a model given by name, URL or path. Only for the model in `large`, settings
    /// such as `large_dialect` take precedence over `models`.
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

    /// The files that the configuration names as models, those in use first.
    pub fn model_files(&self) -> Vec<PathBuf> {
        let in_force = [&self.small, &self.large, &self.second];
        let given = in_force.into_iter().flatten().chain(self.models.keys());
        let files = given.filter_map(|given| match self.source(given) {
            ModelSource::File(engine) => Some(engine.model),
            ModelSource::Server(_) => None,
        });
        files.collect()
    }

    /// The rates of a model given by name, URL or path.
    pub fn rates(&self, given: &str) -> Rates {
        let named = self.models.get(given);
        Rates {
            accelerators: named.and_then(|model| model.accelerators).unwrap_or(1.0),
            input_price: named.and_then(|model| model.input_price),
            output_price: named.and_then(|model| model.output_price),
        }
    }

    /// The network settings common to all servers.
    pub fn network(&self) -> NetworkConfig {
        NetworkConfig {
            offline: self.offline,
            deny: self.deny.clone(),
            ca_certificates: self.ca_certificates.clone(),
        }
    }

    /// How to run the model in `model` under this configuration.
    pub fn engine(&self, model: PathBuf) -> EngineConfig {
        EngineConfig {
            context: self.context,
            threads: self.threads,
            gpu_layers: self.gpu_layers,
            device: self.device.clone(),
            top: self.top,
            shift_reuse: self.shift_reuse,
            ..EngineConfig::new(model)
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

    /// The time limits of a request to a server: its own, or else those for all servers. None is
    /// longer than the total.
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
    use crate::remote::Dialect;

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
