//! A selection, and the kinds of edits.

use std::ops::Range;

/// A selection from `anchor` (where it began) to `head` (the cursor). Empty when they are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    pub anchor: usize,
    pub head: usize,
}

impl Selection {
    /// No more than a cursor.
    pub fn at(cursor: usize) -> Self {
        Selection {
            anchor: cursor,
            head: cursor,
        }
    }

    /// The selected chars, in the order of the text.
    pub fn range(self) -> Range<usize> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }

    pub fn is_empty(self) -> bool {
        self.anchor == self.head
    }
}

/// What made an edit; decides which edits one undo takes back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditKind {
    /// Typed characters: those of one word group together.
    Type,
    /// Backspace and delete: a run in one direction groups together.
    Delete,
    /// Always a step of its own: paste, accepted completion, new line.
    Whole,
}
