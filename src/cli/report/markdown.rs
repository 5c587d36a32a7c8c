//! A page as GitHub-flavoured Markdown.

use super::page::{Block, Cell, Section, Table};

/// Writes a page.
pub(super) fn write(title: &str, sections: &[Section]) -> String {
    let mut out = format!("# {}\n", escaped(title));
    for section in sections {
        out.push_str(&format!("\n## {}\n", escaped(&section.title)));
        for block in &section.blocks {
            match block {
                Block::Paragraph(pieces) => out.push_str(&format!("\n{}\n", joined(pieces))),
                Block::Points(points) => {
                    out.push('\n');
                    for pieces in points {
                        out.push_str(&format!("- {}\n", joined(pieces)));
                    }
                }
                Block::Table(table) => out.push_str(&self::table(table)),
                // Tables hold the same data.
                Block::Figure(_) => {}
            }
        }
    }
    out
}

fn joined(pieces: &[Cell]) -> String {
    pieces.iter().map(|piece| escaped(&piece.text())).collect()
}

/// Escaped text: names of models and files may contain anything.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '~' | '_' | '|' | '<' | '>' | '[' | ']' | '#' => {
                out.extend(['\\', c])
            }
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    out
}

fn table(table: &Table) -> String {
    let mut out = String::from("\n");
    if !table.caption.is_empty() {
        out.push_str(&format!("**{}**\n\n", escaped(&table.caption)));
    }
    // A bar adds nothing to the number beside it.
    let shown = |column: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.cells.get(column));
        !cells.any(|cell| matches!(cell, Cell::Bar(_)))
    };
    let columns: Vec<usize> = (0..table.columns.len()).filter(|c| shown(*c)).collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let heads = columns.iter().map(|column| escaped(table.columns[*column]));
    out.push_str(&line(heads.collect()));
    let rules = columns.iter().map(|column| {
        let mut cells = table.rows.iter().filter_map(|row| row.cells.get(*column));
        match cells.all(Cell::is_number) {
            true => "---:".to_owned(),
            false => "---".to_owned(),
        }
    });
    out.push_str(&line(rules.collect()));
    for row in &table.rows {
        let cells = columns.iter().filter_map(|column| row.cells.get(*column));
        let cells = cells.map(|cell| match row.marked {
            true => format!("**{}**", escaped(&cell.text())),
            false => escaped(&cell.text()),
        });
        out.push_str(&line(cells.collect()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_page() {
        let mut section = Section::new("a|b");
        let cells = vec![Cell::from("x|y*z_`<b>\n".to_owned()), Cell::Share(0.25)];
        section.table("", vec!["name", "share"], vec![cells.into()]);
        let text = write("T", &[section]);
        assert!(
            text.contains("| x\\|y\\*z\\_\\`\\<b\\>  | 25.0 % |"),
            "{text}"
        );
        assert!(text.contains("| --- | ---: |"), "{text}");
    }
}
