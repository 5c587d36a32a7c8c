//! The alternative's text, compared with the small model's and marked with the confidence of each
//! token and with syntax faults.
//!
//! Each kind of information has its own visual channel. Changes: the colour of the letters and a
//! sign at the left. Confidence: the underline, its colour and the weight of the letters, in the
//! same bins as the ghost text. Faults: colour, underline and a dot at the left. If the model
//! reports no confidence, the underline marks added text.

use std::ops::Range;

use ratatui::{
    style::{Modifier, Style},
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    super::{
        diff::{Change, Comparison, compare},
        heatmap,
        text::wrap,
    },
    Ink,
};
use crate::{
    config::Heatmap,
    syntax::FaultPlace,
    tui::app::{App, Lane, Phase, Run},
};

/// Cells beside the text: the fault dot, a sign, a blank, and one at the right.
const MARGIN: usize = 4;

/// How one grapheme is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    change: Change,
    /// The confidence bin of its token, if the heatmap marks it.
    bin: Option<usize>,
    is_fault: bool,
}

/// The text of a run, ready for layout.
pub(super) struct Text {
    comparison: Option<Comparison>,
    pieces: Vec<(String, Mark)>,
    /// Whether the tokens have the numbers that the current heatmap shows.
    shows_confidence: bool,
}

impl Text {
    pub fn of(app: &App, lane: &Lane, run: &Run) -> Self {
        let comparison = comparison(app, run);
        let confidence = Confidence::of(app, run);
        let mut text = Text {
            comparison: None,
            pieces: Vec::new(),
            shows_confidence: confidence.is_some(),
        };
        text.add_parts(
            &parts(comparison.as_ref(), run),
            confidence,
            &faults(lane, run),
        );
        text.comparison = comparison;
        text
    }

    fn add_parts(
        &mut self,
        parts: &[(Change, &str)],
        mut confidence: Option<Confidence>,
        faults: &[Range<usize>],
    ) {
        let mut at = 0;
        for (change, text) in parts {
            for (offset, grapheme) in text.grapheme_indices(true) {
                let byte = at + offset;
                let is_own = *change != Change::Removed;
                let bin = confidence.as_mut().filter(|_| is_own);
                self.push(
                    grapheme,
                    Mark {
                        change: *change,
                        bin: bin.and_then(|confidence| confidence.at(byte)),
                        is_fault: is_own && faults.iter().any(|fault| fault.contains(&byte)),
                    },
                );
            }
            if *change != Change::Removed {
                at += text.len();
            }
        }
        if faults.iter().any(|fault| fault.start >= at) {
            // Text is missing after the last character.
            let mark = Mark {
                change: Change::Same,
                bin: None,
                is_fault: true,
            };
            self.push(" ", mark);
        }
    }

    fn push(&mut self, grapheme: &str, mark: Mark) {
        match self.pieces.last_mut() {
            Some((text, last)) if *last == mark => text.push_str(grapheme),
            _ => self.pieces.push((grapheme.to_owned(), mark)),
        }
    }

    /// The text in lines of `width` cells, each with its signs at the left: `●` for a fault, `+`
    /// for added text, `-` for removed text, `±` for both.
    pub fn lines(&self, ink: &Ink, width: usize) -> Vec<Line<'static>> {
        let bracketed;
        let pieces = match ink.has_brackets() {
            true => {
                bracketed = in_brackets(&self.pieces);
                &bracketed
            }
            false => &self.pieces,
        };
        wrap(pieces, width.saturating_sub(MARGIN).max(1))
            .into_iter()
            .map(|line| self.line(line, ink))
            .collect()
    }

    fn line(&self, line: Vec<(String, Mark)>, ink: &Ink) -> Line<'static> {
        let has = |wanted: &dyn Fn(&Mark) -> bool| {
            line.iter()
                .any(|(text, mark)| !text.is_empty() && wanted(mark))
        };
        let is = |change| move |mark: &Mark| mark.change == change;
        let sign = match (has(&is(Change::Added)), has(&is(Change::Removed))) {
            (true, true) => "± ",
            (true, false) => "+ ",
            (false, true) => "- ",
            (false, false) => "  ",
        };
        let dot = match has(&|mark: &Mark| mark.is_fault) {
            true => ink.span("●", "fault.gutter"),
            false => ink.span(" ", "muted"),
        };
        let mut spans = vec![dot, ink.span(sign, "muted")];
        spans.extend(line.into_iter().map(|(text, mark)| {
            let style = self.style(&mark, ink);
            Span::styled(text, style)
        }));
        Line::from(spans)
    }

    fn style(&self, mark: &Mark, ink: &Ink) -> Style {
        let mut style = match mark.change {
            Change::Same => ink.ui("text"),
            Change::Added => added(ink, self.shows_confidence),
            Change::Removed => removed(ink),
        };
        if let Some(bin) = mark.bin {
            style = style.patch(ink.confidence(bin));
        }
        if mark.is_fault {
            style = style.patch(ink.fault());
        }
        style
    }

    /// How the text compares with the small model's, for the right end of the facts.
    pub fn relation(&self, app: &App, lane: &Lane, run: &Run, ink: &Ink) -> Vec<Span<'static>> {
        let in_buffer = app.ghost().is_some_and(|g| g.lane == lane.kind);
        match &self.comparison {
            _ if in_buffer => vec![match lane.runs.len() {
                ..2 => ink.span("in the buffer ", "muted"),
                runs => ink.span(format!("in the buffer {}/{runs} ", lane.shown + 1), "muted"),
            }],
            _ if run.phase == Phase::Done && run.completion.text.trim().is_empty() => {
                vec![ink.span("adds nothing ", "notice")]
            }
            Some(Comparison::Equal) => vec![ink.span("same text ", "keep")],
            Some(Comparison::Unlike) => vec![ink.span("little in common ", "muted")],
            Some(Comparison::Different(_)) => {
                let (large, small) = match ink.has_brackets() {
                    true => ("{+large+}", "[-small-]"),
                    false => ("+large", "-small"),
                };
                vec![
                    Span::styled(large, added(ink, self.shows_confidence)),
                    ink.span(" ", "text"),
                    Span::styled(small, removed(ink)),
                    ink.span(" ", "text"),
                ]
            }
            None => Vec::new(),
        }
    }
}

