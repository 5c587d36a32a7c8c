//! Reads the messages of one response and applies the rules that all dialects share. An end token
//! has no text and does not count as a token, a marker in the text ends it, and nothing follows the
//! end.

use super::{Ask, chunk::AnswerId, cleaner::Cleaner, logprobs::Aligner};
use super::{Dialect, Fim, Piece, Profile, ReportedUsage, Text, call, chunk, llama_server, ollama};
use crate::{completion::StopReason, remote::Problem};

/// Reads the messages of one response.
pub struct Reader {
    dialect: Dialect,
    answer: AnswerId,
    aligner: Aligner,
    tidy: Tidy,
}

impl Reader {
    pub(super) fn new(profile: &Profile, ask: &Ask) -> Self {
        let markers = match profile.fim {
            Fim::Layout(layout) => call::markers(layout).collect(),
            Fim::Server | Fim::Words => Vec::new(),
        };
        let chat = profile.dialect == Dialect::Chat;
        Reader {
            dialect: profile.dialect,
            answer: AnswerId::default(),
            aligner: Aligner::new(ask.top),
            tidy: Tidy {
                markers,
                cleaner: chat.then(|| Cleaner::new(ask.hole)),
                ..Tidy::default()
            },
        }
    }

    /// Reads one message (the data of an event, or a line) and passes on its pieces.
    ///
    /// # Errors
    /// The message does not match the dialect, or reports an error.
    pub fn read(&mut self, message: &[u8], say: &mut dyn FnMut(Piece)) -> Result<(), Problem> {
        let Reader {
            dialect,
            answer,
            aligner,
            tidy,
        } = self;
        let message = message.trim_ascii();
        if message.is_empty() {
            return Ok(());
        }
        let mut heard = |piece| tidy.hear(piece, say);
        match dialect {
            Dialect::LlamaServer => llama_server::read(message, aligner, &mut heard),
            Dialect::Ollama => ollama::read(message, aligner, &mut heard),
            Dialect::Openai | Dialect::Chat | Dialect::Mistral => {
                chunk::read(message, answer, aligner, &mut heard)
            }
        }
    }
}

/// End tokens as text, from servers that do not hide them (TGI).
const END_TOKENS: [&str; 6] = [
    "<|endoftext|>",
    "<|im_end|>",
    "<｜end▁of▁sentence｜>",
    "</s>",
    "<eos>",
    "<|EOT|>",
];

fn is_end_token(bytes: &[u8]) -> bool {
    bytes.is_empty()
        || (bytes[0] == b'<' && END_TOKENS.iter().any(|token| token.as_bytes() == bytes))
}

/// Tidies the pieces of one response.
#[derive(Default)]
struct Tidy {
    markers: Vec<&'static str>,
    cleaner: Option<Cleaner>,
    /// A possible end token: it is one if nothing follows.
    held: Option<Text>,
    usage: ReportedUsage,
    stopped: bool,
    ended: bool,
}

impl Tidy {
    fn hear(&mut self, piece: Piece, say: &mut dyn FnMut(Piece)) {
        match piece {
            _ if self.ended => {}
            Piece::Text(text) if !self.stopped => self.text(text, say),
            Piece::Text(_) => {}
            Piece::Stop(reason) => self.stop(reason, say),
            Piece::Usage(usage) => {
                self.usage.add(usage);
                say(Piece::Usage(self.usage));
            }
            Piece::Timing(_) => say(piece),
            Piece::End => {
                if !self.stopped {
                    self.let_go(say);
                    self.finish_cleaner(say);
                }
                self.ended = true;
                say(Piece::End);
            }
        }
    }

    fn text(&mut self, mut text: Text, say: &mut dyn FnMut(Piece)) {
        if is_end_token(&text.bytes) {
            self.let_go(say);
            if !text.bytes.is_empty() || text.id.is_some() || text.logprob.is_some() {
                self.held = Some(text);
            }
            return;
        }
        let marker = self.marker_in(&text.bytes);
        if let Some(at) = marker {
            text.bytes.truncate(at);
        }
        if !text.bytes.is_empty() {
            self.let_go(say);
            self.clean(text, say);
        }
        if marker.is_some() && !self.ended {
            self.stop(StopReason::End, say);
            self.ended = true;
            say(Piece::End);
        }
    }

    /// The position of the first marker in a text.
    fn marker_in(&self, bytes: &[u8]) -> Option<usize> {
        let found = self.markers.iter().filter_map(|marker| {
            let marker = marker.as_bytes();
            let mut windows = bytes.windows(marker.len());
            windows.position(|window| window == marker)
        });
        found.min()
    }

    fn let_go(&mut self, say: &mut dyn FnMut(Piece)) {
        if let Some(text) = self.held.take() {
            self.clean(text, say);
        }
    }

    fn clean(&mut self, text: Text, say: &mut dyn FnMut(Piece)) {
        let Some(cleaner) = &mut self.cleaner else {
            return say(Piece::Text(text));
        };
        cleaner.push(text, &mut |text| say(Piece::Text(text)));
        if cleaner.is_over() {
            // Further output is not worth generating.
            self.stop(StopReason::End, say);
            self.ended = true;
            say(Piece::End);
        }
    }

    fn finish_cleaner(&mut self, say: &mut dyn FnMut(Piece)) {
        if let Some(cleaner) = &mut self.cleaner {
            cleaner.finish(&mut |text| say(Piece::Text(text)));
        }
    }

    fn stop(&mut self, reason: StopReason, say: &mut dyn FnMut(Piece)) {
        if self.stopped {
            return;
        }
        match reason {
            StopReason::End => self.held = None,
            _ => self.let_go(say),
        }
        if self.stopped {
            return;
        }
        self.finish_cleaner(say);
        self.stopped = true;
        say(Piece::Stop(reason));
    }
}
