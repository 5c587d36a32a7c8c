//! The buffer's side of the playground: the document, what part of it is in view, its faults and
//! highlights, and the ghost text in it.

use crate::{
    document::Document,
    syntax::{Fault, Span},
};

use super::event::LaneKind;

/// Completion text drawn in the buffer, not yet part of it. The text itself is in the lane's shown
/// run; this says where it stands and how much of it was typed or accepted already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ghost {
    /// Which lane's run is shown in the buffer.
    pub lane: LaneKind,
    /// Char index in the document where the rest of the text is drawn (always the cursor).
    pub at: usize,
    /// Bytes of the run's text that were typed or accepted already.
    pub consumed: usize,
}

/// The document and its view.
pub struct Editor {
    pub document: Document,
    /// Name of a document without a path (a bundled sample), else the path as the person gave it.
    pub title: String,
    /// First line in view, from 0.
    pub top_line: usize,
    /// First display column in view.
    pub left_column: usize,
    /// Size of the text area (without gutter) in columns and rows, as last laid out.
    pub size: (u16, u16),
    /// Faults of the document, moved along with edits until the next parse comes.
    pub faults: Vec<Fault>,
    /// Highlight spans, moved along likewise.
    pub spans: Vec<Span>,
    /// Revision that faults and spans were made for.
    pub parsed_revision: Option<u64>,
    pub ghost: Option<Ghost>,
    /// What is looked for, once a search was made: highlighted in view.
    pub search: Option<String>,
}
