//! The standing of a server, and the events that report it.

use std::sync::Arc;

use super::{
    Problem, ProblemKind,
    dialect::{Dialect, Fim, Profile},
    exchange::Exchange,
    url::plain_http_notice,
};
use crate::completion::model::{ModelEvent, ModelInfo, Origin};

/// What we are waiting for.
pub(super) const ASKING: &str = "detecting the server";
pub(super) const LOADING: &str = "the server is loading its model";

/// The standing of a server.
#[derive(PartialEq)]
pub(super) enum ServerStanding {
    /// Being connected; says what we are waiting for.
    Waiting(&'static str),
    Ready(Arc<ModelInfo>),
    /// Unreachable at the moment.
    Unreachable(String),
    /// Unusable with this configuration.
    Unusable(String),
}

impl ServerStanding {
    /// After successful detection.
    pub fn ready(exchange: &Exchange, profile: &Profile) -> Self {
        ServerStanding::Ready(Arc::new(info(exchange, profile)))
    }

    /// After failed detection.
    pub fn after(problem: &Problem) -> Self {
        let text = problem.text.clone();
        match problem.kind {
            ProblemKind::Offline | ProblemKind::Setting => ServerStanding::Unusable(text),
            _ => ServerStanding::Unreachable(text),
        }
    }

    /// The event that reports this standing.
    pub fn event(&self) -> ModelEvent {
        match self {
            ServerStanding::Waiting(why) => ModelEvent::Waiting((*why).to_owned()),
            ServerStanding::Ready(info) => ModelEvent::Ready(Arc::clone(info)),
            ServerStanding::Unreachable(why) => ModelEvent::Unreachable(why.clone()),
            ServerStanding::Unusable(why) => ModelEvent::LoadFailed(why.clone()),
        }
    }
}

fn info(exchange: &Exchange, profile: &Profile) -> ModelInfo {
    let url = exchange.url().to_owned();
    let notices = notices(exchange);
    ModelInfo {
        name: model_name(&exchange.config().name, &profile.model),
        context: profile.context,
        fim: profile.fim.name().to_owned(),
        device: match &profile.software {
            Some(software) => format!("{url} ({software})"),
            None => url.clone(),
        },
        no_drafts: no_drafts(profile),
        origin: Origin::Server {
            url,
            dialect: profile.dialect.name().to_owned(),
            chat: matches!(profile.fim, Fim::Words),
            logprobs: profile.logprobs,
            plain_http: !notices.is_empty(),
        },
        notices,
    }
}

/// Why no draft is sent: only one dialect has a field for it. A server's own drafting is configured
/// on the server.
fn no_drafts(profile: &Profile) -> Option<String> {
    let why = match profile.dialect {
        _ if profile.takes_draft() => return None,
        Dialect::Chat => {
            "this server is not known to accept drafts (\"predicted outputs\"); if it does, set \
             prediction = true in its [models.NAME]"
        }
        _ => {
            "its dialect has no field for drafts; configure speculative decoding on the server \
             itself"
        }
    };
    Some(format!("drafts do not apply: {why}"))
}

/// Display name of the model: the server's name for it, with the configuration's name of the server
/// if there is one.
pub fn model_name(server: &str, model: &str) -> String {
    let model = without_folders(model);
    match server.contains("://") || server == model {
        true => model.to_owned(),
        false => format!("{model} ({server})"),
    }
}

/// The model's name without folders and file extension, which some servers include.
fn without_folders(name: &str) -> &str {
    let Some(stem) = name.strip_suffix(".gguf") else {
        return name;
    };
    let file = stem.rsplit(['/', '\\']).next().unwrap_or(stem);
    if file.is_empty() { name } else { file }
}

/// What the user should know before using the server.
pub(super) fn notices(exchange: &Exchange) -> Vec<String> {
    plain_http_notice(&exchange.config().url)
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Config, NamedModel},
        models::ModelSource,
    };

    #[test]
    fn a_model_is_called_as_its_server_and_the_configuration_call_it() {
        let near = NamedModel {
            url: Some("http://127.0.0.1:1".to_owned()),
            ..NamedModel::default()
        };
        let config = Config {
            models: [("near".to_owned(), near)].into(),
            ..Config::default()
        };
        for (given, model, expected) in [
            ("near", "qwen", "qwen (near)"),
            ("near", "near", "near"),
            ("near", "/models/a/qwen-q8_0.gguf", "qwen-q8_0 (near)"),
            ("http://127.0.0.1:1", "/models/qwen.gguf", "qwen"),
            (
                "http://127.0.0.1:1",
                "Qwen/Qwen2.5-Coder",
                "Qwen/Qwen2.5-Coder",
            ),
            ("http://127.0.0.1:1", ".gguf", ".gguf"),
        ] {
            let ModelSource::Server(server) = config.source(given) else {
                panic!("{given} is a server");
            };
            assert_eq!(model_name(&server.name, model), expected);
        }
    }
}
