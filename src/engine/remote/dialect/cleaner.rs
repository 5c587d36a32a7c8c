//! Removes what chat models put around code: their reasoning, a sentence before the code, the fence
//! around it and everything after the fence, and a repetition of the text before the hole.
//!
//! It works on the stream and holds back only what may still turn out to be one of these. The
//! output does not depend on how the text is split into pieces. The text after the hole is not its
//! concern: [`crate::completion::trim`] removes repetitions of that for every model.

use std::collections::VecDeque;

use super::Text;
use crate::completion::Hole;

const THINK: &[u8] = b"<think>";
const THOUGHT: &[u8] = b"</think>";
const FENCES: [&[u8]; 2] = [b"```", b"~~~"];
/// How a sentence before a fence starts.
const LEAD_INS: [&[u8]; 7] = [
    b"Here",
    b"Sure",
    b"Certainly",
    b"The ",
    b"To ",
    b"Below",
    b"Of course",
];
/// Maximum length of such a sentence, and of the line that opens a fence.
const LEAD_IN_BOUND: usize = 200;
const INFO_BOUND: usize = 80;
/// Maximum white space before something that is removed.
const SPACE_BOUND: usize = 256;
/// How many lines of the text before the hole an echo may start in.
const ECHO_LINES: usize = 40;
const ECHO_BOUND: usize = 4096;

/// Cleans a completion as it arrives.
pub(super) struct Cleaner {
    place: Place,
    fence: Option<Fence>,
    /// The tails of the text before the hole that an answer may start with.
    echoes: Vec<Vec<u8>>,
    /// Tokens with bytes not yet judged.
    waiting: VecDeque<Waiting>,
    /// The bytes not yet judged.
    text: Vec<u8>,
}

/// Where in the answer the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the code.
    Start {
        /// Right after reasoning, whose blank lines are removed with it.
        thought: bool,
    },
    Thinking,
    /// Where an echo would start.
    Echo,
    Body {
        line_start: bool,
    },
    /// After the code.
    Over,
}

/// An open fence.
#[derive(Debug, Clone, Copy)]
struct Fence {
    mark: u8,
    run: usize,
    /// Within a line rather than around lines.
    inline: bool,
}

struct Waiting {
    text: Text,
    /// How many of its bytes are not yet judged.
    open: usize,
    kept: Vec<u8>,
}

/// What to do with the first bytes not yet judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    /// Wait for more text.
    Wait,
    Keep(usize),
    Cut(usize),
}

use Judgement::{Cut, Keep, Wait};

impl Cleaner {
    pub fn new(hole: &Hole) -> Self {
        Cleaner {
            place: Place::Start { thought: false },
            fence: None,
            echoes: echoes(&hole.prefix),
            waiting: VecDeque::new(),
            text: Vec::new(),
        }
    }

    /// Takes the next token and passes on the judged ones.
    pub fn push(&mut self, text: Text, say: &mut dyn FnMut(Text)) {
        self.text.extend_from_slice(&text.bytes);
        self.waiting.push_back(Waiting {
            open: text.bytes.len(),
            kept: Vec::new(),
            text,
        });
        self.judge(false, say);
    }

    /// Whether nothing that follows can be part of the completion.
    pub fn is_over(&self) -> bool {
        self.place == Place::Over
    }

    /// Passes on what was held back: the stream has ended.
    pub fn finish(&mut self, say: &mut dyn FnMut(Text)) {
        self.judge(true, say);
    }

    fn judge(&mut self, end: bool, say: &mut dyn FnMut(Text)) {
        loop {
            let place = self.place;
            let (count, keep) = match self.next(end) {
                Wait => break,
                Keep(count) => (count, true),
                Cut(count) => (count, false),
            };
            self.settle(count, keep);
            if count == 0 && self.place == place {
                break;
            }
        }
        while self.waiting.front().is_some_and(|first| first.open == 0) {
            let Some(first) = self.waiting.pop_front() else {
                break;
            };
            if !first.kept.is_empty() || first.text.bytes.is_empty() {
                say(Text {
                    bytes: first.kept,
                    ..first.text
                });
            }
        }
    }

