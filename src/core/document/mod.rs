//! The text being edited: a rope, a selection, edits with undo, and search. Pure: files are opened
//! and saved by [`crate::store`].
//!
//! Positions are char indices of the rope unless a name says otherwise. Every edit makes a new
//! revision and is kept as a [`crate::syntax::Edit`] until [`Document::take_edits`] passes it on.
//! As in tree-sitter, only `\n` ends a line; a `\r` before it belongs to the line break, and any
//! other `\r` is an ordinary character.

mod buffer;
mod grapheme;
mod history;
mod indent;
mod indentation;
pub mod lines;
pub mod movement;
pub mod search;
mod selection;
#[cfg(test)]
mod tests;
pub mod width;

pub use buffer::Document;
pub use selection::{EditKind, Selection};