fn added(ink: &Ink, shows_confidence: bool) -> Style {
    match shows_confidence {
        true => ink.ui("added").remove_modifier(Modifier::UNDERLINED),
        false => ink.ui("added").add_modifier(Modifier::UNDERLINED),
    }
}

fn removed(ink: &Ink) -> Style {
    ink.ui("removed").add_modifier(Modifier::CROSSED_OUT)
}

/// The comparison of the run's text with the small model's, if there is one.
fn comparison(app: &App, run: &Run) -> Option<Comparison> {
    let small = app
        .turn()
        .small
        .run()
        .map(|run| run.completion.text.as_str());
    let grows = run.phase != Phase::Done;
    small
        .filter(|small| !small.is_empty())
        .map(|small| compare(small, &run.completion.text, grows))
}

/// The parts of a comparison to show.
fn parts<'a>(comparison: Option<&'a Comparison>, run: &'a Run) -> Vec<(Change, &'a str)> {
    let whole = |change| vec![(change, run.completion.text.as_str())];
    match comparison {
        Some(Comparison::Different(parts)) => parts
            .iter()
            .map(|(change, text)| (*change, text.as_str()))
            .collect(),
        Some(Comparison::Unlike) => whole(Change::Added),
        Some(Comparison::Equal) | None => whole(Change::Same),
    }
}

/// On terminals without colours, puts changed words in brackets, as word diffs do: not every
/// terminal can strike text out, and the underline may mean confidence.
fn in_brackets(pieces: &[(String, Mark)]) -> Vec<(String, Mark)> {
    let mut bracketed: Vec<(String, Mark)> = Vec::with_capacity(pieces.len());
    for (index, (text, mark)) in pieces.iter().enumerate() {
        let (open, close) = match mark.change {
            Change::Same => ("", ""),
            Change::Added => ("{+", "+}"),
            Change::Removed => ("[-", "-]"),
        };
        let same = |index: usize| {
            pieces
                .get(index)
                .is_some_and(|piece| piece.1.change == mark.change)
        };
        let begins = index == 0 || !same(index - 1);
        let open = if begins { open } else { "" };
        let close = if same(index + 1) { "" } else { close };
        bracketed.push((format!("{open}{text}{close}"), *mark));
    }
    bracketed
}

/// The confidence bins of a run's tokens; positions must be queried from left to right.
struct Confidence {
    /// The end of each token, as a byte of the text, and its bin.
    tokens: Vec<(usize, Option<usize>)>,
    next: usize,
}

impl Confidence {
    /// `None` if the tokens lack the numbers that the heatmap shows, or if the heatmap is off.
    fn of(app: &App, run: &Run) -> Option<Self> {
        let (heatmap, settings) = (app.config().heatmap, app.router().settings());
        let tokens = &run.completion.tokens;
        let is_shown = tokens.iter().any(|token| match heatmap {
            // Every number is below infinity, so this is true if the token has one.
            Heatmap::BelowThreshold => settings.score.is_below(token, f32::INFINITY),
            other => heatmap::bin(other, settings, token).is_some(),
        });
        let mut end = 0;
        let tokens = tokens.iter().map(|token| {
            end += token.text.len();
            (end, heatmap::bin(heatmap, settings, token))
        });
        is_shown.then(|| Confidence {
            tokens: tokens.collect(),
            next: 0,
        })
    }

    /// The bin at a byte of the text; `byte` must not be less than in the previous call.
    fn at(&mut self, byte: usize) -> Option<usize> {
        while self
            .tokens
            .get(self.next)
            .is_some_and(|(end, _)| *end <= byte)
        {
            self.next += 1;
        }
        self.tokens.get(self.next)?.1
    }
}

/// The byte ranges marked as faults: the token that broke the syntax and the faults of the finished
/// text. A fault over several lines is marked on its first line only.
fn faults(lane: &Lane, run: &Run) -> Vec<Range<usize>> {
    let text = &run.completion.text;
    let mut faults: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (index, token) in run.completion.tokens.iter().enumerate() {
        let end = start + token.text.len();
        if heatmap::breaks(&run.timeline, index) {
            faults.push(start..end);
        }
        start = end;
    }
    let (Some(verdict), Some(hole)) = (&run.verdict, &lane.hole) else {
        return faults;
    };
    for fault in &verdict.faults {
        if let FaultPlace::Inside(bytes) = fault.place(hole.prefix.len(), text.len()) {
            let line = text.get(bytes.start..).and_then(|rest| rest.find('\n'));
            let line_end = line.map_or(text.len(), |length| bytes.start + length);
            faults.push(bytes.start..bytes.end.min(line_end).max(bytes.start + 1));
        }
    }
    faults
}
