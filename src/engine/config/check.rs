//! Checks of values beyond their type: each within its range, and all of them in agreement.

use super::{
    Config, NamedModel,
    setting::{self, Kind, NumberRange},
    table::{ANY_NUMBER, NO_LIMIT, SETTINGS, TIMEOUT},
    values,
};
use crate::{
    keys::{Keymap, KeymapError},
    privacy::check_pattern,
    remote::Dialect,
};

/// A value that cannot be used: its key, and what it must be.
pub(super) type Problem = (String, String);

/// Checks every value, and returns the first that cannot be used.
pub(super) fn check(config: &Config) -> Result<(), Problem> {
    ranges(config)?;
    let retrieval = &config.retrieval;
    if retrieval.overlap_lines >= retrieval.chunk_lines {
        let text = format!(
            "must be less than retrieval.chunk_lines ({})",
            retrieval.chunk_lines
        );
        return Err(("retrieval.overlap_lines".to_owned(), text));
    }
    policys_threshold(config)?;
    for entry in &config.thresholds {
        within("thresholds", entry.value.into(), ANY_NUMBER)?;
    }
    models_in_force(config)?;
    servers(config)?;
    for (name, model) in &config.models {
        named_model(model, config).map_err(|(key, problem)| {
            let key = ["models", name, &key].join(".");
            (key.trim_end_matches('.').to_owned(), problem)
        })?;
    }
    Keymap::new(&config.keys).map(drop).map_err(in_keymap)
}

/// Checks the range of every number in the table.
fn ranges(config: &Config) -> Result<(), Problem> {
    let values = values::of(config);
    for setting in SETTINGS {
        let value = values::get(&values, setting.key).and_then(setting::number);
        if let (Kind::Number(range), Some(number)) = (setting.kind, value) {
            within(setting.key, number, range)?;
        }
    }
    Ok(())
}

/// Checks the threshold for all models and languages under a policy with a score of its own.
fn policys_threshold(config: &Config) -> Result<(), Problem> {
    let own = config.score_in_force();
    let (low, high) = own.range();
    match config.threshold {
        Some(threshold) if own != config.score && !(low..=high).contains(&threshold) => {
            let (policy, own) = (config.policy.name(), own.name());
            let text = format!(
                "policy {policy} always uses {own}, so τ must be from {low} to {high}; it is \
                 {threshold}"
            );
            Err(("threshold".to_owned(), text))
        }
        _ => Ok(()),
    }
}

/// Checks `small`, `large` and `second`, and the settings of the server in `large`.
fn models_in_force(config: &Config) -> Result<(), Problem> {
    let problem = |key: &str, text: &str| Err((key.to_owned(), text.to_owned()));
    if let Some(small) = &config.small {
        let named = config.models.get(small);
        if small.contains("://") || named.is_some_and(|model| model.url.is_some()) {
            let text = "the small model must be a GGUF file on this machine, not a server";
            return problem("small", text);
        }
    }
    for (key, given) in [("large", &config.large), ("second", &config.second)] {
        if let Some(given) = given.as_ref().filter(|given| given.contains("://")) {
            url(given).map_err(|text| (key.to_owned(), text))?;
        }
    }
    let of_large = [
        ("large_dialect", config.large_dialect.is_some()),
        ("large_model", config.large_model.is_some()),
        ("large_key_env", config.large_key_env.is_some()),
    ];
    if let (None, Some((key, _))) = (&config.large, of_large.iter().find(|(_, set)| *set)) {
        let text = "applies to the server in `large`, but `large` does not name one; set `large` \
                    too";
        return problem(key, text);
    }
    if config.large_model.as_deref().is_some_and(is_blank) {
        return problem("large_model", BLANK);
    }
    match &config.large_key_env {
        Some(name) => variable("large_key_env", name),
        None => Ok(()),
    }
}

/// Settings common to all servers.
fn servers(config: &Config) -> Result<(), Problem> {
    for pattern in &config.deny {
        check_pattern(pattern).map_err(|text| ("deny".to_owned(), text))?;
    }
    for path in &config.ca_certificates {
        if !path.is_file() {
            let text = format!("{}: no such file", path.display());
            return Err(("ca_certificates".to_owned(), text));
        }
    }
    // A default gives way to a shorter total.
    let usual = Config::default();
    let set = |value: u64, usual: u64| (value != usual).then_some(value);
    deadlines(
        set(config.connect_timeout_ms, usual.connect_timeout_ms),
        set(config.first_token_timeout_ms, usual.first_token_timeout_ms),
        config.total_timeout_ms,
    )
}

