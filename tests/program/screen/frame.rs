//! A drawn frame as text that a person can compare: the screen's text, and below it the style of
//! every cell.

use std::fmt::Write;

use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::Buffer,
    style::{Color, Style},
};
use routelens::{
    keys::Keymap,
    tui::{app::App, palette::Palette, view},
};
use unicode_width::UnicodeWidthStr;

/// Draws `app` on a screen of its own.
pub fn draw(app: &App, palette: &Palette, (width, height): (u16, u16)) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen in memory");
    let keymap = Keymap::default();
    terminal
        .draw(|frame| view::draw(frame, app, palette, &keymap))
        .expect("drawing in memory");
    terminal
}

/// The frame's text, its cursor, and its styles: each row as runs of cells, `12a` for twelve cells
/// in the style listed as `a` at the end.
pub fn snapshot(app: &App, palette: &Palette, size: (u16, u16)) -> String {
    described(draw(app, palette, size).backend())
}

/// The same for any backend.
pub fn described(backend: &TestBackend) -> String {
    let mut out = text(backend.buffer());
    let at = backend.cursor_position();
    match backend.cursor_visible() {
        true => writeln!(out, "cursor: {}, {}\n", at.x, at.y),
        false => writeln!(out, "no cursor\n"),
    }
    .expect("writing to a string");
    out + &styles(backend.buffer())
}

/// The screen's rows without trailing blanks.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in buffer.area.rows().map(|row| row.y) {
        let mut row = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += symbol.width().max(1) as u16;
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

fn styles(buffer: &Buffer) -> String {
    let mut known: Vec<Style> = Vec::new();
    let mut out = String::new();
    for row in buffer.area.rows() {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for position in row.positions() {
            let style = buffer[position].style();
            let index = known
                .iter()
                .position(|other| *other == style)
                .unwrap_or_else(|| {
                    known.push(style);
                    known.len() - 1
                });
            match runs.last_mut() {
                Some(run) if run.1 == index => run.0 += 1,
                _ => runs.push((1, index)),
            }
        }
        let runs = runs
            .iter()
            .map(|(cells, style)| format!("{cells}{}", letters(*style)));
        let runs: Vec<String> = runs.collect();
        out.push_str(&runs.join(" "));
        out.push('\n');
    }
    out.push('\n');
    for (index, style) in known.iter().enumerate() {
        writeln!(out, "{}: {}", letters(index), describe(style)).expect("writing to a string");
    }
    out
}

fn letters(index: usize) -> String {
    let last = char::from(b'a' + (index % 26) as u8);
    match index / 26 {
        0 => last.to_string(),
        n => letters(n - 1) + &last.to_string(),
    }
}

fn describe(style: &Style) -> String {
    let colour = |name: &str, colour: Option<Color>| match colour {
        None | Some(Color::Reset) => String::new(),
        Some(colour) => format!("{name} {colour} "),
    };
    format!(
        "{}{}{}{:?}",
        colour("fg", style.fg),
        colour("bg", style.bg),
        colour("underline", style.underline_color),
        style.add_modifier
    )
}
