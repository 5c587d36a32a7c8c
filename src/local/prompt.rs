//! Builds the tokens of a prompt that fits the context. Whatever does not fit of the hole is cut,
//! farthest from the cursor first. Passages of other files come before the hole, in order of
//! position and with a room of their own that typing does not change, so that they stay in the KV
//! cache while the hole grows.

use super::vocabulary::Vocabulary;
use crate::completion::{
    Hole, Request,
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
/// The cut in the prefix moves in steps of this fraction of the context. If it moved with every
/// key, so would the beginning of the prompt, and nothing could be reused.
const STEPS: usize = 8;
/// Passages get at most this fraction of the context; the hole gets the rest.
const PASSAGES: usize = 4;

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
        let before = near_end(&hole.prefix, bytes);
        let after = near_start(&hole.suffix, bytes);
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
        let ends_line = |id: &i32| vocabulary.bytes(*id).ends_with(b"\n");
        let (start, end) = window(&prefix, &suffix, room, ends_line);
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

/// The cut points in prefix and suffix. In a tight room the prefix gets three quarters; cuts fall
/// between lines if a line ends nearby.
fn window(
    prefix: &[i32],
    suffix: &[i32],
    room: usize,
    ends_line: impl Fn(&i32) -> bool,
) -> (usize, usize) {
    if prefix.len() + suffix.len() <= room {
        return (0, suffix.len());
    }
    let for_suffix = suffix
        .len()
        .min((room / 4).max(room.saturating_sub(prefix.len())));
    let for_prefix = prefix.len().min(room - for_suffix);
    let step = (room / STEPS).max(1);
    let excess = prefix.len() - for_prefix;
    let start = match excess {
        0 => 0,
        _ => (excess.div_ceil(step) * step).min(prefix.len()),
    };
    let line = prefix[start..].iter().take(step).position(&ends_line);
    let start = match (start, line) {
        (0, _) => 0,
        (_, Some(at)) if start + at + 1 < prefix.len() => start + at + 1,
        _ => start,
    };
    let mut end = for_suffix;
    if end < suffix.len() {
        let kept = &suffix[..end];
        let line = kept.iter().rev().take(step).position(&ends_line);
        end -= line.filter(|at| *at < end).unwrap_or(0);
    }
    (start, end)
}

/// The end of a text of about `bytes` bytes, from the start of a line if one is near.
fn near_end(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    // In steps, for the same reason as in `window`.
    let step = (bytes / STEPS).max(1);
    let excess = (text.len() - bytes).div_ceil(step) * step;
    let start = (excess..text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len());
    match text[start..].find('\n') {
        Some(at) if at < step => &text[start + at + 1..],
        _ => &text[start..],
    }
}

/// The beginning of a text of about `bytes` bytes, to the end of a line if one is near.
fn near_start(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    match text[..end].rfind('\n') {
        Some(at) if end - at < bytes / STEPS => &text[..=at],
        _ => &text[..end],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_kept_fits_and_is_next_to_the_hole(
            prefix in 0usize..400,
            suffix in 0usize..400,
            room in 0usize..300,
            line in 2i32..30,
        ) {
            let prefix: Vec<i32> = (0..prefix as i32).collect();
            let suffix: Vec<i32> = (0..suffix as i32).collect();
            let (start, end) = window(&prefix, &suffix, room, |id| id % line == 0);
            prop_assert!(start <= prefix.len() && end <= suffix.len());
            prop_assert!(prefix.len() - start + end <= room);
            if prefix.len() + suffix.len() <= room {
                prop_assert_eq!((start, end), (0, suffix.len()));
            }
        }

        #[test]
        fn far_text_is_cut_at_characters(text in "[aé\n𝄞]{0,200}", bytes in 0usize..100) {
            prop_assert!(text.ends_with(near_end(&text, bytes)));
            prop_assert!(text.starts_with(near_start(&text, bytes)));
            prop_assert!(near_end(&text, bytes).len() <= bytes.max(4));
        }
    }

    #[test]
    fn typing_does_not_move_the_start_of_a_prompt_that_is_too_long() {
        let starts: std::collections::BTreeSet<usize> = (1000..1050)
            .map(|length| window(&vec![1; length], &[1; 500], 400, |_| false).0)
            .collect();
        assert!(starts.len() <= 2, "{starts:?}");
    }
}
