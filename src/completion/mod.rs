//! What travels between the models, the router and the screen: a hole, the completion that fills
//! it, and its tokens with everything the model said about how sure it was.
//!
//! Also here: the FIM layouts of the model families ([`fim`]), where a completion ends and what is
//! cut from it ([`trim`]), what of a hole fits in a context ([`cut`]), the assembly of token bytes into text ([`utf8`]) and of tokens into a
//! completion ([`growing`]), and what is known of a model ([`model`]). No model runs here and nothing
//! is read or printed.

pub mod cut;
pub mod fim;
pub mod growing;
pub mod model;
pub mod passage;
pub mod speculation;
pub mod trim;
pub mod utf8;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::language::Language;

pub use passage::Passage;
pub use speculation::{DraftSource, Drafting, Drafts, Rejected};

/// The place to fill, cut from a document at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// Everything before the cursor.
    pub prefix: String,
    /// Everything after the cursor.
    pub suffix: String,
    /// The language, where it has a grammar.
    pub language: Option<Language>,
    /// The file it comes from, where there is one.
    pub path: Option<PathBuf>,
    /// The document revision it was cut from; 0 outside the playground.
    pub revision: u64,
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
            revision: 0,
        }
    }

    /// The file as it would be with `completion` in the hole.
    pub fn filled(&self, completion: &str) -> String {
        [&self.prefix, completion, &self.suffix].concat()
    }
}

/// One of the tokens that the model could have chosen instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The token's id in the model's vocabulary; servers do not all say it.
    pub id: Option<i32>,
    /// Its text, with bytes that are not UTF-8 replaced.
    pub text: String,
    /// Natural logarithm of its probability.
    pub logprob: f32,
}

/// One model token of a completion, with the model's confidence before any sampler ran. A model
/// that runs here gives every number; a server gives what it gives, and what it does not is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// The id in the model's vocabulary.
    pub id: Option<i32>,
    /// The raw bytes; a token may hold part of a character.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// The characters that this token completes. Empty while a character is still in parts; the
    /// texts of all tokens put together are the completion's text.
    pub text: String,
    /// Natural logarithm of the token's probability under the raw softmax.
    pub logprob: Option<f32>,
    /// Place among all tokens by probability; 0 is the most probable.
    pub rank: Option<u32>,
    /// Entropy of the whole distribution, in nats.
    pub entropy: Option<f32>,
    /// Probability of the first minus that of the second most probable token.
    pub margin: Option<f32>,
    /// The most probable tokens, most probable first.
    pub top: Vec<Candidate>,
    /// Where the draft came from that foretold it, where one did: it was verified together with
    /// others rather than evaluated by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drafted: Option<DraftSource>,
}

impl Token {
    /// The token's probability, 0 to 1.
    pub fn prob(&self) -> Option<f32> {
        self.logprob.map(f32::exp)
    }

    /// The probability left for everything outside [`Token::top`], 0 to 1.
    pub fn remaining_mass(&self) -> f32 {
        let listed: f32 = self.top.iter().map(|c| c.logprob.exp()).sum();
        (1.0 - listed).max(0.0)
    }
}

/// Why a completion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The model said so: an end-of-text or FIM token.
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
    /// Somebody asked for it to stop.
    Cancelled,
}

/// What a completion cost, in tokens and in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Tokens in the prompt; servers do not all say it.
    pub prompt_tokens: Option<usize>,
    /// Prompt tokens found in the KV cache and not evaluated again.
    pub cached_tokens: Option<usize>,
    /// Tokens that the model wrote, before anything was trimmed. Where a server does not count
    /// them, the pieces of text that it sent.
    pub generated_tokens: usize,
    /// From the request to the first token, in milliseconds.
    pub ttft_ms: f64,
    /// From the request to the end, in milliseconds.
    pub total_ms: f64,
    /// What a server says of itself, where it does.
    pub server: Option<ServerTiming>,
}

