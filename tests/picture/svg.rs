//! Cells as SVG. Borders, bars and underlines are shapes, and every run of text is fitted to its
//! columns, so that everything lines up in any font.

use std::{collections::HashMap, fmt::Write};

use crate::screen::{COLUMNS, Cell, ROWS, Rgb, Screen, Style};

const WIDTH: f64 = 8.4;
const HEIGHT: f64 = 18.0;
const BASELINE: f64 = 13.4;
const MARGIN: f64 = 10.0;
const FONT: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";
/// The background of cells without one of their own.
const GROUND: Rgb = (27, 31, 39);
const INK: Rgb = (216, 222, 233);

/// The whole picture; `title` is for screen readers.
pub fn draw(screen: &Screen, title: &str) -> String {
    let width = f64::from(COLUMNS) * WIDTH + 2.0 * MARGIN;
    let height = f64::from(ROWS) * HEIGHT + 2.0 * MARGIN;
    let ground = commonest(screen);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{FONT}\" font-size=\"14\" \
         shape-rendering=\"crispEdges\">\n\
         <title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        hex(ground)
    );
    for (row, cells) in screen.rows.iter().enumerate() {
        let top = MARGIN + row as f64 * HEIGHT;
        for run in runs(cells, |a, b| back(&a.style) == back(&b.style)) {
            let colour = back(&run.cells[0].style);
            if colour != ground {
                rectangle(&mut svg, run.left(), top, run.width(), HEIGHT, colour);
            }
        }
        for run in runs(cells, |a, b| a.style == b.style && plain(a) && plain(b)) {
            text(&mut svg, &run, top);
        }
        for run in runs(cells, |a, b| a.style == b.style) {
            underline(&mut svg, &run, top);
        }
    }
    if let Some((row, column)) = screen.cursor {
        let left = MARGIN + f64::from(column) * WIDTH;
        let top = MARGIN + f64::from(row) * HEIGHT;
        rectangle(&mut svg, left, top + 1.0, 2.0, HEIGHT - 2.0, INK);
    }
    svg.push_str("</svg>\n");
    svg
}

/// The background of most cells.
fn commonest(screen: &Screen) -> Rgb {
    let mut counts = HashMap::new();
    for cell in screen.rows.iter().flatten() {
        *counts.entry(back(&cell.style)).or_insert(0) += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or(GROUND, |(colour, _)| colour)
}

/// Neighbouring cells that are drawn as one.
struct Run<'a> {
    column: u16,
    cells: &'a [Cell],
}

impl Run<'_> {
    fn left(&self) -> f64 {
        MARGIN + f64::from(self.column) * WIDTH
    }

    fn width(&self) -> f64 {
        let columns: u16 = self.cells.iter().map(|cell| cell.columns).sum();
        f64::from(columns) * WIDTH
    }
}

fn runs(cells: &[Cell], same: impl Fn(&Cell, &Cell) -> bool) -> Vec<Run<'_>> {
    let mut column = 0;
    cells
        .chunk_by(same)
        .map(|cells| {
            let run = Run { column, cells };
            column += cells.iter().map(|cell| cell.columns).sum::<u16>();
            run
        })
        .collect()
}

/// Whether every monospaced font has this character in single-column width.
fn plain(cell: &Cell) -> bool {
    cell.text.is_ascii()
}

fn text(svg: &mut String, run: &Run, top: f64) {
    let style = &run.cells[0].style;
    let all: String = run.cells.iter().map(|cell| cell.text.as_str()).collect();
    if let [cell] = run.cells
        && shape(svg, cell, run.left(), top)
    {
        return;
    }
    // Draws words separately: spaces are not drawn, and runs of them would be collapsed.
    let mut start = 0;
    for word in all.split("  ") {
        let indent = word.chars().take_while(|c| *c == ' ').count();
        let shown = word.trim();
        if !shown.is_empty() {
            let left = run.left() + (start + indent) as f64 * WIDTH;
            let columns = match run.cells {
                [cell] => usize::from(cell.columns),
                _ => shown.chars().count(),
            };
            let _ = writeln!(
                svg,
                "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{:.1}\" \
                 lengthAdjust=\"spacingAndGlyphs\" fill=\"{}\"{}>{}</text>",
                top + BASELINE,
                columns as f64 * WIDTH,
                hex(front(style)),
                weight(style),
                escaped(shown)
            );
        }
        start += word.chars().count() + 2;
    }
}

/// Draws a border or bar cell; false if it is neither.
fn shape(svg: &mut String, cell: &Cell, left: f64, top: f64) -> bool {
    let colour = front(&cell.style);
    let (middle, centre) = (left + WIDTH / 2.0 - 0.5, top + HEIGHT / 2.0 - 0.5);
    let (half, rest) = (WIDTH / 2.0, HEIGHT / 2.0);
    let mut bar = |x, y, w, h| rectangle(svg, x, y, w, h, colour);
    match cell.text.as_str() {
        "─" => bar(left, centre, WIDTH, 1.0),
        "━" => bar(left, centre - 0.5, WIDTH, 2.0),
        "╌" => {
            bar(left + 0.8, centre, 2.8, 1.0);
            bar(left + 5.0, centre, 2.8, 1.0);
        }
        "│" => bar(middle, top, 1.0, HEIGHT),
        "┃" => bar(middle - 0.5, top, 2.0, HEIGHT),
        "┌" | "╭" => {
            bar(middle, centre, half, 1.0);
            bar(middle, centre, 1.0, rest);
        }
        "├" => {
            bar(middle, top, 1.0, HEIGHT);
            bar(middle, centre, half, 1.0);
        }
        "┤" => {
            bar(middle, top, 1.0, HEIGHT);
            bar(left, centre, half, 1.0);
        }
        "┬" => {
            bar(left, centre, WIDTH, 1.0);
            bar(middle, centre, 1.0, rest);
        }
        "┴" => {
            bar(left, centre, WIDTH, 1.0);
            bar(middle, top, 1.0, rest);
        }
        block => match "▏▎▍▌▋▊▉█".chars().position(|c| block.chars().eq([c])) {
            Some(eighths) => bar(
                left,
                top + 3.0,
                WIDTH * (eighths + 1) as f64 / 8.0,
                HEIGHT - 6.0,
            ),
            None => return false,
        },
    }
    true
}

fn underline(svg: &mut String, run: &Run, top: f64) {
    let style = &run.cells[0].style;
    if let Some(colour) = style.underline {
        let colour = colour.unwrap_or(front(style));
        rectangle(
            svg,
            run.left(),
            top + HEIGHT - 2.5,
            run.width(),
            1.5,
            colour,
        );
    }
}

fn rectangle(svg: &mut String, x: f64, y: f64, width: f64, height: f64, colour: Rgb) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{}\"/>",
        hex(colour)
    );
}

fn front(style: &Style) -> Rgb {
    match style.inverse {
        true => style.background.unwrap_or(GROUND),
        false => style.foreground.unwrap_or(INK),
    }
}

fn back(style: &Style) -> Rgb {
    match style.inverse {
        true => style.foreground.unwrap_or(INK),
        false => style.background.unwrap_or(GROUND),
    }
}

fn weight(style: &Style) -> String {
    let mut attributes = String::new();
    for (set, attribute) in [
        (style.bold, " font-weight=\"bold\""),
        (style.italic, " font-style=\"italic\""),
        (style.dim, " fill-opacity=\"0.6\""),
    ] {
        if set {
            attributes.push_str(attribute);
        }
    }
    attributes
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
