//! A page as text for a terminal: paragraphs wrapped, tables aligned.

use std::iter::once;

use unicode_width::UnicodeWidthStr;

use super::page::{Block, Cell, Section, Table};
use crate::words::{
    table::{Align, Table as Lines},
    wrap::wrap_indented,
};

/// The longest line of prose, however wide the terminal is.
const PROSE: usize = 100;
/// Before a marked row.
const MARK: &str = "▸ ";
/// The length of a full bar.
const BAR: usize = 20;

/// Writes a page for a terminal of `width` columns.
pub(super) fn write(title: &str, sections: &[Section], width: usize) -> String {
    let prose = width.clamp(20, PROSE);
    let mut out = format!("{title}\n{}\n", "═".repeat(title.width().min(width)));
    for section in sections {
        out.push_str(&format!("\n{}\n", section.title));
        out.push_str(&format!("{}\n", "─".repeat(section.title.width())));
        for block in &section.blocks {
            out.push_str(&self::block(block, prose, width));
        }
    }
    out
}

fn block(block: &Block, prose: usize, width: usize) -> String {
    match block {
        Block::Paragraph(pieces) => wrapped(&joined(pieces), prose, "", "") + "\n",
        Block::Points(points) => {
            let points = points.iter();
            let points = points.map(|pieces| wrapped(&joined(pieces), prose, "- ", "  "));
            points.collect::<String>() + "\n"
        }
        Block::Table(table) => self::table(table, width) + "\n",
        // Tables hold the same data.
        Block::Figure(_) => String::new(),
    }
}

fn joined(pieces: &[Cell]) -> String {
    pieces.iter().map(shown).collect()
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Bar(share) => bar(*share),
        other => other.text(),
    }
}

fn bar(share: f64) -> String {
    let eighths = (share.clamp(0.0, 1.0) * (BAR * 8) as f64).round() as usize;
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    "█".repeat(eighths / 8) + part
}

/// Wraps a text; numbers stay with their units.
fn wrapped(text: &str, width: usize, first: &str, others: &str) -> String {
    let text = text.replace(" %", "\u{a0}%");
    let lines = wrap_indented(&text, width, first, others);
    lines.join("\n").replace('\u{a0}', " ") + "\n"
}

/// A table. If it is too wide for the terminal, it becomes a list of its rows.
fn table(table: &Table, width: usize) -> String {
    let mut out = String::new();
    if !table.caption.is_empty() {
        out.push_str(&format!("{}\n", table.caption));
    }
    let marked = table.rows.iter().any(|row| row.marked);
    let numeric = |column: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.cells.get(column));
        cells.all(Cell::is_number)
    };
    let align = |column| match numeric(column) {
        true => Align::Right,
        false => Align::Left,
    };
    let mut lines = Lines::new((0..table.columns.len()).map(align).collect::<Vec<_>>());
    lines.row(table.columns.iter().copied());
    for row in &table.rows {
        lines.row(row.cells.iter().map(shown));
    }
    if MARK.width() + lines.width() + usize::from(marked) > width {
        return out + &list(table, width);
    }
    let marks = table.rows.iter().map(|row| row.marked);
    for (mark, line) in once(false).chain(marks).zip(lines.lines()) {
        let mark = if mark { MARK } else { "  " };
        out.push_str(&format!("{mark}{line}\n"));
    }
    out
}

/// The rows of a table as a list, each cell with its column's name.
fn list(table: &Table, width: usize) -> String {
    let mut out = String::new();
    for row in &table.rows {
        let mut cells = row.cells.iter().map(shown);
        let name = cells.next().unwrap_or_default();
        let first = if row.marked { MARK } else { "  " };
        let rest = table.columns.iter().skip(1).zip(cells);
        let rest: Vec<String> = rest
            .map(|(column, cell)| format!("{column} {cell}"))
            .collect();
        let text = format!("{name}: {}", rest.join(", "));
        out.push_str(&wrapped(&text, width, first, "    "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let mut section = Section::new("Section");
        section
            .say("Words and more words, 12.5 % of them in one line that is too long. ".repeat(4));
        let cells = vec![
            "a name of some length".into(),
            Cell::Share(0.5),
            Cell::Count(1_234),
        ];
        section.table(
            "A table",
            vec!["name", "a share", "a count"],
            vec![cells.into()],
        );
        for width in [20, 30, 40, 80, 160] {
            let text = write("Title", std::slice::from_ref(&section), width);
            for line in text.lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
            assert!(text.contains("1,234") && text.contains("50.0"), "{text}");
        }
    }
}
