//! How a server stands, and how that is told.

use std::sync::Arc;

use super::{
    Problem, ProblemKind,
    dialect::{Fim, Profile},
    exchange::Exchange,
    privacy::plain_http_notice,
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
    ModelInfo {
        name: profile.model.clone(),
        context: profile.context,
        fim: profile.fim.name().to_owned(),
        device: match &profile.software {
            Some(software) => format!("{url} ({software})"),
            None => url.clone(),
        },
        notices: notices(exchange),
        origin: Origin::Server {
            url,
            dialect: profile.dialect.name().to_owned(),
            chat: matches!(profile.fim, Fim::Words),
            logprobs: profile.logprobs,
        },
    }
}

/// What should be known of a server before it is used.
pub(super) fn notices(exchange: &Exchange) -> Vec<String> {
    plain_http_notice(&exchange.config().url)
        .into_iter()
        .collect()
}
