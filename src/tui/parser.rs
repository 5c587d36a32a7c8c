//! Parses and highlights a document incrementally: on the syntax thread, or directly on a key for a
//! short read-only file.

use std::path::PathBuf;

use ropey::Rope;

use crate::{
    language::Language,
    syntax::{Edit, Fault, Highlighter, Span, Theme, Tree},
};

/// Lines highlighted above and below the view, so that scrolling does not show plain text.
const MARGIN: usize = 200;

/// The document at one revision.
#[derive(Debug)]
pub struct DocumentJob {
    pub revision: u64,
    pub language: Option<Language>,
    pub path: Option<PathBuf>,
    pub text: Rope,
    /// The edits since the last revision sent; `None` means a fresh start.
    pub edits: Option<Vec<Edit>>,
    /// The lines in view.
    pub lines: std::ops::Range<usize>,
}

impl DocumentJob {
    /// Merges in the edits of an earlier job that was skipped.
    pub(super) fn after(mut self, before: DocumentJob) -> Self {
        self.edits = match (before.edits, self.edits) {
            (Some(mut first), Some(second)) => {
                first.extend(second);
                Some(first)
            }
            // If either starts afresh, so do both together.
            _ => None,
        };
        self
    }
}

/// The result of a parse.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub revision: u64,
    pub faults: Vec<Fault>,
    /// The lines that `spans` covers.
    pub lines: std::ops::Range<usize>,
    /// The highlight spans of those lines.
    pub spans: Vec<Span>,
}

/// Parses and highlights a document incrementally. A file of benchmark size takes a few
/// milliseconds, short enough for a key. A document being edited belongs on a thread of its own.
pub(in crate::tui) struct Parser {
    pub theme: Theme,
    highlighter: Highlighter,
    /// The document's tree and its language.
    tree: Option<(Language, Tree)>,
}

impl Parser {
    pub fn new(theme: Theme) -> Self {
        Parser {
            theme,
            highlighter: Highlighter::new(),
            tree: None,
        }
    }

    /// Returns the document's faults and the spans of the lines in and around the view.
    pub fn parse(&mut self, job: DocumentJob) -> Parsed {
        let faults = match job.language {
            None => Vec::new(),
            Some(language) => {
                self.follow(language, &job);
                let tree = self.tree.as_ref().map(|(_, tree)| tree);
                tree.map(|tree| tree.faults(&job.text)).unwrap_or_default()
            }
        };
        let last = job.text.len_lines();
        let lines = job.lines.start.saturating_sub(MARGIN)..(job.lines.end + MARGIN).min(last);
        let spans = self.highlighter.highlight(
            job.language,
            job.path.as_deref(),
            &job.text,
            lines.clone(),
            &self.theme,
        );
        Parsed {
            revision: job.revision,
            faults,
            lines,
            spans,
        }
    }

    /// Updates the tree to the job's text, by its edits if they continue the current tree.
    fn follow(&mut self, language: Language, job: &DocumentJob) {
        match (&mut self.tree, &job.edits) {
            (Some((known, tree)), Some(edits)) if *known == language => {
                tree.update(edits, &job.text);
            }
            _ => self.tree = Some((language, Tree::parse(language, &job.text))),
        }
    }
}
