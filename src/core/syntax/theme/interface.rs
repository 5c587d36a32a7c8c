//! The interface's scopes (`ui.…` in a theme file), and defaults for those that a theme lacks.
//!
//! Confidence uses the axis from orange to blue, which most colour-blind people can distinguish, in
//! derived themes too. The drawing code adds underline and weight.

use std::collections::HashMap;

use syntect::highlighting::{Color, Highlighter};

use super::{Loaded, Rgb, TextStyle};

/// The five confidence bins, least confident first.
pub(super) const CONFIDENCE: [&str; 5] = [
    "confidence.lowest",
    "confidence.low",
    "confidence.middle",
    "confidence.high",
    "confidence.highest",
];

/// All scopes, without the `ui.`.
pub(super) const SCOPES: &[&str] = &[
    "background",
    "text",
    "muted",
    "border",
    "border.focused",
    "title",
    "selection",
    "cursor.line",
    "gutter",
    "gutter.current",
    "match",
    "fault",
    "fault.gutter",
    "ghost",
    "ghost.consumed",
    "confidence.lowest",
    "confidence.low",
    "confidence.middle",
    "confidence.high",
    "confidence.highest",
    "keep",
    "escalate",
    "degraded",
    "flip",
    "added",
    "removed",
    "status",
    "key",
    "notice",
    "error",
];

/// The style of every interface scope: the derived ones, overridden by the theme's own.
pub(super) fn styles(theme: &Loaded) -> HashMap<String, TextStyle> {
    let mut styles: HashMap<String, TextStyle> = derived(theme)
        .into_iter()
        .map(|(scope, style)| (scope.to_owned(), style))
        .collect();
    styles.extend(own(theme));
    styles
}

/// The `ui.` scopes in the theme file itself.
fn own(theme: &Loaded) -> impl Iterator<Item = (String, TextStyle)> {
    theme.source.scopes.iter().flat_map(|item| {
        let style = &item.style;
        // Not through `Loaded::text_style`: a theme that repeats its background means it.
        let colour = |c: Option<Color>| c.map(|c| Rgb::over(c, theme.background));
        let style = TextStyle {
            foreground: colour(style.foreground),
            background: colour(style.background),
            ..TextStyle::default()
        }
        .with_font(style.font_style.unwrap_or_default());
        item.scope.selectors.iter().filter_map(move |selector| {
            let scope = selector.extract_single_scope()?.build_string();
            Some((scope.strip_prefix("ui.")?.to_owned(), style))
        })
    })
}

/// The signal colours, from Okabe and Ito's palette, darker on a light background.
struct Signals {
    blue: Rgb,
    orange: Rgb,
    vermilion: Rgb,
    green: Rgb,
    purple: Rgb,
    confidence: [Rgb; 5],
}

const ON_DARK: Signals = Signals {
    blue: Rgb(0x56, 0xB4, 0xE9),
    orange: Rgb(0xE6, 0x9F, 0x00),
    vermilion: Rgb(0xF0, 0x7A, 0x3A),
    green: Rgb(0x2F, 0xC4, 0x96),
    purple: Rgb(0xD6, 0x9B, 0xC0),
    confidence: [
        Rgb(0xD5, 0x5E, 0x00),
        Rgb(0xE6, 0x9F, 0x00),
        Rgb(0xB7, 0xB7, 0xB7),
        Rgb(0x56, 0xB4, 0xE9),
        Rgb(0x0F, 0x86, 0xD0),
    ],
};

const ON_LIGHT: Signals = Signals {
    blue: Rgb(0x00, 0x68, 0xA3),
    orange: Rgb(0xA8, 0x47, 0x00),
    vermilion: Rgb(0xB8, 0x3A, 0x00),
    green: Rgb(0x00, 0x70, 0x50),
    purple: Rgb(0x8A, 0x3E, 0x73),
    confidence: [
        Rgb(0x9A, 0x32, 0x00),
        Rgb(0xD5, 0x5E, 0x00),
        Rgb(0x7A, 0x7A, 0x7A),
        Rgb(0x3A, 0x8F, 0xC8),
        Rgb(0x00, 0x5A, 0x91),
    ],
};

