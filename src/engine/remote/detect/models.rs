//! Chooses which of a server's models to request.

use super::seen::Model;
use crate::{
    completion::fim,
    remote::{Problem, ProblemKind, exchange::Exchange},
};

/// How many models a message lists.
const NAMED: usize = 6;

/// The configured model, else the first that is running, else the first that looks like code, else
/// the first.
///
/// # Errors
/// The configured model is not listed, or the server has no models.
pub(super) fn choose(exchange: &Exchange, listed: &[Model]) -> Result<String, Problem> {
    let Some(wanted) = &exchange.config().model else {
        let loaded = listed.iter().find(|model| model.is_loaded());
        let names = || listed.iter().map(|model| model.id.as_str());
        return match loaded {
            Some(model) => Ok(model.id.clone()),
            None => looks_like_code(names()).ok_or_else(|| lists_none(exchange)),
        };
    };
    let known = listed
        .iter()
        .flat_map(Model::names)
        .find(|name| is_meant(name, wanted));
    match known {
        Some(name) => Ok(name.to_owned()),
        None if listed.is_empty() => Ok(wanted.clone()),
        None => {
            let names = listed.iter().map(|model| model.id.as_str());
            Err(not_listed(
                exchange,
                wanted,
                names,
                "set model to one of them",
            ))
        }
    }
}

/// The first model whose name suggests code, else the first.
pub(super) fn looks_like_code<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let fills = names.clone().find(|name| fim::by_name(name).is_some());
    let coder = || {
        names
            .clone()
            .find(|name| name.to_lowercase().contains("code"))
    };
    let found = fills.or_else(coder).or_else(|| names.clone().next());
    found.map(str::to_owned)
}

/// Whether `wanted`, as configured, means the model `name`: the whole name, or without folder,
/// extension or `:latest`.
pub(super) fn is_meant(name: &str, wanted: &str) -> bool {
    let short = |name: &str| {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let file = file.strip_suffix(".gguf").unwrap_or(file);
        file.to_lowercase()
    };
    let latest = |name: &str| name.strip_suffix(":latest").unwrap_or(name).to_owned();
    name == wanted || latest(name) == latest(wanted) || short(name) == short(wanted)
}

/// The problem that the configured model is missing; lists the available models.
pub(super) fn not_listed<'a>(
    exchange: &Exchange,
    wanted: &str,
    names: impl Iterator<Item = &'a str>,
    remedy: &str,
) -> Problem {
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(NAMED)].join(", ");
    let more = match names.len() - names.len().min(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let text = format!(
        "{} has no model {wanted}; it has {shown}{more}; {remedy}",
        exchange.url()
    );
    Problem::new(ProblemKind::Setting, exchange.redact(&text))
}

fn lists_none(exchange: &Exchange) -> Problem {
    Problem::new(
        ProblemKind::Setting,
        format!(
            "{} does not list its models; set model for it",
            exchange.url()
        ),
    )
}
