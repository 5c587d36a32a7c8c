//! Undo and redo: which changes are reverted together, and how many are kept.

use super::selection::{EditKind, Selection};

/// Limit of the undo history in bytes of text; the oldest steps are dropped first. The newest step
/// is always kept, so that any edit can be undone.
const MEMORY: usize = 32 << 20;

/// One replacement, with the old and the new text, so that it can be reverted and repeated. `start`
/// is a char index, valid before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub start: usize,
    pub removed: String,
    pub inserted: String,
}

impl Change {
    /// The change that reverts this one.
    pub fn inverse(&self) -> Change {
        Change {
            start: self.start,
            removed: self.inserted.clone(),
            inserted: self.removed.clone(),
        }
    }

    /// The end of the inserted text, in the text after the change.
    pub fn inserted_end(&self) -> usize {
        self.start + self.inserted.chars().count()
    }

    fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }
}

/// The changes that one undo reverts.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Identifies the state of the text after this group.
    id: u64,
    kind: EditKind,
    pub changes: Vec<Change>,
    pub before: Selection,
    pub after: Selection,
    /// Where the next character of the same run must be.
    end: usize,
    /// Whether a run of deletions goes right (delete) or left (backspace), once known.
    rightwards: Option<bool>,
}

impl Group {
    fn bytes(&self) -> usize {
        self.changes.iter().map(Change::bytes).sum()
    }

    /// Adds `change` to this group's run if it belongs to it.
    fn absorb(&mut self, change: &Change) -> bool {
        let [last] = self.changes.as_mut_slice() else {
            return false;
        };
        match self.kind {
            EditKind::Whole => false,
            EditKind::Type => {
                let fits = change.removed.is_empty()
                    && change.start == self.end
                    && same_word(&last.inserted, &change.inserted);
                if fits {
                    last.inserted.push_str(&change.inserted);
                    self.end = change.inserted_end();
                }
                fits
            }
            EditKind::Delete => {
                if !change.inserted.is_empty() || !last.inserted.is_empty() {
                    return false;
                }
                let removed = change.removed.chars().count();
                if change.start == last.start && self.rightwards != Some(false) {
                    self.rightwards = Some(true);
                    last.removed.push_str(&change.removed);
                } else if change.start + removed == last.start && self.rightwards != Some(true) {
                    self.rightwards = Some(false);
                    last.removed.insert_str(0, &change.removed);
                    last.start = change.start;
                } else {
                    return false;
                }
                true
            }
        }
    }
}

/// A run of typing ends before the first letter of the next word, and at a line break.
fn same_word(typed: &str, next: &str) -> bool {
    let ended = typed.ends_with(char::is_whitespace) && !next.starts_with(char::is_whitespace);
    !ended && !typed.contains('\n') && !next.contains('\n')
}

/// The undo and redo history of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct EditHistory {
    done: Vec<Group>,
    undone: Vec<Group>,
    /// Whether the last group may still grow.
    open: bool,
    last_id: u64,
    /// The state before the oldest group kept.
    base: u64,
    saved: u64,
    bytes: usize,
}

impl EditHistory {
    /// Records changes that were just made together.
    pub fn record(
        &mut self,
        changes: Vec<Change>,
        kind: EditKind,
        before: Selection,
        after: Selection,
    ) {
        self.bytes -= self.undone.drain(..).map(|g| g.bytes()).sum::<usize>();
        self.bytes += changes.iter().map(Change::bytes).sum::<usize>();
        let absorbed = match (self.done.last_mut(), changes.as_slice()) {
            (Some(last), [change]) if self.open && last.kind == kind => {
                let absorbed = last.absorb(change);
                if absorbed {
                    last.after = after;
                }
                absorbed
            }
            _ => false,
        };
        if !absorbed {
            self.last_id += 1;
            self.done.push(Group {
                id: self.last_id,
                kind,
                end: changes.last().map_or(0, Change::inserted_end),
                changes,
                before,
                after,
                rightwards: None,
            });
        }
        self.open = kind != EditKind::Whole;
        self.forget();
    }

    fn forget(&mut self) {
        let mut dropped = 0;
        while self.bytes > MEMORY && dropped + 1 < self.done.len() {
            self.bytes -= self.done[dropped].bytes();
            self.base = self.done[dropped].id;
            dropped += 1;
        }
        self.done.drain(..dropped);
    }

    /// Makes the next edit start a new group.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Moves the newest group to the redo list, and returns it to be reverted.
    pub fn undo(&mut self) -> Option<Group> {
        self.close();
        let group = self.done.pop()?;
        self.undone.push(group.clone());
        Some(group)
    }

    /// Moves the group undone last back, and returns it to be repeated.
    pub fn redo(&mut self) -> Option<Group> {
        self.close();
        let group = self.undone.pop()?;
        self.done.push(group.clone());
        Some(group)
    }

    fn state(&self) -> u64 {
        self.done.last().map_or(self.base, |group| group.id)
    }

    pub fn mark_saved(&mut self) {
        self.close();
        self.saved = self.state();
    }

    pub fn is_modified(&self) -> bool {
        self.state() != self.saved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_but_the_newest_step_is_kept() {
        let mut history = EditHistory::default();
        let large = |start| Change {
            start,
            removed: String::new(),
            inserted: "x".repeat(MEMORY / 2 + 1),
        };
        for start in 0..3 {
            let selection = Selection::default();
            history.record(vec![large(start)], EditKind::Whole, selection, selection);
        }
        assert!(history.bytes <= MEMORY);
        assert_eq!(history.undo().expect("the newest").changes[0].start, 2);
        assert!(history.undo().is_none(), "older steps were forgotten");
        assert!(
            history.is_modified(),
            "the oldest state left is not the saved one"
        );
    }
}
