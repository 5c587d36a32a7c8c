//! Indents: after a new line, when a bracket is typed, and when lines are moved in or out.

use std::ops::Range;

use super::{
    buffer::Document,
    history::Change,
    indentation::{IndentUnit, code, indentation, matching_bracket},
    lines::{leading_blanks, line_end},
    selection::{EditKind, Selection},
    width,
};
use crate::language::Language;

/// How many chars before the cursor to examine for an opened block.
const LOOK_BACK: usize = 4096;
impl Document {
    /// Inserts typed text. Like [`Document::insert`], but a bracket that closes a block and is the
    /// first on its line is outdented to the line that opened the block.
    pub fn type_text(&mut self, text: &str) -> bool {
        match self.outdented_bracket(text) {
            Some((blanks, indentation)) => {
                self.replace(blanks, &(indentation + text), EditKind::Type)
            }
            None => self.insert(text, EditKind::Type),
        }
    }

    /// The blanks before the cursor and the indentation to replace them.
    fn outdented_bracket(&self, typed: &str) -> Option<(Range<usize>, String)> {
        let opener = match typed {
            "}" => '{',
            ")" => '(',
            "]" => '[',
            _ => return None,
        };
        let cursor = self.cursor();
        let line = self.text.char_to_line(cursor);
        let start = self.text.line_to_char(line);
        let in_blanks = cursor > start && leading_blanks(&self.text, line) >= cursor - start;
        if !self.selection.is_empty() || !in_blanks {
            return None;
        }
        let closer = typed.chars().next()?;
        let open_at = matching_bracket(&self.text, start, opener, closer)?;
        let open_line = self.text.char_to_line(open_at);
        Some((start..cursor, indentation(&self.text, open_line, open_at)))
    }

    /// Inserts a line break and the indentation that the language requires after it.
    pub fn newline(&mut self) -> bool {
        let selected = self.selection.range();
        let text = &self.text;
        let line = text.char_to_line(selected.start);
        let line_start = text.line_to_char(line);
        let kept = indentation(text, line, selected.start);
        let opener = self.opener(line_start, selected.start);
        let in_blanks = kept.chars().count() == selected.start - line_start;
        let (start, end) = if in_blanks {
            // All indentation moves to the new line; an empty line keeps none.
            (line_start, selected.end)
        } else {
            let rest = text.chars_at(selected.end);
            let blanks = rest.take_while(|c| matches!(c, ' ' | '\t')).count();
            (selected.start, selected.end + blanks)
        };

        let break_and = |indentation: &str| format!("{}{indentation}", self.line_ending());
        let mut inserted = break_and(&kept);
        let mut after = String::new();
        if let Some(opener) = opener {
            inserted.push_str(&self.indent_unit.text());
            let closes = |c| matches!((opener, c), ('{', '}') | ('(', ')') | ('[', ']'));
            if text.get_char(end).is_some_and(closes) {
                after = break_and(&kept);
            }
        }
        let cursor = start + inserted.chars().count();
        let change = self.change(start..end, &(inserted + &after));
        self.edit(vec![change], EditKind::Whole, Selection::at(cursor))
    }

    /// The character that opens a block, if the line's code ends with one just before `at`.
    fn opener(&self, line_start: usize, at: usize) -> Option<char> {
        let from = line_start.max(at.saturating_sub(LOOK_BACK));
        let before = self.text.slice(from..at).to_string();
        let language = self.language();
        let last = code(&before, language.map(Language::line_comment))
            .trim_end()
            .chars()
            .next_back()?;
        let opens = matches!(last, '{' | '(' | '[')
            || last == ':' && language.is_some_and(Language::indents_blocks);
        opens.then_some(last)
    }

    /// Tab: inserts blanks to the next indentation stop, or indents the selected lines.
    pub fn indent(&mut self) -> bool {
        if self.selection.is_empty() {
            let unit = self.indent_unit.width();
            let text = match self.indent_unit {
                IndentUnit::Tab => String::from("\t"),
                IndentUnit::Spaces(_) => {
                    let column = width::column_of(&self.text, self.cursor());
                    " ".repeat(unit - column % unit)
                }
            };
            return self.insert(&text, EditKind::Type);
        }
        let unit = self.indent_unit.text();
        let empty = |line: &usize| self.text.line_to_char(*line) == line_end(&self.text, *line);
        let lines = self.selected_lines().filter(|line| !empty(line));
        let changes = lines
            .map(|line| (self.text.line_to_char(line), 0, unit.clone()))
            .collect();
        self.edit_lines(changes)
    }

    /// Shift-Tab: outdents the selected lines, or the cursor's line, by one step.
    pub fn outdent(&mut self) -> bool {
        let unit = self.indent_unit.width();
        let changes = self
            .selected_lines()
            .filter_map(|line| {
                let start = self.text.line_to_char(line);
                let removed = match self.text.get_char(start)? {
                    '\t' => 1,
                    _ => {
                        let chars = self.text.chars_at(start);
                        chars.take(unit).take_while(|&c| c == ' ').count()
                    }
                };
                (removed > 0).then(|| (start, removed, String::new()))
            })
            .collect();
        self.edit_lines(changes)
    }

    /// The lines that the selection touches, except one at whose very start it ends.
    fn selected_lines(&self) -> std::ops::RangeInclusive<usize> {
        let selected = self.selection.range();
        let first = self.text.char_to_line(selected.start);
        let last = self.text.char_to_line(selected.end);
        let ends_at_start = last > first && self.text.line_to_char(last) == selected.end;
        first..=last - usize::from(ends_at_start)
    }

    /// Replaces `(start, length)` by a text at the start of several lines, in ascending order, as
    /// one edit. The selection stays on the same text.
    fn edit_lines(&mut self, places: Vec<(usize, usize, String)>) -> bool {
        let mut selection = self.selection;
        let mut changes: Vec<Change> = Vec::with_capacity(places.len());
        // From last to first, so that no change moves another's position.
        for (start, length, text) in places.into_iter().rev() {
            let inserted = text.chars().count();
            let keep_start = !self.selection.is_empty();
            for end in [&mut selection.anchor, &mut selection.head] {
                if *end > start || *end == start && !keep_start {
                    *end = (*end).max(start + length) - length + inserted;
                }
            }
            changes.push(self.change(start..start + length, &text));
        }
        self.edit(changes, EditKind::Whole, selection)
    }
}
