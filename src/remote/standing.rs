//! How a server stands, and how that is told.

use std::sync::Arc;

use super::{
    Problem, ProblemKind,
    dialect::{Dialect, Fim, Profile},
    exchange::Exchange,
    url::plain_http_notice,
};
use crate::completion::model::{ModelEvent, ModelInfo, Origin};

/// What a server is waited for.
pub(super) const ASKING: &str = "asking what it is";
pub(super) const LOADING: &str = "the server loads its model";

/// How a server stands.
#[derive(PartialEq)]
pub(super) enum Standing {
    /// It is on its way; what is waited for.
    Waiting(&'static str),
    Ready(Arc<ModelInfo>),
    /// It cannot be had now.
    Unreachable(String),
    /// It cannot be used with this configuration.
    Unusable(String),
}

impl Standing {
    /// It is known what it is.
    pub fn ready(exchange: &Exchange, profile: &Profile) -> Self {
        Standing::Ready(Arc::new(info(exchange, profile)))
    }

    /// It could not be asked what it is.
    pub fn after(problem: &Problem) -> Self {
        let text = problem.text.clone();
        match problem.kind {
            ProblemKind::Offline | ProblemKind::Setting => Standing::Unusable(text),
            _ => Standing::Unreachable(text),
        }
    }

    /// What is told of it.
    pub fn event(&self) -> ModelEvent {
        match self {
            Standing::Waiting(why) => ModelEvent::Waiting((*why).to_owned()),
            Standing::Ready(info) => ModelEvent::Ready(Arc::clone(info)),
            Standing::Unreachable(why) => ModelEvent::Unreachable(why.clone()),
            Standing::Unusable(why) => ModelEvent::LoadFailed(why.clone()),
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

/// Why a draft is not sent: only one dialect has a place for it in its requests. How a server drafts
/// by itself is its own setting.
fn no_drafts(profile: &Profile) -> Option<String> {
    let why = match profile.dialect {
        _ if profile.takes_draft() => return None,
        Dialect::Chat => {
            "the server is not known to take one (\"predicted outputs\"); where it does, set \
             prediction = true in its [models.NAME]"
        }
        _ => {
            "requests in its dialect carry none; a server may draft by itself, which is set where \
             it is started"
        }
    };
    Some(format!("drafts do not apply: {why}"))
}

/// What to call the model: as the server does, and as the configuration does where it names it.
pub fn model_name(server: &str, model: &str) -> String {
    let model = without_folders(model);
    match server.contains("://") || server == model {
        true => model.to_owned(),
        false => format!("{model} ({server})"),
    }
}

/// The name of a model without the folders and the ending of its file, which some servers give.
fn without_folders(name: &str) -> &str {
    let Some(stem) = name.strip_suffix(".gguf") else {
        return name;
    };
    let file = stem.rsplit(['/', '\\']).next().unwrap_or(stem);
    if file.is_empty() { name } else { file }
}

/// What should be known of a server before it is used.
pub(super) fn notices(exchange: &Exchange) -> Vec<String> {
    plain_http_notice(&exchange.config().url)
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Config, models::ModelSource};

    #[test]
    fn a_model_is_called_as_its_server_and_the_configuration_call_it() {
        let text = "[models.near]\nurl = \"http://127.0.0.1:1\"";
        let config: Config = toml::from_str(text).expect("it is right");
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
