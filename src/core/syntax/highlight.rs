//! Highlight spans: the styles of byte ranges of a text.
//!
//! Both engines read a text from its start each time, so their input is bounded. A small text is
//! highlighted whole, and the caller may keep the spans until the text changes. A large text is
//! highlighted only in a window around the wanted lines. [`window`] chooses the bytes.

mod window;

use std::{
    ops::Range,
    path::Path,
    sync::{LazyLock, OnceLock},
};

use ropey::Rope;
use syntect::{
    highlighting::{HighlightState, Highlighter as Colours, RangedHighlightIterator},
    parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet},
};
use tree_sitter_highlight::{HighlightConfiguration, HighlightEvent};

use super::{TextStyle, Theme, theme::CAPTURE_NAMES};
use crate::language::Language;

/// A styled run of bytes. Spans are sorted, do not overlap, and omit plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub bytes: Range<usize>,
    pub style: TextStyle,
}

/// The syntaxes of all other languages. Loading them takes a moment, so it waits until a file needs
/// one.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// The grammars' queries, in the order of [`Language::ALL`]. Compiling one takes a moment, so each
/// is compiled on first use and kept.
static QUERIES: [OnceLock<HighlightConfiguration>; Language::ALL.len()] =
    [const { OnceLock::new() }; Language::ALL.len()];

/// Highlights texts.
pub struct Highlighter {
    engine: tree_sitter_highlight::Highlighter,
}

impl Highlighter {
    pub fn new() -> Self {
        Highlighter {
            engine: tree_sitter_highlight::Highlighter::new(),
        }
    }

    /// The spans of the lines `lines` (and perhaps more) of `text`. Uses tree-sitter-highlight if
    /// there is a grammar, otherwise syntect's syntax for `path` or for the first line, if any. The
    /// cost is bounded whatever the size of the text.
    pub fn highlight(
        &mut self,
        language: Option<Language>,
        path: Option<&Path>,
        text: &Rope,
        lines: Range<usize>,
        theme: &Theme,
    ) -> Vec<Span> {
        let mut spans = Spans::default();
        match language {
            Some(language) => {
                for segment in window::for_grammar(text, lines) {
                    let source = text.byte_slice(segment.clone()).to_string();
                    self.grammar(language, &source, segment.start, theme, &mut spans);
                }
            }
            None => {
                if let Some(syntax) = syntax_for(path, text) {
                    other(
                        syntax,
                        text,
                        window::for_syntax(text, lines),
                        theme,
                        &mut spans,
                    );
                }
            }
        }
        spans.0
    }

    /// Highlights `source`, which starts at byte `start` of the whole text.
    fn grammar(
        &mut self,
        language: Language,
        source: &str,
        start: usize,
        theme: &Theme,
        spans: &mut Spans,
    ) {
        let Ok(events) =
            self.engine
                .highlight(query(language), source.as_bytes(), None, None, |_| None)
        else {
            return;
        };
        let mut open = Vec::new();
        for event in events {
            match event {
                Ok(HighlightEvent::HighlightStart(highlight)) => open.push(highlight.0),
                Ok(HighlightEvent::HighlightEnd) => {
                    open.pop();
                }
                Ok(HighlightEvent::Source { start: from, end }) => {
                    if let Some(&name) = open.last() {
                        spans.push(
                            start + from..start + end,
                            theme.capture(CAPTURE_NAMES[name]),
                        );
                    }
                }
                Err(_) => return,
            }
        }
    }
}

/// The compiled query of `language`.
fn query(language: Language) -> &'static HighlightConfiguration {
    QUERIES[language as usize].get_or_init(|| {
        let mut query = HighlightConfiguration::new(
            language.grammar(),
            language.name(),
            &language.highlights_query(),
            "",
            "",
        )
        .expect("the grammars' own queries fit them, which is tested");
        query.configure(&CAPTURE_NAMES);
        query
    })
}

impl Default for Highlighter {
    fn default() -> Self {
        Self::new()
    }
}

/// Collects spans in order, joins neighbours of one style, and omits plain text.
#[derive(Default)]
struct Spans(Vec<Span>);

impl Spans {
    fn push(&mut self, bytes: Range<usize>, style: TextStyle) {
        if bytes.is_empty() || style == TextStyle::default() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.bytes.end == bytes.start && last.style == style => {
                last.bytes.end = bytes.end;
            }
            _ => self.0.push(Span { bytes, style }),
        }
    }
}

/// Syntect's syntax for a file, by its name, its extension, or its first line (`#!/bin/sh`).
fn syntax_for(path: Option<&Path>, text: &Rope) -> Option<&'static SyntaxReference> {
    let part = |part: Option<&std::ffi::OsStr>| part.and_then(|p| p.to_str()).map(str::to_owned);
    let by_name = path.and_then(|path| {
        [part(path.file_name()), part(path.extension())]
            .into_iter()
            .flatten()
            .find_map(|name| SYNTAXES.find_syntax_by_extension(&name))
    });
    let syntax = by_name.or_else(|| {
        let first = window::clipped_line(text, 0)?;
        SYNTAXES.find_syntax_by_first_line(&text.byte_slice(first).to_string())
    })?;
    (syntax.name != SYNTAXES.find_syntax_plain_text().name).then_some(syntax)
}

/// Highlights `lines` with one of syntect's syntaxes, as if the text started at the first of them.
fn other(
    syntax: &SyntaxReference,
    text: &Rope,
    lines: Range<usize>,
    theme: &Theme,
    spans: &mut Spans,
) {
    let colours = Colours::new(theme.source());
    let mut state = HighlightState::new(&colours, ScopeStack::new());
    let mut parser = ParseState::new(syntax);
    for line in lines {
        let Some(bytes) = window::clipped_line(text, line) else {
            continue;
        };
        // The syntaxes expect every line to end in a bare line feed.
        let mut source = text.byte_slice(bytes.clone()).to_string();
        source.push('\n');
        let Ok(changes) = parser.parse_line(&source, &SYNTAXES) else {
            return;
        };
        let runs = RangedHighlightIterator::new(&mut state, &changes, &source, &colours);
        for (style, _, run) in runs {
            let end = (bytes.start + run.end).min(bytes.end);
            let start = (bytes.start + run.start).min(end);
            spans.push(start..end, theme.text_style(style));
        }
    }
}

#[cfg(test)]
mod tests;
