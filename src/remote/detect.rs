//! Finds out what a server is by asking it: a few small questions at once, each of which only some
//! servers know, and then one or two about how its model fills holes. Nothing of the person's is in
//! any of them.

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
    exchange::{Answer, Exchange},
};
use seen::Seen;

/// How long a question may take to which a server knows the answer without its model.
const ASK: Duration = Duration::from_secs(3);
/// How long one may take for which the model writes a token. A server that is busy is asked
/// without it.
const TRY: Duration = Duration::from_secs(5);

/// Asks a server what it is. Takes a few round trips and at most one token.
///
/// # Errors
/// It cannot be reached, is loading, or speaks nothing that we know.
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
    // Nobody else has published that they take one.
    let takes_prediction = || is_at(config, "openai.com");
    profile.ways.prediction = config.prediction.unwrap_or_else(takes_prediction);
    Ok(profile)
}

/// The dialect that the answers, or the host's name, leave no doubt of.
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

/// Whether the server is at a host of this domain.
fn is_at(config: &ServerConfig, domain: &str) -> bool {
    let url = Url::parse(config.url.trim()).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.is_some_and(|host| host == domain || host.ends_with(&format!(".{domain}")))
}

/// A server of which nothing more is known than its dialect and model.
fn plain(exchange: &Exchange, dialect: Dialect, model: String) -> Profile {
    Profile {
        ways: Ways {
            family: exchange.config().family,
            ..Ways::default()
        },
        ..Profile::new(dialect, model)
    }
}

/// A model that its server cannot ask to fill a hole: it gets the hole in the layout of its family,
/// or, without one, in words, unless a person said how to talk to it.
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

/// The model that Mistral's own service has for holes, whatever its newest is called.
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

/// A server that lists no models: it is asked for a token in each of the dialects that it may have.
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

/// Says that nothing which was asked was understood.
fn speaks_nothing(exchange: &Exchange, seen: &Seen) -> Problem {
    if let Some(answer) = &seen.refusal {
        return exchange.problem(answer);
    }
    Problem::new(
        ProblemKind::Unknown,
        format!(
            "{} answers, but not as a model server does (llama-server, vLLM and other OpenAI-like \
             ones, Mistral, Ollama): see whether the URL is right, or set dialect and model for it",
            exchange.url()
        ),
    )
}

/// A refusal that is none of the question but of whoever asks, or of the moment: it is told as it is.
fn closed(exchange: &Exchange, answer: &Answer) -> Result<(), Problem> {
    match answer.status {
        401 | 403 | 407 | 429 | 502..=504 => Err(exchange.problem(answer)),
        _ => Ok(()),
    }
}
