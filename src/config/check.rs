//! What a value must be beyond its type.

use super::Config;
use crate::tui::keymap::{Keymap, KeymapError};

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
    if let Some(context) = config.context {
        within("context", context.into(), 64.0, 1_048_576.0)?;
    }
    if let Some(threads) = config.threads {
        within("threads", threads.into(), 1.0, 1024.0)?;
    }
    if let Some(threshold) = config.threshold {
        finite("threshold", threshold)?;
    }
    for entry in &config.thresholds {
        finite("thresholds", entry.value)?;
    }
    if config
        .small
        .as_ref()
        .is_some_and(|path| path.contains("://"))
    {
        let problem = "the small model runs on this machine; name a GGUF file";
        return Err(("small".to_owned(), problem.to_owned()));
    }
    Keymap::new(&config.keys).map(drop).map_err(in_keymap)
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
