//! How servers report token probabilities. There are two formats: the legacy arrays of
//! `/v1/completions`, and the list of entries of the chat API, which llama-server, Ollama and
//! others have adopted. Both become [`Text`] here.
//!
//! A message's text and its tokens need not agree. End tokens have no text, a server that looks for
//! stop words holds text back, and a character made of several tokens has no text before the last
//! token. The text is authoritative; an [`Aligner`] assigns each token its share of it.

use std::{collections::VecDeque, fmt};

use serde::{Deserialize, Deserializer, de};

use super::{
    Text,
    json::{Str, list},
};
use crate::completion::Candidate;

/// How many tokens may wait for their text: many more than a stop word has.
const WAITING_BOUND: usize = 64;

/// One token in a chat answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenLogprob<'a> {
    #[serde(borrow, alias = "content", alias = "tok_str")]
    token: Option<Str<'a>>,
    id: Option<i32>,
    bytes: Option<Vec<u8>>,
    logprob: Option<f64>,
    /// A probability, not a logarithm: llama-server before the end of 2024.
    #[serde(alias = "p")]
    prob: Option<f64>,
    #[serde(
        borrow,
        deserialize_with = "list",
        alias = "top_probs",
        alias = "probs"
    )]
    top_logprobs: Vec<TokenLogprob<'a>>,
}

/// The `logprobs` of a choice, in either format.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Logprobs<'a> {
    #[serde(borrow, deserialize_with = "list")]
    content: Vec<TokenLogprob<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    tokens: Vec<Str<'a>>,
    #[serde(deserialize_with = "list")]
    token_logprobs: Vec<Option<f64>>,
    #[serde(borrow, deserialize_with = "list")]
    top_logprobs: Vec<Option<Top<'a>>>,
}

/// The candidates of one token: an unordered map from text to log-probability.
#[derive(Debug, Default)]
struct Top<'a>(Vec<(Str<'a>, Option<f64>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Top<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Top<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a map from tokens to numbers")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Top<'de>, A::Error> {
                let mut pairs = Vec::with_capacity(map.size_hint().unwrap_or(8));
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Top(pairs))
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

/// A token as named by a server.
struct Named {
    id: Option<i32>,
    /// `None` if the name does not reveal them.
    bytes: Option<Vec<u8>>,
}

/// Parses a token's name: its text, `token_id:123` (vLLM), or `bytes:\xe2\x80` (OpenAI).
fn named(name: &str) -> Named {
    let id = name.strip_prefix("token_id:");
    if let Some(id) = id.and_then(|id| id.parse().ok()) {
        return Named {
            id: Some(id),
            bytes: None,
        };
    }
    let escaped = name.strip_prefix("bytes:").and_then(escaped_bytes);
    Named {
        id: None,
        bytes: Some(escaped.unwrap_or_else(|| name.as_bytes().to_vec())),
    }
}

/// The bytes of `\xe2\x80`.
fn escaped_bytes(text: &str) -> Option<Vec<u8>> {
    let byte = |digits: &str| u8::from_str_radix(digits.get(..2)?, 16).ok();
    let parts = text.strip_prefix("\\x")?.split("\\x");
    parts
        .map(|part| byte(part).filter(|_| part.len() == 2))
        .collect()
}

/// A usable log-probability.
fn logarithm(number: Option<f64>) -> Option<f32> {
    let number = number.filter(|number| number.is_finite())?;
    Some(number.min(0.0) as f32)
}

impl TokenLogprob<'_> {
    fn logprob(&self) -> Option<f32> {
        let prob = self.prob.filter(|prob| *prob > 0.0);
        logarithm(self.logprob.or(prob.map(f64::ln)))
    }

    fn text(self, top: usize) -> Share {
        let logprob = self.logprob();
        let name = self.token.as_deref().map(named);
        let (id, name) = name.map_or((None, None), |name| (name.id, name.bytes));
        let candidates = self.top_logprobs.iter().filter_map(|entry| {
            Some(Candidate {
                id: entry.id,
                text: shown(entry.token.as_deref()?, entry.bytes.as_deref()),
                logprob: entry.logprob()?,
            })
        });
        Share {
            text: Text {
                id: self.id.or(id),
                bytes: Vec::new(),
                logprob: logprob.or_else(|| listed(&self.top_logprobs, self.token.as_deref()?)),
                top: most_probable(candidates.collect(), top),
            },
            bytes: self.bytes.or(name),
        }
    }
}

/// A token's own probability, if only the list of candidates has it.
fn listed(top: &[TokenLogprob], token: &str) -> Option<f32> {
    let found = top
        .iter()
        .find(|entry| entry.token.as_deref() == Some(token));
    found.and_then(TokenLogprob::logprob)
}

