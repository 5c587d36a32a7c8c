//! The text being edited: a rope, a selection, edits with undo, and search. Pure: reading and
//! writing files is in [`file`], which is all in this room that touches the disk.
//!
//! Positions are char indices of the rope unless a name says otherwise. Every edit makes a new
//! revision, and is kept as a [`crate::syntax::Edit`] until [`Document::take_edits`] hands it to
//! whoever follows the text.

mod buffer;
pub mod file;
pub mod movement;
pub mod search;

pub use buffer::{Document, EditKind, Selection};
