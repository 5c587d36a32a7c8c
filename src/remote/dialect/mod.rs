//! What servers speak. Each dialect is a file that knows two things: what to post for a hole, and
//! how to read what comes back. No socket is here, so that a dialect can be tested on bytes.

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

/// What a server speaks.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumCount,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
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

/// How a hole is put to the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fim {
    /// Prefix and suffix as such: the server knows its model's layout.
    Server,
    /// One text, in our own layout of the model's family.
    Layout(&'static Layout),
    /// Asked for in words.
    Words,
}

/// What was found out about a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    pub dialect: Dialect,
    /// The program behind it as far as it says so, such as "llama.cpp b6500" or "vLLM".
    pub software: Option<String>,
    /// The model to ask for, as the server calls it.
    pub model: String,
    /// Context in tokens, where the server or the configuration says it.
    pub context: Option<u32>,
    #[serde(serialize_with = "fim_name")]
    pub fim: Fim,
    /// Whether it says how probable its tokens are; `None` while that has not been seen.
    pub logprobs: Option<bool>,
    #[serde(skip)]
    pub ways: Ways,
}

/// The ways of one server, as far as they are not its dialect's.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ways {
    /// The family whose layout to use, where the configuration names it.
    pub family: Option<Family>,
    /// Where completions are to be had, when it is not where the dialect has them.
    pub path: Option<&'static str>,
    /// The context to ask for, where the server gives each model less than was wanted (Ollama).
    pub num_ctx: Option<u32>,
    /// It takes a draft of the answer, as OpenAI's chat models do ("predicted outputs").
    pub prediction: bool,
    /// It refuses to count tokens at a stream's end.
    pub no_usage: bool,
    /// It has no FIM of its own, and no layout is known for its model.
    pub no_layout: bool,
}

/// The programs that want to be asked in a way of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Software {
    Vllm,
    LlamaCpp,
    LlamaCppPython,
    Other,
}

/// The names of programs in [`Profile::software`] that something hangs on.
pub(super) const VLLM: &str = "vLLM";
pub(super) const LLAMA_CPP: &str = "llama.cpp";
pub(super) const LLAMA_CPP_PYTHON: &str = "llama-cpp-python";

fn fim_name<S: serde::Serializer>(fim: &Fim, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(fim.name())
}

impl Fim {
    /// As shown.
    pub fn name(&self) -> &'static str {
        match self {
            Fim::Server => "server's own",
            Fim::Layout(layout) => layout.name,
            Fim::Words => "in words",
        }
    }
}

/// What is asked of a dialect.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The hole, already cut to what fits in the context.
    pub hole: &'a Hole,
    /// Those passages of other files that fit and may go there, in the order in which to send them.
    pub passages: &'a [Passage],
    /// The folder that the passages come from.
    pub folder: Option<&'a Path>,
    /// What the answer may turn out to be.
    pub draft: Option<&'a str>,
    pub sampling: Sampling,
    pub max_tokens: usize,
    /// How many candidates each token should carry.
    pub top: usize,
}

/// What to post.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Below the server's address, such as `/infill`.
    pub path: &'static str,
    pub body: Value,
    pub framing: Framing,
}

/// How the answer's stream is cut into messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events.
    Sse,
    /// One JSON object a line.
    Ndjson,
}

/// Something that a message of the stream says.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// More text: one token where the server says so, else as much as it sent at once.
    Text(Text),
    /// How many tokens the server counted.
    Usage(Usage),
    /// The server's own timings.
    Timing(ServerTiming),
    /// The model stopped, and why.
    Stop(StopReason),
    /// Nothing of the completion comes after this.
    End,
}

/// A piece of the completion's text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    pub id: Option<i32>,
    /// May hold part of a character.
    pub bytes: Vec<u8>,
    /// Natural logarithm; never NaN.
    pub logprob: Option<f32>,
    pub top: Vec<Candidate>,
}

/// Tokens as the server counted them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: Option<usize>,
    pub cached_tokens: Option<usize>,
    pub generated_tokens: Option<usize>,
    /// Tokens of the draft that the model confirmed, and that it did not.
    pub accepted_tokens: Option<usize>,
    pub rejected_tokens: Option<usize>,
}

impl Usage {
    /// Takes over what `later` says.
    fn add(&mut self, later: Usage) {
        self.prompt_tokens = later.prompt_tokens.or(self.prompt_tokens);
        self.cached_tokens = later.cached_tokens.or(self.cached_tokens);
        self.generated_tokens = later.generated_tokens.or(self.generated_tokens);
        self.accepted_tokens = later.accepted_tokens.or(self.accepted_tokens);
        self.rejected_tokens = later.rejected_tokens.or(self.rejected_tokens);
    }
}

impl Profile {
    /// A server of which nothing is known but its dialect and the model to ask for.
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

    /// What to post for a hole.
    ///
    /// # Errors
    /// The hole cannot be put to this server, such as when it holds a marker of the layout's own.
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

    /// The layout whose markers the server looks for in the text that it is sent.
    fn marked(&self) -> Option<&'static Layout> {
        match self.fim {
            Fim::Layout(layout) => Some(layout),
            // Ollama writes prefix and suffix into a text in which it then looks for markers.
            Fim::Server if self.dialect == Dialect::Ollama => fim::by_name(&self.model),
            Fim::Server | Fim::Words => None,
        }
    }

    /// Whether a passage can be sent: not where the server would take something in it for a marker.
    pub fn takes(&self, passage: &Passage) -> bool {
        self.marked().is_none_or(|layout| {
            let mut markers = call::markers(layout);
            !markers.any(|m| passage.text.contains(m) || passage.path.contains(m))
        })
    }

    /// Whether the server is sent a draft of its answer where there is one.
    pub fn takes_draft(&self) -> bool {
        self.dialect == Dialect::Chat && self.ways.prediction
    }

    /// What reads the answer to [`Profile::call`].
    pub fn reader(&self, ask: &Ask) -> Reader {
        Reader::new(self, ask)
    }

    /// Another way to ask the same server, after it refused this one with `problem` before its first
    /// token: `/completion` where the model has no FIM tokens for `/infill`, our own layout where
    /// `suffix` is refused. `None` when there is none.
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
