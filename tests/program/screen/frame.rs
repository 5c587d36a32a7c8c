//! A drawn frame as text that a person can compare: the screen's text, and below it the style of
//! every cell, named by the theme scopes that its colours come from and its modifiers.
//!
//! After an intended change, accept all snapshots and read the difference:
//!
//! ```sh
//! INSTA_UPDATE=always cargo test --test program -- screen::
//! git diff tests/program
//! ```

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

use super::scopes;

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

/// The same for whatever was drawn.
pub fn described(backend: &TestBackend) -> String {
    describe_all(&[backend])
}

/// The same for what `draw` draws in sixteen colours: too few to tell the scopes of a theme apart, so
/// it is drawn twice.
pub fn described_in_16(theme: &str, draw: impl FnMut(&Palette) -> Terminal<TestBackend>) -> String {
    let [first, second] = scopes::palettes_of_16(theme).each_ref().map(draw);
    describe_all(&[first.backend(), second.backend()])
}

/// Describes one frame, drawn with each of the palettes that together tell scopes apart.
fn describe_all(drawn: &[&TestBackend]) -> String {
    let mut out = text(drawn[0].buffer());
    let at = drawn[0].cursor_position();
    match drawn[0].cursor_visible() {
        true => writeln!(out, "cursor: {}, {}\n", at.x, at.y),
        false => writeln!(out, "no cursor\n"),
    }
    .expect("writing to a string");
    let buffers: Vec<&Buffer> = drawn.iter().map(|backend| backend.buffer()).collect();
    out + &styles(&buffers)
}

/// The screen's rows, blanks at their ends left out.
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

/// The rows as runs of cells that look the same, and a list of those looks.
fn styles(drawn: &[&Buffer]) -> String {
    let mut known: Vec<Vec<Style>> = Vec::new();
    let mut out = String::new();
    for row in drawn[0].area.rows() {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for position in row.positions() {
            let style: Vec<Style> = drawn.iter().map(|one| one[position].style()).collect();
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
        let look = describe(style, scopes::name);
        writeln!(out, "{}: {look}", letters(index)).expect("writing to a string");
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

/// A style by its colours themselves.
pub fn look(style: &Style) -> String {
    describe(&[*style], |colours, _| colours[0].to_string())
}

/// A style as it came out with each palette: `ui.ghost on ui.cursor.line, underline
/// ui.confidence.low, BOLD`, with `name` for colours that are a foreground or a background. What a
/// scope has of modifiers itself goes without saying.
fn describe(styles: &[Style], name: impl Fn(&[Color], &str) -> String) -> String {
    let named = |part: fn(&Style) -> Option<Color>, key: &str| {
        let colours: Option<Vec<Color>> = styles.iter().map(part).collect();
        let colours = colours?;
        (!colours.contains(&Color::Reset)).then(|| name(&colours, key))
    };
    let fore = named(|style| style.fg, "foreground");
    let ground = named(|style| style.bg, "background");
    // Most scopes that marks are from colour letters, so that is what they are looked up as.
    let mark = named(|style| style.underline_color, "foreground");
    let own = fore.as_deref().map(scopes::modifiers).unwrap_or_default();
    let mut parts = match (fore, ground) {
        (Some(fore), Some(ground)) if fore == ground => vec![fore],
        (Some(fore), Some(ground)) => vec![format!("{fore} on {ground}")],
        (Some(fore), None) => vec![fore],
        (None, Some(ground)) => vec![format!("on {ground}")],
        (None, None) => Vec::new(),
    };
    parts.extend(mark.map(|mark| format!("underline {mark}")));
    let modifiers = styles[0].add_modifier;
    assert!(styles.iter().all(|style| style.add_modifier == modifiers));
    let (more, less) = (modifiers - own, own - modifiers);
    if parts.is_empty() || !more.is_empty() {
        parts.push(format!("{more:?}"));
    }
    if !less.is_empty() {
        parts.push(format!("not {less:?}"));
    }
    parts.join(", ")
}
