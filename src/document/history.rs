//! Undo and redo: which changes are taken back together, and how many are remembered.

use super::selection::{EditKind, Selection};

/// Bytes of text that the undo history may hold; the oldest steps go first. The newest step is
/// always kept, however large, so that no single edit is past undoing.
const MEMORY: usize = 32 << 20;

/// One replacement, with the text on both sides so that it can be done and undone. `start` is a
/// char index that holds in the text before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub start: usize,
    pub removed: String,
    pub inserted: String,
}

impl Change {
    /// The change that takes this one back.
    pub fn inverse(&self) -> Change {
        Change {
            start: self.start,
            removed: self.inserted.clone(),
            inserted: self.removed.clone(),
        }
    }

    /// The end of the inserted text in the text after the change.
    pub fn inserted_end(&self) -> usize {
        self.start + self.inserted.chars().count()
    }

    fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }
}

/// What one undo takes back.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Names the state of the text after this group.
    id: u64,
    kind: EditKind,
    pub changes: Vec<Change>,
    pub before: Selection,
    pub after: Selection,
    /// Where the next character of the same run must go.
    end: usize,
    /// Whether a run of deletions goes to the right (delete) or left (backspace), once known.
    rightwards: Option<bool>,
}

impl Group {
    fn bytes(&self) -> usize {
        self.changes.iter().map(Change::bytes).sum()
    }

    /// Takes `change` into the run of this group, where it belongs to it.
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

/// The changes of a document, done and undone.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    done: Vec<Group>,
    undone: Vec<Group>,
    /// Whether the last group may still grow.
    open: bool,
    last_id: u64,
    /// The state under the oldest group that is remembered.
    base: u64,
    saved: u64,
    bytes: usize,
}

impl History {
    /// Remembers changes that were just made together.
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

    /// The next edit starts a group of its own.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Moves the newest group to the undone ones, and gives it to be taken back.
    pub fn undo(&mut self) -> Option<Group> {
        self.close();
        let group = self.done.pop()?;
        self.undone.push(group.clone());
        Some(group)
    }

    /// Moves the group undone last back, and gives it to be done again.
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
        let mut history = History::default();
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
