//! A server's answers to the first cheap probes.

use std::collections::HashSet;

use serde::{Deserialize, de::DeserializeOwned};

use super::{ASK, closed};
use crate::remote::{
    Problem, ProblemKind,
    exchange::{Exchange, ServerAnswer},
};

/// The answers; `None` for a probe that the server does not know.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// From llama-server.
    pub props: Option<Props>,
    /// Ollama's version.
    pub ollama: Option<String>,
    /// From TGI.
    pub info: Option<Info>,
    /// The version of vLLM, or of another program with the same endpoint.
    pub version: Option<String>,
    /// The models listed by `/v1/models`.
    pub models: Vec<Model>,
    /// The answer that explains best why no probe was understood.
    pub refusal: Option<ServerAnswer>,
}

/// `GET /props` of llama-server.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Props {
    default_generation_settings: Option<SlotSettings>,
    pub model_alias: Option<String>,
    pub model_path: Option<String>,
    pub build_info: Option<String>,
    /// `router` if it starts a server of its own for each model.
    pub role: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SlotSettings {
    n_ctx: Option<u32>,
}

impl Props {
    /// Context of one slot, in tokens.
    pub fn context(&self) -> Option<u32> {
        let settings = self.default_generation_settings.as_ref()?;
        settings.n_ctx.filter(|context| *context > 0)
    }

    fn is_llama_server(&self) -> bool {
        self.default_generation_settings.is_some() || self.role.is_some()
    }
}

/// `GET /info` of TGI.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Info {
    pub model_id: Option<String>,
    pub max_total_tokens: Option<u32>,
    pub version: Option<String>,
}

/// One entry of `GET /v1/models`.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Model {
    pub id: String,
    pub owned_by: Option<String>,
    /// Other names of the model (llama-server, Mistral).
    aliases: Option<Vec<String>>,
    /// From vLLM and SGLang.
    max_model_len: Option<u32>,
    /// From Mistral.
    max_context_length: Option<u32>,
    /// From llama-server as a router: which models are running.
    status: Option<Status>,
    meta: Option<Meta>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Status {
    value: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Meta {
    n_ctx: Option<u32>,
}

impl Model {
    /// The model's id and aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let aliases = self.aliases.iter().flatten().map(String::as_str);
        std::iter::once(self.id.as_str()).chain(aliases)
    }

    pub fn context(&self) -> Option<u32> {
        let meta = self.meta.as_ref().and_then(|meta| meta.n_ctx);
        self.max_model_len.or(self.max_context_length).or(meta)
    }

    pub fn is_loaded(&self) -> bool {
        let status = self.status.as_ref().and_then(|s| s.value.as_deref());
        matches!(status, Some("loaded" | "sleeping"))
    }
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

/// The list of models, which some servers send without an object around it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Models {
    Named { data: Vec<Model> },
    Bare(Vec<Model>),
}

impl Seen {
    /// Sends all probes at once.
    ///
    /// # Errors
    /// The server is unreachable, is loading, or requires a key.
    pub async fn look(exchange: &Exchange) -> Result<Self, Problem> {
        let (models, props, ollama, info, version) = tokio::join!(
            exchange.get("/v1/models", ASK),
            exchange.get("/props", ASK),
            exchange.get("/api/version", ASK),
            exchange.get("/info", ASK),
            exchange.get("/version", ASK),
        );
        let answers = [&models, &props, &ollama, &info, &version];
        if let (Err(problem), true) = (&models, answers.iter().all(|answer| answer.is_err())) {
            return Err(problem.clone());
        }
        for answer in answers.into_iter().flatten() {
            let problem = exchange.problem(answer);
            if answer.status == 503 && problem.kind == ProblemKind::Loading {
                return Err(problem);
            }
        }
        let listed = match read(&models) {
            Some(Models::Named { data } | Models::Bare(data)) => data,
            None => Vec::new(),
        };
        let mut seen = Seen {
            props: read(&props).filter(Props::is_llama_server),
            ollama: read(&ollama).map(|answer: Version| answer.version),
            info: read(&info).filter(|info: &Info| info.model_id.is_some()),
            version: read(&version).map(|answer: Version| answer.version),
            models: without_repeats(listed),
            refusal: None,
        };
        if seen.knows_nothing() {
            // A server that requires a key says so for every endpoint.
            for answer in [&models, &props, &ollama].into_iter().flatten() {
                closed(exchange, answer)?;
            }
            seen.refusal = models.ok().filter(|answer| answer.status >= 500);
        }
        Ok(seen)
    }

    fn knows_nothing(&self) -> bool {
        let known = self.props.is_some() || self.ollama.is_some() || self.info.is_some();
        !known && self.models.is_empty()
    }

    /// The context of a listed model.
    pub fn context_of(&self, name: &str) -> Option<u32> {
        let mut models = self.models.iter();
        let model = models.find(|model| model.names().any(|known| known == name))?;
        model.context()
    }

    /// Whether these are the models of Mistral's own service, seen through a gateway.
    pub fn is_mistrals(&self) -> bool {
        let fills = |model: &Model| model.names().any(|name| name.contains("codestral"));
        self.owner() == "mistralai" && self.models.iter().any(fills)
    }

    /// The owner of the models, if the server names one: often the program's name.
    pub fn owner(&self) -> &str {
        let owner = self.models.first().and_then(|m| m.owned_by.as_deref());
        owner.unwrap_or_default()
    }
}

fn without_repeats(mut models: Vec<Model>) -> Vec<Model> {
    let mut seen = HashSet::new();
    models.retain(|model| !model.id.is_empty() && seen.insert(model.id.clone()));
    models
}

/// Parses an answer, if there is one.
pub(super) fn read<T: DeserializeOwned>(answer: &Result<ServerAnswer, Problem>) -> Option<T> {
    let answer = answer.as_ref().ok().filter(|answer| answer.status == 200)?;
    serde_json::from_slice(&answer.body).ok()
}
