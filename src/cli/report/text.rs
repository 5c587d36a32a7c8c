//! A page as text for a terminal: paragraphs wrapped, tables aligned.

use unicode_width::UnicodeWidthStr;

use super::page::{Block, Cell, Section, Table};

/// The longest line of prose, however wide the terminal is.
const PROSE: usize = 100;
/// The gap between columns.
const GAP: &str = "  ";
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
    let mut out = String::new();
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.replace(" %", "\u{a0}%").split(' ') {
        if !empty && line.width() + 1 + word.width() > width {
            out.push_str(&line);
            out.push('\n');
            line = others.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(&line);
    out.push('\n');
    out.replace('\u{a0}', " ")
}

/// A table. If it is too wide for the terminal, it becomes a list of its rows.
fn table(table: &Table, width: usize) -> String {
    let mut out = String::new();
    if !table.caption.is_empty() {
        out.push_str(&format!("{}\n", table.caption));
    }
    let marked = table.rows.iter().any(|row| row.marked);
    let heads = table.columns.iter().map(|column| (*column).to_owned());
    let mut lines: Vec<Vec<String>> = vec![heads.collect()];
    for row in &table.rows {
        lines.push(row.cells.iter().map(shown).collect());
    }
    let numeric: Vec<bool> = (0..table.columns.len())
        .map(|column| {
            let mut cells = table.rows.iter().filter_map(|row| row.cells.get(column));
            cells.all(Cell::is_number)
        })
        .collect();
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or(0)
        })
        .collect();
    let whole = widths.iter().sum::<usize>() + GAP.len() * widths.len() + usize::from(marked);
    if whole > width {
        return out + &list(table, width);
    }
    for (at, line) in lines.iter().enumerate() {
        let mark = at > 0 && table.rows[at - 1].marked;
        let mut text = if mark { "▸ " } else { "  " }.to_owned();
        for (column, cell) in line.iter().enumerate() {
            let space = " ".repeat(widths[column].saturating_sub(cell.width()));
            match numeric[column] {
                true => text.push_str(&format!("{space}{cell}{GAP}")),
                false => text.push_str(&format!("{cell}{space}{GAP}")),
            }
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

/// The rows of a table as a list, each cell with its column's name.
fn list(table: &Table, width: usize) -> String {
    let mut out = String::new();
    for row in &table.rows {
        let mut cells = row.cells.iter().map(shown);
        let name = cells.next().unwrap_or_default();
        let first = if row.marked { "▸ " } else { "  " };
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
