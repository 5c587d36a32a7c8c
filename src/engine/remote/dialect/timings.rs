//! The `timings` of llama.cpp's server, in the last message of its own endpoints and of the OpenAI
//! ones.

use serde::Deserialize;

use super::json::count;
use crate::completion::ServerTiming;

/// llama.cpp's report of the time a completion took.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Timings {
    /// Prompt tokens found in the cache.
    #[serde(deserialize_with = "count")]
    pub cache_n: Option<usize>,
    prompt_ms: Option<f64>,
    predicted_ms: Option<f64>,
}

impl From<&Timings> for ServerTiming {
    fn from(timings: &Timings) -> Self {
        ServerTiming {
            load_ms: None,
            prompt_ms: timings.prompt_ms,
            generation_ms: timings.predicted_ms,
        }
    }
}