/// A candidate's text.
fn shown(token: &str, bytes: Option<&[u8]>) -> String {
    match bytes {
        Some(bytes) if !bytes.is_empty() => String::from_utf8_lossy(bytes).into_owned(),
        _ => match named(token).bytes {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => token.to_owned(),
        },
    }
}

/// The candidates in order of probability; servers list an extra one if the chosen token is not
/// among them.
fn most_probable(mut candidates: Vec<Candidate>, top: usize) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.logprob.total_cmp(&a.logprob));
    candidates.truncate(top);
    candidates
}

impl<'a> Logprobs<'a> {
    fn shares(self, top: usize) -> impl Iterator<Item = Share> {
        let Logprobs {
            content,
            tokens,
            token_logprobs,
            top_logprobs,
        } = self;
        let mut logprobs = token_logprobs.into_iter();
        let mut tops = top_logprobs.into_iter();
        let legacy = tokens.into_iter().map(move |token| {
            let Named { id, bytes } = named(&token);
            let logprob = logarithm(logprobs.next().flatten());
            let pairs = tops.next().flatten().unwrap_or_default().0.into_iter();
            let candidates = pairs.filter_map(|(name, logprob)| {
                Some(Candidate {
                    id: named(&name).id,
                    text: shown(&name, None),
                    logprob: logarithm(logprob)?,
                })
            });
            Share {
                text: Text {
                    id,
                    bytes: Vec::new(),
                    logprob,
                    top: most_probable(candidates.collect(), top),
                },
                bytes,
            }
        });
        let entries = content.into_iter().map(move |entry| entry.text(top));
        legacy.chain(entries)
    }
}

/// A token that waits for its share of the text.
#[derive(Debug)]
struct Share {
    text: Text,
    /// The text it should have, if known.
    bytes: Option<Vec<u8>>,
}

/// Assigns each token its share of the text.
#[derive(Debug, Default)]
pub(super) struct Aligner {
    waiting: VecDeque<Share>,
    text: Vec<u8>,
    /// How many candidates to keep per token.
    top: usize,
}

impl Aligner {
    pub fn new(top: usize) -> Self {
        Aligner {
            top,
            ..Aligner::default()
        }
    }

    /// Takes the content of one message: its text, and its tokens if it lists them.
    pub fn push(&mut self, text: &str, logprobs: Option<Logprobs>, say: &mut dyn FnMut(Text)) {
        let top = self.top;
        let before = self.waiting.len();
        self.waiting
            .extend(logprobs.into_iter().flat_map(|l| l.shares(top)));
        self.text.extend_from_slice(text.as_bytes());
        if self.waiting.len() == before && before == 0 {
            return self.give_rest(say);
        }
        self.give(say);
        if self.waiting.len() > WAITING_BOUND {
            self.give_to_last(say);
        }
    }

    /// The same for a plain list of entries.
    pub fn push_entries(
        &mut self,
        text: &str,
        entries: Vec<TokenLogprob>,
        say: &mut dyn FnMut(Text),
    ) {
        let logprobs = Logprobs {
            content: entries,
            ..Logprobs::default()
        };
        self.push(text, Some(logprobs), say);
    }

    /// Releases what is still held: the stream is over.
    pub fn finish(&mut self, say: &mut dyn FnMut(Text)) {
        self.give(say);
        if let Some(share) = self.waiting.pop_front() {
            let mut text = share.text;
            text.bytes = std::mem::take(&mut self.text);
            if !text.bytes.is_empty() {
                say(text);
            }
            // A stop word removed the rest.
            self.waiting.clear();
        }
        self.give_rest(say);
    }

    fn give_rest(&mut self, say: &mut dyn FnMut(Text)) {
        if !self.text.is_empty() {
            say(Text {
                bytes: std::mem::take(&mut self.text),
                ..Text::default()
            });
        }
    }

    fn give(&mut self, say: &mut dyn FnMut(Text)) {
        let mut given = 0;
        while let Some(share) = self.waiting.front() {
            let rest = &self.text[given..];
            match &share.bytes {
                Some(bytes) if rest.starts_with(bytes) => {
                    given += bytes.len();
                    let share = self.waiting.pop_front().expect("checked above");
                    say(Text {
                        bytes: share.bytes.unwrap_or_default(),
                        ..share.text
                    });
                }
                Some(bytes) if bytes.starts_with(rest) => break,
                None if rest.is_empty() => break,
                _ => {
                    self.text.drain(..given);
                    return self.give_to_last(say);
                }
            }
        }
        self.text.drain(..given);
    }

    /// The text is not that of the tokens: a character that the last token completed, or a space
    /// that only the text has. The last token gets all of it.
    fn give_to_last(&mut self, say: &mut dyn FnMut(Text)) {
        while let Some(share) = self.waiting.pop_front() {
            let mut text = share.text;
            if self.waiting.is_empty() {
                text.bytes = std::mem::take(&mut self.text);
            }
            say(text);
        }
    }
}
