//! Builds the tokens of a prompt that fits the context. If the hole does not fit, the text farthest
//! from the cursor is cut first. Passages of other files come before the hole, in order of
//! position. Their share of the context does not change with typing, so that they stay in the KV
//! cache while the hole grows.

use super::vocabulary::Vocabulary;
use crate::completion::{
    Hole, Request,
    cut::{Measure, PASSAGES},
    fim::{Around, Opening},
    passage::choose,
};

/// A prompt ready to evaluate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prompt {
    pub tokens: Vec<i32>,
    /// The hole's two sides, as far as they are in the prompt.
    pub prefix: Vec<i32>,
    pub suffix: Vec<i32>,
    /// Tokens of the hole that were cut. Text too far away to be tokenized is estimated from the
    /// token length of the rest.
    pub trimmed: usize,
    /// How many passages the prompt has, and their tokens including headings.
    pub passages: usize,
    pub passage_tokens: usize,
}

/// A token stands for three to four bytes of code; text with more bytes than this per token of
/// context cannot fit.
const BYTES_PER_TOKEN: usize = 8;

/// Builds the prompt for a request, in at most `room` tokens.
pub(super) fn prompt(vocabulary: &Vocabulary, request: &Request, room: usize) -> Prompt {
    let room = room.saturating_sub(vocabulary.template.overhead());
    let opening = Opened::new(vocabulary, request, room / PASSAGES);
    let room = room.saturating_sub(opening.len());
    let Cut {
        prefix,
        suffix,
        trimmed,
    } = Cut::new(vocabulary, &request.hole, room, !opening.prefix.is_empty());
    let opened = [opening.prefix.as_slice(), &prefix].concat();
    Prompt {
        tokens: vocabulary.template.fill(&opening.before, &opened, &suffix),
        prefix,
        suffix,
        trimmed,
        passages: opening.passages,
        passage_tokens: opening.len(),
    }
}

/// The text before the hole, as tokens.
#[derive(Default)]
struct Opened {
    before: Vec<i32>,
    prefix: Vec<i32>,
    passages: usize,
}

impl Opened {
    /// The passages that fit both `room` and the request's limit.
    fn new(vocabulary: &Vocabulary, request: &Request, room: usize) -> Self {
        if request.passages.is_empty() {
            return Opened::default();
        }
        let around = Around::new(&request.hole, request.folder.as_deref());
        let repository = &vocabulary.repository;
        let opened = |opening: Opening| Opened {
            before: vocabulary.opening(&opening.before),
            prefix: vocabulary.tokens(&opening.prefix),
            passages: 0,
        };
        let frame = opened(repository.bare(&around)).len();
        let room = room.min(request.passage_tokens).saturating_sub(frame);
        let chosen = choose(&request.passages, room, |passage| {
            let alone = opened(repository.opening([passage], &around));
            alone.len().saturating_sub(frame)
        });
        Opened {
            passages: chosen.len(),
            ..opened(repository.opening(&chosen, &around))
        }
    }

    fn len(&self) -> usize {
        self.before.len() + self.prefix.len()
    }
}

/// The two sides of a hole, cut to fit.
struct Cut {
    prefix: Vec<i32>,
    suffix: Vec<i32>,
    trimmed: usize,
}

impl Cut {
    /// Cuts a hole; `continues` means that its prefix is not the beginning of a text.
    fn new(vocabulary: &Vocabulary, hole: &Hole, room: usize, continues: bool) -> Self {
        let bytes = room * BYTES_PER_TOKEN;
        let text = Measure::new(bytes_of, |byte| *byte == b'\n');
        let before = &hole.prefix[text.start(hole.prefix.as_bytes(), bytes)..];
        let after = &hole.suffix[..text.end(hole.suffix.as_bytes(), bytes)];
        let mut prefix = match continues {
            true => vocabulary.continued(before),
            false => vocabulary.tokens(before),
        };
        let mut suffix = vocabulary.continued(after);
        let unread = hole.prefix.len() - before.len() + hole.suffix.len() - after.len();
        let read = before.len() + after.len();
        let unread = match read {
            0 => 0,
            _ => unread * (prefix.len() + suffix.len()) / read,
        };
        let tokens = Measure::new(|_| 1, |id| vocabulary.bytes(*id).ends_with(b"\n"));
        let (start, end) = tokens.cut(&prefix, &suffix, room);
        let trimmed = start + suffix.len() - end + unread;
        prefix.drain(..start);
        suffix.truncate(end);
        Cut {
            prefix,
            suffix,
            trimmed,
        }
    }
}

/// The bytes of a character, counted at its first.
fn bytes_of(byte: &u8) -> usize {
    match byte {
        0..0x80 => 1,
        0x80..0xC0 => 0,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    }
}
