//! The messages that `/v1/completions`, `/v1/chat/completions` and `/v1/fim/completions` stream:
//! one format, which differs only in where the text is.
//!
//! Sources: OpenAI's API reference, vLLM's `protocol.py`, llama-cpp-python's `llama_types.py`,
//! TGI's OpenAPI document and Mistral's API reference.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, de};

use super::{
    Piece, ReportedUsage, Text,
    json::{self, Refusal, Str, count, list},
    logprobs::{Aligner, Logprobs},
    timings::Timings,
};
use crate::{
    completion::StopReason,
    remote::{Problem, ProblemKind},
};

/// One message of a stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chunk<'a> {
    /// The same in every message of a response.
    #[serde(borrow)]
    id: Option<Str<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    choices: Vec<Choice<'a>>,
    usage: Option<Counts>,
    timings: Option<Timings>,
    #[serde(borrow)]
    error: Option<Refusal<'a>>,
    /// `error` if the message itself is one (vLLM before 0.10, Mistral).
    #[serde(borrow)]
    object: Option<Str<'a>>,
    #[serde(borrow)]
    message: Option<Refusal<'a>>,
    #[serde(borrow)]
    detail: Option<Refusal<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice<'a> {
    #[serde(deserialize_with = "count")]
    index: Option<usize>,
    #[serde(borrow)]
    text: Option<Str<'a>>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    logprobs: Option<Logprobs<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Str<'a>>,
}

/// What a message adds to a chat answer. Reasoning has a field of its own (`reasoning_content`,
/// `reasoning`) and is not part of the completion.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Content<'a>>,
}

/// Text, or a list of parts, of which only text parts count.
#[derive(Debug)]
struct Content<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Part<'a> {
            #[serde(borrow, default)]
            text: Option<Str<'a>>,
        }

        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Content<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a text or a list of parts")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Content(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Content(Cow::Owned(text.to_owned())))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(
                self,
                mut parts: A,
            ) -> Result<Self::Value, A::Error> {
                let mut whole = String::new();
                while let Some(part) = parts.next_element::<Part>()? {
                    whole += part.text.as_deref().unwrap_or_default();
                }
                Ok(Content(Cow::Owned(whole)))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// The server's token counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Counts {
    #[serde(deserialize_with = "count")]
    prompt_tokens: Option<usize>,
    #[serde(deserialize_with = "count")]
    completion_tokens: Option<usize>,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Predicted>,
    /// DeepSeek's name for cached tokens.
    #[serde(deserialize_with = "count")]
    prompt_cache_hit_tokens: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Details {
    #[serde(deserialize_with = "count")]
    cached_tokens: Option<usize>,
}

/// How much of a draft was accepted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Predicted {
    #[serde(deserialize_with = "count")]
    accepted_prediction_tokens: Option<usize>,
    #[serde(deserialize_with = "count")]
    rejected_prediction_tokens: Option<usize>,
}

/// Reads one message; [`Piece::End`] if it is the last.
pub(super) fn read(
    message: &[u8],
    answer: &mut AnswerId,
    aligner: &mut Aligner,
    say: &mut dyn FnMut(Piece),
) -> Result<(), Problem> {
    if message.trim_ascii() == b"[DONE]" {
        aligner.finish(&mut |text| say(Piece::Text(text)));
        say(Piece::End);
        return Ok(());
    }
    let mut space = Vec::new();
    let chunk: Chunk = json::read(message, &mut space)?;
    if let Some(problem) = chunk.problem() {
        return Err(problem);
    }
    answer.check(chunk.id.as_deref())?;
    for choice in chunk.choices {
        if choice.index.unwrap_or(0) == 0 {
            read_choice(choice, aligner, say)?;
        }
    }
    if let Some(counts) = chunk.usage {
        say(Piece::Usage(counts.usage()));
    }
    if let Some(timings) = chunk.timings {
        say(Piece::Timing((&timings).into()));
    }
    Ok(())
}

/// Which response the messages belong to.
#[derive(Debug, Default)]
pub(super) struct AnswerId(Option<String>);

impl AnswerId {
    /// Remembers the first id and checks the others against it. Messages without an id are trusted.
    fn check(&mut self, id: Option<&str>) -> Result<(), Problem> {
        match (&self.0, id) {
            (_, None | Some("")) => Ok(()),
            (None, Some(id)) => {
                self.0 = Some(id.to_owned());
                Ok(())
            }
            (Some(known), Some(id)) if known == id => Ok(()),
            (Some(_), Some(_)) => Err(Problem::new(
                ProblemKind::Protocol,
                "the server sent part of another request's answer; check whether a proxy in \
                 between caches or shares responses",
            )),
        }
    }
}

fn read_choice(
    choice: Choice,
    aligner: &mut Aligner,
    say: &mut dyn FnMut(Piece),
) -> Result<(), Problem> {
    let content = choice.delta.and_then(|delta| delta.content);
    let text = match (&choice.text, &content) {
        (Some(text), _) => text,
        (None, Some(Content(text))) => text.as_ref(),
        (None, None) => "",
    };
    let mut say_text = |text: Text| say(Piece::Text(text));
    aligner.push(text, choice.logprobs, &mut say_text);
    let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) else {
        return Ok(());
    };
    aligner.finish(&mut say_text);
    let stop = match &*reason {
        "length" | "max_tokens" | "model_length" => StopReason::Limit,
        "error" | "abort" => {
            return Err(Problem::new(
                ProblemKind::Truncated,
                "the server aborted the completion; check its log",
            ));
        }
        _ => StopReason::End,
    };
    say(Piece::Stop(stop));
    Ok(())
}

impl Chunk<'_> {
    /// The error that the message reports.
    fn problem(&self) -> Option<Problem> {
        let is_error = self
            .object
            .as_deref()
            .is_some_and(|object| object == "error");
        let said = self.error.as_ref().or_else(|| {
            let bare = self.message.as_ref().filter(|_| is_error);
            bare.or(self.detail.as_ref())
        });
        said.map(Refusal::problem)
    }
}

impl Counts {
    fn usage(self) -> ReportedUsage {
        let details = self.prompt_tokens_details.unwrap_or_default();
        let predicted = self.completion_tokens_details.unwrap_or_default();
        ReportedUsage {
            prompt_tokens: self.prompt_tokens,
            cached_tokens: details.cached_tokens.or(self.prompt_cache_hit_tokens),
            generated_tokens: self.completion_tokens,
            accepted_tokens: predicted.accepted_prediction_tokens,
            rejected_tokens: predicted.rejected_prediction_tokens,
        }
    }
}
