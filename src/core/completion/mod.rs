//! The types that models, router and screen exchange: a hole, the completion that fills it, and its
//! tokens with the model's confidence.
//!
//! [`fim`] has the FIM layouts of model families, [`trim`] the rules for where a completion ends
//! and what is cut from it, and [`cut`] chooses the part of a hole that fits in a context. [`utf8`]
//! assembles token bytes into text, [`growing`] assembles tokens into a completion, and [`model`]
//! describes a model. No model runs here, and nothing is read or printed.

pub mod cut;
pub mod fim;
pub mod growing;
pub mod model;
pub mod passage;
pub mod speculation;
pub mod trim;
pub mod utf8;

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::language::Language;

pub use passage::{Passage, Query};
pub use speculation::{DraftSource, Drafting, Drafts, Rejected};

/// The place to complete, cut from a document at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// Everything before the cursor.
    pub prefix: String,
    /// Everything after the cursor.
    pub suffix: String,
    /// The language, if it has a grammar.
    pub language: Option<Language>,
    /// The file it comes from, if any.
    pub path: Option<PathBuf>,
}

impl Hole {
    /// A hole outside any document.
    pub fn new(
        prefix: impl Into<String>,
        suffix: impl Into<String>,
        language: Option<Language>,
    ) -> Self {
        Hole {
            prefix: prefix.into(),
            suffix: suffix.into(),
            language,
            path: None,
        }
    }

    /// The file as it would be with `completion` in the hole.
    pub fn filled(&self, completion: &str) -> String {
        [&self.prefix, completion, &self.suffix].concat()
    }
}

/// A token that the model could have chosen instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Id in the model's vocabulary; some servers do not report it.
    pub id: Option<i32>,
    /// Its text; invalid UTF-8 is replaced.
    pub text: String,
    /// Natural log of its probability.
    pub logprob: f32,
}

/// One token of a completion, with the model's confidence before any sampling. A local model
/// provides every number; a number that a server does not report is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// The id in the model's vocabulary.
    pub id: Option<i32>,
    /// The raw bytes; a token may hold part of a character.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// The characters that this token completes; empty while a character is incomplete. The texts
    /// of all tokens add up to the completion's text.
    pub text: String,
    /// Natural log of the token's probability under the raw softmax.
    pub logprob: Option<f32>,
    /// Rank among all tokens by probability; 0 is the most probable.
    pub rank: Option<u32>,
    /// Entropy of the whole distribution, in nats.
    pub entropy: Option<f32>,
    /// Probability of the most probable token minus that of the second.
    pub margin: Option<f32>,
    /// The most probable tokens, in order.
    pub top: Vec<Candidate>,
    /// Which draft predicted this token, if any; drafted tokens are verified in batches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drafted: Option<DraftSource>,
}

impl Token {
    /// The token's probability, 0 to 1.
    pub fn prob(&self) -> Option<f32> {
        self.logprob.map(f32::exp)
    }

    /// Probability of all tokens outside [`Token::top`], 0 to 1.
    pub fn remaining_mass(&self) -> f32 {
        let listed: f32 = self.top.iter().map(|c| c.logprob.exp()).sum();
        (1.0 - listed).max(0.0)
    }
}

/// Why a completion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The model ended it: an end-of-text or FIM token.
    End,
    /// The token limit was reached.
    Limit,
    /// The text left the block that the hole is in.
    Dedent,
    /// The text began to repeat the lines after the hole.
    Suffix,
    /// The text began to repeat itself.
    Repetition,
    /// The context was full.
    Context,
    /// The request was cancelled.
    Cancelled,
}

/// Cost of a completion, in tokens and in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Tokens in the prompt; some servers do not report it.
    pub prompt_tokens: Option<usize>,
    /// Prompt tokens found in the KV cache and not evaluated again.
    pub cached_tokens: Option<usize>,
    /// Tokens that the model wrote, before trimming. If a server does not count them, the number of
    /// text chunks it sent.
    pub generated_tokens: usize,
    /// From the request to the first token, in milliseconds.
    pub ttft_ms: f64,
    /// From the request to the end, in milliseconds.
    pub total_ms: f64,
    /// The server's own timings, if reported.
    pub server: Option<ServerTiming>,
}

/// A server's own timings, in milliseconds. The rest of the time measured from outside is network
/// and queueing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerTiming {
    /// Loading the model, if it had to.
    pub load_ms: Option<f64>,
    /// Evaluating the prompt.
    pub prompt_ms: Option<f64>,
    /// Writing the completion.
    pub generation_ms: Option<f64>,
}

