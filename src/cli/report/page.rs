//! A report as a page: sections of paragraphs, tables and figures, independent of the output
//! format. Numbers stay numbers here, so that every format shows the same ones in the same way.

use std::borrow::Cow;

use crate::{
    evaluation::statistics::Estimate,
    words::number::{self, UNKNOWN, decimal},
};

/// A heading and its content.
#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    pub title: String,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
pub(super) enum Block {
    Paragraph(Vec<Cell>),
    Points(Vec<Vec<Cell>>),
    Table(Table),
    Figure(Figure),
}

/// A table with a caption that names its rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub caption: String,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub cells: Vec<Cell>,
    /// Whether this is the row that the report is about.
    pub marked: bool,
}

/// A figure; only HTML draws them, and tables hold the same data.
#[derive(Debug, Clone)]
pub(super) enum Figure {
    /// Pass@1 against escalation for a part, by its index in the report.
    Tradeoff(usize),
    /// Scores of right and wrong small completions of a part.
    Histogram(usize),
    /// Reliability of every score that can be read as a probability.
    Reliability,
}

/// A piece of text, or a number with its display format.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Unknown.
    None,
    Text(Cow<'static, str>),
    Count(usize),
    /// A share, 0 to 1, shown as a percentage.
    Share(f64),
    ShareEstimate(Estimate),
    /// A difference of shares, shown in percentage points.
    Points(f64),
    PointsEstimate(Estimate),
    /// Milliseconds.
    Ms(f64),
    /// Seconds.
    Seconds(f64),
    /// A number from 0 to 1, shown as it is.
    Ratio(f64),
    RatioEstimate(Estimate),
    /// A threshold, with all its digits.
    Threshold(f32),
    /// A share as a bar.
    Bar(f64),
}

impl Cell {
    /// Whether it is a number, which is aligned right.
    pub fn is_number(&self) -> bool {
        !matches!(self, Cell::Text(_) | Cell::Bar(_))
    }

    /// The displayed text, including units. Bars are drawn by each format.
    pub fn text(&self) -> String {
        self.parts().into_iter().map(|(text, _)| text).collect()
    }

    /// The texts that it consists of, each with its number, if any.
    pub fn parts(&self) -> Vec<(String, Option<f64>)> {
        let number = |text: String, value: f64| vec![(text, Some(value))];
        match self {
            Cell::None => vec![(UNKNOWN.to_owned(), None)],
            Cell::Text(text) => vec![(text.to_string(), None)],
            Cell::Count(whole) => number(decimal(*whole as f64, 0), *whole as f64),
            Cell::Share(share) | Cell::Bar(share) => number(percent(*share), *share),
            Cell::ShareEstimate(of) => with_interval(of, percent(of.value), bare_percent),
            Cell::Points(difference) => number(points(*difference), *difference),
            Cell::PointsEstimate(of) => with_interval(of, points(of.value), points),
            Cell::Ms(ms) => number(milliseconds(*ms), *ms),
            Cell::Seconds(seconds) => number(minus(&decimal(*seconds, 1)), *seconds),
            Cell::Ratio(ratio) => number(format!("{ratio:.3}"), *ratio),
            Cell::RatioEstimate(of) => {
                with_interval(of, format!("{:.3}", of.value), |v| format!("{v:.3}"))
            }
            Cell::Threshold(threshold) => {
                let text = minus(&threshold.to_string());
                let value = threshold.to_string().parse().ok();
                vec![(text, value)]
            }
        }
    }
}

fn with_interval(
    of: &Estimate,
    value: String,
    show: impl Fn(f64) -> String,
) -> Vec<(String, Option<f64>)> {
    vec![
        (value, Some(of.value)),
        (" [".to_owned(), None),
        (show(of.low), Some(of.low)),
        (", ".to_owned(), None),
        (show(of.high), Some(of.high)),
        ("]".to_owned(), None),
    ]
}

fn percent(share: f64) -> String {
    minus(&number::percent(share, 1))
}

/// A share as a percentage without its unit.
fn bare_percent(share: f64) -> String {
    minus(&decimal(share * 100.0, 1))
}

/// A difference of shares in points, with its sign.
fn points(share: f64) -> String {
    let points = decimal(share * 100.0, 1);
    match points.starts_with('-') {
        true => minus(&points),
        false => format!("+{points}"),
    }
}

fn milliseconds(ms: f64) -> String {
    minus(&decimal(ms, if ms < 9.95 { 1 } else { 0 }))
}

/// Replaces the hyphen by a minus sign.
fn minus(text: &str) -> String {
    text.replace('-', "−")
}

impl From<&'static str> for Cell {
    fn from(text: &'static str) -> Self {
        Cell::Text(text.into())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text.into())
    }
}

/// The value's cell, or an empty one if unknown.
pub(super) fn known<T>(value: Option<T>, show: impl Fn(T) -> Cell) -> Cell {
    value.map_or(Cell::None, show)
}

impl Section {
    pub fn new(title: impl Into<String>) -> Self {
        Section {
            title: title.into(),
            blocks: Vec::new(),
        }
    }

    /// Adds a paragraph without numbers.
    pub fn say(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(vec![text.into().into()]));
    }

    pub fn table(
        &mut self,
        caption: impl Into<String>,
        columns: Vec<&'static str>,
        rows: Vec<Row>,
    ) {
        self.blocks.push(Block::Table(Table {
            caption: caption.into(),
            columns,
            rows,
        }));
    }
}

impl From<Vec<Cell>> for Row {
    fn from(cells: Vec<Cell>) -> Self {
        Row {
            cells,
            marked: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_people_read_them() {
        let estimate = |value, low, high| Estimate { value, low, high };
        for (cell, shown) in [
            (Cell::Share(0.4126), "41.3 %"),
            (
                Cell::ShareEstimate(estimate(0.5, 0.25, 0.751)),
                "50.0 % [25.0, 75.1]",
            ),
            (
                Cell::PointsEstimate(estimate(0.012, -0.003, 0.0)),
                "+1.2 [−0.3, +0.0]",
            ),
            (
                Cell::PointsEstimate(estimate(-0.0001, -0.1, 0.1)),
                "+0.0 [−10.0, +10.0]",
            ),
            (Cell::Count(1_234_567), "1,234,567"),
            (Cell::Count(999), "999"),
            (Cell::Ms(3.21), "3.2"),
            (Cell::Ms(1234.5), "1,234"),
            (Cell::Seconds(1234.56), "1,234.6"),
            (Cell::Threshold(-0.73), "−0.73"),
            (Cell::None, "–"),
        ] {
            assert_eq!(cell.text(), shown);
        }
    }
}
