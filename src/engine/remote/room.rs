//! Cuts a hole to a server's context. The server's tokenizer is not available, so tokens are
//! estimated, on the high side. A prompt that is too long is refused or truncated in the wrong
//! place; a prompt that is a little short costs little.

use std::borrow::Cow;

use super::dialect::Fim;
use crate::completion::{
    Hole, Passage, Request,
    cut::{Measure, PASSAGES},
    passage::choose,
};

/// The context to assume when none is known, in tokens: the smallest of the families whose layouts
/// we know (CodeGemma's). It holds more than three hundred lines before the cursor and a hundred
/// after.
const UNKNOWN_CONTEXT: usize = 8192;
/// Tokens for the layout's markers, or for the words of a chat prompt.
const LAYOUT: usize = 32;
const WORDS: usize = 320;
/// Tokens around each passage: the marker or comment with its path.
const HEADING: usize = 8;

/// Estimates are in tenths of a token.
const TOKEN: usize = 10;

/// A request cut so that prompt and answer fit together.
pub(super) struct Fit<'a> {
    pub hole: Cow<'a, Hole>,
    /// The passages of other files that fit, in sending order.
    pub passages: Vec<Passage>,
    /// Their estimated tokens.
    pub passage_tokens: usize,
    pub max_tokens: usize,
    /// Estimated tokens of the hole that were left out.
    pub trimmed: usize,
}

/// Cuts a request to a context, with the passages that may be sent. Keeps the whole lines nearest
/// the cursor; if room is short, about three quarters of it go to the text before the cursor. The
/// prompt gets at least three quarters of the context.
pub(super) fn fit<'a>(
    request: &'a Request,
    passages: &[&Passage],
    context: Option<u32>,
    fim: &Fim,
) -> Fit<'a> {
    let hole: &Hole = &request.hole;
    let context = context.map_or(UNKNOWN_CONTEXT, |tokens| tokens as usize);
    let max_tokens = request.max_tokens.clamp(1, (context / 4).max(1));
    let around = match fim {
        Fim::Words => WORDS,
        Fim::Server | Fim::Layout(_) => LAYOUT,
    };
    let room = context.saturating_sub(max_tokens + around) * TOKEN;
    let allowed = request.passage_tokens.saturating_mul(TOKEN);
    let passages = choose(passages.iter().copied(), allowed.min(room / PASSAGES), cost);
    let taken: usize = passages.iter().map(cost).sum();
    let room = room - taken;
    let measure = Measure::new(tenths_of, |byte| *byte == b'\n');
    let (prefix, suffix) = (hole.prefix.as_str(), hole.suffix.as_str());
    let (start, end) = measure.cut(prefix.as_bytes(), suffix.as_bytes(), room);
    let left_out = tenths(&prefix[..start]) + tenths(&suffix[end..]);
    let hole = match left_out {
        0 => Cow::Borrowed(hole),
        _ => Cow::Owned(Hole {
            prefix: prefix[start..].to_owned(),
            suffix: suffix[..end].to_owned(),
            path: hole.path.clone(),
            language: hole.language,
        }),
    };
    Fit {
        hole,
        passages,
        passage_tokens: taken.div_ceil(TOKEN),
        max_tokens,
        trimmed: left_out.div_ceil(TOKEN),
    }
}

/// Estimate for a passage, each line of which may become a comment.
fn cost(passage: &Passage) -> usize {
    let lines = passage.text.lines().count();
    tenths(&passage.path) + tenths(&passage.text) + (lines + HEADING) * TOKEN
}

/// Estimate for a text.
fn tenths(text: &str) -> usize {
    text.as_bytes().iter().map(tenths_of).sum()
}

