//! Parses and highlights a document, edit after edit, wherever that is done: on the syntax thread, or
//! behind a key for a short file that is only looked at.

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
    /// What happened since the last revision sent; `None` means start afresh.
    pub edits: Option<Vec<Edit>>,
    /// Lines that are in view.
    pub lines: std::ops::Range<usize>,
}

impl DocumentJob {
    /// This job, with the edits of the one before it that was never done.
    pub(super) fn after(mut self, before: DocumentJob) -> Self {
        self.edits = match (before.edits, self.edits) {
            (Some(mut first), Some(second)) => {
                first.extend(second);
                Some(first)
            }
            // One of them starts afresh, and so must the two together.
            _ => None,
        };
        self
    }
}

/// A parse's result.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub revision: u64,
    pub faults: Vec<Fault>,
    /// Lines that `spans` covers.
    pub lines: std::ops::Range<usize>,
    /// Highlight spans of those lines.
    pub spans: Vec<Span>,
}

/// Parses and highlights a document, edit after edit. What it costs is a few milliseconds for a file
/// as a benchmark has it, and no more than can be waited for behind a key; for one that a person
/// edits it belongs on a thread of its own.
pub(in crate::tui) struct Parser {
    pub theme: Theme,
    highlighter: Highlighter,
    /// The document's tree, with the language it was parsed in.
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

    /// The document's faults, and the spans of the lines in view and some around them.
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

    /// Brings the tree to the job's text: by its edits where it follows on what is there.
    fn follow(&mut self, language: Language, job: &DocumentJob) {
        match (&mut self.tree, &job.edits) {
            (Some((known, tree)), Some(edits)) if *known == language => {
                tree.update(edits, &job.text);
            }
            _ => self.tree = Some((language, Tree::parse(language, &job.text))),
        }
    }
}
