//! Decides where a completion ends and what is cut from it.
//!
//! A model that fills a hole seldom stops in time: it continues into the next function, repeats the
//! line after the hole, or loops. [`Trimmer`] reads the completion as it grows and detects its end;
//! [`Trimmer::finish`] cuts duplicated text. When in doubt the rules cut nothing: a correct
//! completion must stay whole, except for trailing white space.

mod block;
mod repetition;
mod scanner;

use super::{Hole, StopReason};
use crate::language::Language;
use block::{base_indent, control_blocks, indent_of};
use scanner::{CURLY, Scanner, bracket};

/// The [`Trimmer`]'s answer to one more piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrimStep {
    Continue,
    /// The completion is over: keep its first `keep` bytes.
    Stop {
        reason: StopReason,
        keep: usize,
    },
}

/// The hole's position in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HolePlace {
    /// Nothing follows on the line.
    LineEnd,
    /// Only closing brackets, commas and the like follow.
    BeforeClosers,
    /// Only white space before it, and code after it: whole lines are inserted.
    WholeLines,
    /// In the middle of code: one line is enough.
    MidLine,
}

/// How many lines after the hole to search for a repetition.
const FOLLOWING_LINES: usize = 12;

/// Reads a completion piece by piece and finds its end.
#[derive(Debug, Clone)]
pub struct Trimmer {
    language: Option<Language>,
    place: HolePlace,
    line_before: String,
    /// The rest of the hole's line.
    line_after: String,
    /// The first non-blank lines after the hole, without trailing white space.
    following: Vec<String>,
    suffix_is_blank: bool,
    /// In languages with block indentation, a line indented less than this leaves the block.
    base_indent: usize,
    /// How many unopened brackets of each kind the completion may close.
    may_close: [i32; 3],
    scanner: Scanner,
    text: String,
    lines: Vec<Line>,
    /// Whether the first code character of the current line has been judged.
    line_judged: bool,
    /// Whether the current line started in code rather than in a string or comment.
    line_began_in_code: bool,
    open_at_line_start: i32,
    /// How many of the innermost blocks around the hole are loops, conditions and the like.
    control_blocks: i32,
    /// Start of the line that closed the block around the hole, until as many are open again.
    closed_block: Option<usize>,
}

/// A line of the completion.
#[derive(Debug, Clone)]
struct Line {
    start: usize,
    /// Without trailing white space; the first line includes the text before the hole.
    text: String,
}

impl Trimmer {
    pub fn new(hole: &Hole) -> Self {
        let line_before = last_line(&hole.prefix).to_owned();
        let (line_after, rest) = hole.suffix.split_once('\n').unwrap_or((&hole.suffix, ""));
        let place = place_of(&line_before, line_after);
        let first = match place {
            HolePlace::WholeLines => [&line_before, line_after].concat(),
            _ => String::new(),
        };
        let following: Vec<String> = std::iter::once(first.as_str())
            .chain(rest.lines())
            .map(|line| line.trim_end().to_owned())
            .filter(|line| !line.is_empty())
            .take(FOLLOWING_LINES)
            .collect();
        let mut scanner = Scanner::after(hole.language, &hole.prefix);
        let after = Scanner::after(hole.language, &hole.suffix);
        let may_close = [0, 1, 2].map(|kind| (scanner.depth(kind) - after.unmatched(kind)).max(0));
        scanner.reset_depth();
        let line_began_in_code = scanner.in_code();
        Trimmer {
            language: hole.language,
            place,
            base_indent: base_indent(hole, &line_before),
            line_before,
            line_after: line_after.trim_end().to_owned(),
            following,
            suffix_is_blank: hole.suffix.trim().is_empty(),
            may_close,
            control_blocks: control_blocks(hole.language, &hole.prefix),
            scanner,
            text: String::new(),
            lines: vec![Line {
                start: 0,
                text: String::new(),
            }],
            line_judged: false,
            line_began_in_code,
            open_at_line_start: 0,
            closed_block: None,
        }
    }

    /// The text read so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads one more piece. Push nothing after a `Stop`.
    pub fn push(&mut self, piece: &str) -> TrimStep {
        for c in piece.chars() {
            if let Some((reason, keep)) = self.judge(c) {
                return TrimStep::Stop {
                    reason,
                    keep: self.cut(keep),
                };
            }
        }
        TrimStep::Continue
    }

    /// How many bytes to keep of a completion that ended for another reason: the model's own end,
    /// the token limit, a full context.
    pub fn finish(&self) -> usize {
        let mut keep = self.text.len();
        if let Some(start) = self.closed_block {
            keep = keep.min(start);
        }
        if let Some(start) = self.repeats_following(true) {
            keep = keep.min(start);
        }
        self.cut(keep)
    }

    /// Judges and reads the next character.
    fn judge(&mut self, c: char) -> Option<(StopReason, usize)> {
        let at = self.text.len();
        if c == '\n' && self.place == HolePlace::MidLine {
            return Some((StopReason::Suffix, at));
        }
        if !c.is_whitespace() && !self.line_judged {
            self.line_judged = true;
            if self.leaves_block(c) {
                return Some((StopReason::Dedent, self.line_start()));
            }
        }
        if self.closes_too_much(c) {
            return Some((StopReason::Suffix, at));
        }
        self.scanner.push(c);
        self.text.push(c);
        match c {
            '\n' => self.end_line(),
            _ => self
                .loop_in_line()
                .map(|keep| (StopReason::Repetition, keep)),
        }
    }

