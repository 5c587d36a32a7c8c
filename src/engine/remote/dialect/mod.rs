//! The dialects of servers. Each file knows two things: the request to send for a hole, and how to
//! read the response. No socket here, so a dialect can be tested on bytes.

mod call;
mod chat;
mod chunk;
mod cleaner;
mod fallback;
mod json;
mod llama_server;
mod logprobs;
mod mistral;
mod ollama;
mod openai;
mod reader;
mod timings;

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{EnumCount, IntoStaticStr, VariantArray};

use super::Problem;
use crate::{
    completion::{
        Candidate, Hole, Passage, Sampling, ServerTiming, StopReason,
        fim::{self, Family, Layout},
    },
    words::names::array,
};

pub use reader::Reader;

/// A server's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Dialect {
    /// llama.cpp's own server: `/infill`, or `/completion` with our own FIM layout.
    LlamaServer,
    /// `/v1/completions`: vLLM, llama-cpp-python, LM Studio, TGI, DeepSeek's beta.
    Openai,
    /// `/v1/chat/completions`, for instruct models.
    Chat,
    /// `/v1/fim/completions`.
    Mistral,
    /// `/api/generate`.
    Ollama,
}

impl Dialect {
    pub const ALL: [Dialect; Dialect::COUNT] = array(Dialect::VARIANTS);

    /// The name used in configuration, JSON and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Finds a dialect by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }
}

/// How a hole is presented to the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fim {
    /// As prefix and suffix: the server knows its model's layout.
    Server,
    /// As one text, in our own layout of the model's family.
    Layout(&'static Layout),
    /// In words, to a chat model.
    Words,
}

/// What detection found out about a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    pub dialect: Dialect,
    /// The server's program as far as it reveals it, such as "llama.cpp b6500" or "vLLM".
    pub software: Option<String>,
    /// The model to request, under the server's name for it.
    pub model: String,
    /// Context in tokens, if the server or the configuration states it.
    pub context: Option<u32>,
    #[serde(serialize_with = "fim_name")]
    pub fim: Fim,
    /// Whether it reports token probabilities; `None` until seen.
    pub logprobs: Option<bool>,
    #[serde(skip)]
    pub ways: Ways,
}

/// How one server deviates from its dialect.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ways {
    /// The family whose layout to use, if configured.
    pub family: Option<Family>,
    /// Path of the completions endpoint, if it differs from the dialect's.
    pub path: Option<&'static str>,
    /// The context to request, if the server would give the model less than configured (Ollama).
    pub num_ctx: Option<u32>,
    /// Whether it accepts a draft of the answer, as OpenAI's chat models do ("predicted outputs").
    pub prediction: bool,
    /// Whether it cannot report token counts at the end of a stream.
    pub no_usage: bool,
    /// Whether it has no FIM, and no layout is known for its model.
    pub no_layout: bool,
}

/// Programs that need requests of their own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Software {
    Vllm,
    LlamaCpp,
    LlamaCppPython,
    Other,
}

/// Program names in [`Profile::software`] that change how requests are built.
pub(super) const VLLM: &str = "vLLM";
pub(super) const LLAMA_CPP: &str = "llama.cpp";
pub(super) const LLAMA_CPP_PYTHON: &str = "llama-cpp-python";

fn fim_name<S: serde::Serializer>(fim: &Fim, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(fim.name())
}

impl Fim {
    /// Name used in JSON and on screen.
    pub fn name(&self) -> &'static str {
        match self {
            Fim::Server => "server's own",
            Fim::Layout(layout) => layout.name,
            Fim::Words => "in words",
        }
    }
}

/// What a dialect turns into a request.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The hole, already cut to the context.
    pub hole: &'a Hole,
    /// The passages of other files that fit and may be sent, in sending order.
    pub passages: &'a [Passage],
    /// The folder of the passages.
    pub folder: Option<&'a Path>,
    /// A guess at the answer.
    pub draft: Option<&'a str>,
    pub sampling: Sampling,
    pub max_tokens: usize,
    /// How many candidates each token should carry.
    pub top: usize,
}

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Path below the server's address, such as `/infill`.
    pub path: &'static str,
    pub body: Value,
    pub framing: Framing,
}

/// How the response stream is split into messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events.
    Sse,
    /// One JSON object per line.
    Ndjson,
}