/// Every scope as derived from the theme's foreground, background and editor settings.
fn derived(theme: &Loaded) -> Vec<(&'static str, TextStyle)> {
    let (fg, bg) = (theme.foreground, theme.background);
    let signals = if bg.brightness() < 128.0 {
        &ON_DARK
    } else {
        &ON_LIGHT
    };
    let mut styles = frame(theme);
    styles.extend(meaning(theme, signals));
    styles.extend(
        CONFIDENCE
            .into_iter()
            .zip(signals.confidence.map(TextStyle::fg)),
    );
    styles.push((
        "text",
        TextStyle {
            foreground: Some(fg),
            ..TextStyle::default()
        },
    ));
    styles.push((
        "background",
        TextStyle {
            foreground: Some(fg),
            background: Some(bg),
            ..TextStyle::default()
        },
    ));
    styles
}

/// The frame: panes, gutter, selection.
fn frame(theme: &Loaded) -> Vec<(&'static str, TextStyle)> {
    let (fg, bg) = (theme.foreground, theme.background);
    let settings = &theme.source.settings;
    let setting = |colour: Option<Color>, amount: f32| {
        colour.map_or_else(|| bg.blend(fg, amount), |c| Rgb::over(c, bg))
    };
    let highlighter = Highlighter::new(&theme.source);
    let comment = theme
        .scope(&highlighter, "comment")
        .and_then(|s| s.foreground)
        .unwrap_or_else(|| bg.blend(fg, 0.6));
    let function = theme
        .scope(&highlighter, "entity.name.function")
        .and_then(|s| s.foreground)
        .unwrap_or(fg);
    vec![
        ("muted", TextStyle::fg(comment)),
        ("border", TextStyle::fg(bg.blend(fg, 0.3))),
        (
            "border.focused",
            TextStyle::fg(settings.accent.map_or(function, |c| Rgb::over(c, bg))),
        ),
        ("title", TextStyle::fg(fg).bold()),
        (
            "selection",
            TextStyle::bg(setting(settings.selection, 0.25)),
        ),
        (
            "cursor.line",
            TextStyle::bg(setting(settings.line_highlight, 0.07)),
        ),
        (
            "gutter",
            TextStyle::fg(setting(settings.gutter_foreground, 0.45)),
        ),
        ("gutter.current", TextStyle::fg(fg).bold()),
        ("ghost", TextStyle::fg(bg.blend(fg, 0.6))),
        ("ghost.consumed", TextStyle::fg(bg.blend(fg, 0.4))),
        (
            "status",
            TextStyle {
                background: Some(bg.blend(fg, 0.12)),
                ..TextStyle::fg(fg)
            },
        ),
        ("key", TextStyle::fg(function).bold()),
    ]
}

/// Marks with a meaning: faults, decisions, differences, messages.
fn meaning(theme: &Loaded, signals: &Signals) -> Vec<(&'static str, TextStyle)> {
    let (fg, bg) = (theme.foreground, theme.background);
    let settings = &theme.source.settings;
    let found = settings
        .find_highlight
        .map_or_else(|| bg.blend(signals.orange, 0.4), |c| Rgb::over(c, bg));
    let fault = settings
        .misspelling
        .map_or(signals.vermilion, |c| Rgb::over(c, bg));
    let tinted = |colour: Rgb| TextStyle {
        background: Some(bg.blend(colour, 0.3)),
        ..TextStyle::fg(fg)
    };
    vec![
        ("match", TextStyle::bg(found)),
        ("fault", TextStyle::fg(fault).underlined()),
        ("fault.gutter", TextStyle::fg(fault).bold()),
        ("keep", TextStyle::fg(signals.blue).bold()),
        ("escalate", TextStyle::fg(signals.orange).bold()),
        ("degraded", TextStyle::fg(signals.purple).bold()),
        (
            "flip",
            TextStyle {
                background: Some(signals.orange),
                ..TextStyle::fg(bg).bold()
            },
        ),
        ("added", tinted(signals.green)),
        ("removed", tinted(signals.vermilion)),
        ("notice", TextStyle::fg(signals.orange)),
        ("error", TextStyle::fg(signals.vermilion).bold()),
    ]
}
