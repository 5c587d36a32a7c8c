//! What a value must be beyond its type.

use super::{Config, NamedModel};
use crate::{
    keys::{Keymap, KeymapError},
    privacy::check_pattern,
    remote::Dialect,
};

/// The longest that a deadline may be, in milliseconds: a day.
const LONGEST: f64 = 86_400_000.0;

/// A value that cannot be used: the key it belongs to, and what it must be.
pub(super) type Problem = (String, String);

/// Checks every value; the first that cannot be used is returned.
pub(super) fn check(config: &Config) -> Result<(), Problem> {
    within("first_k", config.first_k as f64, 1.0, 1024.0)?;
    within("max_tokens", config.max_tokens as f64, 1.0, 4096.0)?;
    within("alternatives", config.alternatives as f64, 1.0, 32.0)?;
    within("auto_delay_ms", config.auto_delay_ms as f64, 0.0, 60_000.0)?;
    within("top", config.top as f64, 1.0, 64.0)?;
    let sampling = &config.sampling;
    within(
        "sampling.temperature",
        sampling.temperature.into(),
        0.0,
        10.0,
    )?;
    within("sampling.top_p", sampling.top_p.into(), 0.0, 1.0)?;
    parts(config)?;
    if let Some(context) = config.context {
        within("context", context.into(), 64.0, 1_048_576.0)?;
    }
    if let Some(threads) = config.threads {
        within("threads", threads.into(), 1.0, 1024.0)?;
    }
    if let Some(threshold) = config.threshold {
        finite("threshold", threshold)?;
        let own = config.score_in_force();
        let (low, high) = own.range();
        if own != config.score && !(low..=high).contains(&threshold) {
            let (policy, own) = (config.policy.name(), own.name());
            let problem = format!(
                "policy {policy} goes by {own}, so τ must lie between {low} and {high}; it is {threshold}"
            );
            return Err(("threshold".to_owned(), problem));
        }
    }
    for entry in &config.thresholds {
        finite("thresholds", entry.value)?;
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

/// `small`, `large` and `second`, and what is said of the server in `large`.
fn models_in_force(config: &Config) -> Result<(), Problem> {
    let problem = |key: &str, text: &str| Err((key.to_owned(), text.to_owned()));
    if let Some(small) = &config.small {
        let named = config.models.get(small);
        if small.contains("://") || named.is_some_and(|model| model.url.is_some()) {
            let text = "the small model runs on this machine; name a GGUF file";
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
        return problem(
            key,
            "says something of the server in `large`, but names none",
        );
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
    let total = config.total_timeout_ms;
    deadlines(
        set(config.connect_timeout_ms, usual.connect_timeout_ms),
        set(config.first_token_timeout_ms, usual.first_token_timeout_ms),
        total,
    )?;
    within("total_timeout_ms", total as f64, 1.0, LONGEST)
}

fn deadlines(connect: Option<u64>, first_token: Option<u64>, total: u64) -> Result<(), Problem> {
    for (key, value) in [
        ("connect_timeout_ms", connect),
        ("first_token_timeout_ms", first_token),
    ] {
        let Some(value) = value else { continue };
        within(key, value as f64, 1.0, LONGEST)?;
        if value > total {
            let text = format!(
                "is longer than total_timeout_ms ({total}), which counts from the \
                                same moment: make that longer too"
            );
            return Err((key.to_owned(), text));
        }
    }
    Ok(())
}

/// A model by name; keys are those of its table, and none stands for the table itself.
fn named_model(model: &NamedModel, config: &Config) -> Result<(), Problem> {
    let problem = |key: &str, text: &str| Err((key.to_owned(), text.to_owned()));
    match (&model.file, &model.url) {
        (None, None) => {
            return problem(
                "",
                "is neither a file nor a server: give it a `file` or a `url`",
            );
        }
        (Some(_), Some(_)) => return problem("url", "is given beside a file; give one of the two"),
        (Some(_), None) => {
            if let Some(key) = only_for_servers(model) {
                return problem(key, "is for a server, and this model is a file");
            }
        }
        (None, Some(given)) => {
            let url = url(given).map_err(|text| ("url".to_owned(), text))?;
            let credentials = !url.username().is_empty() || url.password().is_some();
            if let Some(key) = key_source(model)?.filter(|_| credentials) {
                let text = "is given beside a name and password in the URL; give one of the two";
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
            "is for dialect = \"chat\": the others have no drafts in their requests",
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
        within(key, price.unwrap_or_default(), 0.0, 1e9)?;
    }
    if let Some(context) = model.context {
        within("context", context.into(), 64.0, f64::from(u32::MAX))?;
    }
    let total = model.total_timeout_ms.unwrap_or(config.total_timeout_ms);
    within("total_timeout_ms", total as f64, 1.0, LONGEST)?;
    deadlines(
        model.connect_timeout_ms,
        model.first_token_timeout_ms,
        total,
    )
}

/// What is said of a model's name that is none.
const BLANK: &str = "is empty: leave it out to take the server's first model";

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The first key of a model that means nothing for a file.
fn only_for_servers(model: &NamedModel) -> Option<&'static str> {
    let keys = [
        ("dialect", model.dialect.is_some()),
        ("model", model.model.is_some()),
        ("key_env", model.key_env.is_some()),
        ("key_command", model.key_command.is_some()),
        ("fim", model.fim.is_some()),
        ("context", model.context.is_some()),
        ("prediction", model.prediction.is_some()),
        ("connect_timeout_ms", model.connect_timeout_ms.is_some()),
        (
            "first_token_timeout_ms",
            model.first_token_timeout_ms.is_some(),
        ),
        ("total_timeout_ms", model.total_timeout_ms.is_some()),
    ];
    keys.into_iter().find(|(_, set)| *set).map(|(key, _)| key)
}

/// Which key says where a model's key comes from.
fn key_source(model: &NamedModel) -> Result<Option<&'static str>, Problem> {
    match (&model.key_env, &model.key_command) {
        (Some(_), Some(_)) => {
            let text = "is given beside key_env; give one of the two";
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

/// The name of a variable; a text that is none may be the key itself, so it is not repeated.
fn variable(key: &str, name: &str) -> Result<(), Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty()
        && name.chars().all(plain)
        && !name.starts_with(|c: char| c.is_ascii_digit())
    {
        return Ok(());
    }
    let text = "must be the name of an environment variable, in letters, digits and _; the key \
                itself stands nowhere but in that variable";
    Err((key.to_owned(), text.to_owned()))
}

/// A server's address; what is wrong with it is said without the address, which may hold a password.
fn url(text: &str) -> Result<reqwest::Url, String> {
    let url = reqwest::Url::parse(text).map_err(|error| match text.contains("://") {
        true => format!("is no URL: {error}"),
        false => "must begin with http:// or https://".to_owned(),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://".to_owned());
    }
    Ok(url)
}

fn within(key: &str, value: f64, least: f64, most: f64) -> Result<(), Problem> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err((key.to_owned(), format!("must be from {least} to {most}")))
}

fn finite(key: &str, value: f32) -> Result<(), Problem> {
    if value.is_finite() {
        return Ok(());
    }
    Err((key.to_owned(), "must be a finite number".to_owned()))
}

/// The keymap's error with the key apart from the text, which names it too.
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

/// What the parts by which the models help each other may be set to.
fn parts(config: &Config) -> Result<(), Problem> {
    let retrieval = &config.retrieval;
    within("retrieval.rounds", retrieval.rounds as f64, 1.0, 2.0)?;
    within("retrieval.passages", retrieval.passages as f64, 1.0, 64.0)?;
    let most = 1_048_576.0;
    within(
        "retrieval.small_tokens",
        retrieval.small_tokens as f64,
        0.0,
        most,
    )?;
    within(
        "retrieval.large_tokens",
        retrieval.large_tokens as f64,
        0.0,
        most,
    )?;
    let lines = retrieval.chunk_lines as f64;
    within("retrieval.chunk_lines", lines, 1.0, 1000.0)?;
    within(
        "retrieval.overlap_lines",
        retrieval.overlap_lines as f64,
        0.0,
        lines - 1.0,
    )?;
    within("retrieval.max_files", retrieval.max_files as f64, 1.0, 1e6)?;
    within(
        "retrieval.max_file_kib",
        retrieval.max_file_kib as f64,
        1.0,
        most,
    )?;
    let selftest = &config.selftest;
    within("selftest.solutions", selftest.solutions as f64, 1.0, 32.0)?;
    within("selftest.tests", selftest.tests as f64, 1.0, 32.0)?;
    within("selftest.test_lines", selftest.test_lines as f64, 1.0, 8.0)?;
    within("selftest.theta", selftest.theta.into(), 0.0, 1.0)
}
