//! A table as text: rows of cells, each column as wide as its widest cell. Widths are counted in
//! terminal cells; a Chinese or Japanese character takes two.

use unicode_width::UnicodeWidthStr;

/// The gap between columns.
const GAP: &str = "  ";

/// The side of a column to which its cells are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

/// Rows of cells in columns.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows. Further columns are aligned like the last one listed.
    pub fn new(columns: impl Into<Vec<Align>>) -> Self {
        Table {
            columns: columns.into(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, which may have fewer cells than others.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The width of the longest line, in terminal cells.
    pub fn width(&self) -> usize {
        let widths = self.widths();
        widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
    }

    /// The rows as lines, without trailing spaces.
    pub fn lines(&self) -> Vec<String> {
        let widths = self.widths();
        let line = |row: &Vec<String>| {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let space = " ".repeat(width - cell.width());
                let gap = if column == 0 { "" } else { GAP };
                line.push_str(&match self.align(column) {
                    Align::Left => format!("{gap}{cell}{space}"),
                    Align::Right => format!("{gap}{space}{cell}"),
                });
            }
            line.truncate(line.trim_end().len());
            line
        };
        self.rows.iter().map(line).collect()
    }

    /// The lines as one text, each with a line break.
    pub fn text(&self) -> String {
        self.lines()
            .iter()
            .map(|line| format!("{line}\n"))
            .collect()
    }

    fn align(&self, column: usize) -> Align {
        let align = self.columns.get(column).or(self.columns.last());
        align.copied().unwrap_or(Align::Left)
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or(0)
        };
        (0..columns).map(width).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_stands_in_them() {
        let mut table = Table::new([Align::Left, Align::Right]);
        table.row(["models", "done", "seconds"]);
        table.row(["小さいモデル", "12", "1,234.5"]);
        table.row(["naïve"]);
        table.row(["", "3", "0.1"]);
        assert_eq!(
            table.lines(),
            [
                "models        done  seconds",
                "小さいモデル    12  1,234.5",
                "naïve",
                "                 3      0.1",
            ]
        );
        assert_eq!(table.width(), 27);
        assert_eq!(Table::new([]).text(), "");
    }
}