    /// Marks the next `count` bytes as part of the completion or not.
    fn settle(&mut self, count: usize, keep: bool) {
        let mut rest = &self.text[..count];
        for token in &mut self.waiting {
            let (here, later) = rest.split_at(token.open.min(rest.len()));
            token.open -= here.len();
            if keep {
                token.kept.extend_from_slice(here);
            }
            rest = later;
        }
        self.text.drain(..count);
    }

    fn next(&mut self, end: bool) -> Judgement {
        match self.place {
            Place::Start { thought } => self.start(thought, end),
            Place::Thinking => self.thinking(end),
            Place::Echo => self.echo(end),
            Place::Body { line_start } => self.body(line_start, end),
            Place::Over if self.text.is_empty() => Wait,
            Place::Over => Cut(self.text.len()),
        }
    }

    fn start(&mut self, thought: bool, end: bool) -> Judgement {
        if thought && matches!(self.text.first(), Some(b'\n' | b'\r')) {
            return Cut(1);
        }
        let space = blank(&self.text);
        if space >= SPACE_BOUND {
            self.place = Place::Echo;
            return Keep(0);
        }
        let rest = &self.text[space..];
        let openings = LEAD_INS.into_iter().chain(FENCES).chain([THINK]);
        if !end
            && openings
                .into_iter()
                .any(|opening| opening.starts_with(rest))
        {
            return Wait;
        }
        if rest.starts_with(THINK) {
            self.place = Place::Thinking;
            return Cut(space + THINK.len());
        }
        if FENCES.iter().any(|fence| rest.starts_with(fence)) {
            return match opened(rest, end) {
                Some((fence, length)) => {
                    self.fence = Some(fence);
                    self.place = Place::Echo;
                    Cut(space + length)
                }
                None => Wait,
            };
        }
        match lead_in(rest, end) {
            None => Wait,
            Some(0) => {
                self.place = Place::Echo;
                Keep(0)
            }
            Some(length) => Cut(space + length),
        }
    }

    fn thinking(&mut self, end: bool) -> Judgement {
        match find(&self.text, THOUGHT) {
            Some(at) => {
                self.place = Place::Start { thought: true };
                Cut(at + THOUGHT.len())
            }
            None if end => Cut(self.text.len()),
            None => match self.text.len().saturating_sub(THOUGHT.len() - 1) {
                0 => Wait,
                length => Cut(length),
            },
        }
    }

    fn echo(&mut self, end: bool) -> Judgement {
        let text = &self.text;
        let mut open = self.echoes.iter().filter(|echo| echo.len() > text.len());
        if !end && open.any(|echo| echo.starts_with(text)) {
            return Wait;
        }
        let said = self.echoes.iter().filter(|echo| text.starts_with(echo));
        let longest = said.map(Vec::len).max();
        self.place = Place::Body { line_start: true };
        longest.map_or(Keep(0), Cut)
    }

    fn body(&mut self, line_start: bool, end: bool) -> Judgement {
        let length = self.text.len();
        match self.fence {
            _ if length == 0 => Wait,
            None => Keep(length),
            Some(fence) if fence.inline => self.inline(fence, end),
            Some(fence) => self.line(fence, line_start, end),
        }
    }

    /// The body of a fence within a line.
    fn inline(&mut self, fence: Fence, end: bool) -> Judgement {
        if let Some(at) = find(&self.text, &vec![fence.mark; fence.run]) {
            self.place = Place::Over;
            return Keep(at);
        }
        let marks = self.text.iter().rev().take_while(|b| **b == fence.mark);
        match self.text.len() - if end { 0 } else { marks.count() } {
            0 => Wait,
            length => Keep(length),
        }
    }