/// One item of a stream's message.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// More text: one token if the server says so, else a whole chunk.
    Text(Text),
    /// The server's token counts.
    Usage(ReportedUsage),
    /// The server's own timings.
    Timing(ServerTiming),
    /// The model stopped, and why.
    Stop(StopReason),
    /// End of the completion.
    End,
}

/// A piece of the completion's text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    pub id: Option<i32>,
    /// May contain part of a character.
    pub bytes: Vec<u8>,
    /// Natural log; never NaN.
    pub logprob: Option<f32>,
    pub top: Vec<Candidate>,
}

/// The server's token counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReportedUsage {
    pub prompt_tokens: Option<usize>,
    pub cached_tokens: Option<usize>,
    pub generated_tokens: Option<usize>,
    /// Draft tokens that the model confirmed, and those that it rejected.
    pub accepted_tokens: Option<usize>,
    pub rejected_tokens: Option<usize>,
}

impl ReportedUsage {
    /// Overrides counts with those of `later`.
    fn add(&mut self, later: ReportedUsage) {
        self.prompt_tokens = later.prompt_tokens.or(self.prompt_tokens);
        self.cached_tokens = later.cached_tokens.or(self.cached_tokens);
        self.generated_tokens = later.generated_tokens.or(self.generated_tokens);
        self.accepted_tokens = later.accepted_tokens.or(self.accepted_tokens);
        self.rejected_tokens = later.rejected_tokens.or(self.rejected_tokens);
    }
}

impl Profile {
    /// A server of which only the dialect and the model are known.
    pub fn new(dialect: Dialect, model: impl Into<String>) -> Self {
        Profile {
            dialect,
            software: None,
            model: model.into(),
            context: None,
            fim: match dialect {
                Dialect::Chat => Fim::Words,
                _ => Fim::Server,
            },
            logprobs: match dialect {
                Dialect::Mistral => Some(false),
                _ => None,
            },
            ways: Ways::default(),
        }
    }

    /// The request for a hole.
    ///
    /// # Errors
    /// This server cannot take the hole, for example because it contains a marker of the layout.
    pub fn call(&self, ask: &Ask) -> Result<Call, Problem> {
        if self.ways.no_layout {
            return Err(fallback::no_layout(self));
        }
        if let Some(layout) = self.marked() {
            call::check(self, ask, layout)?;
        }
        Ok(match self.dialect {
            Dialect::LlamaServer => llama_server::call(self, ask),
            Dialect::Openai => openai::call(self, ask),
            Dialect::Chat => chat::call(self, ask),
            Dialect::Mistral => mistral::call(self, ask),
            Dialect::Ollama => ollama::call(self, ask),
        })
    }

    /// The layout whose markers the server looks for in the text.
    fn marked(&self) -> Option<&'static Layout> {
        match self.fim {
            Fim::Layout(layout) => Some(layout),
            // Ollama inserts prefix and suffix into a text and then looks for markers in it.
            Fim::Server if self.dialect == Dialect::Ollama => fim::by_name(&self.model),
            Fim::Server | Fim::Words => None,
        }
    }

    /// Whether a passage can be sent: it cannot if the server would read part of it as a marker.
    pub fn takes(&self, passage: &Passage) -> bool {
        self.marked().is_none_or(|layout| {
            let mut markers = call::markers(layout);
            !markers.any(|m| passage.text.contains(m) || passage.path.contains(m))
        })
    }

    /// Whether a draft is sent to the server when there is one.
    pub fn takes_draft(&self) -> bool {
        self.dialect == Dialect::Chat && self.ways.prediction
    }

    /// The reader for the response to [`Profile::call`].
    pub fn reader(&self, ask: &Ask) -> Reader {
        Reader::new(self, ask)
    }

    /// Another way to ask the same server, after it refused this one with `problem` before its
    /// first token: `/completion` if the model has no FIM tokens for `/infill`, our own layout if
    /// `suffix` is refused. `None` if there is no other way.
    pub fn fallback(&self, problem: &Problem) -> Option<Profile> {
        fallback::next(self, problem)
    }

    fn software(&self) -> Software {
        let name = self.software.as_deref().unwrap_or_default();
        let is = |program: &str| name.split(' ').next() == Some(program);
        match () {
            () if is(VLLM) => Software::Vllm,
            () if is(LLAMA_CPP) => Software::LlamaCpp,
            () if is(LLAMA_CPP_PYTHON) => Software::LlamaCppPython,
            () => Software::Other,
        }
    }
}

#[cfg(test)]
mod tests;
