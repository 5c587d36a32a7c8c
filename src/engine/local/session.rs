//! One model with its context: evaluates prompts, reusing what it can, and generates completions
//! with the statistics of each token (in [`writing`]).

mod writing;

use std::sync::Arc;
use std::time::Instant;

use super::EngineConfig;
use super::context::{Context, Interrupted, SEQUENCES};
use super::load::{BATCH, Loaded};
use super::prompt::prompt;
use super::requests::Mailbox;
use super::reuse::{self, ReusePlan};
use super::speculation::Learned;
use super::vocabulary::Vocabulary;
use crate::completion::growing::Growing;
use crate::completion::model::ModelInfo;
use crate::completion::{Completion, PromptInfo, Request, StopReason, StreamEvent};
use writing::DraftAhead;

/// Architectures whose cached keys can be moved: rotary positions, one cache, causal attention.
const SHIFTABLE: [&str; 14] = [
    "llama",
    "qwen2",
    "qwen2moe",
    "qwen3",
    "qwen3moe",
    "starcoder2",
    "gemma",
    "granite",
    "granitemoe",
    "deepseek",
    "glm4",
    "glm4moe",
    "seed_oss",
    "mistral3",
];
/// Chunk size of prompts when reuse must be exact: with fixed chunks, a reused token was computed
/// in the same chunk as it would be now.
const EXACT_CHUNK: usize = 32;
/// Chunk size on the CPU, where llama.cpp checks for interruption between operations.
const CPU_CHUNK: usize = 256;
/// Target time of a chunk that cannot be interrupted, in seconds.
const CHUNK_SECONDS: f64 = 0.03;

/// A model ready to complete.
pub(super) struct Session<'model> {
    pub info: Arc<ModelInfo>,
    vocabulary: Vocabulary<'model>,
    context: Context<'model>,
    mailbox: Arc<Mailbox>,
    top: usize,
    shift: bool,
    exact: bool,
    interruptible: bool,
    chunk: usize,
    /// Tokens of the first sequence in the cache.
    cached: Vec<i32>,
    /// Tokens after those: a draft being verified.
    ahead: DraftAhead,
    /// How many of the tokens in `cached`, from the first, were evaluated as they would be without
    /// speculation.
    alone: usize,
    /// Whether drafts can be removed from the cache.
    drafts: bool,
    learned: Learned,
    /// When the request in progress was made.
    asked: Instant,
    /// How many of those, from the first, were evaluated in whole chunks of [`EXACT_CHUNK`].
    whole_chunks: usize,
}

impl<'model> Session<'model> {
    /// Creates the context and warms it up.
    ///
    /// # Errors
    /// There is not enough memory, or the model lacks FIM tokens.
    pub fn new(
        config: &EngineConfig,
        loaded: &'model Loaded,
        mailbox: &Arc<Mailbox>,
    ) -> Result<Self, String> {
        let vocabulary = loaded.vocabulary()?;
        let (context, info) = loaded.context(config, Arc::clone(mailbox))?;
        let shift =
            config.shift_reuse && context.can_shift() && SHIFTABLE.contains(&loaded.architecture());
        let learned = Learned::new(vocabulary.len(), config.eager_drafts);
        let mut session = Session {
            info: Arc::new(info),
            vocabulary,
            context,
            mailbox: Arc::clone(mailbox),
            top: config.top,
            shift,
            exact: !config.shift_reuse,
            interruptible: loaded.on_cpu(),
            chunk: if loaded.on_cpu() { CPU_CHUNK } else { 64 },
            cached: Vec::new(),
            ahead: DraftAhead::default(),
            alone: 0,
            drafts: loaded.can_forget(),
            learned,
            asked: Instant::now(),
            whole_chunks: 0,
        };
        session.warm_up();
        Ok(session)
    }

    /// Evaluates one token in advance, so that the first request does not pay for loading every
    /// weight.
    fn warm_up(&mut self) {
        let token = self.vocabulary.template.tokens().next().unwrap_or(0);
        self.mailbox.settle();
        // A request that arrives meanwhile interrupts this; the cache is cleared either way.
        let _ = self.context.decode(&[token], 0, true);
        self.forget();
    }

    /// Clears the cache.
    pub fn forget(&mut self) {
        self.context.clear();
        self.cached.clear();
        self.whole_chunks = 0;
        self.alone = 0;
        self.ahead = DraftAhead::default();
    }

    /// Completes one request; `emit` gets every event except the last.
    ///
    /// # Errors
    /// The error says what failed and what to do. The caller must then clear the cache.
    pub fn complete(
        &mut self,
        request: &Request,
        asked: Instant,
        emit: &dyn Fn(StreamEvent),
    ) -> Result<Completion, String> {
        self.check(request)?;
        let size = self.context_size();
        // The prompt gets at least three quarters of the context.
        let reserve = request.max_tokens.clamp(1, (size / 4).max(1));
        let prompt = prompt(&self.vocabulary, request, size - reserve);
        let plan = self.plan(&prompt.tokens);
        let info = PromptInfo {
            prompt_tokens: Some(prompt.tokens.len()),
            cached_tokens: Some(plan.reused()),
            trimmed_tokens: prompt.trimmed,
            passages: prompt.passages,
            passage_tokens: prompt.passage_tokens,
        };
        emit(StreamEvent::Started(info));
        self.asked = asked;
        let mut growing = Growing::new(&request.hole, info);
        let stop = match self.evaluate(&prompt.tokens, &plan) {
            Ok(()) => self.generate(request, &prompt, &mut growing, emit)?,
            Err(Interrupted::Stale) => StopReason::Cancelled,
            Err(Interrupted::Failed(status)) => return Err(failed(status)),
        };
        Ok(growing.finish(stop, asked.elapsed()))
    }