/// Estimate for a character, counted at its first byte. Words and indentation share tokens, most
/// tokenizers of code models give each digit its own, and other characters seldom share.
fn tenths_of(byte: &u8) -> usize {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b' ' | b'\t' => 3,
        b'0'..=b'9' | b'\n' => TOKEN,
        0..0x80 => 8,
        0x80..0xC0 => 0,
        0xC0.. => 12,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::completion::RequestId;

    fn lines(count: usize) -> String {
        (0..count)
            .map(|i| format!("    value_{i} = {i}\n"))
            .collect()
    }

    /// Cuts a hole without passages; returns what is kept, its tokens, and the tokens left out.
    fn fit_hole(hole: &Hole, context: Option<u32>, fim: &Fim, max: usize) -> (Hole, usize, usize) {
        let request = Request::greedy(RequestId(1), hole.clone(), max);
        let fit = fit(&request, &[], context, fim);
        (fit.hole.into_owned(), fit.max_tokens, fit.trimmed)
    }

    #[test]
    fn what_fits_is_left_alone() {
        let hole = Hole::new(lines(10), lines(10), None);
        let fit = fit_hole(&hole, Some(4096), &Fim::Server, 128);
        assert_eq!(fit, (hole, 128, 0));
    }

    #[test]
    fn whole_lines_near_the_cursor_are_kept() {
        let hole = Hole::new(lines(2000), lines(2000), None);
        let (kept, ..) = fit_hole(&hole, None, &Fim::Server, 128);
        let (before, after) = (&kept.prefix, &kept.suffix);
        assert!(before.starts_with("    value_") && hole.prefix.ends_with(before.as_str()));
        assert!(after.ends_with('\n') && hole.suffix.starts_with(after.as_str()));
        assert!(before.lines().count() > 300 && after.lines().count() > 100);
        assert!(before.len() > 2 * after.len() && before.len() < 4 * after.len());
    }

    #[test]
    fn a_short_side_leaves_its_room_to_the_other() {
        let hole = Hole::new("x = ", lines(2000), None);
        let (kept, ..) = fit_hole(&hole, Some(2048), &Fim::Server, 128);
        assert_eq!(kept.prefix, "x = ");
        assert!(tenths(&kept.suffix) > 1500 * TOKEN);
    }

    #[test]
    fn the_answer_gets_at_most_a_quarter_of_a_small_context() {
        let hole = Hole::new("x", "", None);
        assert_eq!(fit_hole(&hole, Some(256), &Fim::Server, 1000).1, 64);
        assert_eq!(fit_hole(&hole, Some(0), &Fim::Words, 1000).1, 1);
    }

    #[test]
    fn typing_seldom_moves_where_a_long_prompt_begins() {
        let text = lines(3000);
        let starts: std::collections::BTreeSet<String> = (0..200)
            .map(|typed| {
                let hole = Hole::new(format!("{text}{}", "x".repeat(typed)), lines(9), None);
                let (kept, ..) = fit_hole(&hole, Some(2048), &Fim::Server, 128);
                kept.prefix
                    .lines()
                    .next()
                    .map(str::to_owned)
                    .unwrap_or_default()
            })
            .collect();
        assert!(starts.len() <= 2, "{starts:?}");
    }

    proptest! {
        #[test]
        fn what_is_kept_fits_and_is_next_to_the_hole(
            prefix in "[aé\n𝄞世]{0,300}",
            suffix in "[aé\n𝄞世]{0,300}",
            context in 0u32..400,
            max_tokens in 0usize..100,
            passage_tokens in 0usize..100,
        ) {
            let hole = Hole::new(prefix, suffix, None);
            let passage = Passage {
                path: String::from("a.py"),
                lines: (1, 9),
                text: "x = 1\n".repeat(9),
                score: 1.0,
                rounds: [None, None],
            };
            let request = Request {
                passage_tokens,
                ..Request::greedy(RequestId(1), hole.clone(), max_tokens)
            };
            let fit = fit(&request, &[&passage], Some(context), &Fim::Server);
            prop_assert!(hole.prefix.ends_with(&fit.hole.prefix));
            prop_assert!(hole.suffix.starts_with(&fit.hole.suffix));
            let kept = tenths(&fit.hole.prefix) + tenths(&fit.hole.suffix);
            let room = (context as usize).saturating_sub(fit.max_tokens + LAYOUT);
            prop_assert!(fit.passage_tokens <= passage_tokens.min(room.div_ceil(PASSAGES)));
            prop_assert_eq!(fit.passage_tokens > 0, !fit.passages.is_empty());
            prop_assert!(kept + fit.passages.iter().map(cost).sum::<usize>() <= room * TOKEN);
            let all = tenths(&hole.prefix) + tenths(&hole.suffix);
            prop_assert!(kept + fit.trimmed * TOKEN >= all);
        }
    }
}