    fn line_start(&self) -> usize {
        self.lines.last().map_or(0, |line| line.start)
    }

    /// Whether the line that begins with `c` is indented less than the hole's block.
    fn leaves_block(&self, c: char) -> bool {
        let by_indent = match self.language {
            Some(language) => language.indents_blocks(),
            None => bracket(c).is_none(),
        };
        let comment = self.language == Some(Language::Python) && c == '#';
        let first = self.lines.len() == 1 && !self.line_before.is_empty();
        by_indent
            && !comment
            && !first
            && self.line_began_in_code
            && self.open_at_line_start + self.may_close.iter().sum::<i32>() <= 0
            && indent_of(&self.text[self.line_start()..]) < self.base_indent
    }

    /// Whether `c` closes a bracket that the text after the hole closes already. Braces that form
    /// blocks are judged per line, see [`Self::closes_block`].
    fn closes_too_much(&self, c: char) -> bool {
        let Some((kind, false)) = bracket(c) else {
            return false;
        };
        let block = kind == CURLY
            && self.language != Some(Language::Python)
            && (self.place != HolePlace::BeforeClosers
                || !self.line_after.trim_start().starts_with('}'));
        !block && self.scanner.in_code() && self.scanner.depth(kind) - 1 < -self.may_close[kind]
    }

    /// Finishes a line and applies the rules for whole lines.
    fn end_line(&mut self) -> Option<(StopReason, usize)> {
        let start = self.line_start();
        let mut line = self.text[start..].trim_end().to_owned();
        if self.lines.len() == 1 {
            line.insert_str(0, &self.line_before);
        }
        let closed = self.closes_block(start);
        let last = self.lines.last_mut().expect("never empty");
        last.text = line;
        self.lines.push(Line {
            start: self.text.len(),
            text: String::new(),
        });
        self.line_judged = false;
        self.line_began_in_code = self.scanner.in_code();
        self.open_at_line_start = self.scanner.open();
        if let Some(start) = closed {
            return Some((StopReason::Dedent, start));
        }
        if let Some(start) = self.repeats_following(false) {
            return Some((StopReason::Suffix, start));
        }
        self.loop_of_lines()
            .map(|keep| (StopReason::Repetition, keep))
    }

    /// Whether the completion has closed the body around the hole, in languages with braces. It may
    /// close loops and conditions within that body if it opens as many again.
    fn closes_block(&mut self, start: usize) -> Option<usize> {
        if !matches!(self.language, Some(Language::Java | Language::Cpp)) {
            return None;
        }
        let below = -self.may_close[CURLY] - self.scanner.depth(CURLY);
        if below <= 0 {
            self.closed_block = None;
        } else if self.closed_block.is_none() {
            self.closed_block = Some(start);
        }
        self.closed_block.filter(|_| below > self.control_blocks)
    }

    /// Cuts repeated or useless text at the end of `text[..keep]`.
    fn cut(&self, keep: usize) -> usize {
        let kept = &self.text[..keep];
        let solid = kept.trim_end();
        match self.place {
            HolePlace::LineEnd => solid.len(),
            HolePlace::WholeLines => self.cut_whole_lines(kept),
            HolePlace::BeforeClosers => solid.len(),
            HolePlace::MidLine => {
                let overlap = overlap(solid, &self.line_after);
                let solid = &solid[..solid.len() - overlap];
                match self.line_after.starts_with(char::is_whitespace) {
                    true => solid.trim_end().len(),
                    false if overlap > 0 => solid.len(),
                    false => kept.len(),
                }
            }
        }
    }

    /// Inserted lines end with their line break and the indentation that the next line had before
    /// the hole.
    fn cut_whole_lines(&self, kept: &str) -> usize {
        let solid = kept.trim_end();
        let tail = &kept[solid.len()..];
        let Some(last) = tail.rfind('\n') else {
            return solid.len() + if solid.is_empty() { 0 } else { tail.len() };
        };
        if solid.is_empty() || self.suffix_is_blank {
            return solid.len();
        }
        let breaks: Vec<usize> = tail.match_indices('\n').map(|(at, _)| at).collect();
        let end = breaks.get(2).map_or(last, |third| *third.min(&last)) + 1;
        let indentation = tail[end..]
            .bytes()
            .zip(self.line_before.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        solid.len() + end + indentation
    }
}

fn place_of(line_before: &str, line_after: &str) -> HolePlace {
    let rest = line_after.trim();
    if rest.is_empty() {
        HolePlace::LineEnd
    } else if rest.chars().all(|c| ")]},;:\"'`".contains(c)) && !line_before.trim().is_empty() {
        HolePlace::BeforeClosers
    } else if line_before.trim().is_empty() {
        HolePlace::WholeLines
    } else {
        HolePlace::MidLine
    }
}

/// How much of the end of `text` the rest of the line repeats: all of the rest, or all up to its
/// closing brackets.
fn overlap(text: &str, rest: &str) -> usize {
    let open = rest.trim_end_matches(|c: char| ")]};,:".contains(c) || c.is_whitespace());
    [rest, open]
        .into_iter()
        .find(|part| part.chars().any(char::is_alphanumeric) && text.ends_with(*part))
        .map_or(0, str::len)
}

fn last_line(text: &str) -> &str {
    text.rsplit_once('\n').map_or(text, |(_, line)| line)
}

#[cfg(test)]
mod tests;
