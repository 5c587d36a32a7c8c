//! A growing completion from any source: tokens go in; what is kept of them after trimming comes
//! out, with timings, which the caller measures.

use std::time::Duration;

use super::{
    Completion, Drafting, Hole, PromptInfo, StopReason, Timing, Token,
    trim::{TrimStep, Trimmer},
    utf8::Utf8Assembler,
};
use crate::words::number::milliseconds;

/// A completion in progress.
#[derive(Debug, Clone)]
pub struct Growing {
    tokens: Vec<Token>,
    trimmer: Trimmer,
    utf8: Utf8Assembler,
    /// Where the trimmer cut it.
    keep: Option<usize>,
    /// Timings so far; the caller that runs the model may add more.
    pub timing: Timing,
    /// Results of speculation, filled in by the caller that runs the model.
    pub drafting: Vec<Drafting>,
}

impl Growing {
    /// A completion of `hole`.
    pub fn new(hole: &Hole, info: PromptInfo) -> Self {
        Growing {
            tokens: Vec::new(),
            trimmer: Trimmer::new(hole),
            utf8: Utf8Assembler::default(),
            keep: None,
            timing: Timing {
                prompt_tokens: info.prompt_tokens,
                cached_tokens: info.cached_tokens,
                ..Timing::default()
            },
            drafting: Vec::new(),
        }
    }

    /// Number of tokens so far.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are no tokens yet.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The characters that these bytes complete; see [`Utf8Assembler::push`].
    pub fn text_of(&mut self, bytes: &[u8]) -> String {
        self.utf8.push(bytes)
    }

    /// Records that the first token (or the end) has arrived, so long after the request.
    pub fn note_first_token(&mut self, after: Duration) {
        if self.timing.ttft_ms == 0.0 {
            self.timing.ttft_ms = milliseconds(after);
        }
    }

    /// Adds the next token; returns why the completion is over, if it is.
    pub fn push(&mut self, token: Token) -> Option<StopReason> {
        let step = self.trimmer.push(&token.text);
        self.tokens.push(token);
        self.timing.generated_tokens += 1;
        match step {
            TrimStep::Continue => None,
            TrimStep::Stop { reason, keep } => {
                self.keep = Some(keep);
                Some(reason)
            }
        }
    }

    /// The completion so far, trimmed; it took `total`.
    pub fn finish(mut self, stop: StopReason, total: Duration) -> Completion {
        let keep = self.keep.unwrap_or_else(|| self.trimmer.finish());
        keep_bytes(&mut self.tokens, keep);
        self.timing.total_ms = milliseconds(total);
        Completion {
            text: self
                .tokens
                .iter()
                .map(|token| token.text.as_str())
                .collect(),
            tokens: self.tokens,
            stop,
            timing: self.timing,
            drafting: self.drafting,
        }
    }
}

/// Cuts tokens so that their texts add up to the first `keep` bytes: within a token if necessary,
/// and without trailing tokens that add no text.
fn keep_bytes(tokens: &mut Vec<Token>, keep: usize) {
    let mut length = 0;
    for token in tokens.iter_mut() {
        let room = keep - length;
        if token.text.len() > room {
            token.text.truncate(room);
            token.bytes = token.text.clone().into_bytes();
        }
        length += token.text.len();
    }
    let last = tokens.iter().rposition(|token| !token.text.is_empty());
    tokens.truncate(last.map_or(0, |last| last + 1));
}
