//! What each bundled theme makes of every scope, at every colour depth: one snapshot a theme, which
//! is all that changes when a theme is tinted.

use std::fmt::Write;

use ratatui::style::{Modifier, Style};
use routelens::{
    assets,
    syntax::{Rgb, TextStyle, Theme, ThemeSet},
    tui::palette::{ColorDepth, Palette},
};

use super::{frame, scopes};

const DEPTHS: [ColorDepth; 4] = [
    ColorDepth::TrueColor,
    ColorDepth::Ansi256,
    ColorDepth::Ansi16,
    ColorDepth::None,
];

#[test]
fn every_theme_colours_every_scope() {
    let themes = ThemeSet::bundled();
    for (file, text) in assets::themes() {
        let name = file.trim_end_matches(".tmTheme");
        let theme = themes.get(name).expect("a bundled theme");
        insta::assert_snapshot!(format!("theme_{name}"), table(theme, text));
    }
}

/// A row for each scope, a column for each depth.
fn table(theme: &Theme, text: &str) -> String {
    let palettes = DEPTHS.map(|depth| Palette::new(theme.clone(), depth));
    let mut rows = vec![("scope".to_owned(), DEPTHS.map(|depth| depth.name().into()))];
    let mut add = |name: String, style: &dyn Fn(&Palette) -> Style| {
        let looks = palettes
            .each_ref()
            .map(|palette| frame::look(&style(palette)));
        rows.push((name, looks));
    };
    for (scope, style) in code(text) {
        add(scope, &|palette| palette.text(style));
    }
    for scope in Theme::INTERFACE {
        add(format!("ui.{scope}"), &|palette| palette.ui(scope));
    }
    for (bin, scope) in Theme::CONFIDENCE.iter().enumerate() {
        add(format!("mark of {scope}"), &|palette| {
            palette.confidence(bin)
        });
    }
    let mut out = String::new();
    for (name, [full, many, few, none]) in rows {
        let row = format!("{name:<28}{full:<54}{many:<44}{few:<34}{none}");
        writeln!(out, "{}", row.trim_end()).expect("writing to a string");
    }
    out
}

/// The scopes of code in a theme file, several that share a style under the first one's name.
fn code(text: &str) -> Vec<(String, TextStyle)> {
    let mut styles: Vec<(String, TextStyle)> = Vec::new();
    scopes::rewrite(text, |scope, key, value| {
        if scope.starts_with("ui.") || scope == scopes::THEME {
            return String::new();
        }
        if styles.last().is_none_or(|(last, _)| last != scope) {
            styles.push((scope.to_owned(), TextStyle::default()));
        }
        let Some((_, style)) = styles.last_mut() else {
            return String::new();
        };
        match key {
            "foreground" => style.foreground = Some(rgb(value)),
            "background" => style.background = Some(rgb(value)),
            "fontStyle" => {
                let font = scopes::font(value);
                style.bold = font.contains(Modifier::BOLD);
                style.italic = font.contains(Modifier::ITALIC);
                style.underline = font.contains(Modifier::UNDERLINED);
            }
            _ => {}
        }
        String::new()
    });
    styles
}

fn rgb(hex: &str) -> Rgb {
    let digits = hex.trim_start_matches('#');
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("a colour");
    Rgb(part(0), part(2), part(4))
}
