use std::collections::HashSet;

use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::Cell,
    text::{Line, Span},
};

use super::*;
use crate::syntax::ThemeSet;

const DEPTHS: [ColorDepth; 4] = [
    ColorDepth::None,
    ColorDepth::Ansi16,
    ColorDepth::Ansi256,
    ColorDepth::TrueColor,
];

fn bundled(depth: ColorDepth) -> Vec<Palette> {
    let themes = ThemeSet::bundled();
    themes
        .names()
        .into_iter()
        .map(|name| Palette::new(themes.get(name).unwrap().clone(), depth))
        .collect()
}

/// The cell of a letter in this style.
fn drawn(style: Style) -> Cell {
    let mut terminal = Terminal::new(TestBackend::new(1, 1)).unwrap();
    let line = Line::from(Span::styled("x", style));
    let frame = terminal
        .draw(|frame| frame.render_widget(line, frame.area()))
        .unwrap();
    frame.buffer[(0, 0)].clone()
}

#[test]
fn no_two_confidence_bins_look_the_same() {
    for depth in DEPTHS {
        for palette in bundled(depth) {
            for under in [
                palette.ui("ghost"),
                Style::new().fg(Color::Red).add_modifier(WEIGHTS[0]),
            ] {
                let cells: Vec<Cell> = (0..5)
                    .map(|bin| drawn(under.patch(palette.confidence(bin))))
                    .collect();
                let looks: HashSet<String> = cells.iter().map(|c| format!("{c:?}")).collect();
                assert_eq!(looks.len(), 5, "{depth:?} {}", palette.theme().name());
            }
        }
    }
}

#[test]
fn the_unsure_bins_differ_in_underline_and_weight_at_every_depth() {
    let weight = |style| drawn(style).modifier & WEIGHTS[0];
    for depth in DEPTHS {
        for palette in bundled(depth) {
            let ghost = palette.ui("ghost");
            let weights: HashSet<Modifier> = (0..4)
                .map(|bin| weight(ghost.patch(palette.confidence(bin))))
                .collect();
            assert_eq!(weights.len(), 4, "{depth:?}");
            assert!(weights.iter().all(|w| w.contains(Modifier::UNDERLINED)));
        }
    }
}

#[test]
fn confidence_leaves_the_colours_of_the_syntax_alone() {
    for depth in DEPTHS {
        for palette in bundled(depth) {
            for bin in 0..9 {
                let style = palette.confidence(bin);
                assert_eq!((style.fg, style.bg), (None, None));
            }
        }
    }
}

#[test]
fn without_colour_there_is_none_and_what_must_be_told_apart_still_is() {
    for palette in bundled(ColorDepth::None) {
        let mut styles: Vec<Style> = Theme::INTERFACE.iter().map(|s| palette.ui(s)).collect();
        styles.extend((0..5).map(|bin| palette.confidence(bin)));
        styles.extend(palette.legend().map(|(_, style)| style));
        let keyword = palette.theme().capture("keyword");
        styles.push(palette.text(keyword));
        for style in styles {
            let colours = (style.fg, style.bg, style.underline_color);
            assert_eq!(colours, (None, None, None));
        }
        for scopes in [
            &["text", "ghost", "selection", "match", "fault"][..],
            &["keep", "escalate", "degraded"],
            &["text", "added", "removed"],
            &["border", "border.focused"],
            &["gutter", "gutter.current", "fault.gutter"],
        ] {
            let looks: HashSet<Modifier> =
                scopes.iter().map(|s| palette.ui(s).add_modifier).collect();
            // A fault's mark in the gutter also has a sign of its own.
            let shared = usize::from(scopes.contains(&"fault.gutter"));
            assert_eq!(looks.len() + shared, scopes.len(), "{scopes:?}");
        }
    }
}

#[test]
fn sixteen_colours_keep_the_hues_and_the_terminals_own_ground() {
    let one = |r, g, b| nearest_of_16(Rgb(r, g, b));
    assert_eq!(one(0xFF, 0x7B, 0x72), Color::LightRed);
    assert_eq!(one(0xA3, 0xD3, 0x9C), Color::LightGreen);
    assert_eq!(one(0x1B, 0x57, 0xB0), Color::Blue);
    assert_eq!(one(0x74, 0xD0, 0xC6), Color::Cyan);
    assert_eq!(one(0x80, 0x80, 0x80), Color::DarkGray);
    for palette in bundled(ColorDepth::Ansi16) {
        assert_eq!(palette.ui("background"), Style::new());
        for scope in Theme::INTERFACE {
            let style = palette.ui(scope);
            assert_eq!(style.bg, None, "{scope}");
            assert_eq!(style.underline_color, None, "{scope}");
        }
        assert_ne!(palette.ui("keep"), palette.ui("escalate"));
        assert_ne!(palette.ui("selection"), Style::new());
    }
}

#[test]
fn of_256_colours_the_nearest_is_taken_and_grounds_stay_apart() {
    assert_eq!(nearest_of_256(Rgb(0, 0, 0)), Color::Indexed(16));
    assert_eq!(nearest_of_256(Rgb(255, 255, 255)), Color::Indexed(231));
    assert_eq!(nearest_of_256(Rgb(0x5F, 0xAF, 0xFF)), Color::Indexed(75));
    assert_eq!(nearest_of_256(Rgb(0x80, 0x80, 0x80)), Color::Indexed(244));
    for palette in bundled(ColorDepth::Ansi256) {
        let scopes = [
            "background",
            "cursor.line",
            "selection",
            "match",
            "added",
            "removed",
        ];
        let grounds: HashSet<Option<Color>> = scopes.iter().map(|s| palette.ui(s).bg).collect();
        assert_eq!(grounds.len(), scopes.len(), "{}", palette.theme().name());
    }
}

#[test]
fn true_colour_is_the_themes_own() {
    let palette = &bundled(ColorDepth::TrueColor)[0];
    let keyword = palette.theme().capture("keyword");
    let Rgb(r, g, b) = keyword.foreground.unwrap();
    assert_eq!(palette.text(keyword).fg, Some(Color::Rgb(r, g, b)));
    assert_eq!(palette.ui("no.such.scope"), Style::new());
}

#[test]
fn probabilities_fall_into_five_equal_bins() {
    let bins = [-1.0, 0.0, 0.19, 0.2, 0.5, 0.79, 0.8, 1.0, 2.0, f32::NAN].map(Palette::bin);
    assert_eq!(bins, [0, 0, 0, 1, 2, 3, 4, 4, 4, 0]);
}
