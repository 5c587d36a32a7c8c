//! What servers speak. Each dialect is a file that knows two things: what to post for a hole, and
//! how to read what comes back. No socket is here, so that a dialect can be tested on bytes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Problem;
use crate::completion::{Candidate, Hole, Sampling, ServerTiming, StopReason, fim::Layout};

/// What a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    pub const ALL: [Dialect; 5] = [
        Dialect::LlamaServer,
        Dialect::Openai,
        Dialect::Chat,
        Dialect::Mistral,
        Dialect::Ollama,
    ];

    /// The name used in configuration, JSON and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::LlamaServer => "llama-server",
            Dialect::Openai => "openai",
            Dialect::Chat => "chat",
            Dialect::Mistral => "mistral",
            Dialect::Ollama => "ollama",
        }
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
}

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
}

/// Reads the messages of one answer.
pub struct Reader {}

impl Reader {
    /// Reads one message (the data of an event, or a line) and passes on what it says.
    ///
    /// # Errors
    /// It is not what the dialect sends, or it tells of an error.
    pub fn read(&mut self, message: &[u8], say: &mut dyn FnMut(Piece)) -> Result<(), Problem> {
        let _ = (message, say);
        todo!()
    }
}

impl Profile {
    /// What to post for a hole.
    ///
    /// # Errors
    /// The hole cannot be put to this server, such as when it holds a marker of the layout's own.
    pub fn call(&self, ask: &Ask) -> Result<Call, Problem> {
        let _ = ask;
        todo!()
    }

    /// What reads the answer to [`Profile::call`].
    pub fn reader(&self, ask: &Ask) -> Reader {
        let _ = ask;
        todo!()
    }

    /// Another way to ask the same server, after it refused this one with `problem` before its first
    /// token: `/completion` where the model has no FIM tokens for `/infill`, our own layout where
    /// `suffix` is refused. `None` when there is none.
    pub fn fallback(&self, problem: &Problem) -> Option<Profile> {
        let _ = problem;
        todo!()
    }
}