fn deadlines(connect: Option<u64>, first_token: Option<u64>, total: u64) -> Result<(), Problem> {
    within("total_timeout_ms", total as f64, TIMEOUT)?;
    for (key, value) in [
        ("connect_timeout_ms", connect),
        ("first_token_timeout_ms", first_token),
    ] {
        let Some(value) = value else { continue };
        within(key, value as f64, TIMEOUT)?;
        if value > total {
            let text = format!(
                "is longer than total_timeout_ms ({total}), which starts at the same time; raise \
                 that too"
            );
            return Err((key.to_owned(), text));
        }
    }
    Ok(())
}

/// Checks a named model. Keys are those of its table; an empty one stands for the table itself.
fn named_model(model: &NamedModel, config: &Config) -> Result<(), Problem> {
    let problem = |key: &str, text: &str| Err((key.to_owned(), text.to_owned()));
    match (&model.file, &model.url) {
        (None, None) => {
            let text = "is neither a file nor a server; give it a `file` or a `url`";
            return problem("", text);
        }
        (Some(_), Some(_)) => return problem("url", "cannot be combined with file; use one"),
        (Some(_), None) => {
            if let Some(key) = model.key_for_servers() {
                return problem(&key, "applies only to servers, but this model is a file");
            }
        }
        (None, Some(given)) => {
            let url = url(given).map_err(|text| ("url".to_owned(), text))?;
            let credentials = !url.username().is_empty() || url.password().is_some();
            if let Some(key) = key_source(model)?.filter(|_| credentials) {
                let text = "cannot be combined with credentials in the URL; use one";
                return problem(key, text);
            }
        }
    }
    if model.model.as_deref().is_some_and(is_blank) {
        return problem("model", BLANK);
    }
    let words = model.dialect.is_none_or(|dialect| dialect == Dialect::Chat);
    if model.prediction == Some(true) && !words {
        return problem(
            "prediction",
            "works only with dialect = \"chat\"; other dialects cannot send drafts",
        );
    }
    if let Some(count) = model.accelerators
        && !(count.is_finite() && count > 0.0)
    {
        return problem("accelerators", "must be above 0");
    }
    for (key, price) in [
        ("input_price", model.input_price),
        ("output_price", model.output_price),
    ] {
        within(key, price.unwrap_or_default(), PRICE)?;
    }
    if let Some(context) = model.context {
        within("context", context.into(), SERVER_CONTEXT)?;
    }
    deadlines(
        model.connect_timeout_ms,
        model.first_token_timeout_ms,
        model.total_timeout_ms.unwrap_or(config.total_timeout_ms),
    )
}

/// The error for an empty model name.
const BLANK: &str = "is empty; remove it to use the server's first model";

/// The context of a model on a server, in tokens.
const SERVER_CONTEXT: NumberRange = NumberRange {
    least: 64.0,
    most: NO_LIMIT,
    step: 1.0,
};

/// The price of a million tokens.
const PRICE: NumberRange = NumberRange {
    least: 0.0,
    most: 1e9,
    step: 0.1,
};

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The setting that says where a model's API key comes from.
fn key_source(model: &NamedModel) -> Result<Option<&'static str>, Problem> {
    match (&model.key_env, &model.key_command) {
        (Some(_), Some(_)) => {
            let text = "cannot be combined with key_env; use one";
            Err(("key_command".to_owned(), text.to_owned()))
        }
        (Some(name), None) => variable("key_env", name).map(|()| Some("key_env")),
        (None, Some(command)) if command.trim().is_empty() => {
            Err(("key_command".to_owned(), "is empty".to_owned()))
        }
        (None, Some(_)) => Ok(Some("key_command")),
        (None, None) => Ok(None),
    }
}

/// Checks the name of a variable. A text that is not one may be the key itself, so the error does not
/// repeat it.
fn variable(key: &str, name: &str) -> Result<(), Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty()
        && name.chars().all(plain)
        && !name.starts_with(|c: char| c.is_ascii_digit())
    {
        return Ok(());
    }
    let text = "must be the name of an environment variable (letters, digits and _), not the key \
                itself";
    Err((key.to_owned(), text.to_owned()))
}

/// A server's address. The error does not repeat it, because it may hold a password.
fn url(text: &str) -> Result<reqwest::Url, String> {
    let url = reqwest::Url::parse(text).map_err(|error| match text.contains("://") {
        true => format!("is not a URL: {error}"),
        false => "must begin with http:// or https://".to_owned(),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://".to_owned());
    }
    Ok(url)
}

fn within(key: &str, number: f64, range: NumberRange) -> Result<(), Problem> {
    range.check(number).map_err(|text| (key.to_owned(), text))
}

/// The keymap's error, split into key and text.
fn in_keymap(error: KeymapError) -> Problem {
    let action = match &error {
        KeymapError::UnknownAction(action)
        | KeymapError::UnknownKey { action, .. }
        | KeymapError::Taken { action, .. } => action,
    };
    let key = format!("keys.{action}");
    let text = error.to_string();
    let text = text.strip_prefix(&format!("{key}: ")).unwrap_or(&text);
    (key, text.to_owned())
}