impl Timing {
    /// Tokens per second after the first; `None` with fewer than two.
    pub fn tokens_per_second(&self) -> Option<f64> {
        let seconds = (self.total_ms - self.ttft_ms) / 1000.0;
        let tokens = self.generated_tokens;
        (tokens > 1 && seconds > 0.0).then(|| (tokens - 1) as f64 / seconds)
    }
}

/// A model's completion of a hole. `text` is always the concatenation of the tokens' texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// The text to insert, after trimming.
    pub text: String,
    /// Its tokens, after trimming.
    pub tokens: Vec<Token>,
    /// Why it ended.
    pub stop: StopReason,
    /// Its cost.
    pub timing: Timing,
    /// Results of speculation, one entry per source that drafted; empty if there was none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drafting: Vec<Drafting>,
}

impl Completion {
    /// A completion cancelled before its first token.
    pub fn cancelled() -> Self {
        Completion {
            text: String::new(),
            tokens: Vec::new(),
            stop: StopReason::Cancelled,
            timing: Timing::default(),
            drafting: Vec::new(),
        }
    }
}

/// How to choose the next token.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    /// 0 means greedy.
    pub temperature: f32,
    /// Sample only from the k most probable tokens; 0 means all.
    pub top_k: u32,
    /// Sample only from the most probable tokens that make up this probability; 1 means all.
    pub top_p: f32,
    /// Random seed; the same seed gives the same completion.
    pub seed: u32,
}

impl Sampling {
    /// Always the most probable token.
    pub const GREEDY: Sampling = Sampling {
        temperature: 0.0,
        top_k: 0,
        top_p: 1.0,
        seed: 0,
    };
}

impl Default for Sampling {
    fn default() -> Self {
        Sampling {
            temperature: 0.8,
            top_k: 40,
            top_p: 0.95,
            seed: 1,
        }
    }
}

/// Identifies a request. Ids only grow, so an event with a smaller one is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RequestId(pub u64);

/// A request for a completion, to a local model or a server.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub id: RequestId,
    /// Shared: it holds the whole file.
    pub hole: Arc<Hole>,
    pub sampling: Sampling,
    /// Maximum number of tokens to generate.
    pub max_tokens: usize,
    /// Tokens that the completion must begin with (the user chose one in the inspector). They are
    /// evaluated like any other, so their statistics are the model's own.
    pub forced: Vec<i32>,
    /// Code from other files, best first, for the model to read before the hole's own file, as far
    /// as there is room.
    pub passages: Vec<Passage>,
    /// The folder that their paths are relative to. Without it no passage goes to a server, because
    /// the deny patterns could not be checked.
    pub folder: Option<PathBuf>,
    /// Maximum tokens of passages in the prompt; in a tight context they get at most a quarter.
    pub passage_tokens: usize,
    /// Drafts that the model may verify instead of writing token by token. They do not change the
    /// completion.
    pub drafts: Drafts,
}

impl Request {
    /// A request for the most probable completion of a hole, without passages or drafts.
    pub fn greedy(id: RequestId, hole: impl Into<Arc<Hole>>, max_tokens: usize) -> Self {
        Request {
            id,
            hole: hole.into(),
            sampling: Sampling::GREEDY,
            max_tokens,
            forced: Vec::new(),
            passages: Vec::new(),
            folder: None,
            passage_tokens: usize::MAX,
            drafts: Drafts::default(),
        }
    }
}

/// How the prompt was built, known before the first token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PromptInfo {
    pub prompt_tokens: Option<usize>,
    pub cached_tokens: Option<usize>,
    /// Tokens of the hole that did not fit in the context and were cut, farthest first; an estimate
    /// for a server, whose tokenizer we do not have.
    pub trimmed_tokens: usize,
    /// How many passages of other files are in the prompt, and their tokens including headings; an
    /// estimate for a server.
    pub passages: usize,
    pub passage_tokens: usize,
}

/// Events of a model that is completing. The playground depends only on these, whether llama.cpp
/// runs the model on a thread of this process, or a server does.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamEvent {
    /// Why the first token has to wait, for display: connecting, the server loading its model, a
    /// retry.
    Waiting(String),
    /// The prompt is ready to evaluate.
    Started(PromptInfo),
    /// One more token; [`StreamEvent::Done`] may still trim its text.
    Token(Token),
    /// The completion, trimmed.
    Done(Completion),
    /// It failed; says why and what to do about it.
    Failed(String),
}