    /// The body of a fence around lines, up to the end of a line.
    fn line(&mut self, fence: Fence, line_start: bool, end: bool) -> Judgement {
        if line_start {
            match closes(&self.text, fence, end) {
                None => return Wait,
                Some(true) => {
                    self.place = Place::Over;
                    return Cut(self.text.len());
                }
                Some(false) => {}
            }
        }
        let line = self.text.iter().position(|byte| *byte == b'\n');
        self.place = Place::Body {
            line_start: line.is_some(),
        };
        Keep(line.map_or(self.text.len(), |at| at + 1))
    }
}

/// The fence that `text` opens, and the length of its opening; `None` while undecided.
fn opened(text: &[u8], end: bool) -> Option<(Fence, usize)> {
    let mark = text[0];
    let run = text.iter().take_while(|byte| **byte == mark).count();
    let fence = |inline| Fence { mark, run, inline };
    let info = &text[run..];
    let info = &info[..info.len().min(INFO_BOUND)];
    match info.iter().position(|byte| *byte == b'\n' || *byte == mark) {
        Some(at) if info[at] == b'\n' => Some((fence(false), run + at + 1)),
        Some(_) => Some((fence(true), run)),
        None if end || info.len() == INFO_BOUND => Some((fence(true), run)),
        None => None,
    }
}

/// The length of the sentence at the start of `text`, if only a fence follows it; `None` while
/// undecided.
fn lead_in(text: &[u8], end: bool) -> Option<usize> {
    if !LEAD_INS.iter().any(|words| text.starts_with(words)) {
        return Some(0);
    }
    let bounded = &text[..text.len().min(LEAD_IN_BOUND)];
    let Some(line) = bounded.iter().position(|byte| *byte == b'\n') else {
        let known = end || text.len() >= LEAD_IN_BOUND;
        return known.then_some(0);
    };
    if !text[..line].trim_ascii_end().ends_with(b":") {
        return Some(0);
    }
    let after = line + blank(&text[line..]);
    let rest = &text[after..];
    if FENCES.iter().any(|fence| rest.starts_with(fence)) {
        return Some(after);
    }
    let may = !end && FENCES.iter().any(|fence| fence.starts_with(rest));
    (!may).then_some(0)
}

/// Whether a line closes a fence; `None` while undecided.
fn closes(line: &[u8], fence: Fence, end: bool) -> Option<bool> {
    let line = &line[..line.len().min(SPACE_BOUND)];
    let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    let rest = &line[indent.count()..];
    let run = rest.iter().take_while(|byte| **byte == fence.mark).count();
    let after = &rest[run..];
    let line_end = after.iter().position(|byte| *byte == b'\n');
    let blank = after[..line_end.unwrap_or(after.len())]
        .trim_ascii()
        .is_empty();
    let whole = line_end.is_some() || end || line.len() >= SPACE_BOUND;
    match (blank, whole) {
        (false, _) => Some(false),
        (true, true) => Some(run >= fence.run),
        (true, false) => None,
    }
}

/// The tails of the text before the hole that count as an echo: from the start of one of its last
/// lines, with or without that line's indentation.
fn echoes(prefix: &str) -> Vec<Vec<u8>> {
    let starts = prefix.rmatch_indices('\n').map(|(at, _)| at + 1);
    let starts = starts.chain([0]).take(ECHO_LINES);
    let ends = starts
        .map(|start| &prefix[start..])
        .take_while(|end| end.len() <= ECHO_BOUND);
    let mut echoes: Vec<&str> = ends
        .flat_map(|end| [end, end.trim_start_matches([' ', '\t'])])
        .filter(|end| is_telling(end))
        .collect();
    echoes.dedup();
    echoes.iter().map(|end| end.as_bytes().to_vec()).collect()
}

/// Whether an answer that starts with this text repeats it on purpose: it has some content, or is
/// the indentation of the hole's line.
fn is_telling(text: &str) -> bool {
    let solid = text.trim();
    match solid.is_empty() {
        true => !text.is_empty() && !text.contains('\n'),
        false => solid.len() > 1 && solid.chars().any(char::is_alphanumeric),
    }
}

/// The length of the white space at the start of `text`.
fn blank(text: &[u8]) -> usize {
    text.len() - text.trim_ascii_start().len()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests;
