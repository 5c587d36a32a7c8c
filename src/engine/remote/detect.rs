//! Detects what a server is. A few cheap probes are sent at once, each of which only some servers
//! understand; then one or two requests find out how its model fills holes. None of them contains
//! the user's text.

mod llama_server;
mod models;
mod ollama;
mod openai;
mod seen;

use std::time::Duration;

use reqwest::Url;
use serde_json::Value;

use super::{
    Problem, ProblemKind, ServerConfig,
    dialect::{Dialect, Fim, Profile, Ways},
    exchange::{Exchange, ServerAnswer},
};
use seen::Seen;

/// Timeout of a probe that the server answers without its model.
const ASK: Duration = Duration::from_secs(3);
/// Timeout of a probe for which the model generates a token. A busy server is used without its
/// answer.
const TRY: Duration = Duration::from_secs(5);

/// Detects a server. Takes a few round trips and at most one token.
///
/// # Errors
/// The server is unreachable, is loading, or speaks no dialect that we know.
pub(super) async fn detect(exchange: &Exchange) -> Result<Profile, Problem> {
    let config = exchange.config();
    let seen = Seen::look(exchange).await?;
    let dialect = config.dialect.or_else(|| guess(config, &seen));
    let mut profile = match dialect {
        Some(Dialect::LlamaServer) => llama_server::profile(exchange, &seen).await?,
        Some(Dialect::Ollama) => ollama::profile(exchange, &seen).await?,
        Some(Dialect::Mistral) => mistral(exchange, &seen)?,
        Some(Dialect::Chat) => openai::chat(exchange, &seen)?,
        Some(Dialect::Openai) => openai::profile(exchange, &seen).await?,
        None => unknown(exchange, &seen).await?,
    };
    profile.context = config.context.or(profile.context);
    // No other service documents that it accepts drafts.
    let takes_prediction = || is_at(config, "openai.com");
    profile.ways.prediction = config.prediction.unwrap_or_else(takes_prediction);
    Ok(profile)
}

/// The dialect, where the answers or the host name leave no doubt.
fn guess(config: &ServerConfig, seen: &Seen) -> Option<Dialect> {
    if seen.props.is_some() {
        Some(Dialect::LlamaServer)
    } else if seen.ollama.is_some() {
        Some(Dialect::Ollama)
    } else if is_at(config, "mistral.ai") || seen.is_mistrals() {
        Some(Dialect::Mistral)
    } else if seen.info.is_some() || !seen.models.is_empty() || is_at(config, "deepseek.com") {
        Some(Dialect::Openai)
    } else {
        None
    }
}

/// Whether the server's host belongs to this domain.
fn is_at(config: &ServerConfig, domain: &str) -> bool {
    let url = Url::parse(config.url.trim()).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.is_some_and(|host| host == domain || host.ends_with(&format!(".{domain}")))
}

/// A server of which only the dialect and the model are known.
fn plain(exchange: &Exchange, dialect: Dialect, model: String) -> Profile {
    Profile {
        ways: Ways {
            family: exchange.config().family,
            ..Ways::default()
        },
        ..Profile::new(dialect, model)
    }
}

/// Sets how to ask a model whose server has no FIM: as the configuration says, else in the layout
/// of its family, else in words.
fn lay_out(exchange: &Exchange, profile: &mut Profile) {
    match profile.layout() {
        Some(layout) => profile.fim = Fim::Layout(layout),
        None if exchange.config().dialect.is_some() => profile.ways.no_layout = true,
        None => {
            profile.dialect = Dialect::Chat;
            profile.fim = Fim::Words;
        }
    }
}

/// The name of the FIM model at Mistral's own service, whatever its newest version.
const CODESTRAL: &str = "codestral-latest";

fn mistral(exchange: &Exchange, seen: &Seen) -> Result<Profile, Problem> {
    let listed = seen.models.iter().find(|m| m.id.contains("codestral"));
    let own = listed.map_or(CODESTRAL, |model| model.id.as_str());
    let own = if is_at(exchange.config(), "mistral.ai") {
        CODESTRAL
    } else {
        own
    };
    let model = match exchange.config().model {
        Some(_) => models::choose(exchange, &seen.models)?,
        None => own.to_owned(),
    };
    let mut profile = plain(exchange, Dialect::Mistral, model);
    profile.context = seen.context_of(&profile.model);
    if is_at(exchange.config(), "mistral.ai") {
        profile.software = Some(String::from("Mistral"));
    }
    Ok(profile)
}

/// A server that lists no models: asks it for one token in each dialect that it may speak.
async fn unknown(exchange: &Exchange, seen: &Seen) -> Result<Profile, Problem> {
    let Some(model) = exchange.config().model.clone() else {
        return Err(speaks_nothing(exchange, seen));
    };
    if let Some(profile) = openai::try_completions(exchange, seen, &model).await? {
        return Ok(profile);
    }
    let mistral = plain(exchange, Dialect::Mistral, model.clone());
    let chat = plain(exchange, Dialect::Chat, model);
    for profile in [mistral, chat] {
        let call = profile.call(&openai::example())?;
        let mut body = call.body;
        body["stream"] = Value::Bool(false);
        let answer = exchange.post(call.path, &body, TRY).await;
        if answer.is_ok_and(|answer| openai::has_choices(&answer)) {
            return Ok(profile);
        }
    }
    Err(speaks_nothing(exchange, seen))
}

/// The problem when the server understood none of the probes.
fn speaks_nothing(exchange: &Exchange, seen: &Seen) -> Problem {
    if let Some(answer) = &seen.refusal {
        return exchange.problem(answer);
    }
    Problem::new(
        ProblemKind::Unknown,
        format!(
            "{} answers, but not like a model server (llama-server, vLLM and other OpenAI-like \
             ones, Mistral, Ollama); check the URL, or set dialect and model for it",
            exchange.url()
        ),
    )
}

/// A refusal that concerns the caller or the moment rather than the probe is reported as it is.
fn closed(exchange: &Exchange, answer: &ServerAnswer) -> Result<(), Problem> {
    match answer.status {
        401 | 403 | 407 | 429 | 502..=504 => Err(exchange.problem(answer)),
        _ => Ok(()),
    }
}
