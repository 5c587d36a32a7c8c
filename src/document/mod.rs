//! The text being edited: a rope, a selection, edits with undo, and search. Pure: files are opened
//! and saved by [`crate::store`].
//!
//! Positions are char indices of the rope unless a name says otherwise. Every edit makes a new
//! revision, and is kept as a [`crate::syntax::Edit`] until [`Document::take_edits`] hands it to
//! whoever follows the text. Only `\n` ends a line, as for tree-sitter; a `\r` before it belongs to
//! the line break, and any other `\r` is a character like the rest.

mod buffer;
mod grapheme;
mod history;
mod indent;
mod indentation;
pub mod lines;
pub mod location;
pub mod movement;
pub mod search;
mod selection;
#[cfg(test)]
mod tests;
pub mod width;

pub use buffer::Document;
pub use selection::{EditKind, Selection};
