//! Detects Ollama: which model, whether its template uses a suffix, and the effective context.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{ASK, Seen, closed, lay_out, models, plain, seen::read};
use crate::remote::{
    Problem, ProblemKind,
    dialect::{Dialect, Profile},
    exchange::Exchange,
};

/// The context of a model for which none is set.
const DEFAULT_CONTEXT: u32 = 4096;
/// The first version that reports the probabilities of its tokens.
const LOGPROBS_SINCE: [u32; 3] = [0, 12, 11];

/// `GET /api/tags`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Tags {
    models: Vec<Tag>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tag {
    name: String,
}

/// `POST /api/show`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Show {
    capabilities: Option<Vec<String>>,
    template: Option<String>,
    /// The parameters set by its file, one name and value per line.
    parameters: Option<String>,
    model_info: Option<Map<String, Value>>,
}

/// `GET /api/ps`: the loaded models.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Loaded {
    models: Vec<LoadedModel>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LoadedModel {
    name: String,
    context_length: Option<u32>,
}

pub(super) async fn profile(exchange: &Exchange, seen: &Seen) -> Result<Profile, Problem> {
    let (tags, loaded) = tokio::join!(exchange.get("/api/tags", ASK), exchange.get("/api/ps", ASK));
    let answer = tags.as_ref().map_err(Problem::clone)?;
    closed(exchange, answer)?;
    if answer.status == 404 && seen.ollama.is_none() {
        return Err(exchange.problem(answer));
    }
    let tags: Tags = read(&tags).unwrap_or_default();
    let loaded: Loaded = read(&loaded).unwrap_or_default();
    let model = choose(exchange, &tags)?;
    let show = exchange
        .post("/api/show", &json!({"model": model}), ASK)
        .await?;
    closed(exchange, &show)?;
    let show: Show = read(&Ok(show)).unwrap_or_default();
    let mut profile = plain(exchange, Dialect::Ollama, model);
    profile.software = Some(match &seen.ollama {
        Some(version) => format!("Ollama {version}"),
        None => String::from("Ollama"),
    });
    profile.logprobs = seen.ollama.as_deref().map(has_logprobs);
    profile.ways.num_ctx = exchange.config().context;
    let running = loaded.models.iter().find(|m| m.name == profile.model);
    let running = running.and_then(|model| model.context_length);
    profile.context = running.or_else(|| show.context());
    if show.inserts() {
        return Ok(profile);
    }
    lay_out(exchange, &mut profile);
    Ok(profile)
}

fn choose(exchange: &Exchange, tags: &Tags) -> Result<String, Problem> {
    let names = || tags.models.iter().map(|tag| tag.name.as_str());
    let Some(wanted) = &exchange.config().model else {
        return models::looks_like_code(names()).ok_or_else(|| {
            let text = format!(
                "Ollama at {} has no model; get one with `ollama pull qwen2.5-coder:7b`",
                exchange.url()
            );
            Problem::new(ProblemKind::Setting, text)
        });
    };
    match names().find(|name| models::is_meant(name, wanted)) {
        Some(name) => Ok(name.to_owned()),
        None if tags.models.is_empty() => Ok(wanted.clone()),
        None => {
            let remedy = format!("get it with `ollama pull {wanted}`, or set model to one of them");
            Err(models::not_listed(exchange, wanted, names(), &remedy))
        }
    }
}

impl Show {
    /// Whether the model's template uses a suffix.
    fn inserts(&self) -> bool {
        let capabilities = self.capabilities.iter().flatten();
        let template = self.template.as_deref().unwrap_or_default();
        capabilities.into_iter().any(|c| c == "insert") || template.contains(".Suffix")
    }

    /// The effective context when the model is loaded: set in its file, or Ollama's default, which
    /// is less than most models support.
    fn context(&self) -> Option<u32> {
        let lines = self.parameters.as_deref().unwrap_or_default().lines();
        let mut words = lines.map(str::split_whitespace);
        let set = words.find_map(|mut words| {
            let value = words.next().filter(|name| *name == "num_ctx");
            value.and(words.next())?.parse().ok()
        });
        let info = self.model_info.iter().flatten();
        let mut lengths = info.filter(|(name, _)| name.ends_with(".context_length"));
        let trained = lengths.find_map(|(_, value)| u32::try_from(value.as_u64()?).ok());
        set.or(Some(
            trained.unwrap_or(DEFAULT_CONTEXT).min(DEFAULT_CONTEXT),
        ))
    }
}

/// Whether a version reports the probabilities of its tokens.
fn has_logprobs(version: &str) -> bool {
    let numbers = version.split(['.', '-', '+']).map_while(|n| n.parse().ok());
    let mut numbers: Vec<u32> = numbers.take(3).collect();
    numbers.resize(3, 0);
    numbers[..] >= LOGPROBS_SINCE[..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logprobs_come_with_a_version() {
        for version in ["0.12.11", "0.13.0-rc1", "1.0", "0.12.11-0-g1"] {
            assert!(has_logprobs(version), "{version}");
        }
        for version in ["0.12.10", "0.9.2", "0.0.0", "", "dev"] {
            assert!(!has_logprobs(version), "{version}");
        }
    }

    #[test]
    fn the_context_in_force_is_what_the_file_sets_or_the_default() {
        let show = |json: Value| -> Show { serde_json::from_value(json).expect("reads") };
        let set = show(json!({"parameters": "stop \"x\"\nnum_ctx    16384"}));
        assert_eq!(set.context(), Some(16384));
        let large = show(json!({"model_info": {"qwen2.context_length": 32768}}));
        assert_eq!(large.context(), Some(DEFAULT_CONTEXT));
        let small = show(json!({"model_info": {"qwen2.context_length": 2048}}));
        assert_eq!(small.context(), Some(2048));
    }
}
