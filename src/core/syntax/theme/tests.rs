use std::collections::HashSet;

use super::*;

/// A theme like those of other editors: no interface scopes, and few others.
const FOREIGN_THEME: &str = include_str!("foreign.tmTheme");

/// Contrast ratio, the brighter to the darker, as defined by WCAG 2: 1 to 21.
fn contrast(a: Rgb, b: Rgb) -> f32 {
    use palette::{Srgb, color_difference::Wcag21RelativeContrast};
    let linear = |c: Rgb| Srgb::new(c.0, c.1, c.2).into_format::<f32>();
    linear(a).relative_contrast(linear(b))
}

#[test]
fn the_bundled_themes_name_every_scope_of_the_interface_and_no_other() {
    let known: HashSet<String> = Theme::INTERFACE.iter().map(|s| format!("ui.{s}")).collect();
    for theme in ThemeSet::bundled().themes {
        let scopes: HashSet<String> = theme
            .source()
            .scopes
            .iter()
            .flat_map(|item| item.scope.selectors.iter())
            .filter_map(|s| Some(s.extract_single_scope()?.build_string()))
            .filter(|scope| scope.starts_with("ui."))
            .collect();
        assert_eq!(scopes, known, "{}", theme.name());
    }
}

#[test]
fn the_bundled_themes_can_be_read() {
    for theme in ThemeSet::bundled().themes {
        let high = theme.name().starts_with("high-contrast");
        let needed = if high { 7.0 } else { 4.5 };
        for name in CAPTURE_NAMES {
            let colour = theme.capture(name).foreground.unwrap_or(theme.foreground());
            let ratio = contrast(colour, theme.background());
            assert!(ratio >= needed, "{} {name}: {ratio:.1}", theme.name());
        }
        let text = [
            "text",
            "muted",
            "title",
            "ghost",
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
            "fault.gutter",
            "gutter.current",
        ];
        let marks = ["gutter", "border.focused", "fault"];
        let confidence = Theme::CONFIDENCE;
        let needs = text.iter().map(|s| (s, needed));
        let needs = needs.chain(marks.iter().chain(&confidence).map(|s| (s, 3.0)));
        for (scope, needed) in needs {
            let style = theme.ui(scope);
            let background = style.background.unwrap_or(theme.background());
            let ratio = contrast(style.foreground.unwrap_or(theme.foreground()), background);
            assert!(ratio >= needed, "{} {scope}: {ratio:.1}", theme.name());
        }
        // Ghost text is drawn on the cursor's line, code in a selection or a match.
        let on = |scope: &str| theme.ui(scope).background.unwrap();
        let ghost = theme.ui("ghost").foreground.unwrap();
        assert!(
            contrast(ghost, on("cursor.line")) >= 4.5,
            "{}",
            theme.name()
        );
        for ground in ["selection", "match"] {
            let ratio = contrast(theme.foreground(), on(ground));
            assert!(ratio >= 4.5, "{} {ground}: {ratio:.1}", theme.name());
        }
    }
}

/// Whether its background is dark.
fn is_dark(theme: &Theme) -> bool {
    theme.background().brightness() < 128.0
}

#[test]
fn the_first_bundled_theme_is_dark_and_the_second_light() {
    let themes = ThemeSet::bundled();
    let dark: Vec<bool> = themes.themes.iter().map(is_dark).collect();
    assert_eq!(dark[..2], [true, false]);
    assert_eq!(themes.names()[0], "routelens-dark");
    assert!(themes.get("Routelens-LIGHT").is_some());
    assert!(themes.get("no such theme").is_none());
}

#[test]
fn a_theme_for_another_editor_gives_a_usable_interface() {
    let theme = Theme::parse("file name", FOREIGN_THEME.as_bytes()).unwrap();
    assert_eq!(theme.name(), "Foreign");
    assert!(is_dark(&theme));
    let keyword = theme.capture("keyword");
    assert_eq!(keyword.foreground, Some(Rgb(0xFF, 0x88, 0x00)));
    assert!(keyword.bold);
    let function = theme.capture("function.method.that.nobody.knows");
    assert_eq!(function.foreground, Some(Rgb(0x88, 0xAA, 0xFF)));
    assert_eq!(theme.capture("number"), TextStyle::default());
    assert_eq!(
        theme.ui("selection").background,
        Some(Rgb(0x20, 0x20, 0x20).blend(Rgb(0xFF, 0xFF, 0xFF), 64.0 / 255.0)),
        "a transparent colour is laid over the ground"
    );
    for scope in Theme::INTERFACE {
        assert_ne!(theme.ui(scope), TextStyle::default(), "{scope}");
    }
    let bins: HashSet<_> = Theme::CONFIDENCE.iter().map(|s| theme.ui(s)).collect();
    assert_eq!(bins.len(), 5);
    assert_eq!(theme.ui("keep.of.some.kind"), theme.ui("keep"));
}
