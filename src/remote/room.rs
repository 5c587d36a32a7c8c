//! What of a hole fits in a server's context. Its tokenizer is not here, so tokens are estimated,
//! and on the safe side: a prompt that is too long is refused or cut by the server in the wrong
//! place, one that is somewhat short costs little.

use std::borrow::Cow;

use super::dialect::Fim;
use crate::completion::Hole;

/// The context to count on where none is known, in tokens: the smallest among the families whose
/// layouts we know (CodeGemma's). It holds more than three hundred lines before the cursor and a
/// hundred after.
const UNKNOWN_CONTEXT: usize = 8192;
/// What the layout's own tokens take, and the words around a hole that is asked for in words.
const LAYOUT: usize = 32;
const WORDS: usize = 320;
/// What is left out of the prefix grows in steps of this part of the room: were it to grow with
/// every key, the prompt would begin elsewhere each time and the server could reuse nothing.
const STEPS: usize = 8;

/// Estimates are counted in tenths of a token.
const TOKEN: usize = 10;

/// What is asked for, so that prompt and answer fit together.
pub(super) struct Fit<'a> {
    pub hole: Cow<'a, Hole>,
    pub max_tokens: usize,
    /// Estimated tokens of the hole that were left out.
    pub trimmed: usize,
}

/// Cuts a hole to a context: whole lines nearest the cursor are kept, about three quarters of a
/// tight room before it. At least three quarters of the context are for the prompt.
pub(super) fn fit<'a>(
    hole: &'a Hole,
    context: Option<u32>,
    fim: &Fim,
    max_tokens: usize,
) -> Fit<'a> {
    let context = context.map_or(UNKNOWN_CONTEXT, |tokens| tokens as usize);
    let max_tokens = max_tokens.clamp(1, (context / 4).max(1));
    let around = match fim {
        Fim::Words => WORDS,
        Fim::Server | Fim::Layout(_) => LAYOUT,
    };
    let room = context.saturating_sub(max_tokens + around) * TOKEN;
    let (prefix, suffix) = (tenths(&hole.prefix), tenths(&hole.suffix));
    if prefix + suffix <= room {
        return Fit {
            hole: Cow::Borrowed(hole),
            max_tokens,
            trimmed: 0,
        };
    }
    let for_suffix = suffix.min((room / 4).max(room.saturating_sub(prefix)));
    let before = near_end(&hole.prefix, prefix, room - for_suffix, room / STEPS);
    let after = near_start(&hole.suffix, for_suffix, room / STEPS);
    let kept = tenths(before) + tenths(after);
    Fit {
        hole: Cow::Owned(Hole {
            prefix: before.to_owned(),
            suffix: after.to_owned(),
            path: hole.path.clone(),
            ..*hole
        }),
        max_tokens,
        trimmed: (prefix + suffix - kept).div_ceil(TOKEN),
    }
}

/// The estimate for a text.
fn tenths(text: &str) -> usize {
    text.bytes().map(tenths_of).sum()
}

/// The estimate for a character, counted at its first byte. Words and indentation share tokens, most
/// tokenizers of code models give every digit its own, and other characters seldom share.
fn tenths_of(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b' ' | b'\t' => 3,
        b'0'..=b'9' | b'\n' => TOKEN,
        0..0x80 => 8,
        0x80..0xC0 => 0,
        0xC0.. => 12,
    }
}

/// The end of a text of `whole` tenths in `room`, from the start of a line where one is near.
fn near_end(text: &str, whole: usize, room: usize, step: usize) -> &str {
    if whole <= room {
        return text;
    }
    let step = step.max(1);
    let excess = (whole - room).div_ceil(step) * step;
    let start = position(text, excess);
    let rest = &text[start..];
    match rest.find('\n') {
        _ if text[..start].ends_with('\n') => rest,
        Some(at) if tenths(&rest[..at]) < step => &rest[at + 1..],
        _ => rest,
    }
}

/// The beginning of a text in `room`, to the end of a line where one is near.
fn near_start(text: &str, room: usize, step: usize) -> &str {
    if tenths(text) <= room {
        return text;
    }
    let too_far = position(text, room + 1);
    let kept = &text[..text.floor_char_boundary(too_far.saturating_sub(1))];
    match kept.rfind('\n') {
        Some(at) if tenths(&kept[at..]) < step => &kept[..=at],
        _ => kept,
    }
}

/// The first position in a text before which at least `wanted` tenths stand.
fn position(text: &str, wanted: usize) -> usize {
    let mut seen = 0;
    for (at, byte) in text.bytes().enumerate() {
        if seen >= wanted && text.is_char_boundary(at) {
            return at;
        }
        seen += tenths_of(byte);
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(count: usize) -> String {
        (0..count)
            .map(|i| format!("    value_{i} = {i}\n"))
            .collect()
    }

    #[test]
    fn what_fits_is_left_alone() {
        let hole = Hole::new(lines(10), lines(10), None);
        let fit = fit(&hole, Some(4096), &Fim::Server, 128);
        assert!(matches!(fit.hole, Cow::Borrowed(_)));
        assert_eq!((fit.max_tokens, fit.trimmed), (128, 0));
    }

    #[test]
    fn whole_lines_near_the_cursor_are_kept() {
        let hole = Hole::new(lines(2000), lines(2000), None);
        let fit = fit(&hole, None, &Fim::Server, 128);
        let (before, after) = (&fit.hole.prefix, &fit.hole.suffix);
        assert!(before.starts_with("    value_") && hole.prefix.ends_with(before.as_str()));
        assert!(after.ends_with('\n') && hole.suffix.starts_with(after.as_str()));
        assert!(before.lines().count() > 300 && after.lines().count() > 100);
        assert!(before.len() > 2 * after.len() && before.len() < 4 * after.len());
    }

    #[test]
    fn a_short_side_leaves_its_room_to_the_other() {
        let hole = Hole::new("x = ", lines(2000), None);
        let fit = fit(&hole, Some(2048), &Fim::Server, 128);
        assert_eq!(fit.hole.prefix, "x = ");
        assert!(tenths(&fit.hole.suffix) > 1500 * TOKEN);
    }

    #[test]
    fn the_answer_gets_at_most_a_quarter_of_a_small_context() {
        let hole = Hole::new("x", "", None);
        assert_eq!(fit(&hole, Some(256), &Fim::Server, 1000).max_tokens, 64);
        assert_eq!(fit(&hole, Some(0), &Fim::Words, 1000).max_tokens, 1);
    }

    #[test]
    fn typing_seldom_moves_where_a_long_prompt_begins() {
        let text = lines(3000);
        let starts: std::collections::BTreeSet<String> = (0..200)
            .map(|typed| {
                let hole = Hole::new(format!("{text}{}", "x".repeat(typed)), lines(9), None);
                let fit = fit(&hole, Some(2048), &Fim::Server, 128);
                fit.hole
                    .prefix
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
        ) {
            let hole = Hole::new(prefix, suffix, None);
            let fit = fit(&hole, Some(context), &Fim::Server, max_tokens);
            prop_assert!(hole.prefix.ends_with(&fit.hole.prefix));
            prop_assert!(hole.suffix.starts_with(&fit.hole.suffix));
            let kept = tenths(&fit.hole.prefix) + tenths(&fit.hole.suffix);
            let room = (context as usize).saturating_sub(fit.max_tokens + LAYOUT);
            prop_assert!(kept <= room * TOKEN);
            let all = tenths(&hole.prefix) + tenths(&hole.suffix);
            prop_assert!(kept + fit.trimmed * TOKEN >= all);
        }
    }
}