    fn context_size(&self) -> usize {
        self.info.context.unwrap_or_default() as usize
    }

    fn check(&self, request: &Request) -> Result<(), String> {
        let vocabulary = self.vocabulary.len();
        match request
            .forced
            .iter()
            .find(|id| usize::try_from(**id).map_or(true, |id| id >= vocabulary))
        {
            Some(id) => Err(format!(
                "token {id} is not in the vocabulary of {vocabulary} tokens of {}",
                self.info.name
            )),
            None => Ok(()),
        }
    }

    fn plan(&self, prompt: &[i32]) -> ReusePlan {
        if self.shift {
            return reuse::plan(&self.cached, prompt, SEQUENCES as usize - 1);
        }
        let common = reuse::common_prefix(&self.cached, prompt);
        let keep = match self.exact {
            true => common.min(self.whole_chunks) / EXACT_CHUNK * EXACT_CHUNK,
            false => common,
        };
        ReusePlan {
            keep,
            matches: Vec::new(),
        }
    }

    /// Fills the cache with the prompt, including the logits of its last token. If the request
    /// becomes stale, the cache keeps what was evaluated until then.
    fn evaluate(&mut self, prompt: &[i32], plan: &ReusePlan) -> Result<(), Interrupted> {
        let moved = plan.matches.iter().zip(1..);
        for (found, sequence) in moved.clone() {
            self.context
                .share(0, sequence, found.from, found.from + found.length);
        }
        if !self.context.forget(0, plan.keep) {
            // This model's memory cannot be shortened.
            self.forget();
            return self.evaluate_from(prompt, 0);
        }
        self.cached.truncate(plan.keep);
        self.whole_chunks = self.whole_chunks.min(plan.keep);
        for (found, sequence) in moved.clone() {
            self.context
                .shift(sequence, found.to as i32 - found.from as i32);
        }
        let outcome = moved
            .clone()
            .try_for_each(|(found, sequence)| {
                self.extend(&prompt[self.cached.len()..found.to], false)?;
                let end = found.to + found.length;
                self.context.share(sequence, 0, found.to, end);
                self.cached.extend_from_slice(&prompt[found.to..end]);
                Ok(())
            })
            .and_then(|()| self.evaluate_from(prompt, self.cached.len()));
        for (_, sequence) in moved {
            self.context.forget(sequence, 0);
        }
        outcome
    }

    fn evaluate_from(&mut self, prompt: &[i32], from: usize) -> Result<(), Interrupted> {
        self.extend(&prompt[from..], true)
    }

    /// Evaluates tokens at the end of the cache, chunk by chunk; `logits` requests those of the
    /// last one.
    fn extend(&mut self, tokens: &[i32], logits: bool) -> Result<(), Interrupted> {
        let mut rest = tokens;
        while !rest.is_empty() {
            if self.mailbox.is_stale() {
                return Err(Interrupted::Stale);
            }
            let length = if self.exact { EXACT_CHUNK } else { self.chunk };
            let length = length.min(self.context.batch());
            let (chunk, after) = rest.split_at(length.min(rest.len()));
            let began = Instant::now();
            self.decode(chunk, logits && after.is_empty())?;
            self.pace(chunk.len(), began.elapsed().as_secs_f64());
            if chunk.len() == EXACT_CHUNK && self.whole_chunks + EXACT_CHUNK == self.cached.len() {
                self.whole_chunks = self.cached.len();
            }
            rest = after;
        }
        Ok(())
    }

    /// Adapts the chunk size to the measured speed if a chunk cannot be interrupted.
    fn pace(&mut self, tokens: usize, seconds: f64) {
        if !self.interruptible && tokens >= 32 && seconds > 0.0 {
            let fits = (tokens as f64 / seconds * CHUNK_SECONDS) as usize;
            self.chunk = 1 << fits.clamp(32, BATCH as usize).ilog2();
        }
    }

    fn decode(&mut self, tokens: &[i32], logits: bool) -> Result<(), Interrupted> {
        let first = self.cached.len();
        let outcome = self.context.decode(tokens, first, logits);
        match outcome {
            Ok(()) => self.cached.extend_from_slice(tokens),
            Err(_) => {
                self.context.forget(0, first);
            }
        }
        outcome
    }
}

/// Our status for an evaluation without logits.
const NO_LOGITS: i32 = i32::MIN;

fn failed(status: i32) -> String {
    match status {
        NO_LOGITS => String::from("llama.cpp returned no logits"),
        1 => String::from("the KV cache is full; set a larger context"),
        status => {
            format!("llama.cpp could not evaluate the prompt (status {status}); check the log")
        }
    }
}
