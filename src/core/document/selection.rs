//! A selection, and the kinds of edits.

use std::ops::Range;

/// A selection from `anchor` (where it started) to `head` (the cursor). Empty if they are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    pub anchor: usize,
    pub head: usize,
}

impl Selection {
    /// Just a cursor.
    pub fn at(cursor: usize) -> Self {
        Selection {
            anchor: cursor,
            head: cursor,
        }
    }

    /// The selected chars, in text order.
    pub fn range(self) -> Range<usize> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }

    pub fn is_empty(self) -> bool {
        self.anchor == self.head
    }
}

/// What made an edit; decides which edits one undo reverts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditKind {
    /// Typed characters: those of one word are one undo step.
    Type,
    /// Backspace and delete: a run in one direction is one undo step.
    Delete,
    /// Always a step of its own: paste, accepted completion, new line.
    Whole,
}
