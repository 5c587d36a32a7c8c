//! A page as one self-contained HTML file: style and figures are embedded, there are no scripts to
//! run, and the whole report is included as JSON. Every number shown is in a `data` element that
//! holds the exact value.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    figure,
    page::{Block, Cell, Row, Section, Table},
};
use crate::evaluation::report::Report;

const STYLE: &str = include_str!("report.css");

/// Writes a page. `json` is the report as JSON.
pub(super) fn write(title: &str, sections: &[Section], report: &Report, json: &str) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(format!("routelens {}", report.routelens));
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    @for (at, section) in sections.iter().enumerate() {
                        section id=(format!("section-{at}")) {
                            h2 { (section.title) }
                            @for block in &section.blocks {
                                (self::block(block, report))
                            }
                        }
                    }
                }
                script type="application/json" id="report" { (PreEscaped(embedded(json))) }
            }
        }
    };
    page.into_string()
}

/// JSON escaped so that it cannot close the element around it.
fn embedded(json: &str) -> String {
    json.replace('<', "\\u003c")
}

fn block(block: &Block, report: &Report) -> Markup {
    match block {
        Block::Paragraph(pieces) => html! { p { (joined(pieces)) } },
        Block::Points(points) => html! {
            ul { @for pieces in points { li { (joined(pieces)) } } }
        },
        Block::Table(table) => self::table(table),
        Block::Figure(figure) => figure::draw(figure, report),
    }
}

fn joined(pieces: &[Cell]) -> Markup {
    html! { @for piece in pieces { (cell(piece)) } }
}

fn cell(cell: &Cell) -> Markup {
    if let Cell::Bar(share) = cell {
        let width = format!("width:{:.1}%", share.clamp(0.0, 1.0) * 100.0);
        return html! { div.bar { div style=(width) {} } };
    }
    let parts = cell.parts();
    let (first, interval) = parts.split_at(1.min(parts.len()));
    let part = |(text, value): &(String, Option<f64>)| match value {
        // Keeps a number and its unit on one line.
        Some(value) => html! { data value=(value) { (text.replace(' ', "\u{a0}")) } },
        None => html! { (text) },
    };
    html! {
        @for one in first { (part(one)) }
        @if !interval.is_empty() {
            span.interval { @for one in interval { (part(one)) } }
        }
    }
}

fn table(table: &Table) -> Markup {
    let numeric = |column: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.cells.get(column));
        cells.all(Cell::is_number)
    };
    let numeric: Vec<bool> = (0..table.columns.len()).map(numeric).collect();
    let row = |row: &Row| {
        html! {
            tr.marked[row.marked] {
                @for (at, one) in row.cells.iter().enumerate() {
                    @if at == 0 {
                        th scope="row" { (cell(one)) }
                    } @else {
                        td.number[numeric[at]] { (cell(one)) }
                    }
                }
            }
        }
    };
    html! {
        div.scroll {
            table {
                @if !table.caption.is_empty() {
                    caption { (table.caption) }
                }
                thead {
                    tr {
                        @for (at, column) in table.columns.iter().enumerate() {
                            th.number[numeric[at]] scope="col" { (column) }
                        }
                    }
                }
                tbody { @for one in &table.rows { (row(one)) } }
            }
        }
    }
}