/// A server's own account of a completion, in milliseconds: what is not in here of the time seen
/// from outside is the way there and back, and waiting in its queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerTiming {
    /// Loading the model, where that was part of it.
    pub load_ms: Option<f64>,
    /// Evaluating the prompt.
    pub prompt_ms: Option<f64>,
    /// Writing the completion.
    pub generation_ms: Option<f64>,
}

impl Timing {
    /// Tokens a second after the first; `None` with fewer than two.
    pub fn tokens_per_second(&self) -> Option<f64> {
        let seconds = (self.total_ms - self.ttft_ms) / 1000.0;
        let tokens = self.generated_tokens;
        (tokens > 1 && seconds > 0.0).then(|| (tokens - 1) as f64 / seconds)
    }
}

/// What a model put in a hole. `text` is always the texts of `tokens` put together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// The text to insert, after trimming.
    pub text: String,
    /// The tokens that make it, after trimming.
    pub tokens: Vec<Token>,
    /// Why it ended.
    pub stop: StopReason,
    /// What it cost.
    pub timing: Timing,
    /// What speculation did, a line for each source that drafted; empty without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drafting: Vec<Drafting>,
}

impl Completion {
    /// What there is of a completion that was cancelled before its first token.
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

/// How the next token is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    /// 0 means greedy.
    pub temperature: f32,
    /// Only the k most probable tokens are sampled; 0 means all.
    pub top_k: u32,
    /// Only the most probable tokens that make up this probability are sampled; 1 means all.
    pub top_p: f32,
    /// Seed of the random numbers; the same seed gives the same completion.
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

/// Which request an event belongs to. Ids only grow, so a smaller one is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RequestId(pub u64);

/// A completion asked of a model, wherever that model runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub id: RequestId,
    pub hole: Hole,
    pub sampling: Sampling,
    /// The most tokens to generate.
    pub max_tokens: usize,
    /// Tokens that the completion must begin with (a person chose one in the inspector). They are
    /// evaluated like any other, so that their statistics are the model's own.
    pub forced: Vec<i32>,
    /// Code from elsewhere, best first, for the model to read before the hole's own file; as much of
    /// it as there is room for.
    pub passages: Vec<Passage>,
    /// The folder that their paths are relative to. Without it none goes to a server: nothing could
    /// say whether its file must stay here.
    pub folder: Option<PathBuf>,
    /// The most tokens of passages in the prompt; of a tight context they get a quarter at most.
    pub passage_tokens: usize,
    /// What the model may be given to verify instead of writing token by token. The completion is
    /// the same with any.
    pub drafts: Drafts,
}

impl Request {
    /// A request for the most probable completion, with nothing but the hole to go by.
    pub fn greedy(id: RequestId, hole: Hole, max_tokens: usize) -> Self {
        Request {
            id,
            hole,
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

/// How the prompt was prepared, known before the first token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PromptInfo {
    pub prompt_tokens: Option<usize>,
    pub cached_tokens: Option<usize>,
    /// Tokens of the hole that did not fit in the context and were left out, farthest first; for a
    /// server, whose tokenizer we do not have, an estimate.
    pub trimmed_tokens: usize,
    /// How many passages of other files are in the prompt, and how many tokens they take there with
    /// all that goes with them; for a server an estimate.
    pub passages: usize,
    pub passage_tokens: usize,
}

/// What a model says while it completes. The seam between the playground and whatever runs the
/// model: llama.cpp on a thread of this process, or a server.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamEvent {
    /// What the request waits for before its first token, for people to read: a connection, a
    /// server that loads its model, the second try after a refusal.
    Waiting(String),
    /// The prompt is ready to be evaluated.
    Started(PromptInfo),
    /// One more token; its text may still be trimmed by [`StreamEvent::Done`].
    Token(Token),
    /// The completion as it stands after trimming.
    Done(Completion),
    /// It failed; the text says what and what to do about it.
    Failed(String),
}
